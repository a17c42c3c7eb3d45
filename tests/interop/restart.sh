#!/bin/bash
# A restarted server is refused its port by TIME-WAIT, hears why and how long, and gets it with
# SO_REUSEADDR, or without it once the records are gone.
. "$(dirname "$0")/lib.sh"
need curl python3

page() { curl -s -m 10 http://$lull/; }
said() { [ "$(grep -c "$1" "$work/again.log")" = "$2" ]; }

serve again --text hello --msl 2s
expect hello "$(page)" "the page"
wait_until 5 counted again TW 1 || fail "no TIME-WAIT record"
kill -HUP "$served"
wait_until 10 said "EADDRINUSE \[BL-" 1 || fail "bind was not refused"
grep -qE "TIME-WAIT.* [0-9.]+ s" "$work/again.log" || fail "no word about the time left"
"$LULL" status --name again --refusals | grep -qE "bind .* EADDRINUSE \[BL-01\]: .*\(closed first here" \
    || fail "status does not know the refusal"
page && fail "a page without a listener"

kill -USR1 "$served"
wait_until 10 said "listening on" 2 || fail "bind was refused in spite of SO_REUSEADDR"
expect hello "$(page)" "the page, with SO_REUSEADDR"
stop "$served"

serve again --text hello --msl 100ms
expect hello "$(page)" "the page"
wait_until 10 counted again TWExpired 1 || fail "the record never expired"
kill -HUP "$served"
wait_until 10 said "listening on" 2 || fail "bind was refused without a record"
expect hello "$(page)" "the page, after TIME-WAIT"
stop "$served"

serve again --text hello --msl 2s --reuse-port
expect hello "$(page)" "the page"
wait_until 5 counted again TW 1 || fail "no TIME-WAIT record"
kill -HUP "$served"
wait_until 10 said "listening on" 2 || fail "bind was refused in spite of SO_REUSEPORT"
expect hello "$(page)" "the page, with SO_REUSEPORT"
stop "$served"
