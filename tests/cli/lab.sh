#!/bin/bash
# `lull lab list`, `run` and `report`: what they print, where to, and with which status.
# Usage: lab.sh PROGRAM
set -u
program=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
complain() { echo "$*"; failed=1; }

# expect STATUS WORDS ARGUMENT...: standard output, or nothing of it when WORDS is empty.
expect() {
    local wanted=$1 words=$2 status; shift 2
    "$program" lab "$@" > "$work/out" 2> "$work/err" < /dev/null
    status=$?
    [ "$status" = "$wanted" ] || complain "lull lab $*: status $status, expected $wanted"
    if [ -n "$words" ]; then
        grep -qF -e "$words" "$work/out" || complain "lull lab $*: does not print: $words"
    else
        [ -s "$work/out" ] && complain "lull lab $*: prints $(head -1 "$work/out")"
    fi
}

# --- list -------------------------------------------------------------------------------------

expect 0 "SC-05  T    6  The last ACK is lost" list
expect 0 "SC-32   M   2  Held for exactly one MSL" list
expect 0 '"name":"SC-01"' list --json
"$program" lab list --json | python3 -c '
import json, sys
rows = [json.loads(line) for line in sys.stdin]
names = [row["name"] for row in rows]
assert names == sorted(set(names)) and len(names) >= 15, names
wanted = [f"SC-{n:02}" for n in (1, 2, 3, 4, 5, 6, 7, 22, 23, 24, 32)]
assert set(wanted) <= set(names), set(wanted) - set(names)
row = next(row for row in rows if row["name"] == "SC-05")
assert row["cases"] == 6 and "INV-04" in row["without_timewait"] and row["mistake"] is None, row
' || complain "lull lab list --json"

# --- run: the verdict is said once ------------------------------------------------------------

expect 0 "As expected: each repeated FIN is acknowledged" run sc-05
[ -s "$work/err" ] && complain "lull lab run sc-05: the picture has its verdict: $(cat "$work/err")"
expect 0 "SC-05: as expected: each repeated FIN" run --no-picture SC-05
[ "$(wc -l < "$work/out")" = 1 ] || complain "--no-picture: more than a line"
expect 0 "SC-05 without TIME-WAIT: as expected: S's FIN" run --no-picture --without-timewait SC-05
expect 0 "SC-32 with tw.restart_on=fin: as expected: S's FIN" run --no-picture --mistake SC-32
expect 0 "sequenceDiagram" run --format mermaid SC-01
grep -q "^SC-01: as expected" "$work/err" || complain "no verdict beside a diagram"
expect 0 "SC-01: as expected" run --format svg -o "$work/one.svg" SC-01
grep -q "^<svg" "$work/one.svg" || complain "--format svg -o: no picture"
expect 0 "<!DOCTYPE html>" run --format html SC-01
for format in plain jsonl pcapng; do
    expect 0 "SC-01: as expected" run --format $format -o "$work/one" SC-01
    [ -s "$work/one" ] || complain "--format $format -o: no picture"
done
expect 1 "SC-01: as expected" run -o "$work/no/where" SC-01
expect 2 "SC-01: as expected" run --no-picture SC-99 SC-01 # the rest is run

# Two names are two pictures; the same command gives the same picture, another seed another one.
expect 0 "SC-01  The normal close" run --format plain SC-01 SC-02
grep -q "^SC-02  The first FIN is lost" "$work/out" || complain "the second picture is missing"
for i in 1 2 3; do
    "$program" lab run --format jsonl --loss 20 --seed $((i / 3 + 5)) SC-40 > "$work/$i" 2>/dev/null
done
cmp -s "$work/1" "$work/2" || complain "the same seed gives two pictures"
cmp -s "$work/1" "$work/3" && complain "two seeds give the same picture"
"$program" lab run --format plain --case 1 SC-05 | head -1 | grep -qF "The last ACK is lost: once" \
    || complain "--case 1"
expect 0 "SC-01: not judged; no invariant is violated" run --no-picture --msl 2 SC-01
expect 0 "SC-05 without TIME-WAIT: not judged; violated: INV-0" run --no-picture --seed 3 \
    --without-timewait SC-05
expect 1 "SC-09: not as expected: octet 3000" run --no-picture --msl 2 SC-09
expect 0 "not judged" run --all --seed 3
grep -q "as expected" "$work/out" && grep -vq "^lab: 0 of 0 as expected, [1-9][0-9]* not judged$" \
    <(grep "as expected" "$work/out") && complain "--all --seed 3: claims what nobody has judged"
"$program" lab run --format plain --msl 2 SC-01 | grep -qF "MSL: 2 s." || complain "--msl 2"

# --- run --expect -----------------------------------------------------------------------------

expect 0 "SC-05: as expected" run --format plain -o "$work/golden" SC-05
expect 0 "SC-05: as expected" run --expect "$work/golden" SC-05
LC_ALL=C.UTF-8 expect 0 "SC-05: as expected" run --expect "$work/golden" SC-05
expect 1 "SC-05: as expected" run --expect "$work/golden" --case 1 SC-05
grep -qF "$work/golden:1: the picture is another" "$work/err" || complain "--expect: no line"
grep -qF "  expected: SC-05  The last ACK is lost: 2 times" "$work/err" || complain "--expect: wanted"
grep -qF "  drawn   : SC-05  The last ACK is lost: once" "$work/err" || complain "--expect: drawn"
head -20 "$work/golden" > "$work/short"
expect 1 "SC-05: as expected" run --expect "$work/short" SC-05
grep -qF "  expected: nothing more" "$work/err" || complain "--expect: a golden file that ends early"
expect 0 "SC-05: as expected" run --format jsonl -o "$work/golden" SC-05
expect 0 "SC-05: as expected" run --format jsonl --expect "$work/golden" SC-05

# --- report -----------------------------------------------------------------------------------

expect 0 "as expected" report -o "$work/lab.html"
python3 - "$work/lab.html" "$("$program" lab list | cut -d' ' -f1 | tr '\n' ' ')" <<'END' \
    || complain "lull lab report"
import pathlib, re, sys
page = pathlib.Path(sys.argv[1]).read_text()
for name in sys.argv[2].split():
    assert f'href="#{name.lower()}"' in page, f"{name} is not in the table of contents"
assert page.count("\u2713") == len(sys.argv[2].split()), "not every chapter has its verdict"
assert all(f"<h2>{group}</h2>" in page for group in ("Closing", "Attacks", "Complaints"))
assert "without TIME-WAIT" in page and "tw.restart_on=fin" in page
assert not re.search(r'(src|href)="(https?:)?//', page), "it asks the network for something"
END
expect 0 "<!DOCTYPE html>" report --still
grep -q "^lab: .* as expected" "$work/err" || complain "report: no verdict beside the page"
"$program" lab report --still 2>/dev/null | grep -qF 'data-msl="120"' && complain "--still: variants"
[ "$(grep -cF 'data-msl="120"' "$work/lab.html")" -ge 20 ] || complain "the page has no variants"
[ "$(wc -c < "$work/lab.html")" -lt 4000000 ] || complain "the page is larger than 4 MB"
expect 1 "" report -o "$work/no/where.html"
exit $failed
