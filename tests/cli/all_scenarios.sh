#!/bin/bash
# Every script of tests/scenario in one command: all must pass, none may be left out,
# and the last line says so.
# Usage: all_scenarios.sh PROGRAM   (from the root of the tree)
set -u
shopt -s globstar
program=$1
count=$(find tests/scenario -name '*.pkt' | wc -l)
got=$("$program" scenario tests/scenario/**/*.pkt 2>&1)
status=$?
last=${got##*$'\n'}
wanted="scenario: $count of $count passed"
[ $status = 0 ] && [ "$last" = "$wanted" ] && [ "$count" -gt 0 ] && echo "$last" && exit
printf '%s\n' "$got" "all_scenarios: status $status, expected as the last line: $wanted"
exit 1
