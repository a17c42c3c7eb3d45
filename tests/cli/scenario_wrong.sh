#!/bin/bash
# Scripts that must fail: status and every word of the complaint are in the .txt beside each.
# Usage: scenario_wrong.sh PROGRAM   (from the root of the tree)
set -u
program=$1
checked=0 failed=0
for script in tests/cli/scenario_wrong/*.pkt; do
    checked=$((checked + 1))
    got=$("$program" scenario "$script" 2>&1; echo "status $?")
    got=${got//tests\/cli\/scenario_wrong\//}
    [ "$got" = "$(cat "${script%.pkt}.txt")" ] && continue
    failed=$((failed + 1))
    printf '%s\n' "$script" "$got" | diff - <(printf '%s\n' "$script"; cat "${script%.pkt}.txt")
done
echo "scenario_wrong: $((checked - failed)) of $checked complained about as they should be"
[ $failed = 0 ] && [ $checked -gt 0 ]
