#!/usr/bin/env bash
# What scripts/packages and scripts/npm do on machines that are not this one: each case puts programs
# of its own in front of dpkg-query, id, sudo, apt-get and npm.
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

fake id 'echo 1000'
fake sudo 'exit 1'
run --optional build
expect "what is optional is no failure without the right to install it" [ "$status" = 0 ]
expect "and the line to type is told" grep -q '^    sudo apt-get install .* cmake gcc$' <<<"$output"

fake id 'echo 0'
fake apt-get "echo \"apt-get \$*\" >>$fakes/calls; case \$* in *cmake*|*update*) echo E: no such mirror; exit 100;; esac"
run --optional build
expect "what is optional is no failure when it cannot be installed" [ "$status" = 0 ]
expect "and it is told what is missing" grep -q 'could not install cmake; the tests that need it are skipped' <<<"$output"
expect "and why" grep -q 'E: no such mirror' <<<"$output"
expect "and the line to type" grep -q '^    apt-get install --no-install-recommends cmake$' <<<"$output"
expect "the others are installed all the same" grep -q 'install --no-install-recommends gcc$' "$fakes/calls"
expect "and nobody complains of them" [ "$(grep -c gcc <<<"$output")" = 1 ]

fake apt-get "echo \"apt-get \$*\" >>$fakes/calls"
fake dpkg-query 'exit 1'
fake npm 'exit 0'
run browser
expect "an npm that is not Debian's is left alone" [ "$status $(grep -c npm "$fakes/calls")" = "0 0" ]
expect "the browser is installed all the same" grep -q 'install --no-install-recommends chromium$' "$fakes/calls"

tree=$fakes/tree
mkdir -p "$tree/scripts" "$tree/tests/browser"
cp scripts/npm "$tree/scripts"
cp tests/browser/package*.json "$tree/tests/browser"
run_npm() { # body of npm
    fake npm "$1"
    output=$(PATH=$fakes:$PATH "$tree/scripts/npm" 2>&1)
    status=$?
}
run_npm 'echo "npm ERR! code ENOTFOUND"; echo "npm ERR! syscall connect"; echo "npm ERR! no such host"; exit 1'
expect "a registry out of reach skips the tests" [ "$status" = 77 ]
expect "and it is told why" grep -q 'npm got no packages (no such host); `scripts/npm` tries again' <<<"$output"
run_npm 'echo "npm error code E403"; echo "npm error 403 Forbidden"; exit 1'
expect "so does one that refuses" [ "$status $output" = "77 npm got no packages (403 Forbidden); \`scripts/npm\` tries again" ]
fake timeout 'exit 124'
run_npm 'exit 0'
rm "$fakes/timeout"
expect "so does one that does not answer" [ "$status $(grep -c 'within 100 s' <<<"$output")" = "77 1" ]
run_npm 'echo "npm ERR! code EINTEGRITY"; echo "npm ERR! other bytes came"; exit 1'
expect "other bytes than the lock names are a failure" [ "$status $(grep -c 'other bytes' <<<"$output")" = "1 1" ]
run_npm 'mkdir node_modules'
expect "what came is kept" [ "$status $(wc -l <<<"$output")" = "0 1" ]
run_npm 'exit 1'
expect "and not fetched again" [ "$status" = 0 ]

run nonsense
expect "an unknown set is refused" [ "$status" != 0 ]
