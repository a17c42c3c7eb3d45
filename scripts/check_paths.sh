#!/bin/sh
# No file may name a place on one person's machine.
# Usage: check_paths.sh   (from the root of the tree)
if grep -rInE --exclude=.git --exclude-dir=.git --exclude-dir=build '(^|[^[:alnum:]_.])/(work|home|root|Users|mnt)/' .; then
    echo "paths: the places above exist on one machine only"
    exit 1
fi
echo "paths: ok"
