#!/usr/bin/env python3
"""Line coverage of src per file and folder, from the counters a --coverage build left behind.
Usage: coverage.py BUILD   (from the root of the tree)"""
import collections, json, pathlib, subprocess, sys

def executed(build):
    """Returns {file: {line: how often}}; a header's lines add up over all that include it."""
    lines = collections.defaultdict(collections.Counter)
    src = pathlib.Path("src").resolve()
    for counters in sorted(pathlib.Path(build).rglob("*.gcda")):
        out = subprocess.run(["gcov", "--json-format", "--stdout", str(counters)],
                             capture_output=True, text=True, check=True).stdout
        for report in filter(None, out.splitlines()):
            for file in json.loads(report)["files"]:
                path = pathlib.Path(file["file"]).resolve()
                if path.is_relative_to(src):
                    for line in file["lines"]:
                        lines[path.relative_to(src)][line["line_number"]] += line["count"]
    return lines

def row(name, counts):
    hit = sum(count > 0 for count in counts)
    print(f"  {name:36} {hit:6} of {len(counts):6}  {hit / max(len(counts), 1):6.1%}")

def main():
    lines = executed(sys.argv[1])
    folders = collections.defaultdict(list)
    print("lines executed, by file")
    for path in sorted(lines):
        row(str(path), lines[path].values())
        folders[path.parts[0]] += lines[path].values()
    print("by folder")
    for folder, counts in folders.items():
        row(folder, counts)
    row("all", [count for counts in folders.values() for count in counts])

main()
