#!/bin/bash
# `lull sim` as people type it: shards that add up, one result for any number of threads, failures
# that can be replayed, and complaints that name what is wrong.
# Usage: sim.sh PROGRAM
set -u
program=$1
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
failed=0
complain() { echo "$*"; failed=1; }
sim() { "$program" sim "$@"; }

# The last line of a campaign tells how fast it was.
campaign() { sim "$@" | grep -v ' runs/s$'; }

# --- the same whatever the threads, and when it is cut into pieces ---------------------------
flawed="--flaw no-time-wait --runs 500 --keep 3"
campaign $flawed --threads 1 >"$there/one"
campaign $flawed --threads 5 >"$there/five"
cmp -s "$there/one" "$there/five" || complain "the number of threads changes the result"
for i in 1 2 3; do
    sim $flawed --shard $i/3 -o "$there/shard$i" >/dev/null
    [ $? = 1 ] || complain "shard $i of a flawed campaign does not exit with 1"
done
sim merge "$there/shard3" "$there/shard1" "$there/shard2" >"$there/merged"
[ $? = 1 ] || complain "merging failures does not exit with 1"
# The list of further seeds is known to the campaign alone.
grep -v 'more seeds fail' "$there/one" | cmp -s - "$there/merged" \
    || complain "three shards are not the whole: $(diff "$there/one" "$there/merged")"
sim merge --json "$there"/shard? | tail -1 >"$there/totals"
sim $flawed --json | tail -1 | cmp -s - "$there/totals" || complain "totals as JSON differ"
sim $flawed --json | python3 -c '
import json, sys
lines = [json.loads(l) for l in sys.stdin]
kinds = [l["line"] for l in lines]
assert kinds == ["campaign", "failing", "failing", "failing", "totals"], kinds
assert lines[-1]["runs"] == 500 and lines[-1]["failed"] > 3 and lines[-1]["looked_04"] > 0
assert all(l["invariant"].startswith("INV-") and l["only"] for l in lines[1:-1])
' || complain "the JSON lines are not what they should be"

# --- what fails can be played again ----------------------------------------------------------
replay=$(grep -m1 -o 'lull sim .*--only [^ ]* --trace' "$there/one")
wanted=$(grep -m1 -o 'INV-[0-9]*' "$there/one")
"$program" ${replay#lull } >"$there/trace"
[ $? = 1 ] || complain "'$replay' does not exit with 1"
grep -q "^seed [0-9]*: $wanted at " "$there/trace" || complain "'$replay' does not show $wanted"
for mark in ' > #' ' < #' ' bind ' ' connect ' ' -> ESTABLISHED' 'MSL '; do
    grep -q -- "$mark" "$there/trace" || complain "the trace has no '$mark'"
done
[ "$(sim --seed 5 --trace)" = "$(sim --seed 5 --trace)" ] || complain "a seed has two traces"
sim --seed 5 --trace >/dev/null || complain "a sound seed does not exit with 0"

# --- what cannot be carried out --------------------------------------------------------------
# refused LINE ARGUMENT...
refused() {
    local wanted=$1 got status; shift
    got=$("$program" "$@" 2>&1 >/dev/null)
    status=$?
    [ "$status" = 2 ] && [ "$got" = "$wanted" ] && return
    complain "$(printf 'lull %s\n  expected (2): %s\n  got (%d):      %s' "$*" "$wanted" "$status" "$got")"
}
refused "lull sim: --runs '0': must be a number within its range" sim --runs 0
refused "lull sim: --hosts '5': must be a number of hosts, 2 to 4" sim --hosts 5
refused "lull sim: --msl '1s': must be whole milliseconds, 2s to 10m" sim --msl 1s
refused "lull sim: --faults 'los': must be none, usual, all, or a list of loss, burst, reorder, duplicate, corrupt, truncate, partition, route, crash, suspend, forge, turn" sim --faults los
refused "lull sim: --flaw 'none': must be one of no-time-wait, one-msl, stale-stamp, listener-first, destroy-on-reuse" sim --flaw none
refused "lull sim: --knob 'tw.rst': must be NAME=VALUE as 'lull knobs' lists them, with a value in its range" sim --knob tw.rst
refused "lull sim: --invariant 'INV-23': must be a list of invariants, as INV-01,INV-04; INV-23 and INV-24 are not judged" sim --invariant INV-23
for shard in 0/3 4/3 1 1/0 /3 x/3; do
    refused "lull sim: --shard '$shard': must be I/N, from 1/N to N/N, N at most 65535" sim --shard $shard
done
refused "lull sim: --shard: more parts than runs" sim --runs 2 --shard 1/3
refused "lull sim: --trace, --only: one seed is played, so -o, --json and --shard have no meaning" sim --trace --json
refused "lull sim: --only 's0;m1': must be a list such as s0,s2,m1,f0.1.17; ';m1' is no part of one" sim --only 's0;m1'
refused "lull sim: --only 'f0.0.99999': seed 5 has no fault f0.0.99999 with these options" sim --seed 5 --only f0.0.99999
refused "lull sim: -o /nowhere/at/all: No such file or directory" sim --runs 1 -o /nowhere/at/all
refused "lull sim merge: $there/none: No such file or directory" sim merge "$there/none"
refused "lull sim merge: FILE...: missing; 'lull sim merge --help' tells more" sim merge
refused "lull sim merge: 1 of 3 shards are missing: 2" sim merge "$there/shard1" "$there/shard3"
refused "lull sim merge: $there/shard1: shard 1 of 3 is in $there/shard1 already" sim merge "$there/shard1" "$there/shard1"
sim --runs 500 --shard 2/3 -o "$there/other" >/dev/null
refused "lull sim merge: $there/other: other options than in $there/shard1" sim merge "$there/shard1" "$there/other"
sim $flawed --seed 2 --shard 2/3 -o "$there/seeds" >/dev/null
refused "lull sim merge: $there/seeds: other seeds than in $there/shard1" sim merge "$there/shard1" "$there/seeds"
sim $flawed --shard 2/4 -o "$there/four" >/dev/null
refused "lull sim merge: $there/four: another number of shards than in $there/shard1" sim merge "$there/shard1" "$there/four"
sed '1s/"version":"[^"]*"/"version":"9.9.9"/' "$there/shard2" >"$there/version"
refused "lull sim merge: $there/version: another version than in $there/shard1" sim merge "$there/shard1" "$there/version"
head -n -1 "$there/shard2" >"$there/cut"
refused "lull sim merge: $there/cut: the shard was not finished: its totals are missing" sim merge "$there/shard1" "$there/cut"
: >"$there/empty"
refused "lull sim merge: $there/empty: empty" sim merge "$there/empty"
echo hello >"$there/text"
refused "lull sim merge: $there/text: not a file of lull sim -o" sim merge "$there/text"
exit $failed
