#!/bin/bash
# 1 GiB each way, beyond what sequence numbers of one window or 32-bit sums would forgive.
. "$(dirname "$0")/lib.sh"
need curl python3 sha256sum
size=${LULL_INTEROP_BYTES:-$((1024 * 1024 * 1024))}
wanted=$(generated "$size" | sha256sum)

serve big
expect "$wanted" "$(curl -s -m 250 "http://$lull/bytes/$size" | sha256sum)" "from Lull"
stop "$served"

kernel_server 4000 "
pattern = memoryview(bytes(range(251)) * 4096)
sent = 0
while sent < $size:
    sent += c.send(pattern[sent % len(pattern):][:$size - sent])"
# shellcheck disable=SC2046
expect "$wanted" "$("$LULL" connect $(on_tap in) --timeout 60s $kernel 4000 \
    2>"$work/connect.log" </dev/null | sha256sum)" "to Lull"
