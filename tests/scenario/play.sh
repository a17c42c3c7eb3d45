#!/bin/bash
# Play every script of a folder: all must pass, and each says on its first line which requirement
# it shows.
# Usage: play.sh PROGRAM FOLDER   (from the root of the tree)
set -u
program=$1 folder=$2
status=0
for script in "$folder"/*.pkt; do
    head -n 1 "$script" | grep -qE '^// .*\[REQ [^]]+\]$' \
        || { echo "$script:1: the first line is to say what is shown, and its [REQ id]"; status=1; }
done
"$program" scenario "$folder"/*.pkt || status=1
exit $status
