#!/usr/bin/env python3
"""Reports which share of the lines of each layer is comment; 15 to 30% reads well.  A report and
not a check: a number somebody must reach fills files with words nobody needs.
Usage: comment_share.py [ROOT]"""
import pathlib, sys

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")

def count(file):
    """Returns (comment lines, lines); only whole lines of comment count, blank lines do not."""
    comments = lines = 0
    inside = False
    for line in map(str.strip, file.read_text().splitlines()):
        if not line:
            continue
        lines += 1
        starts = line.startswith(("/*", "//"))
        comments += inside or starts
        inside = (inside or starts and not line.startswith("//")) and "*/" not in line
    return comments, lines

def main():
    parts = []
    folders = [*sorted((ROOT / "src").iterdir()), ROOT / "include"]
    total = [0, 0]
    for folder in folders:
        counts = [count(file) for file in folder.rglob("*.[ch]")]
        comments, lines = map(sum, zip(*counts)) if counts else (0, 0)
        total = [total[0] + comments, total[1] + lines]
        parts.append(f"{folder.name} {comments / max(lines, 1):.0%}")
    print(f"comments: {total[0] / max(total[1], 1):.0%} of the lines ({', '.join(parts)})")

main()
