#!/bin/bash
# Both ends close while the other's FIN is on its way: both pass CLOSING and both wait.
# Arguments: PROGRAM FAULT_WIRE
. "$(dirname "$0")/lib.sh"
need ip python3 nsenter ss
. "$(dirname "$0")/wire.sh"

wire --delay 100ms
start --text x --msl 2s --trace
# Lull answers and closes when the request arrives, 100 ms after it was sent; its FIN needs 100 ms
# more.  The kernel closes half way between.
on_far python3 -c '
import socket, time
s = socket.create_connection(("'$lull'", 80), timeout=20)
s.sendall(b"GET / HTTP/1.0\r\n\r\n")
time.sleep(0.150)
s.shutdown(socket.SHUT_WR)
while s.recv(4096):
    pass
s.close()'
wait_until 5 counted lossy TW 1 || fail "Lull does not wait"
closing() { grep -q -- "FIN-WAIT-1 -> CLOSING" "$work/lossy.log"; }
closing || fail "the FINs did not cross"
kernel_waits() { [ "$(on_far ss -Htan state time-wait | wc -l)" = 1 ]; }
wait_until 5 kernel_waits || fail "the kernel does not wait"
expired() { [ "$(counter lossy TWExpired)" = 1 ]; }
wait_until 10 expired || fail "Lull's record did not expire"
kernel_waits || fail "the end of Lull's wait disturbed the kernel's"
stop "$served"
