"""notices.py - which requirements a failing test speaks of, for scripts/mutate --by-requirement.

A test of ctest is found by its name: unit.LAYER.FILE and sim.FILE are FILE_test.c, scenario.FOLDER
is the scripts of that folder.  In a C file a [REQ id] belongs to the test function it stands in, or
to the next one below; those of the first comment belong to every function of the file.  A script
has one tag, on its first line."""
import functools, pathlib, re

TAG = re.compile(r"\[REQ ([^\]]+)\]")
FUNCTION = re.compile(r"^(?:static void |TEST\()(\w+)(?:\(void \*\*\w+)?\)\n\{.*?^\}", re.M | re.S)
FAILED = re.compile(r"^\[  FAILED  \] (?:\w+: )?([A-Za-z_]\w+)$", re.M)
RUN = re.compile(r"^\[ RUN      \] (\w+)$", re.M)
FINISHED = re.compile(r"^\[==========\] .*\d+ test\(s\) run", re.M)
SCRIPT = re.compile(r"(tests/scenario/[\w./-]+\.pkt):\d+:")

def ids(text):
    """The requirements that the tags of a text name."""
    return {name for tag in TAG.findall(text) for name in re.split(r"[,\s]+", tag.strip())}

@functools.cache
def steps_of(file):
    """{test function: its requirements} of a C file; "" has those of its first comment."""
    text = file.read_text()
    top = re.match(r"\s*/\*.*?\*/", text, re.S)
    start = top.end() if top else 0
    steps = {"": ids(text[:start])}
    for function in FUNCTION.finditer(text):
        if function.start() >= start:
            steps[function[1]] = steps[""] | ids(text[start:function.end()])
            start = function.end()
    return steps

@functools.cache
def files_of(name):
    """The sources of a test of ctest."""
    first, last = name.partition(".")[0], name.rpartition(".")[2]
    if first == "scenario":
        return sorted(pathlib.Path("tests/scenario", last).glob("*.pkt"))
    return sorted(pathlib.Path("tests").rglob(f"{last}_test.c"))

@functools.cache
def carried(name):
    """Every requirement a test has a tag of."""
    return set().union(*(ids(file.read_text()) for file in files_of(name)))

def noticed(name, output):
    """{failing step: its requirements} after a test has failed.  A program that was stopped or
    crashed has failed in the function that ran; one that names no step has failed as a whole."""
    scripts = set(SCRIPT.findall(output))
    if scripts:
        return {pathlib.Path(path).name: ids(pathlib.Path(path).read_text()) for path in scripts}
    functions = FAILED.findall(output)
    if not FINISHED.search(output):
        functions += RUN.findall(output)[-1:]
    found = {f: steps[f] for file in files_of(name) if file.suffix == ".c"
             for steps in [steps_of(file)] for f in functions if f in steps}
    return found or {"": carried(name)}
