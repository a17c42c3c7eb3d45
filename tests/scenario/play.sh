#!/bin/bash
# Play every script of a folder: all must pass.  Each begins with a sentence that says what it
# shows and names the requirement, except in player/, where the player itself is what is tested.
# Usage: play.sh PROGRAM FOLDER   (from the root of the tree)
set -u
program=$1 folder=$2
status=0
tag="[REQ "
complain() { echo "$script:1: must be $1"; status=1; }
for script in "$folder"/*.pkt; do
    first=$(head -n 1 "$script")
    [[ $first == "// "[A-Z]* ]] || complain "a sentence"
    [[ $first == *"$tag"* || ${folder##*/} == player ]] || complain "with the requirement's tag"
done
"$program" scenario "$folder"/*.pkt || status=1
exit $status
