# Sourced after lib.sh: Lull and the kernel at the two ends of a faulty wire.
#
#   kernel's namespace: wire-k ===fault_wire=== wire-l --bridge-- lull0 : Lull
#
# $fault_wire is the program; $far is a process in the kernel's namespace.
fault_wire=$(realpath "$2")

unshare -n sleep 600 & far=$!
pids+=("$far")
on_far() { nsenter -t "$far" -n "$@"; }
ip link add bridge0 type bridge 2>/dev/null || skip "the kernel makes no bridges"
ip link set bridge0 up

# wire OPTION...: a wire between wire-l here and wire-k over there.
wire() {
    rm -f "$work/wire.out" # of the wire before
    "$fault_wire" --left wire-l --right wire-k@"$far" "$@" >"$work/wire.out" 2>"$work/wire.log" &
    wire=$!
    pids+=("$wire")
    wait_until 10 grep -qs ready "$work/wire.out" || fail "fault_wire did not start"
    wait_until 5 ip link set wire-l master bridge0 up
    on_far ip address add $kernel/24 dev wire-k
    on_far ip link set wire-k up
}

# start OPTION...: Lull on its own TAP, which joins the bridge.
join() { ip link set lull0 master bridge0 up; }
start() {
    rm -f "$work/lossy.log" # of the server before
    "$LULL" serve --tap lull0 --address $lull/24 --name lossy "$@" \
        >"$work/lossy.out" 2>"$work/lossy.log" &
    served=$!
    pids+=("$served")
    wait_until 10 grep -qs "listening on" "$work/lossy.log" || fail "lull serve did not start"
    wait_until 5 join || fail "no lull0 to bridge"
}
