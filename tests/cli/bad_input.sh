#!/bin/bash
# What cannot be carried out is refused with one line that names it, and status 2.
# Usage: bad_input.sh PROGRAM
set -u
program=$1
checked=0 failed=0

# refused_by_program LINE ARGUMENT...
refused_by_program() {
    local wanted=$1 got status; shift
    got=$("$program" "$@" 2>&1 >/dev/null </dev/null)
    status=$?
    checked=$((checked + 1))
    [ "$status" = 2 ] && [ "$got" = "$wanted" ] && return
    failed=$((failed + 1))
    printf 'lull %s\n  expected (2): %s\n  got (%d):      %s\n' "$*" "$wanted" "$status" "$got"
}

# The same with the "lull " in front of a command's own complaints left out.
refused() { refused_by_program "lull $1" "${@:2}"; }

refused_by_program "lull: a command is missing; 'lull help' lists them"
refused_by_program "lull: 'serv': no such command; 'lull help' lists them" serv
refused_by_program "lull: '--port': no such command; 'lull help' lists them" --port 80
refused "help: 'serv': no such command; 'lull help' lists them" help serv
refused "help: two: one argument too many; 'lull help --help' tells more" help one two

more="no such option, or the beginning of several; 'lull serve --help' tells more"
refused "serve: --prot: $more" serve --prot 80
refused "serve: --no: $more" serve --no
refused "serve: -p: $more" serve -p 80
refused "serve: --port: needs a value; 'lull serve --help' tells more" serve --port
refused "serve: --echo=1: takes no value; 'lull serve --help' tells more" serve --echo=1
refused "serve: extra: one argument too many; 'lull serve --help' tells more" serve extra

for port in 0 65536 -1 http "" 80x; do
    refused "serve: --port '$port': must be a port, 1 to 65535" serve --port "$port"
done
refused "serve: --body 'x': must be a number of bytes such as 65536, 64k or 256m" serve --body x
refused "serve: --body '9223372036854775808': must be a number of bytes within its range" \
    serve --body 9223372036854775808
refused "serve: --close-first 'both': must be server or client" serve --close-first both
refused "serve: --backlog '0': must be a number of connections, 1 to 65535" serve --backlog 0
refused "serve: --linger '3601': must be a number of seconds, 0 to 3600" serve --linger 3601
refused "serve: --once '0': must be a number within its range" serve --once 0
refused "serve: --once '1.5': must be a whole number" serve --once 1.5
refused "serve: --root '': must be a directory" serve --root ""
refused "serve: --root, --text, --body, --echo: only one of them can be served" \
    serve --text a --echo
on="--tap lull0 --address 10.0.0.2/24"
refused "serve: --root /nowhere/at/all: No such file or directory" serve $on --root /nowhere/at/all

for command in serve "connect 10.0.0.1 80" "ping 10.0.0.1"; do
    name=${command%% *}
    refused "$name: --tap NAME: missing: no interface to work on" $command
    refused "$name: --address A/LEN: missing: the stack has no address" $command --tap lull0
    refused "$name: --limit: out of range; docs/limits.md lists the ranges" \
        $command $on --limit sockets=0
done

refused "serve: --tap 'sixteencharacters': must be an interface name of 1 to 15 characters" \
    serve --tap sixteencharacters
refused "serve: --tun '': must be an interface name of 1 to 15 characters" serve --tun ""
for address in 10.0.0.1 10.0.0.1/33 10.0.0/24 fe80::1/64; do
    refused "serve: --address '$address': must be an IPv4 address with its prefix such as 10.0.0.1/24" \
        serve --address $address
done
refused "serve: --address '10.0.0.1/0': must be an address with a prefix of 1 to 32 bits" \
    serve --address 10.0.0.1/0
refused "serve: --peer-address '10.0.0.1': must be an IPv4 address with its prefix such as 10.0.0.1/24" \
    serve --peer-address 10.0.0.1
refused "serve: --gateway 'router': must be an IPv4 address such as 10.0.0.1" serve --gateway router
refused "serve: --mtu '575': must be a number of bytes, 576 to 65535" serve --mtu 575
refused "serve: --msl '30x': must be a duration such as 250ms, 30s or 2m" serve --msl 30x
refused "serve: --msl '0s': must be whole milliseconds, 1ms to 1h" serve --msl 0s
refused "serve: --msl '61m': must be whole milliseconds, 1ms to 1h" serve --msl 61m
refused "serve: --profile 'solaris': must be one of default, strict, linux, bsd" serve --profile solaris
refused "serve: --knob 'tw.rst=maybe': must be NAME=VALUE as 'lull knobs' lists them, with a value in its range" serve --knob tw.rst=maybe
refused "serve: --knob 'hold.persist=1': must be a knob that can be turned: what this one governs does not exist" serve --knob hold.persist=1
refused "serve: --seed '0': must be 2 to 64 hexadecimal digits, two for each byte" serve --seed 0
refused "serve: --seed 'xx': must be hexadecimal digits" serve --seed xx
refused "serve: --capture '': must be the name of a file" serve --capture ""
refused "serve: --name 'a/b': must be 1 to 40 characters without a '/'" serve --name a/b
limits="NAME=N, NAME one of sockets, connections, listeners, records, blocks, block-bytes, \
neighbors, routes, replies, send-buffer, receive-buffer"
refused "serve: --limit 'socket=1': must be $limits" serve --limit socket=1
refused "serve: --limit 'sockets': must be $limits" serve --limit sockets
refused "serve: --limit 'sockets=x': must be NAME=N with a whole number" serve --limit sockets=x
refused "serve: --limit 'sockets=5000000000': must be NAME=N with a whole number" \
    serve --limit sockets=5000000000

refused "connect: HOST PORT: missing; 'lull connect --help' tells more" connect 10.0.0.1
refused "connect: x: one argument too many; 'lull connect --help' tells more" connect 10.0.0.1 80 x
refused "connect: localhost: must be an IPv4 address such as 10.0.0.1" connect localhost 80
refused "connect: 0: must be a port, 1 to 65535" connect 10.0.0.1 0
refused "connect: --source '10.0.0.1:x': must be an address and a port such as 10.0.0.1:4000" \
    connect --source 10.0.0.1:x 10.0.0.1 80
refused "connect: --timeout '0s': must be a duration of at least 1ms" connect --timeout 0s 10.0.0.1 80
refused "connect: --parallel: must be used together with --count" connect $on --parallel 2 10.0.0.1 80
refused "connect: --send -, --receive with --count: must be left out: many connections share no stream" \
    connect $on --count 2 --send - 10.0.0.1 80

refused "ping: HOST: missing; 'lull ping --help' tells more" ping
refused "ping: --size '7': must be a number of bytes, 8 to 1472" ping --size 7 10.0.0.1
refused "ping: --interval '0s': must be a duration of at least 1ms" ping --interval 0s 10.0.0.1
refused "ping: --count '0': must be a number within its range" ping --count 0 10.0.0.1

refused "status: b: one argument too many; 'lull status --help' tells more" status a b
refused "status: --name '': must be 1 to 40 characters without a '/'" status --name ""

refused "scenario: FILE...: missing; 'lull scenario --help' tells more" scenario
refused "scenario: --profile 'vms': must be one of default, strict, linux, bsd" scenario --profile vms x
refused "scenario: /nowhere/at/all: No such file or directory" scenario /nowhere/at/all
refused "scenario: /dev/null:1:1: expected an event, found the end of the script" scenario /dev/null

refused "lab: COMMAND ...: missing; 'lull lab --help' tells more" lab
refused "lab: 'paint': no such command; 'lull lab --help' lists them" lab paint
# Its complaints begin with both words of the command.
draw() { refused_by_program "lull lab draw: $1" lab draw "${@:2}"; }
draw "FILE: missing; 'lull lab draw --help' tells more"
draw "b: one argument too many; 'lull lab draw --help' tells more" a b
formats="text, plain, mermaid, svg, html, jsonl or pcapng"
draw "--format 'png': must be $formats" --format png x
draw "-o '': must be the name of a file" -o "" x
draw "-o: needs a value; 'lull lab draw --help' tells more" x -o
draw "--msl '0': must be 1ms to 1h" --msl 0 x
draw "--msl 'x': must be a duration such as 250ms, 30s or 2m" --msl x x
for which in 0 10.0.0.1:x x; do
    draw "--conversation '$which': must be a number of --list, or an address and a port such as 10.0.0.1:80" \
        --conversation $which x
done
draw "/nowhere/at/all: No such file or directory" /nowhere/at/all
draw "/etc/passwd: unknown file format" /etc/passwd

run() { refused_by_program "lull lab run: $1" lab run "${@:2}"; }
run "NAME: missing; 'lull lab list' names the scenarios, --all runs all"
run "SC-99: no such scenario; 'lull lab list' names them" SC-99
run "SC-01: it has no twin without TIME-WAIT: nothing strikes there" --without-timewait SC-01
run "SC-01: it has no form with another mistake" --mistake SC-01
run "--mistake: not together with --without-timewait" --mistake --without-timewait SC-32
run "SC-05: it has no such case" --case 7 SC-05
run "SC-01: it has no such case" --case 2 SC-01
run "--case '0': must be a number from 1" --case 0 SC-05
run "--msl '0': must be 1ms to 1h" --msl 0 SC-05
run "--msl 'x': must be a duration such as 250ms, 30s or 2m" --msl x SC-05
run "--loss '101': must be a number from 0 to 100" --loss 101 SC-05
run "--loss '-1': must be a number from 0 to 100" --loss -1 SC-05
run "--seed '0': must be a number from 1" --seed 0 SC-05
run "--format 'png': must be $formats" --format png SC-05
run "-o '': must be the name of a file" -o "" SC-05
run "--expect '': must be the name of a file" --expect "" SC-05
run "/nowhere/at/all: No such file or directory" --expect /nowhere/at/all SC-05
run "NAME: one at a time where a file is given" -o x SC-01 SC-02
run "--all: takes no name, no --case and no file: it draws nothing" --all SC-05
run "--all: takes no name, no --case and no file: it draws nothing" --all -o x
run "--all: plays every form; leave --without-timewait and --mistake out" --all --mistake
refused_by_program "lull lab list: x: one argument too many; 'lull lab list --help' tells more" \
    lab list x
refused_by_program "lull lab report: x: one argument too many; 'lull lab report --help' tells more" \
    lab report x

refused "knobs: 'tw.rest': no such knob; 'lull knobs' lists them" knobs tw.rst tw.rest
refused "knobs: --profile 'solaris': must be one of default, strict, linux, bsd" \
    knobs --profile solaris
for other in --json --changed "--profile bsd" tw.rst; do
    refused "knobs: --markdown: must be given alone: it prints a whole page" knobs --markdown $other
done

echo "bad input: $((checked - failed)) of $checked refused as they should"
[ $failed = 0 ]
