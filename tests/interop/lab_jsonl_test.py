#!/usr/bin/env python3
"""Every line is one JSON object, and docs/lab-format.md names its fields and words, all of them.
Usage: lab_jsonl_test.py STORY_DRAW PROGRAM     (from the root of the tree)"""
import functools, json, pathlib, re, subprocess, sys, unittest
import lab_book

DRAW, PROGRAM = sys.argv.pop(1), sys.argv.pop(1)
PAGE = pathlib.Path("docs/lab-format.md").read_text()


def draw(*arguments):
    return subprocess.run([DRAW, *arguments], capture_output=True, check=True).stdout.decode()


@functools.cache
def stories():
    """Each a list of objects; numbers are kept as Python has them, which is exactly."""
    samples = [[json.loads(line) for line in draw("jsonl", str(number)).splitlines()]
               for number in range(int(draw()))]
    return samples + [lab_book.story(PROGRAM, options) for _, options in lab_book.forms(PROGRAM)]


def keys(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from keys(inner)


def section(title):
    """The first column of its tables, and all that it quotes."""
    text = re.search(rf"^## {title}$(.*?)(?=^## |\Z)", PAGE, re.M | re.S).group(1)
    return set(re.findall(r"^\| `(\w+)` \|", text, re.M)), set(re.findall(r'`"?(\w+)"?`', text))


class JsonLines(unittest.TestCase):
    def test_the_whole_book_is_here(self):
        self.assertGreater(len(stories()), 55)
        self.assertTrue(all(story["events_dropped"] == 0 for story, *_ in stories()[int(draw()):]))

    def test_the_first_line_is_the_story_and_counts_the_others(self):
        for story, *events in stories():
            self.assertEqual((story["kind"], story["schema"]), ("story", 1))
            self.assertEqual(story["events"], len(events))
            self.assertEqual([e["number"] for e in events], list(range(len(events))))

    def test_each_field_is_named_on_the_page_and_each_name_is_a_field(self):
        for title, objects in (("The story", [s[0] for s in stories()]),
                               ("An event", [e for s in stories() for e in s[1:]])):
            rows, quoted = section(title)
            found = {key for o in objects for key in keys(o)}
            self.assertEqual(found - quoted, set(), title)
            self.assertEqual(rows - found, set(), title)

    def test_each_word_is_named_on_the_page(self):
        _, quoted = section("An event")
        for event in (e for s in stories() for e in s[1:]):
            words = {event["kind"], *event["inferred"], *(s["timer"] for s in event["side"])}
            if "segment" in event:
                words |= {event["fate"], *event["segment"]["flags"], *event["segment"]["options"]}
            self.assertEqual(words - quoted, set())

    def test_packets_and_references_are_what_they_say(self):
        seen = 0
        for _, *events in stories():
            for event in events:
                if "segment" not in event:
                    continue
                packet = bytes.fromhex(event["packet"])
                tcp = packet[20:]
                self.assertEqual(int.from_bytes(tcp[4:8], "big"), event["segment"]["seq"])
                self.assertEqual(packet[8], event["segment"]["hops"])
                if event["of"] is not None:
                    sent = bytes.fromhex(events[event["of"]]["packet"])
                    self.assertLessEqual(packet[8], sent[8])  # and but for hops it is the same
                    self.assertEqual((packet[:8], packet[12:]), (sent[:8], sent[12:]))
                if event["repeats"] is not None:
                    first = events[event["repeats"]]["segment"]
                    self.assertEqual(first["seq"], event["segment"]["seq"])
                seen += 1
        self.assertGreater(seen, 50)


unittest.main()
