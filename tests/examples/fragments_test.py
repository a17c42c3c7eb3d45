#!/usr/bin/env python3
"""The C fragments of the documents compile.

The fragments of docs/embedding.md follow each other in one file; README.md's is a piece of a
function; that of docs/simulator.md includes what is not installed.  Usage: fragments_test.py COMPILER   (from the root of the tree)"""
import re
import subprocess
import sys

FLAGS = ["-std=c17", "-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror", "-Iinclude",
         "-fsyntax-only", "-x", "c", "-"]
README = """#include <stdlib.h>
#include <lull/stack.h>
extern struct lull_stack_config config;
extern struct lull_address address;
extern struct lull_frame frame;
extern struct lull_input frames[];
extern unsigned count;
extern void send_frame(const struct lull_frame *frame);
extern void sleep_until(lull_time deadline);
void embed(lull_time now);
void embed(lull_time now)
{
"""


def fragments(path):
    with open(path, encoding="utf-8") as f:
        return re.findall(r"^```c\n(.*?)^```$", f.read(), re.DOTALL | re.MULTILINE)


def compiles(name, code, *flags):
    result = subprocess.run([sys.argv[1], *flags, *FLAGS], input=code, text=True, check=False)
    print(name, "ok" if result.returncode == 0 else "FAILED")
    return result.returncode == 0


def main():
    page, readme = fragments("docs/embedding.md"), fragments("README.md")
    world = fragments("docs/simulator.md")
    if len(page) < 5 or len(readme) != 1 or len(world) != 1:
        print("the fragments are not where they were")
        return 1
    ok = compiles("docs/embedding.md", "\n".join(page))
    ok = compiles("docs/simulator.md", world[0], "-Isrc") and ok
    return 0 if compiles("README.md", README + readme[0] + "}\n") and ok else 1


if __name__ == "__main__":
    sys.exit(main())
