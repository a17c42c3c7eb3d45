#!/bin/bash
# TIME-WAIT is kept by the side that closed first, shown as ss shows it, and ends in time.
. "$(dirname "$0")/lib.sh"
need curl python3 ss

serve wait --text hello --msl 2s --knob tw.max_extend=3
expect hello "$(curl -s -m 10 http://$lull/)" "the page"
wait_until 5 counted wait TW 1 || fail "no TIME-WAIT record"
"$LULL" status --name wait >"$work/status.log" || fail "lull status"
grep -qE "^LISTEN +0 +128 +\*:80 +\*:\*" "$work/status.log" || fail "the listener"
grep -qE "^TIME-WAIT +0 +0 +$lull:80 +$kernel:[0-9]+ +timer:\(timewait,[0-9]\.?[0-9]*(sec|ms),0\)" \
    "$work/status.log" || fail "the TIME-WAIT record"
"$LULL" status --name wait --json >"$work/json.log" || fail "lull status --json"
python3 - "$work/json.log" <<'P' || fail "the JSON output"
import json, sys
rows = json.load(open(sys.argv[1]))
assert {row["state"] for row in rows} == {"LISTEN", "TIME-WAIT"}, rows
wait = [row for row in rows if row["state"] == "TIME-WAIT"][0]
assert wait["cause"] == "closed first here" and wait["reason"] == "entered", wait
assert 0 <= wait["age_ms"] <= 4200 and wait["snd_nxt"] > 0 and wait["rcv_nxt"] > 0, wait
assert wait["timer"] == "timewait" and 0 < wait["timer_ms"] <= 4000, wait
P
"$LULL" status --name wait --extended | grep -qE \
    "^TIME-WAIT .* timer:\(.*\) seq:\(snd [0-9]+,rcv [0-9]+\) record:\(closed first here,[0-9]sec ago,restarts 0,last entered\)\$" \
    || fail "the history of the record: $("$LULL" status --name wait --extended)"
[ -z "$("$LULL" status --name wait --refusals)" ] || fail "something was refused"
[ "$("$LULL" status --name wait --knobs)" = "tw.msl_ms = 2000    (default 30000)
tw.max_extend = 3    (default 8)" ] || fail "the knobs: $("$LULL" status --name wait --knobs)"
for what in --counters --summary --refusals --knobs; do
    "$LULL" status --name wait $what --json | python3 -m json.tool >/dev/null || fail "$what --json"
done
[ "$(ss -Htan state time-wait | wc -l)" = 0 ] || fail "the kernel holds a TIME-WAIT too"
wait_until 10 counted wait TWExpired 1 || fail "the record never expired"
stop "$served"
grep -q "0 TIME-WAIT records left" "$work/wait.out" || fail "the summary: $(cat "$work/wait.out")"
"$LULL" status --name wait 2>"$work/gone.log" && fail "status of a lull that is gone"

serve client --text hello --close-first client
expect hello "$(curl -s -m 10 http://$lull/)" "the page"
waits() { [ "$(ss -Htan state time-wait | wc -l)" = 1 ]; }
wait_until 5 waits || fail "the kernel holds no TIME-WAIT"
"$LULL" status --name client | grep -q TIME-WAIT && fail "the server kept a TIME-WAIT it should not"
stop "$served"
