#!/usr/bin/env python3
"""README's section "The lab" shows what its commands print.  Usage: lab_readme.py LULL [--write]

Each block that begins with "$ " is a command and its output, and each picture of docs/pictures is
the output of a command.  With --write both are replaced by what is printed now."""
import os
import pathlib
import re
import subprocess
import sys

BLOCK = re.compile(r"```\n\$ (.*)\n((?:.*\n)*?)```\n")
README = pathlib.Path("README.md")
PICTURES = {"docs/pictures/sc-09-without-timewait.svg":
            "lull lab run SC-09 --without-timewait --format svg"}


def printed(command, lull):
    folder = str(pathlib.Path(lull).resolve().parent)
    environment = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}
    return subprocess.run(["bash", "-c", command], env=environment, check=True, text=True,
                          capture_output=True).stdout


def main():
    text = README.read_text()
    start = text.index("\n## The lab\n")
    end = text.index("\n## ", start + 1)
    section, blocks, wrong = text[start:end], 0, 0
    for block in BLOCK.finditer(section):
        command, shown = block.groups()
        now = printed(command, sys.argv[1])
        blocks += 1
        if shown != now:
            wrong += 1
            print(f"README.md: '{command}' prints something else:\n{now}")
            text = text.replace(block.group(0), f"```\n$ {command}\n{now}```\n")
    for name, command in PICTURES.items():
        path, now = pathlib.Path(name), printed(command, sys.argv[1])
        blocks += 1
        if f'src="{name}"' not in section:
            wrong += 1
            print(f"README.md: {name} is not shown")
        if not path.exists() or path.read_text() != now:
            wrong += 1
            print(f"{name}: '{command}' draws something else")
            if "--write" in sys.argv:
                path.parent.mkdir(exist_ok=True)
                path.write_text(now)
    if "--write" in sys.argv and wrong:
        README.write_text(text)
    print(f"README.md: {blocks - wrong} of {blocks} blocks and pictures are as printed")
    sys.exit(1 if wrong or blocks < 2 + len(PICTURES) else 0)


main()
