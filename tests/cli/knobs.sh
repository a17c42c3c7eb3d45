#!/bin/bash
# `lull knobs` prints the whole table, at any width, for people and for programs; docs/knobs.md is
# what it prints.
# Usage: knobs.sh PROGRAM
set -u
program=$1
failed=0
complain() { echo "$*"; failed=1; }
knobs() { "$program" knobs "$@" || complain "lull knobs $* fails"; }

knobs --markdown | diff docs/knobs.md - || complain "docs/knobs.md is stale: type 'make docs'"

rows=$(sed -n 's/^    LULL_KNOB_\([a-z0-9]*\)_\([a-z0-9_]*\),$/\1.\2/p' include/lull/knobs.h | sort)
[ "$(echo "$rows" | wc -l)" -ge 50 ] || complain "include/lull/knobs.h: few knobs: $rows"
[ "$(knobs | sed -n 's/^\([a-z0-9]*\.[a-z_0-9]*\)\( = .*\)\?$/\1/p' | sort)" = "$rows" ] \
    || complain "lull knobs does not list every knob once"
for page in "knobs" "knobs --profile linux" "knobs --changed"; do
    for columns in 60 80 100; do
        longest=$(COLUMNS=$columns "$program" $page | wc -L)
        [ "$longest" -le $columns ] || complain "lull $page: $longest characters on $columns columns"
    done
    [ "$("$program" $page | wc -L)" -gt 70 ] || complain "lull $page: lines are broken too early"
done
[ "$(COLUMNS=100 "$program" knobs | wc -l)" -lt "$(COLUMNS=80 "$program" knobs | wc -l)" ] \
    || complain "a wide terminal is not used"

# The fixed ones stand last, below the line that says what they are.
[ "$(knobs | sed -n '/^Fixed: /,$s/^\([a-z.]*\.[a-z_]*\) = .*/\1/p' | head -1)" = ts.lease_ms ] \
    || complain "the section of the fixed knobs does not begin with ts.lease_ms"
knobs tw.rst | grep -q "^Fixed" && complain "a heading of the fixed knobs without any"

[ "$(knobs tw.rst | head -2 | tail -1)" = \
  "    default ignore, strict ignore, linux rfc9293, bsd ignore" ] || complain "the values of tw.rst"
[ "$(knobs --profile linux tw.rst | head -1)" = "tw.rst = rfc9293    (default ignore)" ] \
    || complain "tw.rst in the profile linux"
[ "$(knobs --profile default --changed)" = "" ] || complain "the default differs from itself"
changed=$(knobs --profile strict --changed | sed -n 's/^\(.*\) = .*/\1/p' | head -1)
[ "$changed" = tw.msl_ms ] || complain "what the profile strict changes begins with '$changed'"
knobs --profile strict --changed | grep -q "^tw.rst " && complain "strict does not change tw.rst"

knobs --json | python3 -c '
import json, sys
rows = {row["name"]: row for row in json.load(sys.stdin)}
assert set(rows) == set(sys.argv[1].split()), rows.keys()
assert rows["tw.rst"]["choices"] == ["ignore", "rfc9293", "solicited"], rows["tw.rst"]
assert rows["tw.rst"]["linux"] == "rfc9293" and rows["tw.rst"]["scope"] == "listener"
assert rows["tw.rto_floor"]["least"] == "0.0" and rows["tw.rto_floor"]["unit"] == "RTO"
assert rows["restart.mode"]["choices"] == ["off", "quiet"], rows["restart.mode"]
assert rows["hold.persist"]["scope"] == "fixed" and "QR-13" in rows["hold.persist"]["serves"]
for row in rows.values():
    assert row["effect"] and all(row[p] for p in ("default", "strict", "linux", "bsd")), row
' "$rows" || complain "lull knobs --json"
knobs --json --profile bsd tw.rst uto.ms | python3 -c '
import json, sys
rows = json.load(sys.stdin)
assert [row["name"] for row in rows] == ["tw.rst", "uto.ms"], rows
assert rows[0]["bsd"] == "ignore" and "linux" not in rows[0], rows
' || complain "lull knobs --json --profile bsd tw.rst uto.ms"
exit $failed
