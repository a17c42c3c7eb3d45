#!/bin/bash
# Plays tests/sim/seeds.txt: each line must show what it says.
# Usage: seeds.sh PROGRAM
set -u
program=$1
failed=0 played=0

while read -r expected options; do
    options=${options%%#*}
    case $options in *--only*) ;; *) options+=" --runs 1 --keep 0" ;; esac
    # shellcheck disable=SC2086
    said=$("$program" sim $options 2>&1)
    status=$?
    played=$((played + 1))
    if [ "$expected" = holds ]; then
        [ $status = 0 ] && continue
    else
        [ $status = 1 ] && grep -q "$expected" <<<"$said" && continue
    fi
    failed=1
    printf '%s %s\n  exit status %d:\n%s\n' "$expected" "$options" $status "$said"
done < <(grep -v '^#\|^$' tests/sim/seeds.txt)
[ "$played" -gt 30 ] || { echo "only $played seeds were played"; failed=1; }
exit $failed
