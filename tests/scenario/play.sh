#!/bin/bash
# Play every script of a folder: all must pass.  Each begins with a sentence that says what it
# shows, and names the requirement, except in player/, where the player itself is what is tested.
# Usage: play.sh PROGRAM FOLDER   (from the root of the tree)
set -u
program=$1 folder=$2
status=0
tag='.*\[REQ [^]]+\]$'
[ "${folder##*/}" = player ] && tag=
for script in "$folder"/*.pkt; do
    head -n 1 "$script" | grep -qE "^// [A-Z].*$tag" \
        || { echo "$script:1: must be a sentence${tag:+ with its [REQ id]}"; status=1; }
done
"$program" scenario "$folder"/*.pkt || status=1
exit $status
