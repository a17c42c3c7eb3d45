#!/usr/bin/env python3
"""Every check of scripts/ accepts a small good tree and refuses it after one rule is broken."""
import pathlib, shutil, subprocess, tempfile, unittest

SCRIPTS = pathlib.Path("scripts").resolve()

# The requirements that every map has; all but CH-01 are declined in the good tree.
GROUPS = {"CH": 20, "TT": 10, "SA": 16, "IR": 18, "BL": 16, "RL": 12, "OB": 6, "QR": 20}
DECLINED = "".join(f"| {group}-{n:02} | d | declined | because |\n" for group, count in GROUPS.items()
                   for n in range(1, count + 1) if (group, n) != ("CH", 1))

GOOD = {
    "scripts/layers.txt": "base :\ntcp : base\nlink : base\ncli : base tcp\n"
                          "doors = tcp link\npure = base tcp link\nlibc = stdint.h\nsymbols = memcpy\n",
    "docs/rfc-map.md": "| id | requirement | status | note |\n| --- | --- | --- | --- |\n"
                       "| 9293/MUST-1 | a | met | |\n| CH-01 | b \\| c | met | |\n" + DECLINED,
    "include/lull/api.h": "#define LULL_API\n",
    "src/base/span.h": "#ifndef BASE_SPAN_H\n#define BASE_SPAN_H\n#include <stdint.h>\n#endif\n",
    "src/base/span.c": '#include "base/span.h"\n/* [REQ 9293/MUST-1, CH-01] */\n'
                       "static const char *const names[] = {\"a\", \"b\"};\n"
                       "const char *span_name(int i);\n"
                       "const char *span_name(int i)\n{\n    return names[i];\n}\n",
    "src/tcp/tcp.h": '#include "base/span.h"\n#include "lull/api.h"\n',
    "src/tcp/tcp_conn.h": '#include "tcp/tcp.h"\n',
    "src/cli/cli_main.c": '#include <stdio.h>\n#include "tcp/tcp.h"\n',
    "tests/unit/base/span_test.c": "/* [REQ 9293/MUST-1] [REQ CH-01] */\n",
    "tests/mutate/span.txt": "source src/base/span.c\n\nspan-first: span_name CH-01\n"
                             "    the first comes first\n    - names[i]\n    + names[1]\n",
}

class Tree(unittest.TestCase):
    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.root)
        for name, text in GOOD.items():
            self.write(name, text)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def append(self, name, text):
        self.write(name, (self.root / name).read_text() + text)

    def run_script(self, script, *arguments):
        local = self.root / "scripts" / script
        for name in (script, "sources"):
            shutil.copy(SCRIPTS / name, self.root / "scripts" / name)
        return subprocess.run([local, *arguments], cwd=self.root, capture_output=True, text=True)

    def accepted(self, *command):
        run = self.run_script(*command)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)

    def refused(self, *command, because):
        run = self.run_script(*command)
        self.assertNotEqual(run.returncode, 0, run.stdout)
        self.assertIn(because, run.stdout, run.stderr)


class Layers(Tree):
    def test_a_good_tree_is_accepted(self):
        self.accepted("check_layers.py")

    def test_an_include_that_points_up_is_refused(self):
        self.append("src/base/span.h", '#include "tcp/tcp.h"\n')
        self.refused("check_layers.py", because="base may not include tcp")

    def test_siblings_do_not_know_each_other(self):
        self.write("src/link/link.h", '#include "tcp/tcp.h"\n')
        self.refused("check_layers.py", because="link may not include tcp")

    def test_a_layer_is_entered_through_its_door(self):
        self.append("src/cli/cli_main.c", '#include "tcp/tcp_conn.h"\n')
        self.refused("check_layers.py", because='through "tcp/tcp.h"')

    def test_a_pure_layer_may_not_include_an_os_header(self):
        self.append("src/tcp/tcp.h", "#include <sys/socket.h>\n")
        self.refused("check_layers.py", because="tcp is pure")

    def test_a_public_header_includes_only_public_headers(self):
        self.append("include/lull/api.h", '#include "base/span.h"\n')
        self.refused("check_layers.py", because="a public header may not include")

    def test_a_public_header_may_not_include_an_os_header(self):
        self.append("include/lull/api.h", "#include <stdio.h>\n")
        self.refused("check_layers.py", because="a public header may not include <stdio.h>")

    def test_an_unknown_folder_is_refused(self):
        self.write("src/misc/misc.h", "\n")
        self.refused("check_layers.py", because="is not a layer")


class RfcMap(Tree):
    def row(self, name, row):
        """Puts another row in the place of a declined one."""
        old = f"| {name} | d | declined | because |\n"
        self.assertEqual(GOOD["docs/rfc-map.md"].count(old), 1)
        self.write("docs/rfc-map.md", GOOD["docs/rfc-map.md"].replace(old, row))

    def test_a_good_tree_is_accepted(self):
        self.accepted("check_rfc_map.py")

    def test_what_is_not_met_of_closing_is_told(self):
        for name in DECLINED.split("|")[1::5]:
            self.append("src/base/span.c", f"/* [REQ {name.strip()}] */\n")
            self.append("tests/unit/base/span_test.c", f"/* [REQ {name.strip()}] */\n")
            self.append("tests/mutate/span.txt", f"span-{name.strip()}: span_name {name.strip()}\n")
        met = GOOD["docs/rfc-map.md"].replace("| d | declined | because |", "| d | met | |")
        self.write("docs/rfc-map.md", met)
        self.assertIn("\nclosing: 98 of 98 met\n", self.run_script("check_rfc_map.py").stdout)
        self.write("docs/rfc-map.md", met.replace("| OB-05 | d | met | |", "| OB-05 | d | declined | e |")
                   .replace("| BL-03 | d | met | |", "| BL-03 | d | partial | f |"))
        self.assertIn("\nclosing: 96 of 98 met (BL-03 partial, OB-05 declined)\n",
                      self.run_script("check_rfc_map.py").stdout)

    def test_a_missing_row_of_a_group_is_refused(self):
        for group, count in GROUPS.items():
            self.row(f"{group}-{count:02}", "")
            self.refused("check_rfc_map.py", because=f"rfc-map: {group}-{count:02} has no row")
            self.write("docs/rfc-map.md", GOOD["docs/rfc-map.md"])
        for group, count in GROUPS.items():
            self.append("docs/rfc-map.md", f"| {group}-{count + 1:02} | g | declined | h |\n")
            self.refused("check_rfc_map.py", because=f"{group}-{count + 1:02} belongs to no group")
            self.write("docs/rfc-map.md", GOOD["docs/rfc-map.md"])

    def test_a_met_row_of_closing_needs_a_mutant_that_must_be_killed(self):
        because = "rfc-map: CH-01 is met but no mutant of tests/mutate names it"
        self.append("tests/mutate/span.txt", "    survives: nobody looks\n")
        self.refused("check_rfc_map.py", because=because)
        self.append("tests/mutate/span.txt", "span-other: span_name TT-01\n    a phrase\n")
        self.refused("check_rfc_map.py", because=because)
        self.append("tests/mutate/span.txt", "span-again: span_name TT-01 CH-01\n    a phrase\n")
        self.accepted("check_rfc_map.py")

    def test_a_tag_without_a_row_is_refused(self):
        self.append("src/base/span.c", "/* [REQ SA-17] */\n")
        self.refused("check_rfc_map.py", because="SA-17 has no row")

    def test_a_met_row_needs_code_and_a_test(self):
        self.row("BL-01", "| BL-01 | e | met | |\n")
        self.refused("check_rfc_map.py", because="BL-01 is met but has no [REQ] in src/")
        self.append("src/base/span.c", "/* [REQ BL-01] */\n")
        self.refused("check_rfc_map.py", because="BL-01 is met but has no [REQ] in tests/")

    def test_a_row_that_is_not_met_says_why(self):
        for status in ("partial", "declined"):
            self.row("OB-04", f"| OB-04 | f | {status} | |\n")
            self.refused("check_rfc_map.py", because="does not say why")

    def test_malformed_rows_are_refused(self):
        for row, because in (("| nonsense | f | met | |", "is not an id"),
                             ("| OB-04 | f | done | |", "status 'done'"),
                             ("| OB-04 | f | met |", "3 columns"),
                             ("| TT-03 | f | declined | g |", "two rows")):
            self.write("docs/rfc-map.md", GOOD["docs/rfc-map.md"] + row + "\n")
            self.refused("check_rfc_map.py", because=because)


class Bans(Tree):
    def test_a_good_tree_is_accepted(self):
        self.accepted("check_bans.sh")

    def test_each_ban_is_kept(self):
        for name, line in (("src/tcp/tcp.h", "c->state = TCP_CLOSED;"),
                           ("src/cli/cli_main.c", "/* TO" + "DO */"),
                           ("src/base/span.c", "#ifdef LINUX"),
                           ("src/base/span.c", "#  if 1"),
                           ("src/base/span.c", "#ifndef LINUX"),
                           ("src/base/span.c", "p = malloc(1);"),
                           ("src/tcp/tcp.h", "printf(a);"),
                           ("src/tcp/tcp.h", "n = time(NULL);"),
                           ("src/link/link.h", "n = rand();"),
                           ("tests/unit/base/span_test.c", "usleep(1);"),
                           ("tests/unit/base/span_test.c", "srand(1);")):
            with self.subTest(line=line):
                self.write(name, GOOD.get(name, "") + line + "\n")
                self.refused("check_bans.sh", because="banned:")
                self.write(name, GOOD.get(name, ""))

    def test_what_is_banned_elsewhere_is_allowed_where_it_belongs(self):
        self.write("src/tcp/tcp_state.c", "c->state = to;\n")
        self.append("src/cli/cli_main.c", "p = malloc(1); printf(a); t = time(NULL);\n")
        self.write("tests/interop/peer.c", "usleep(1);\n")
        self.append("src/base/span.c", "pool_free(p); now = base_time(c);\n")
        self.accepted("check_bans.sh")


class Paths(Tree):
    def test_a_path_of_one_machine_is_refused(self):
        self.accepted("check_paths.sh")
        self.append("docs/rfc-map.md", "see " + "/ho" + "me/someone/notes\n")
        self.refused("check_paths.sh", because="one machine only")


class Headers(Tree):
    def setUp(self):
        super().setUp()
        if not all(map(shutil.which, ("g++", "clang++"))):
            self.skipTest("g++ and clang++ come with `scripts/packages check`")

    def test_a_header_that_needs_another_is_refused(self):
        self.accepted("check_headers.py")
        self.append("src/base/span.h", "size_t span_size;\n")
        self.refused("check_headers.py", because="size_t")

    def test_a_public_function_keeps_its_c_name_in_cpp(self):
        self.append("include/lull/api.h", "LULL_API int lull_count(void);\n")
        self.refused("check_headers.py", because="lull_count needs LULL_BEGIN_DECLARATIONS")
        self.write("include/lull/api.h", '#define LULL_API\n#ifdef __cplusplus\nextern "C"\n#endif\n'
                   "LULL_API int lull_count(void);\n")
        self.accepted("check_headers.py")


class Shape(Tree):
    def archive(self, name, text, archive="core.a"):
        self.write(f"src/base/{name}.c", text)
        out = self.root / f"{name}.o"
        subprocess.run(["gcc", "-fPIC", f"-I{self.root}/src", "-c", self.root / f"src/base/{name}.c",
                        "-o", out], check=True)
        subprocess.run(["ar", "rc", self.root / archive, out], check=True)

    def setUp(self):
        super().setUp()
        self.archive("span", GOOD["src/base/span.c"])
        (self.root / "first.a").write_bytes(b"!<arch>\n")

    def test_a_good_tree_is_accepted(self):
        self.accepted("check_shape.py", ".", "core.a")

    def test_a_long_file_is_refused(self):
        self.write("tests/long.c", "\n" * 801)
        self.refused("check_shape.py", ".", "core.a", because="801 lines")

    def test_a_long_function_is_refused(self):
        self.write("src/tcp/tcp_long.c", "void f(void)\n{\n" + "    g();\n" * 70 + "}\n")
        self.refused("check_shape.py", ".", "core.a", because="function of 71 lines")

    def test_few_functions_are_rather_long(self):
        self.write("src/tcp/tcp_long.c", "void f(void)\n{\n" + "    g();\n" * 50 + "}\n")
        self.refused("check_shape.py", ".", "core.a", because="functions are longer than 50 lines")

    def test_a_high_median_is_refused(self):
        for name in "abcdefgh":
            self.write(f"src/tcp/tcp_{name}.h", "\n" * 201)
        self.refused("check_shape.py", ".", "core.a", because="median")

    def test_a_symbol_is_named_after_its_file(self):
        self.archive("queue", "int queued(void);\nint queued(void)\n{\n    return 0;\n}\n")
        self.refused("check_shape.py", ".", "core.a", because="queued should start with queue_")

    def test_a_public_symbol_is_named_after_the_door_its_file_belongs_to(self):
        self.archive("queue_data", "int lull_queue_send(void);\nint lull_queue_send(void)\n{\n    return 0;\n}\n")
        self.accepted("check_shape.py", ".", "core.a")
        self.archive("queue_fill", "int lull_fill(void);\nint lull_fill(void)\n{\n    return 0;\n}\n")
        self.refused("check_shape.py", ".", "core.a", because="lull_fill should start with lull_queue_")

    def test_a_variable_at_file_scope_is_refused_in_pure_archives_only(self):
        for n, line in enumerate(("static int n;", "static int n = 1;", "static _Thread_local int n;")):
            self.archive(f"count{n}", f"{line}\nint *count{n}_at(void);\nint *count{n}_at(void)\n"
                         "{\n    return &n;\n}\n")
            self.refused("check_shape.py", ".", "core.a", because=f"count{n}.c: n is a variable")
            self.refused("check_shape.py", ".", "first.a", "core.a", because=f"count{n}.c: n is a variable")
        (self.root / "core.a").rename(self.root / "core_os.a")
        self.accepted("check_shape.py", ".", "first.a", "core_os.a")

    def test_the_pure_archive_calls_nothing(self):
        self.accepted("check_pure.sh", "core.a")
        self.archive("call", "int getpid(void);\nint call_it(void);\nint call_it(void)\n"
                     "{\n    return getpid();\n}\n")
        self.refused("check_pure.sh", "core.a", because="core.a must not call: getpid")

    def test_a_pure_archive_calls_those_below_it_and_never_those_above(self):
        self.archive("first", "int second_it(void);\nint first_it(void);\nint first_it(void)\n"
                     "{\n    return second_it();\n}\n", "lab.a")
        self.refused("check_pure.sh", "core.a", "lab.a", because="lab.a must not call: second_it")
        self.archive("second", "int second_it(void);\nint second_it(void)\n{\n    return 1;\n}\n")
        self.accepted("check_pure.sh", "core.a", "lab.a")
        self.refused("check_pure.sh", "lab.a", "core.a", because="lab.a must not call: second_it")


if __name__ == "__main__":
    unittest.main()
