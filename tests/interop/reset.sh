#!/bin/bash
# Resets in both directions end one connection and nothing else.
. "$(dirname "$0")/lib.sh"
need curl python3

serve echo --echo --close-first client
python3 - $lull <<'P' || fail "the kernel's client"
import socket, struct, sys
for i in range(20):
    c = socket.create_connection((sys.argv[1], 80), timeout=10)
    c.sendall(b"x")
    assert c.recv(1) == b"x"
    c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    c.close()
P
wait_until 5 counted echo TcpEstabResets 20 || fail "resets: $(counter echo TcpEstabResets)"
gone() { "$LULL" status --name echo --summary | grep -qE "^connections +0 of"; }
wait_until 5 gone || fail "a connection outlived its reset"
counted echo TW 0 || fail "a reset left a TIME-WAIT"
stop "$served"
grep -q "20 connections (20 failed)" "$work/echo.out" || fail "$(cat "$work/echo.out")"

serve linger --echo --linger 0
python3 - $lull <<'P' || fail "a reset by Lull"
import socket, sys
c = socket.create_connection((sys.argv[1], 80), timeout=10)
c.sendall(b"line\n")
try:
    while c.recv(100):
        pass
    sys.exit("closed instead of reset")
except ConnectionResetError:
    pass
P
counted linger TCPAbortOnLinger 1 || fail "the counter: $(counter linger TCPAbortOnLinger)"
stop "$served"

# Nobody listens: the kernel hears it at once.
serve other --port 81 --text x --json
curl -s -m 5 http://$lull/ && fail "a page from a closed port"
[ "$(counter other TcpOutRsts)" -ge 1 ] || fail "no reset for a closed port"
stop "$served"
python3 -c 'import json, sys; assert json.load(sys.stdin)["connections"] == 0' <"$work/other.out" \
    || fail "serve --json: $(cat "$work/other.out")"
