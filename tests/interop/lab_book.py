"""The book of scenarios as `lull lab run` draws it, for tests that read its pictures.
Usage: lab_book.py PROGRAM FORMAT FOLDER     each form of each scenario in a file of its own"""
import json, pathlib, subprocess, sys


def forms(program):
    """Every form of every scenario: a name for complaints, and the options that play it."""
    listed = subprocess.run([program, "lab", "list", "--json"], capture_output=True, check=True)
    for line in listed.stdout.splitlines():
        row = json.loads(line)
        yield row["name"], [row["name"]]
        if row["without_timewait"]:
            yield row["name"] + " without TIME-WAIT", ["--without-timewait", row["name"]]
        if row["mistake"]:
            yield f"{row['name']} with {row['mistake']}", ["--mistake", row["name"]]


def draw(program, options, kind):
    run = subprocess.run([program, "lab", "run", "--format", kind, *options], capture_output=True)
    assert run.returncode == 0, (options, kind, run.stderr)
    return run.stdout


def story(program, options):
    return [json.loads(line) for line in draw(program, options, "jsonl").splitlines()]


def main():
    for number, (_, options) in enumerate(forms(sys.argv[1])):
        file = pathlib.Path(sys.argv[3]) / f"book_{number:02}"
        file.with_suffix(".mmd").write_bytes(draw(sys.argv[1], options, sys.argv[2]))
    assert number > 50, number


if __name__ == "__main__":
    main()
