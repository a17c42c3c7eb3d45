#!/bin/bash
# 5,000 connections at once, each with its own words; their records are shown whole.
. "$(dirname "$0")/lib.sh"
need python3
ulimit -n 6000 2>/dev/null || skip "no 6,000 descriptors for the kernel's side"

serve many --echo --limit connections=6000 --limit sockets=6000 --limit blocks=16384 --backlog 5000 \
    --msl 60s
python3 - $lull <<'P' || fail "the clients"
import socket, sys
clients = []
for i in range(5000):
    c = socket.socket()
    c.setblocking(False)
    clients.append(c)
    try:
        c.connect((sys.argv[1], 80))
    except BlockingIOError:
        pass
for c in clients:
    c.settimeout(60)
for i, c in enumerate(clients):
    c.sendall(b"this is client %d\n" % i)
for i, c in enumerate(clients):
    wanted, got = b"this is client %d\n" % i, b""
    while more := c.recv(100):
        got += more
    assert got == wanted, (wanted, got)
for c in clients:
    c.close()
P
# The server closed first, behind the first line.
wait_until 20 counted many TW 5000 || fail "TIME-WAIT: $(counter many TW)"
expect 5000 "$("$LULL" status --name many | grep -c "^TIME-WAIT .*timer:(timewait,1min[0-9]*")" "rows"
expect 5000 "$("$LULL" status --name many --json | python3 -c '
import json, sys
rows = json.load(sys.stdin)
print(len({row["peer"] for row in rows if row["state"] == "TIME-WAIT"}))')" "rows as JSON"
"$LULL" status --name many --summary >"$work/summary.log"; grep -qE "^records +5000 of [0-9]+$" "$work/summary.log" || fail "the summary"
stop "$served"
grep -q "5000 connections (0 failed)" "$work/many.out" || fail "$(cat "$work/many.out")"
