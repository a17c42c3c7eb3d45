#!/bin/bash
# A reader that pauses closes the window; probes open it again and nothing is lost, both ways.
. "$(dirname "$0")/lib.sh"
need python3 sha256sum
size=$((8 * 1024 * 1024))
wanted=$(generated $size | sha256sum)

serve slow --body 8m
expect "$wanted" "$(python3 -c '
import socket, sys, time
c = socket.socket()
c.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
c.settimeout(60)
c.connect((sys.argv[1], 80))
c.sendall(b"GET / HTTP/1.0\r\n\r\n")
time.sleep(1.5)
data = b""
while more := c.recv(1 << 16):
    data += more
sys.stdout.buffer.write(data[data.index(b"\r\n\r\n") + 4:])' $lull | sha256sum)" "a paused reader"
[ "$(counter slow TCPWinProbe)" -ge 1 ] || fail "no zero-window probe was sent"
stop "$served"

kernel_server 4000 '
pattern = bytes(range(251)) * 4096
left = 8 << 20
while left > 0:
    left -= c.send(pattern[((8 << 20) - left) % 251:][:left])'
# shellcheck disable=SC2046
expect "$wanted" "$("$LULL" connect $(on_tap out) --timeout 60s $kernel 4000 \
    2>"$work/connect.log" </dev/null | (sleep 1.5; sha256sum))" "a paused writer behind lull connect"
