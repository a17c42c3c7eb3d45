#!/bin/bash
# The scripts of examples/campaign do what their README says: shards as Slurm would start them add up
# to the whole, and a task that is killed leaves nothing behind that could be merged.
# Usage: campaign_test.sh PROGRAM
set -u
program=$(realpath "$1")
script=examples/campaign/slurm.sh
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
failed=0
complain() { echo "$*"; failed=1; }

if command -v shellcheck >/dev/null; then
    shellcheck "$script" || complain "shellcheck"
fi
# task SHARD SHARDS ARGUMENT...
task() {
    local shard=$1 shards=$2; shift 2
    SLURM_ARRAY_TASK_ID=$shard SLURM_ARRAY_TASK_COUNT=$shards SLURM_CPUS_PER_TASK=2 \
        LULL=$program RESULTS=$there/results bash "$script" "$@"
}
campaign="--runs 300 --seed 9 --flaw one-msl --keep 2"
for i in 1 2 3; do
    task $i 3 $campaign >/dev/null || complain "task $i fails"
done
"$program" sim merge "$there"/results/shard-*.jsonl >"$there/merged"
[ $? = 1 ] || complain "failing seeds are lost on the way"
"$program" sim $campaign | grep -v ' runs/s$\|more seeds fail' | cmp -s - "$there/merged" \
    || complain "the shards are not the whole"
rm -r "$there/results"
task 1 3 --runs none >/dev/null 2>&1 && complain "what cannot be played is no failure of the task"
[ -z "$(ls "$there"/results/*.jsonl 2>/dev/null)" ] || complain "a failed task leaves a result"
(unset SLURM_ARRAY_TASK_ID; LULL=$program bash "$script" >/dev/null 2>&1) \
    && complain "without sbatch the script does not fail"

# The job is YAML, says the number of shards twice, and runs a shell script that is one.
python3 - <<'EOF' || complain "job.yaml"
import pathlib, re, subprocess
text = pathlib.Path("examples/campaign/job.yaml").read_text()
completions = re.search(r"completions: (\d+)", text)[1]
assert re.search(r'value: "(\d+)"', text)[1] == completions, "two numbers of shards"
script = re.search(r"- \|\n((?: {14}.*\n)+)", text)[1]
subprocess.run(["sh", "-n"], input=script, text=True, check=True)
try:
    import yaml
    job = yaml.safe_load(text)
    assert job["spec"]["completionMode"] == "Indexed"
except ImportError:
    pass
EOF
exit $failed
