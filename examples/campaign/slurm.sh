#!/bin/bash
# A campaign of lull sim as a Slurm job array, one task for each shard:
#
#     sbatch --array=1-64 examples/campaign/slurm.sh --runs 10000000 --seed 1
#
# Every argument goes to `lull sim`.  LULL names the program and RESULTS the folder for the results,
# which all tasks must see.  When the last task is done:
#
#     lull sim merge results/shard-*.jsonl
#
#SBATCH --job-name=lull-sim
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=4
#SBATCH --mem-per-cpu=64M
#SBATCH --time=04:00:00
#SBATCH --output=lull-sim-%A-%a.log
set -eu
lull=${LULL:-lull}
results=${RESULTS:-results}
shard=${SLURM_ARRAY_TASK_ID:?is set by sbatch --array=1-N}
shards=${SLURM_ARRAY_TASK_COUNT:?is set by sbatch --array=1-N}

mkdir -p "$results"
name=$(printf '%s/shard-%05d.jsonl' "$results" "$shard")
# A failing seed is a result, so 1 is no failure of the job; 2 is.  The name is given last, so that a
# task that was killed leaves nothing that could be taken for a result.
status=0
"$lull" sim "$@" --shard "$shard/$shards" --threads "${SLURM_CPUS_PER_TASK:-1}" -o "$name.part" \
    || status=$?
[ "$status" -le 1 ] || exit "$status"
mv "$name.part" "$name"
