#!/bin/bash
# Lull and the kernel over a wire that loses, repeats and reorders: every byte arrives, both ways.
# Arguments: PROGRAM FAULT_WIRE [MIB]
. "$(dirname "$0")/lib.sh"
need curl ip python3 nsenter
. "$(dirname "$0")/wire.sh"
mib=${3:-2}

# transfer NAME WIRE_OPTION...
transfer() {
    local name=$1 began=$SECONDS bytes=$((mib * 1048576 / part)) want got; shift
    want=$(generated $bytes | sha256sum)
    wire "$@"
    start --close-first client
    got=$(on_far curl -sS -m 200 http://$lull/bytes/$bytes | sha256sum)
    expect "$want" "$got" "$name, Lull sends"
    stop "$served"
    start --echo --close-first client
    got=$(generated $bytes | on_far python3 -c '
import socket, sys, threading
s = socket.create_connection(("'$lull'", 80), timeout=200)
data = sys.stdin.buffer.read()
def send():
    s.sendall(data)
    s.shutdown(socket.SHUT_WR)
threading.Thread(target=send, daemon=True).start()
while piece := s.recv(65536):
    sys.stdout.buffer.write(piece)' | sha256sum)
    expect "$want" "$got" "$name, both send"
    echo "$name: $((SECONDS - began)) s, $(counter lossy TcpRetransSegs) retransmitted by Lull"
    stop "$served"
    kill "$wire"
    wait "$wire" 2>/dev/null
}

part=1
transfer "no loss" --delay 1ms
transfer "1% loss" --delay 1ms --loss 1% --seed 1
part=4 # a quarter of it waits for as many timers as all of it with 1%
transfer "5% loss" --delay 1ms --loss 5% --seed 2
part=1
transfer "2% duplicated" --delay 1ms --duplicate 2% --seed 3
transfer "2% reordered" --delay 1ms --reorder 2% --reorder-by 3ms --seed 4
transfer "0.5% damaged" --delay 1ms --corrupt 0.5% --seed 5
transfer "a little of everything" --delay 1ms --loss 0.5% --duplicate 1% --reorder 1% \
    --reorder-by 3ms --corrupt 0.1% --seed 6
