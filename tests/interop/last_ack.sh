#!/bin/bash
# The ACK of the kernel's FIN is lost: the kernel repeats the FIN, TIME-WAIT answers it and starts
# its wait again.
. "$(dirname "$0")/lib.sh"
need curl ss

serve lost --text hello --msl 10s --lose-last-ack 1 --trace
expect hello "$(curl -s -m 10 http://$lull/)" "the page"
wait_until 5 grep -q "lost on purpose" "$work/lost.out" || fail "nothing was lost"
ss -Htan | grep -q LAST-ACK || fail "the kernel does not wait for the ACK"
closed() { ! ss -Htan | grep -q LAST-ACK; }
wait_until 10 closed || fail "the repeated FIN was not answered"
grep -q "starts its wait again for 20.0" "$work/lost.log" || fail "the timer was not restarted"
[ "$(counter lost TWRestarted)" -ge 1 ] || fail "the restart was not counted"
stop "$served"
