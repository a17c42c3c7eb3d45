#!/bin/bash
# Both ways: lull asks the kernel, the kernel's ping asks lull; and the capture can be read.
. "$(dirname "$0")/lib.sh"
need python3

# shellcheck disable=SC2046
"$LULL" ping $(on_tap ping) --count 3 --interval 100ms --capture "$work/ping.pcapng" $kernel \
    >"$work/ping.out" 2>"$work/ping.log" || fail "lull ping ended with status $?"
grep -q "3 packets transmitted, 3 received, 0% packet loss" "$work/ping.out" \
    || fail "$(cat "$work/ping.out")"
expect 0a0d0d0a "$(head -c 4 "$work/ping.pcapng" | od -An -tx1 | tr -d ' ')" "the capture's magic"

# shellcheck disable=SC2046
"$LULL" ping $(on_tap ping) --count 2 --interval 10ms --timeout 100ms 10.9.0.77 \
    >"$work/ping.out" 2>"$work/ping.log" && fail "a host that is not there answered"
grep -q "2 packets transmitted, 0 received, 100% packet loss" "$work/ping.out" \
    || fail "$(cat "$work/ping.out")"

# shellcheck disable=SC2046
"$LULL" ping $(on_tap ping) --count 1 --json $kernel 2>"$work/ping.log" | python3 -c '
import json, sys
answer = json.load(sys.stdin)
assert answer["received"] == 1 and 0 < answer["rtt_min"] <= answer["rtt_max"], answer' \
    || fail "ping --json"

command -v ping >/dev/null || exit 0
serve asked --text x
ping -c 3 -i 0.05 -W 5 $lull >"$work/kernel.out" || fail "$(cat "$work/kernel.out")"
stop "$served"
