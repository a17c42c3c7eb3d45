#!/bin/bash
# lull connect against the kernel: standard streams, half-close, refusal, silence, many connections.
. "$(dirname "$0")/lib.sh"
need python3
connect() {
    # shellcheck disable=SC2046
    "$LULL" connect $(on_tap out) "$@" 2>"$work/connect.log"
}

# The kernel answers only after our FIN: half-close both ways.
kernel_server 4000 '
data = b""
while True:
    more = c.recv(65536)
    if not more:
        break
    data += more
c.sendall(data[::-1])'
expect "cba" "$(printf abc | connect $kernel 4000)" "half-close"

connect --timeout 5s $kernel 4001 </dev/null && fail "a closed port was not refused"
grep -q "ECONNREFUSED" "$work/connect.log" || fail "the reason: $(cat "$work/connect.log")"

connect --timeout 1s 10.9.0.77 80 </dev/null && fail "a host that is not there answered"
grep -qE "EHOSTUNREACH|ETIMEDOUT" "$work/connect.log" || fail "the reason: $(cat "$work/connect.log")"

# A reset by the peer is not an orderly end.
kernel_server 4002 '
c.recv(1)
c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")'
printf abc | connect --timeout 5s $kernel 4002 && fail "a reset passed for an orderly end"
grep -q "ECONNRESET" "$work/connect.log" || fail "the reason: $(cat "$work/connect.log")"

connect --count 3 --half-close --json $kernel 4000 | python3 -c '
import json, sys
assert json.load(sys.stdin)["completed"] == 3' || fail "connect --json"

connect --count 500 --parallel 50 --half-close --timeout 30s $kernel 4000 >"$work/many.out" \
    || fail "500 connections"
grep -q "500 connections, 500 ended in order, 0 failed" "$work/many.out" \
    || fail "the summary: $(cat "$work/many.out")"
