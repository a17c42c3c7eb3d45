#!/usr/bin/env python3
"""The documents are true where a machine can tell.

Usage: docs_test.py   (from the root of the tree)"""
import pathlib
import re
import unittest

PAGES = [p for p in pathlib.Path(".").glob("*.md")] + list(pathlib.Path("docs").rglob("*.md"))
HEADERS = "\n".join(p.read_text() for p in pathlib.Path("include").rglob("*.h"))
WORDS = {word
         for folder in ("include", "src", "tests", "cmake", "CMakeLists.txt")
         for p in [pathlib.Path(folder), *pathlib.Path(folder).rglob("*")]
         if p.is_file() and p.suffix in (".c", ".h", ".txt", ".cmake")
         for word in re.findall(r"\w+", p.read_text() + p.stem)}


def quoted(text):
    """What a page sets in `quotes`, outside fenced code."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S))


class Documents(unittest.TestCase):
    def test_every_link_leads_somewhere(self):
        for page in PAGES:
            for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
                self.assertTrue((page.parent / link).exists(), f"{page}: {link}")

    def test_every_name_exists(self):
        # Errors are put together by a macro and have a test of their own.
        name = re.compile(r"(?:struct |enum )?((?:lull|tcp|stack|socket)_\w+|LULL_(?!E[A-Z])\w+)")
        for page in PAGES:
            for word in quoted(page.read_text()):
                if (match := name.match(word)) and "NAME" not in word:
                    self.assertTrue(match.group(1) in WORDS, f"{page}: {word}")

    def test_every_counter_in_limits_exists(self):
        counters = set(re.findall(r"COUNTER\((\w+),", HEADERS))
        for word in quoted(pathlib.Path("docs/limits.md").read_text()):
            if re.fullmatch(r"(TW|TCP|Tcp|Icmp|Ip|Arp|Listen|FW2|Reply)\w*[a-z]\w*", word):
                self.assertIn(word, counters)

    def test_every_error_exists(self):
        errors = set(re.findall(r"ERROR\((\w+),", HEADERS))
        for page in PAGES:
            for error in re.findall(r"LULL_E(?!VENT)([A-Z]+)\b", page.read_text()):
                self.assertIn(error, errors, page)

    def test_limits_lists_every_field_of_the_configuration(self):
        config = re.search(r"struct lull_stack_config \{(.*?)^\};", HEADERS, re.M | re.S).group(1)
        config = re.sub(r"/\*.*?\*/", "", config, flags=re.S)
        declared = re.findall(r"(\w+)(?:\[\d+\])?[,;]", config)
        self.assertGreater(len(declared), 15)
        words = set(re.findall(r"\w+", pathlib.Path("docs/limits.md").read_text()))
        self.assertEqual([f for f in declared if f not in words and f != "seed"], [])

    def test_limits_lists_every_socket_option(self):
        limits = pathlib.Path("docs/limits.md").read_text()
        for option in re.findall(r"LULL_OPTION_(\w+),", HEADERS):
            self.assertIn(f"`{option}`", limits)


if __name__ == "__main__":
    unittest.main()
