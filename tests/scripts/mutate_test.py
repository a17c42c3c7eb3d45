#!/usr/bin/env python3
"""scripts/mutate on a small tree: what it kills, what it lets live, and what it refuses to read."""
import fcntl, json, os, pathlib, shutil, subprocess, sys, tempfile, unittest

SCRIPTS = pathlib.Path("scripts").resolve()
sys.path.insert(0, str(SCRIPTS))
sys.dont_write_bytecode = True
import notices

TREE = {
    "CMakePresets.json": """{"version": 6,
 "configurePresets": [{"name": "mutate", "generator": "Ninja", "binaryDir": "build/${presetName}"}],
 "buildPresets": [{"name": "mutate", "configurePreset": "mutate"}],
 "testPresets": [{"name": "mutate", "configurePreset": "mutate"}]}
""",
    "CMakeLists.txt": """cmake_minimum_required(VERSION 3.25)
project(tiny C)
enable_testing()
add_library(tiny STATIC src/tcp/tcp_gate.c)
foreach(file tcp_gate other)
    add_executable(${file}_test tests/${file}_test.c)
    target_link_libraries(${file}_test tiny)
    add_test(NAME unit.tcp.${file} COMMAND ${file}_test)
endforeach()
""",
    "docs/rfc-map.md": "| id | requirement | status | note |\n| --- | --- | --- | --- |\n"
                       "| CH-01 | a | met | |\n",
    "src/tcp/tcp_gate.c": """#include <assert.h>

/* A comment with 1 < 2 and a brace {. */
int tcp_gate_steps(int n)
{
    int steps = 0;
    assert(n < 100);
    for (int i = 0; i < n; i++)
        steps += 2;
    return steps;
}

int tcp_gate_opens(int key, int lock)
{
    if (key < 0)
        return 0; /* "key" */
    if (key == lock
        && lock > 0)
        return 1;
    return 0;
}
""",
    "tests/tcp_gate_test.c": """int tcp_gate_steps(int n);
int tcp_gate_opens(int key, int lock);
int main(void)
{
    return !(tcp_gate_opens(2, 2) && !tcp_gate_opens(2, 3));
}
""",
    "tests/other_test.c": """int tcp_gate_steps(int n);
int main(void)
{
    return tcp_gate_steps(3) != 6;
}
""",
}

KILLED = """lock-equal: tcp_gate_opens CH-01
    only the right key opens
    - key == lock && lock > 0
    + lock > 0
"""
KILLED_ELSEWHERE = """step-size: tcp_gate_steps
    a step counts two
    - steps += 2;
    +
"""
ENDLESS = """step-forever: tcp_gate_steps
    the steps end
    - i++
    + (void)0
"""
SURVIVES = """lock-positive: tcp_gate_opens
    a lock of 0 never opens
    - lock > 0
    + lock >= 0
"""
EXPLAINED = SURVIVES + "    survives: nobody makes\n        such locks\n"
BROKEN = """key-syntax: tcp_gate_opens
    this is not C
    - key < 0
    + key <
"""

class Tree(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.root = pathlib.Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.root)

    def setUp(self):
        for name, text in TREE.items():
            self.write(name, text)
        for name in ("mutate", "mutants.py", "notices.py"):
            (self.root / "scripts").mkdir(exist_ok=True)
            shutil.copy(SCRIPTS / name, self.root / "scripts" / name)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_text() != text:
            path.write_text(text)

    def mutate(self, *options, entries=""):
        self.write("tests/mutate/gate.txt", "# a list\nsource src/tcp/tcp_gate.c\n\n" + entries)
        return subprocess.run([self.root / "scripts/mutate", *options], cwd=self.root,
                              capture_output=True, text=True)

    def ends(self, run, status, *texts):
        self.assertEqual(run.returncode, status, run.stdout + run.stderr)
        for text in texts:
            self.assertIn(text, run.stdout + run.stderr)

    def refused(self, entries, because):
        run = self.mutate(entries=entries)
        self.ends(run, 2, because)
        self.assertIn("tests/mutate/gate.txt:", run.stderr)


class Lists(Tree):
    def test_the_test_that_mirrors_the_file_is_asked_first(self):
        self.ends(self.mutate(entries=KILLED + KILLED_ELSEWHERE), 0,
                  "lock-equal src/tcp/tcp_gate.c tcp_gate_opens: killed by unit.tcp.tcp_gate\n",
                  "step-size src/tcp/tcp_gate.c tcp_gate_steps: killed by unit.tcp.other\n",
                  "mutate: 2 of 2 killed (100.0%)")

    def test_a_survivor_is_named_and_may_be_too_many(self):
        self.ends(self.mutate(entries=KILLED + SURVIVES), 1,
                  "lock-positive src/tcp/tcp_gate.c tcp_gate_opens: SURVIVED\n"
                  "    a lock of 0 never opens\n",
                  "mutate: 1 of 2 killed (50.0%)")
        self.ends(self.mutate("--threshold", "50", entries=KILLED + SURVIVES), 0)

    def test_an_explained_survivor_counts_apart(self):
        self.ends(self.mutate(entries=KILLED + EXPLAINED), 0,
                  "survives, as the list says: nobody makes such locks",
                  "mutate: 1 of 1 killed (100.0%), 1 survive with a reason")

    def test_an_explanation_of_what_is_killed_is_stale(self):
        self.ends(self.mutate(entries=KILLED + "    survives: because\n"), 1,
                  "KILLED, but the list says it survives", "1 killed against their explanation")

    def test_what_does_not_compile_is_neither_and_an_error(self):
        self.ends(self.mutate(entries=KILLED + BROKEN), 1,
                  "key-syntax src/tcp/tcp_gate.c tcp_gate_opens: does not compile: expected",
                  "mutate: 1 of 1 killed (100.0%), 1 did not compile")

    def test_a_run_in_which_nothing_counts_does_not_pass(self):
        self.ends(self.mutate("--threshold", "1", entries=BROKEN), 1, "mutate: 0 of 0 killed (0.0%)")
        self.ends(self.mutate(entries=EXPLAINED), 0, "mutate: 0 of 0 killed (100.0%)")

    def test_the_copy_is_sound_again_after_each_mutant(self):
        run = self.mutate("--jobs", "1", entries=BROKEN + KILLED + EXPLAINED)
        self.ends(run, 1, "1 of 1 killed", "1 survive with a reason", "1 did not compile")
        self.assertEqual((self.root / "build/mutate/0/src/tcp/tcp_gate.c").read_text(),
                         TREE["src/tcp/tcp_gate.c"])

    def test_an_endless_mutant_is_killed_by_the_clock(self):
        self.ends(self.mutate("--patience", "1", entries=ENDLESS), 0,
                  "killed by unit.tcp.other (time-out after 1 s)")

    def test_a_change_of_the_tree_reaches_the_copies(self):
        self.ends(self.mutate("--threshold", "0", entries=SURVIVES), 0, "SURVIVED")
        self.write("tests/tcp_gate_test.c", TREE["tests/tcp_gate_test.c"].replace(
            "!tcp_gate_opens(2, 3)", "!tcp_gate_opens(0, 0)"))
        self.ends(self.mutate(entries=SURVIVES), 0, "killed by unit.tcp.tcp_gate")

    def test_tests_that_fail_by_themselves_prove_nothing(self):
        self.write("tests/other_test.c", "int main(void)\n{\n    return 1;\n}\n")
        self.ends(self.mutate(entries=KILLED), 2, "without a mutant there fails unit.tcp.other")

    def test_a_tree_that_does_not_build_proves_nothing(self):
        self.write("tests/other_test.c", "int main(void)\n{\n    return;;\n")
        self.ends(self.mutate(entries=KILLED), 2, "cmake --build", "other_test.c")

    def test_two_runs_do_not_share_their_copies(self):
        (self.root / "build/mutate").mkdir(parents=True, exist_ok=True)
        with open(self.root / "build/mutate/lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.ends(self.mutate(entries=KILLED), 2, "another run uses build/mutate")

    def test_json_has_every_mutant_and_the_figures(self):
        run = self.mutate("--json", "--threshold", "50", entries=KILLED + SURVIVES)
        self.ends(run, 0)
        report = json.loads(run.stdout)
        self.assertEqual([row["outcome"] for row in report["mutants"]], ["killed", "survived"])
        self.assertEqual(report["mutants"][0]["requirements"], ["CH-01"])
        self.assertEqual(report["mutants"][0]["detail"], "unit.tcp.tcp_gate")
        self.assertEqual((report["summary"]["killed"], report["summary"]["of"]), (1, 2))

    def test_a_part_of_the_list_can_be_chosen_and_printed(self):
        run = self.mutate("--list", "--only", "CH-01", entries=KILLED + SURVIVES)
        self.ends(run, 0)
        self.assertEqual(run.stdout, "lock-equal: src/tcp/tcp_gate.c tcp_gate_opens CH-01: "
                                     "only the right key opens\n")
        self.ends(self.mutate("--files", entries=KILLED + SURVIVES), 0, "2  src/tcp/tcp_gate.c")
        self.ends(self.mutate("--only", "nothing", entries=KILLED), 2, "no mutant is left")


class ByRequirement(Tree):
    def tagged(self, file, *ids):
        name = f"tests/{file}_test.c"
        self.write(name, "".join(f"/* [REQ {id}] */\n" for id in ids) + TREE[name])

    def test_a_mutant_is_noticed_by_a_test_with_the_tag(self):
        self.tagged("tcp_gate", "CH-01")
        self.ends(self.mutate("--by-requirement", entries=KILLED + KILLED_ELSEWHERE), 0,
                  "CH-01: 1 mutants, 1 killed, 1 by a test with its tag\n"
                  "    lock-equal: unit.tcp.tcp_gate\n", "1 of 1 killed")

    def test_a_requirement_whose_tests_notice_nothing_fails_the_run(self):
        for ids in ((), ("CH-02",)):
            self.tagged("tcp_gate", *ids)
            self.tagged("other", "CH-01")
            self.ends(self.mutate("--by-requirement", entries=KILLED), 1,
                      "CH-01: 1 mutants, 1 killed, 0 by a test with its tag\n"
                      "    lock-equal: unit.tcp.tcp_gate (no tag)\n"
                      "mutate: no test with the tag CH-01 kills any of its mutants\n",
                      "1 of 1 killed (100.0%)")

    def test_one_mutant_that_is_noticed_is_enough(self):
        self.tagged("tcp_gate", "CH-01")
        elsewhere = KILLED_ELSEWHERE.replace("tcp_gate_steps", "tcp_gate_steps CH-01")
        self.ends(self.mutate("--by-requirement", entries=KILLED + elsewhere), 0,
                  "CH-01: 2 mutants, 2 killed, 1 by a test with its tag\n",
                  "    step-size: unit.tcp.other (no tag)\n")

    def test_survivors_need_nobody_who_notices(self):
        self.tagged("tcp_gate", "CH-01")
        survivor = EXPLAINED.replace("tcp_gate_opens", "tcp_gate_opens CH-01")
        self.ends(self.mutate("--by-requirement", entries=KILLED + survivor), 0,
                  "CH-01: 1 mutants, 1 killed", "1 survive with a reason")

    def test_json_says_who_noticed(self):
        self.tagged("tcp_gate", "CH-01")
        report = json.loads(self.mutate("--by-requirement", "--json", entries=KILLED).stdout)
        self.assertEqual(report["mutants"][0]["noticed"], {"CH-01": "unit.tcp.tcp_gate"})


class Notices(unittest.TestCase):
    """Which requirements a failure speaks of."""
    SOURCE = """/* A file.  [REQ CH-01] */
#include "a.h"

/* [REQ CH-02] */
static void first(void **state)
{
    check(1); /* [REQ CH-03] */
}

/* [REQ CH-04] */
static const int rows[] = {1};

static int help(int n)
{
    return n;
}

TEST(second)
{
}
"""
    def setUp(self):
        self.addCleanup(os.chdir, os.getcwd())
        root = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, root)
        for name, text in (("tests/unit/a_test.c", self.SOURCE),
                           ("tests/scenario/b/c.pkt", "// C.  [REQ CH-05, CH-06]\n"),
                           ("tests/scenario/b/d.pkt", "// D.  [REQ CH-07]\n")):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        os.chdir(root)
        for function in (notices.steps_of, notices.files_of, notices.carried):
            function.cache_clear()

    def speaks_of(self, output, expected, test="unit.x.a"):
        self.assertEqual(notices.noticed(test, output), expected)

    def test_a_tag_is_that_of_the_function_it_stands_in_or_above(self):
        end = "[==========] 2 test(s) run.\n"
        self.speaks_of("[  FAILED  ] first\n" + end, {"first": {"CH-01", "CH-02", "CH-03"}})
        self.speaks_of("[  FAILED  ] second\n" + end, {"second": {"CH-01", "CH-04"}})

    def test_a_program_that_crashed_failed_where_it_was(self):
        self.speaks_of("[  FAILED  ] first\n[ RUN      ] second\n",
                       {"first": {"CH-01", "CH-02", "CH-03"}, "second": {"CH-01", "CH-04"}})

    def test_a_program_that_says_nothing_failed_as_a_whole(self):
        self.speaks_of("", {"": {f"CH-0{n}" for n in range(1, 5)}})

    def test_of_scripts_those_count_that_failed(self):
        self.speaks_of("tests/scenario/b/c.pkt:7: no packet\nscenario: 1 of 2 passed\n",
                       {"c.pkt": {"CH-05", "CH-06"}}, "scenario.b")
        self.assertEqual(notices.carried("scenario.b"), {"CH-05", "CH-06", "CH-07"})


class BadLists(Tree):
    def test_stale_entries_are_all_named(self):
        gone = KILLED.replace("key == lock", "key != lock")
        run = self.mutate(entries=gone + SURVIVES.replace("tcp_gate_opens", "tcp_gate_shuts"))
        self.ends(run, 2,
                  "gate.txt:4: lock-equal: stale: the fragment occurs 0 times in tcp_gate_opens",
                  "gate.txt:8: lock-positive: stale: src/tcp/tcp_gate.c has no tcp_gate_shuts")

    def test_a_fragment_in_two_places_is_stale(self):
        self.refused(KILLED.replace("key == lock && lock > 0", "return 0;"), "occurs 2 times")

    def test_a_fragment_is_looked_for_in_its_function_only(self):
        self.refused(KILLED_ELSEWHERE.replace("tcp_gate_steps", "tcp_gate_opens"), "occurs 0 times")

    def test_unknown_requirements_files_and_ids_are_refused(self):
        self.refused(KILLED.replace("CH-01", "CH-99"), "CH-99 has no row in docs/rfc-map.md")
        self.refused(KILLED + KILLED, "lock-equal is taken by tests/mutate/gate.txt:4")
        self.write("tests/mutate/gone.txt", "source src/tcp/gone.c\n")
        self.ends(self.mutate(entries=KILLED), 2, "gone.txt:1: there is no src/tcp/gone.c")
        (self.root / "tests/mutate/gone.txt").unlink()

    def test_incomplete_entries_are_refused(self):
        for missing, because in (("    only the right key opens\n", "a phrase is missing"),
                                 ("    - key == lock && lock > 0\n", "a fragment (-) is missing"),
                                 ("    + lock > 0\n", "a replacement (+) is missing")):
            self.refused(KILLED.replace(missing, ""), because)
        self.refused(KILLED + "    survives:\n", "'survives' does not say why")
        self.refused(KILLED.replace("+ lock > 0", "+ key == lock && lock > 0"), "is the fragment")
        self.refused("nonsense\n", "gate.txt:4: expected 'source PATH'")

    def test_bad_options_are_refused(self):
        for options, because in ((("--only", "("), "'(' is not a regular expression"),
                                 (("--jobs", "0"), "'0' is not a number above 0"),
                                 (("--threshold", "101"), "'101' is not a percentage"),
                                 (("--generate", "gone.c"), "there is no gone.c"),
                                 (("--tests", "nothing"), "no test matches nothing")):
            self.ends(self.mutate(*options, entries=KILLED), 2, because)


class Generated(Tree):
    def lines(self, *options):
        run = self.mutate("--list", "--generate", "src/tcp/tcp_gate.c", *options)
        self.ends(run, 0)
        return run.stdout.splitlines()

    def test_every_kind_of_change_is_made_and_nothing_else(self):
        changes = [(line.split(":")[1], line.split(": ")[2]) for line in self.lines()]
        self.assertEqual(changes, [
            ("6", "0 to 1"),
            ("8", "0 to 1"), ("8", "< to <="),  # not line 7: an assertion
            ("9", "statement removed"), ("9", "2 to 3"),
            ("15", "< to <="), ("15", "0 to 1"),
            ("16", "return removed"), ("16", "0 to 1"),
            ("17", "== to !="), ("18", "&& to ||"), ("18", "> to >="), ("18", "0 to 1"),
            ("19", "return removed"), ("19", "1 to 0"),
            ("20", "0 to 1")])

    def test_a_seed_is_a_sample(self):
        sample = self.lines("--count", "5", "--seed", "7")
        self.assertEqual(len(sample), 5)
        self.assertEqual(sample, self.lines("--count", "5", "--seed", "7"))
        self.assertNotEqual(sample, self.lines("--count", "5", "--seed", "8"))
        self.assertEqual(sample, [line for line in self.lines() if line in sample])

    def test_they_are_judged_like_the_others(self):
        run = self.mutate("--generate", "src/tcp/tcp_gate.c", "--only", "&& to|> to >=",
                          "--threshold", "0")
        self.ends(run, 0, "src/tcp/tcp_gate.c:18:9: killed by unit.tcp.tcp_gate",
                  "src/tcp/tcp_gate.c:18:17: SURVIVED\n    > to >=: && lock > 0)",
                  "1 of 2 killed (50.0%)")


if __name__ == "__main__":
    unittest.main()
