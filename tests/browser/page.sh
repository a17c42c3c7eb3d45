#!/usr/bin/env bash
# A page of stories in a browser.
# Usage: page.sh TEST PROGRAM     exit status 77: no node, no Chromium, or npm's registry is out of reach
command -v node >/dev/null || { echo "node is not installed; \`scripts/packages browser\` installs it"; exit 77; }
for script in src/lab/page/*.js; do
    node --check "$script" || exit 1
done
exec node "tests/browser/$1" "$2"
