#!/bin/bash
# Every command explains itself on standard output, and its man page names the same options.
# Usage: help.sh PROGRAM
set -u
program=$1
failed=0
complain() { echo "$*"; failed=1; }

commands=$("$program" help | sed -n 's/^  \([a-z]*\) .*/\1/p')
[ "$(echo $commands)" = "serve connect ping status scenario sim lab knobs help" ] || complain "lull help lists: $commands"
"$program" --version | grep -qE '^lull [0-9]+\.[0-9]+\.[0-9]+$' || complain "lull --version"
[ "$("$program" --help)" = "$("$program" help)" ] || complain "lull --help is not lull help"

# The commands below `lab` are two words, and one page has them all.
for command in $commands "lab list" "lab run" "lab report" "lab draw"; do
    text=$("$program" $command --help 2>/dev/null) || complain "lull $command --help fails"
    [ "$command" != "${command#lab }" ] || [ "$text" = "$("$program" help "$command")" ] || complain "lull help $command is not its --help"
    [ "${text%% \[*}" = "Usage: lull $command" ] || complain "lull $command --help: no usage line"
    longest=$(echo "$text" | wc -L)
    [ "$longest" -le 100 ] || complain "lull $command --help: a line of $longest characters"
    [ "$command" = help ] && continue
    page=docs/man/lull-${command%% *}.1
    [ -e "$page" ] || { complain "$page is missing"; continue; }
    echo "$text" | sed -n 's/^  --\([a-z-]*\).*/\1/p' | while read -r option; do
        [ "$option" = help ] || grep -q "^\.B[RI]* \\\\-\\\\-${option//-/\\\\-}" "$page" \
            || { echo "$page: --$option is missing"; false; }
    done || failed=1
done
exit $failed
