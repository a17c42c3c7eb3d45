#!/bin/bash
# 64 MiB from Lull to curl, with and without offloads, and 64 MiB from the kernel to Lull and back.
. "$(dirname "$0")/lib.sh"
need curl python3 sha256sum
size=$((64 * 1024 * 1024))
wanted=$(generated $size | sha256sum)

for offload in "" --no-offload; do
    serve body $offload
    expect "$wanted" "$(curl -s -m 120 http://$lull/bytes/64m | sha256sum)" "64 MiB ${offload:-with offloads}"
    expect 0 "$(counter body TCPAbortOnData)" "aborted connections"
    stop "$served"
done

# The kernel sends back what it is sent; both directions are full at once.
kernel_server 7 '
while True:
    data = c.recv(1 << 20)
    if not data:
        break
    c.sendall(data)'
generated $size >"$work/in"
# shellcheck disable=SC2046
"$LULL" connect $(on_tap echo) --send "$work/in" --receive "$work/out" --timeout 60s $kernel 7 \
    2>"$work/connect.log" || fail "lull connect ended with status $?"
cmp "$work/in" "$work/out" || fail "64 MiB echoed by the kernel"
