#!/usr/bin/env python3
"""Every header compiles alone; a public one also as C++, where its functions keep their C names.
Usage: check_headers.py [ROOT]"""
import concurrent.futures, os, pathlib, re, subprocess, sys, tempfile

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
DECLARATION = re.compile(r"^LULL_API\b[^;({]*?(\w+)\(", re.MULTILINE)
STRICT = ["-Wall", "-Wextra", "-Werror", f"-I{ROOT}/src", f"-I{ROOT}/include"]

def compiles(command, text):
    run = subprocess.run([*command, *STRICT, "-"], input=text, capture_output=True, text=True)
    return run.stderr

def check_alone(header):
    text = f'#include "{header.relative_to(header.parents[1])}"\n'
    return compiles(["gcc", "-std=c17", "-fsyntax-only", "-xc"], text)

def check_cpp(header, compiler):
    """Takes the address of every function and looks at the names the object asks for."""
    names = set(DECLARATION.findall(header.read_text()))
    text = f'#include "lull/{header.name}"\n'
    text += "".join(f"extern void *const address_of_{n};\n"
                    f"void *const address_of_{n} = reinterpret_cast<void *>(&{n});\n" for n in names)
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "out.o"
        if error := compiles([compiler, "-std=c++17", "-c", "-o", str(out), "-xc++"], text):
            return error
        asked = subprocess.run(["nm", "-u", str(out)], capture_output=True, text=True, check=True)
    mangled = names - {line.split()[-1] for line in asked.stdout.splitlines()}
    return "".join(f"{header}: {n} needs LULL_BEGIN_DECLARATIONS\n" for n in sorted(mangled))

def main():
    public = sorted(ROOT.glob("include/lull/*.h"))
    jobs = [(check_alone, header) for header in [*sorted(ROOT.glob("src/*/*.h")), *public]]
    jobs += [(check_cpp, header, compiler) for header in public for compiler in ("g++", "clang++")]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        bad = [error for error in pool.map(lambda job: job[0](*job[1:]), jobs) if error]
    print("".join(bad) or f"headers: ok ({len(jobs)} compilations)")
    return bool(bad)

sys.exit(main())
