#!/usr/bin/env python3
"""The shared library gives away exactly what the public headers mark with LULL_API.  A header is
implemented whole or not at all: one without any function in the library is only reported.
Usage: exports.py liblull.so   (from the root of the tree)"""
import pathlib, re, subprocess, sys

DECLARATION = re.compile(r"^LULL_API\b[^;({]*?(\w+)\(", re.MULTILINE)
UNMARKED = re.compile(r"^(?!LULL_API|static|typedef|[#/ ])[^;({=\n]*?(\blull_\w+)\(", re.MULTILINE)

def main():
    out = subprocess.run(["nm", "--dynamic", "--defined-only", sys.argv[1]],
                         capture_output=True, text=True, check=True).stdout
    exported = {line.split()[-1].split("@")[0] for line in out.splitlines()}
    bad, promised = [], set()
    for header in sorted(pathlib.Path("include/lull").glob("*.h")):
        text = header.read_text()
        names = set(DECLARATION.findall(text))
        bad += [f"{header}: {name} lacks LULL_API" for name in UNMARKED.findall(text)]
        promised |= names
        if names and not names & exported:
            print(f"{header}: declared, not implemented")
        else:
            bad += [f"{header}: {name} is not exported" for name in names - exported]
    bad += [f"{name} is exported, but no header marks it LULL_API" for name in exported - promised]
    bad += [f"{name} does not start with lull_" for name in promised if not name.startswith("lull_")]
    print("\n".join(sorted(bad)) or f"exports: ok ({len(exported)} symbols)")
    return bool(bad) or not exported

sys.exit(main())
