#!/usr/bin/env bash
# What scripts/packages does on machines that are not this one: each case puts programs of its own
# in front of dpkg-query, id, sudo and apt-get.
set -uo pipefail
fakes=$(mktemp -d)
trap 'rm -rf "$fakes"' EXIT

fake() { # name, body
    printf '#!/bin/sh\n%s\n' "$2" >"$fakes/$1" && chmod +x "$fakes/$1"
}
run() { # sets...
    : >"$fakes/calls"
    output=$(PATH=$fakes:$PATH scripts/packages "$@" 2>&1)
    status=$?
}
expect() { # sentence, condition...
    local sentence=$1; shift
    "$@" && { echo "ok: $sentence"; return; }
    echo "FAILED: $sentence (status $status)"; echo "$output"; cat "$fakes/calls"; exit 1
}
calls() { grep -c -- "$1" "$fakes/calls"; }

everything='shift 3; for name; do echo "installed $name"; done'
all_but_two='shift 3; for name; do case $name in cmake|gcc) ;; *) echo "installed $name";; esac; done; exit 1'
fake apt-get "echo \"apt-get \$*\" >>$fakes/calls"
fake sudo 'exit 1'
fake id 'echo 0'

fake dpkg-query "$everything"
run test check
expect "nothing missing is silent" [ "$status $output" = "0 " ]
expect "nothing missing installs nothing" [ ! -s "$fakes/calls" ]

fake dpkg-query "$all_but_two"
run build
expect "root installs exactly what is missing" grep -q 'install --no-install-recommends cmake gcc$' "$fakes/calls"
expect "root succeeds" [ "$status" = 0 ]
expect "lists are not fetched without need" [ "$(calls ' update')" = 0 ]

fake id 'echo 1000'
run build
expect "a user without sudo gets exit status 2" [ "$status" = 2 ]
expect "a user without sudo gets the line to type" grep -q 'sudo apt-get install --no-install-recommends cmake gcc$' <<<"$output"
expect "a user without sudo installs nothing" [ ! -s "$fakes/calls" ]

fake sudo '[ "$1" = -n ] && shift; exec "$@"'
run build
expect "a user with sudo installs" [ "$status $(calls 'install')" = "0 1" ]

fake apt-get "echo \"apt-get \$*\" >>$fakes/calls; grep -q ' update' $fakes/calls"
run build
expect "old lists are fetched once" [ "$status $(calls ' update') $(calls 'install ')" = "0 1 2" ]

fake apt-get "echo \"apt-get \$*\" >>$fakes/calls; echo no such mirror; exit 100"
run build
expect "a failed installation says why" grep -q 'no such mirror' <<<"$output"
expect "a failed installation fails" [ "$status" = 1 ]

fake apt-get "echo \"apt-get \$*\" >>$fakes/calls"
fake dpkg-query 'exit 1'
fake npm 'exit 0'
run browser
expect "an npm that is not Debian's is left alone" [ "$status $(grep -c npm "$fakes/calls")" = "0 0" ]
expect "the browser is installed all the same" grep -q 'install --no-install-recommends chromium$' "$fakes/calls"

run nonsense
expect "an unknown set is refused" [ "$status" != 0 ]
