#!/usr/bin/env python3
"""What lull scenario prints, and its exit status: all files are played, whatever becomes of one.
Usage: output_test.py PROGRAM   (from the root of the tree)"""
import json, subprocess, sys, unittest

PROGRAM = sys.argv.pop(1)
PASSES = "tests/scenario/close/close_sends_a_fin.pkt"
FAILS = "tests/cli/scenario_wrong/field_seq.pkt"
UNPLAYABLE = "tests/cli/scenario_wrong/call_number.pkt"

def scenario(*arguments):
    return subprocess.run([PROGRAM, "scenario", *arguments], capture_output=True, text=True)

class Output(unittest.TestCase):
    def test_the_worst_script_decides_the_status_and_none_is_left_out(self):
        for files, status, last in [
                ([PASSES], 0, "1 of 1"), ([FAILS, PASSES], 1, "1 of 2"),
                ([UNPLAYABLE, PASSES, FAILS], 2, "1 of 3"), (["/nowhere", PASSES], 2, "1 of 2")]:
            done = scenario(*files)
            self.assertEqual(done.returncode, status, files)
            self.assertEqual(done.stdout.splitlines()[-1], f"scenario: {last} passed")

    def test_failures_are_output_and_bad_scripts_are_complaints(self):
        done = scenario(FAILS, UNPLAYABLE)
        self.assertTrue(done.stdout.startswith(f"{FAILS}:10: the packet differs in seq\n  expected "))
        self.assertEqual(done.stderr, f"lull scenario: {UNPLAYABLE}:9:33: 'SO_MARK': this constant "
                                      "is not supported\n")

    def test_json_is_an_object_for_each_script_and_nothing_else(self):
        done = scenario("--json", FAILS, UNPLAYABLE, PASSES, "/nowhere")
        failed, bad, passed, missing = map(json.loads, done.stdout.splitlines())
        self.assertEqual(passed["file"], PASSES)
        self.assertEqual(passed["result"], "passed")
        self.assertEqual(passed["requirements"], ["CH-01"])
        self.assertEqual(passed["took"], 500_000_000)
        self.assertEqual((failed["result"], failed["line"]), ("failed", 10))
        self.assertIn("differs in seq\n", failed["reason"])
        self.assertEqual((bad["result"], bad["line"], bad["column"]), ("unplayable", 9, 33))
        self.assertEqual(missing["requirements"], [])
        self.assertEqual(missing["reason"], "No such file or directory")

    def test_verbose_tells_of_every_event(self):
        lines = scenario("--verbose", PASSES).stdout.splitlines()
        self.assertEqual(lines[:2], [PASSES, "  requirement CH-01"])
        self.assertIn("  0.200000 close(4) = 0", lines)
        self.assertIn("  0.200000 > F. 1:1(0) ack 1 win 32768", lines)
        ignored = scenario("--verbose", "tests/scenario/player/settings.pkt").stdout
        self.assertIn("  ignored: ../common/defaults.sh\n", ignored)
        self.assertIn("  ignored: net.ipv4.tcp_ecn=0\n", ignored)

    def test_knobs_of_the_command_line_come_before_the_script(self):
        script = "tests/scenario/close/fin_with_the_ack.pkt"
        self.assertIn("time_left is 10.000000, expected 60.000000",
                      scenario("--knob", "tw.msl_ms=5s", script).stdout)
        self.assertIn("time_left is 240.000000", scenario("--profile", "strict", script).stdout)
        self.assertEqual(scenario("--knob", "tw.msl_ms=5s",
                                  "tests/scenario/player/settings.pkt").returncode, 0)

    def test_the_same_script_has_the_same_result(self):
        runs = {scenario("--verbose", PASSES, FAILS).stdout for _ in range(3)}
        self.assertEqual(len(runs), 1)

unittest.main(argv=sys.argv[:1])
