#!/bin/bash
# Through a wire that loses, doubles and reorders, both directions arrive whole.
#
# Lull's TAP is in one namespace, whose kernel forwards to a bad wire; its far end is in another.
# LULL_INTEROP_BYTES makes the bodies larger than the few MiB of a quick run.
wire=$(realpath "${2:?usage: $0 PROGRAM FAULT_WIRE}")
. "$(dirname "$0")/lib.sh"
need curl ip nsenter python3 sha256sum

# How many bytes are worth waiting for: one percent costs little, five cost timeouts.
bytes_at() { echo "${LULL_INTEROP_BYTES:-$((${1} * 1024 * 1024))}"; }

unshare -n sleep 1000 &
far=$!
pids+=($far)
elsewhere() { [ "$(readlink /proc/$far/ns/net)" != "$(readlink /proc/self/ns/net)" ]; }
wait_until 5 elsewhere || fail "no second namespace"
there() { nsenter -t $far -n "$@"; }
there ip link set lo up
echo 1 2>/dev/null >/proc/sys/net/ipv4/ip_forward || skip "/proc/sys/net/ipv4/ip_forward is read-only"

open_wire() { # FAULT...
    "$wire" --left tap-near --right "tap-far@$far" "$@" >"$work/wire.log" 2>&1 &
    wire_pid=$!
    pids+=($wire_pid)
    wait_until 5 ip link show tap-near >"$work/ip.log" 2>&1 || fail "no near end"
    wait_until 5 there ip link show tap-far >"$work/ip.log" 2>&1 || fail "no far end"
    ip addr add 10.8.0.1/24 dev tap-near
    ip link set tap-near up
    there ip addr add 10.8.0.2/24 dev tap-far
    there ip link set tap-far up
    there ip route add 10.9.0.0/24 via 10.8.0.1
}

close_wire() {
    kill -TERM $wire_pid
    wait $wire_pid
    gone() { ! ip link show tap-near >"$work/ip.log" 2>&1; }
    wait_until 5 gone || fail "the near end stays"
}

both_ways() { # MIB FAULT...
    local started=$SECONDS what="$*"
    local size wanted
    size=$(bytes_at "$1"); shift
    wanted=$(generated "$size" | sha256sum)
    open_wire "$@"

    serve web --gateway $kernel
    expect "$wanted" "$(there curl -s -m 150 http://$lull/bytes/"$size" | sha256sum)" "from Lull, $*"
    [ "$(counter web TcpRetransSegs)" -ge 1 ] || fail "nothing was lost: $*"
    stop "$served"

    generated "$size" >"$work/in"
    nsenter -t $far -n python3 -m http.server 8000 --bind 10.8.0.2 --directory "$work" >"$work/http.log" 2>&1 &
    http=$!
    pids+=($http)
    wait_until 10 there python3 -c 'import socket; socket.create_connection(("10.8.0.2", 8000))' \
        2>"$work/http.log" || fail "the kernel's server"
    # shellcheck disable=SC2046
    expect "$wanted" "$(printf 'GET /in HTTP/1.0\r\n\r\n' \
        | "$LULL" connect $(on_tap out) --gateway $kernel --timeout 60s 10.8.0.2 8000 \
            2>"$work/connect.log" \
        | python3 -c '
import sys
while sys.stdin.buffer.readline() != b"\r\n":
    pass
while data := sys.stdin.buffer.read(1 << 16):
    sys.stdout.buffer.write(data)' | sha256sum)" "to Lull, $*"
    kill $http && wait $http
    close_wire
    echo "loss: $what (MiB first): $((SECONDS - started)) s"
}

both_ways 64 --loss 0.1% --duplicate 0.1% --reorder 0.1% --delay 200us --seed 1
both_ways 16 --loss 1% --delay 200us --seed 2
both_ways 16 --loss 1% --duplicate 2% --reorder 2% --reorder-by 2ms --delay 200us --seed 3
both_ways 2 --loss 5% --duplicate 2% --reorder 2% --reorder-by 2ms --delay 200us --seed 4
both_ways 8 --corrupt 0.5% --delay 200us --seed 5
