#!/usr/bin/env python3
"""What `lull lab draw` infers from a capture of a scenario at one host is what the simulator knows of
it, or differs for a reason that is listed here; and each reason is needed.
Usage: lab_infer_test.py CAPTURE_STORY PROGRAM"""
import collections, re, struct, subprocess, sys, tempfile, unittest
import lab_book

CAPTURE, PROGRAM = sys.argv.pop(1), sys.argv.pop(1)
HOSTS = (0, 1)  # C and S
LINE = re.compile(r"(?P<number>\d+) (?P<at>[\d.]+) (?P<kind>segment|arrival) c\d+ #(?P<incarnation>\d+)"
                  r" \S+ \[(?P<flags>[SFR.]*)\] seq=(?P<seq>\d+) ack=\d+ len=(?P<len>\d+)"
                  r" (?P<left>\S+) (?P<right>\S+) (?P<fate>\w+)(?: repeats=(?P<repeats>\d+))?"
                  r"(?: of=(?P<of>\d+))? ")

# What a capture cannot show, or what it may take for something else.
REASONS = {
    "a SYN says nothing of who gets it until he answers":
        lambda p: p.flags == "S" and p.incoming and p.known == "SYN-RECEIVED",
    "that a record is gone, or never was, shows with the reset that follows":
        lambda p: p.incoming and p.known in ("CLOSED", "HOLD") and p.resets_next,
    "HOLD is CLOSED to everybody else": lambda p: p.known == "HOLD" and p.state == "CLOSED",
    "it is marked as possible, and is not so": lambda p: p.doubtful,
    "lull gives up an attempt that meets an older connection, others go on":
        lambda p: p.state == "SYN-SENT" and p.known in ("CLOSED", "HOLD"),
}


def at_one_host(file, host):
    at, kept = 0, b""
    while at < len(file):
        kind, size = struct.unpack_from(">II", file, at)
        if kind != 6 or struct.unpack_from(">I", file, at + 8)[0] == host:
            kept += file[at:at + size]
        at += size
    return kept


def swap(file):
    """The same file as a machine of the other byte order writes it."""
    at, result = 0, b""
    while at < len(file):
        kind, size = struct.unpack_from(">II", file, at)
        if kind == 0x0A0D0D0A:
            major, minor = struct.unpack_from(">HH", file, at + 12)
            body = struct.pack("<IHHq", 0x1A2B3C4D, major, minor, -1)
        elif kind == 1:
            link, _, most = struct.unpack_from(">HHI", file, at + 8)
            body = struct.pack("<HHIHHB3xHH", link, 0, most, 9, 1, 9, 0, 0)  # nanoseconds
        else:
            fields = struct.unpack_from(">5I", file, at + 8)
            packet = file[at + 28:at + 28 + fields[3]]
            body = struct.pack("<5I", *fields) + packet + bytes(-len(packet) % 4)
        size = len(body) + 12
        result += struct.pack("<II", kind, size) + body + struct.pack("<I", size)
        at += struct.unpack_from(">I", file, at + 4)[0]
    return result


def inferred(capture, msl):
    with tempfile.NamedTemporaryFile(suffix=".pcapng") as file:
        file.write(capture)
        file.flush()
        run = subprocess.run([CAPTURE, file.name, str(msl)], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return [match.groupdict() for match in map(LINE.match, run.stdout.splitlines()) if match]


def flags_of(event):
    letters = (("SYN", "S"), ("FIN", "F"), ("RST", "R"), ("ACK", "."))
    return "".join(letter for name, letter in letters if name in event["segment"]["flags"])


def recorded(story, events, host):
    """What passes the host: instant, the event that tells of it, and the sending."""
    told = {e["of"] for e in events if e["kind"] == "arrival" and not e["is_double"]}
    for e in events:
        if e["kind"] == "arrival" and e["party"] == host:
            yield e["at_ns"], e, events[e["of"]]
        elif e["kind"] == "segment" and e["party"] == host:
            yield e["at_ns"], e, e
        elif e["kind"] == "segment" and e["arrived_at_ns"] is not None and e["number"] not in told:
            ends = story["conversations"][e["conversation"]]["ends"]
            if host in (end["party"] for end in ends):
                yield e["arrived_at_ns"], e, e


class Pair:
    """A packet as it was inferred, and what is known of it."""

    def __init__(self, guess, story, told, sent, host):
        ends = story["conversations"][sent["conversation"]]["ends"]
        side = 0 if ends[0]["party"] == host else 1
        state = guess[("left", "right")[side]].split("@")[0].split("#")[0]
        self.guess, self.sent, self.flags = guess, sent, guess["flags"]
        self.incoming = sent["party"] != host
        self.state, self.doubtful = state.rstrip("?"), state.endswith("?")
        self.known = told["side"][side]["state"]
        self.key = (int(guess["seq"]), int(guess["len"]), guess["flags"])
        self.resets_next = False


def pairs(story, events, capture, host):
    passed = list(recorded(story, events, host))
    start = min(at for at, *_ in passed)
    left = collections.defaultdict(list)
    for at, told, sent in passed:
        left[(at - start) // 1000, sent["segment"]["seq"], sent["segment"]["text_bytes"],
             flags_of(sent)].append((told, sent))
    result = []
    for guess in inferred(capture, story["msl_ns"] // 10**9):
        key = (round(float(guess["at"]) * 10**6), int(guess["seq"]), int(guess["len"]),
               guess["flags"])
        result.append(Pair(guess, story, *left[key].pop(0), host))
    assert not any(left.values()), [v for v in left.values() if v]
    for i, pair in enumerate(result):
        later = [p for p in result[i + 1:i + 3]
                 if p.sent["conversation"] == pair.sent["conversation"] and not p.incoming]
        pair.resets_next = bool(later) and "R" in later[0].flags
    return result


class Inference(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.runs = []
        for name, options in lab_book.forms(PROGRAM):
            story, *events = lab_book.story(PROGRAM, options)
            if any(e["what"] == "forged" for e in events):
                continue  # who is imitated did not say it, and a capture cannot know
            capture = lab_book.draw(PROGRAM, options, "pcapng")
            for host in HOSTS:
                cls.runs.append((f"{name} at {'CS'[host]}",
                                 pairs(story, events, at_one_host(capture, host), host)))

    def test_a_file_of_both_hosts_shows_each_packet_once(self):
        """As the book writes it; who travels for longer than a moment is seen twice."""
        story, *events = lab_book.story(PROGRAM, ["SC-05"])
        guesses = inferred(lab_book.draw(PROGRAM, ["SC-05"], "pcapng"), 30)
        self.assertEqual(len(guesses), sum(e["kind"] == "segment" for e in events))
        swapped = swap(lab_book.draw(PROGRAM, ["SC-05"], "pcapng"))
        self.assertEqual(inferred(swapped, 30), guesses)

    def test_most_of_the_book_is_captured(self):
        self.assertGreater(len(self.runs), 2 * 48)
        self.assertGreater(sum(len(run) for _, run in self.runs), 2000)

    def test_every_packet_belongs_to_the_incarnation_that_it_is_of(self):
        for name, run in self.runs:
            for p in run:
                self.assertEqual(int(p.guess["incarnation"]), p.sent["incarnation"], (name, p.guess))

    def test_the_state_of_the_host_is_the_true_one_or_the_difference_has_a_reason(self):
        agreed, used = 0, collections.Counter()
        for name, run in self.runs:
            for p in run:
                if p.known is None or p.state == p.known:
                    agreed += p.known is not None
                    continue
                reason = next((r for r, applies in REASONS.items() if applies(p)), None)
                self.assertIsNotNone(reason, (name, p.known, p.guess))
                used[reason] += 1
        print(f"{agreed} states agree; differences:", *used.items(), sep="\n  ")
        self.assertEqual(set(used), set(REASONS), "a reason that explains nothing")
        self.assertGreater(agreed, 10 * sum(used.values()))

    def test_a_state_that_nothing_doubts_is_never_one_that_follows(self):
        """Proven states may be late, and never early."""
        order = ("SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT")
        for name, run in self.runs:
            for p in run:
                if p.doubtful or p.flags == "S" or not {p.state, p.known} <= set(order):
                    continue  # behind a SYN the two may be of different incarnations
                self.assertLessEqual(order.index(p.state), order.index(p.known), (name, p.guess))

    def test_repetitions_name_the_first_sending_that_passed(self):
        agreed, late = 0, 0
        for name, run in self.runs:
            first = {}
            for p in run:
                if p.sent["number"] in first:  # a double: the network has made it, nobody repeats
                    late += 1
                    continue
                original = p.sent["repeats"]
                wanted = first.get(original, first.get(("of", original)))
                first[p.sent["number"]] = p.guess["number"]
                if original is not None:
                    first.setdefault(("of", original), p.guess["number"])
                overtaken = original is None and ("of", p.sent["number"]) in first
                late += overtaken
                if not overtaken and p.guess["kind"] == "segment":
                    self.assertEqual(p.guess["repeats"], wanted, (name, p.guess))
                    agreed += 1
        self.assertGreater(agreed, 2000)
        self.assertGreater(late, 5)

    def test_what_arrived_for_sure_has_arrived_and_what_is_probably_lost_had_no_answer(self):
        """Of a segment and its answer, which of the two was lost is not seen at its sender."""
        agreed = 0
        for name, run in self.runs:
            for i, p in enumerate(run):
                if p.incoming:
                    continue
                if p.guess["fate"] == "arrived":
                    self.assertEqual(p.sent["fate"], "arrived", (name, p.guess))
                    agreed += 1
                if p.guess["fate"] != "lost" or p.sent["fate"] == "lost":
                    continue
                again = [q for q in run[i + 1:] if not q.incoming and q.key[0] == p.key[0]]
                asked = [q for q in run[i + 1:] if q.incoming and q.sent["repeats"] is not None
                         or q.incoming and q.guess["repeats"] is not None]
                self.assertTrue(again or asked, (name, p.guess))
        self.assertGreater(agreed, 300)


unittest.main()
