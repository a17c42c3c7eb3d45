#!/bin/bash
# Both directions with each TCP option switched off at the kernel, and at Lull.
. "$(dirname "$0")/lib.sh"
need curl python3 sha256sum
size=$((8 * 1024 * 1024))
wanted=$(generated $size | sha256sum)

both_ways() { # WHAT OPTION...
    local what=$1; shift
    serve web "$@"
    expect "$wanted" "$(curl -s -m 60 http://$lull/bytes/8m | sha256sum)" "from Lull, $what"
    stop "$served"
    serve echo --echo --close-first client "$@"
    expect "$wanted" "$(generated $size | python3 -c '
import socket, sys, threading
c = socket.create_connection((sys.argv[1], 80), timeout=60)
def send():
    while data := sys.stdin.buffer.read(1 << 16):
        c.sendall(data)
    c.shutdown(socket.SHUT_WR)
threading.Thread(target=send).start()
while data := c.recv(1 << 16):
    sys.stdout.buffer.write(data)' $lull | sha256sum)" "to Lull and back, $what"
    stop "$served"
}

both_ways "everything on"
for option in timestamps sack window-scale; do
    both_ways "Lull without $option" --no-$option
done
both_ways "Lull without any option" --no-timestamps --no-sack --no-window-scale
both_ways "an MTU of 576" --mtu 576
for option in tcp_timestamps tcp_sack tcp_window_scaling; do
    echo 0 2>/dev/null >/proc/sys/net/ipv4/$option || skip "/proc/sys/net/ipv4/$option is read-only"
    both_ways "the kernel without $option"
    echo 1 >/proc/sys/net/ipv4/$option
done
