#!/usr/bin/env bash
# Mermaid understands the chart of every sample story and of every form of every scenario, and
# refuses one that is broken on purpose.
# Usage: lab_mermaid.sh STORY_DRAW PROGRAM     exit status 77: no npm, or its registry cannot be reached
set -uo pipefail
draw=$1 program=$2
command -v node >/dev/null || { echo "node is not installed; \`scripts/packages browser\` installs it"; exit 77; }
modules=$(scripts/npm) || exit $?
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

for number in $(seq 0 $(($("$draw") - 1))); do
    "$draw" mermaid "$number" >"$folder/$number.mmd" || exit 1
done
python3 tests/interop/lab_book.py "$program" mermaid "$folder" || exit 1
node tests/browser/mermaid_parse.mjs "$modules" "$folder"/*.mmd || exit 1

# A character with a meaning that was not taken away, and an arrow to nowhere.
{ cat "$folder/0.mmd"; echo '    C->>S: one; two'; } >"$folder/broken_1.mmd"
{ cat "$folder/0.mmd"; echo '    C->>'; } >"$folder/broken_2.mmd"
node tests/browser/mermaid_parse.mjs "$modules" "$folder"/broken_*.mmd
[ $? = 2 ] || { echo "a broken chart is understood: this test proves nothing"; exit 1; }
