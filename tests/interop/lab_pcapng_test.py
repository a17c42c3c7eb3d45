#!/usr/bin/env python3
"""Wireshark reads the capture file of a story: every packet sound, every comment whole.
Usage: lab_pcapng_test.py STORY_DRAW PROGRAM     exit status 77: there is no tshark"""
import json, pathlib, shutil, struct, subprocess, sys, tempfile, unittest
import lab_book

DRAW, PROGRAM = sys.argv.pop(1), sys.argv.pop(1)
if shutil.which("tshark") is None:
    print("tshark is not installed; `scripts/packages test` installs it")
    sys.exit(77)
SAMPLES = ("lost_last_ack", "wandering_duplicate", "without_time_wait", "everything", "captured",
           "empty")


def draw(*arguments):
    return subprocess.run([DRAW, *arguments], capture_output=True, check=True).stdout


def tshark(number, *arguments):
    with tempfile.NamedTemporaryFile(suffix=".pcapng") as file:
        file.write(draw("pcapng", str(number)))
        file.flush()
        run = subprocess.run(["tshark", "-n", "-r", file.name, *arguments], capture_output=True,
                             text=True, check=True)
    return run.stdout


def fields(number, *names):
    arguments = [a for name in names for a in ("-e", name)]
    # What tshark itself has to remark of a packet is a comment to it as well, in other columns.
    lines = tshark(number, "-T", "fields", *arguments).splitlines()
    return [line.split("\t") for line in lines]


def listed(number):
    """What the unit test has found in the blocks: (time, interface, direction, bytes, comment)."""
    packets = []
    for line in pathlib.Path(f"tests/golden/lab/{SAMPLES[number]}.pcapng.txt").read_text().splitlines():
        words = line.split(" ", 4)
        if len(words) > 3 and words[2] in ("in", "out") and words[1].isdigit():
            packets.append(words)
        elif packets and not line.startswith("interface "):
            packets[-1][4] += "\n" + line
    return packets


class Wireshark(unittest.TestCase):
    def test_every_sample_has_a_name_here(self):
        self.assertEqual(int(draw()), len(SAMPLES))

    def test_no_packet_is_malformed_and_every_checksum_is_right(self):
        for number in range(len(SAMPLES)):
            bad = tshark(number, "-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-Y",
                         "_ws.malformed || ip.checksum.status == 0 || tcp.checksum.status == 0 || !tcp")
            self.assertEqual(bad, "", SAMPLES[number])

    def test_times_interfaces_and_comments_arrive_whole(self):
        for number in range(len(SAMPLES)):
            wanted = listed(number)
            found = fields(number, "frame.time_epoch", "frame.interface_id", "frame.len",
                           "frame.comment")
            self.assertEqual(len(found), len(wanted), SAMPLES[number])
            for (at, interface, length, *comment), packet in zip(found, wanted):
                self.assertEqual([at, interface, length], [packet[0], packet[1], packet[3]])
                text = comment[0].replace("\\n", "\n").replace("\\\\", "\\") if comment else ""
                self.assertEqual(text, packet[4])

    def test_each_party_is_an_interface_by_name(self):
        names = {name for (name,) in fields(0, "frame.interface_name")}
        self.assertEqual(names, {"C", "S"})

    def test_wireshark_sees_the_retransmissions_of_the_story(self):
        story = [json.loads(line) for line in draw("jsonl", "0").splitlines()][1:]
        repeated = sum(1 for event in story if event.get("repeats") is not None)
        # As they were sent: an arrival is a second packet of the same octets.
        sent = tshark(0, "-Y", "tcp.flags.fin == 1 && frame.interface_name == S && ip.src == "
                      "206.168.112.219").splitlines()
        self.assertEqual(len(sent), 1 + repeated)

    def test_lost_ones_are_called_lost_and_do_not_arrive(self):
        lost = tshark(0, "-Y", 'frame.comment contains "; lost"').splitlines()
        self.assertEqual(len(lost), 2)
        for line in lost:
            identity = line.split()[0]
            (ip_id,) = fields_of(identity)
            again = tshark(0, "-Y", f"ip.id == {ip_id}").splitlines()
            self.assertEqual(len(again), 1)


def fields_of(frame):
    return tshark(0, "-Y", f"frame.number == {frame}", "-T", "fields", "-e", "ip.id").split()


def blocks_of(file):
    """Packets of a capture file with several sections: interface, time, bytes, comment."""
    at, names = 0, []
    while at < len(file):
        kind, size = struct.unpack_from(">II", file, at)
        body = file[at + 8:at + size - 4]
        if kind == 0x0A0D0D0A:
            names = []
        elif kind == 1:
            names.append(options_of(body[8:])[2].decode())  # all have one
        elif kind == 6:
            interface, high, low, length, _ = struct.unpack_from(">IIIII", body)
            comment = options_of(body[20 + (length + 3) // 4 * 4:]).get(1, b"").decode()
            yield interface, (high << 32) + low, body[20:20 + length], comment
        at += size


def options_of(octets):
    at, found = 0, {}
    while at + 4 <= len(octets):
        code, length = struct.unpack_from(">HH", octets, at)
        if code == 0:
            break
        found[code] = octets[at + 4:at + 4 + length]
        at += 4 + (length + 3) // 4 * 4
    return found


class Book(unittest.TestCase):
    """All forms of all scenarios as sections of one file, because tshark starts slowly."""

    @classmethod
    def setUpClass(cls):
        cls.forms = list(lab_book.forms(PROGRAM))
        cls.captures = [lab_book.draw(PROGRAM, options, "pcapng") for _, options in cls.forms]
        cls.file = tempfile.NamedTemporaryFile(suffix=".pcapng")
        cls.file.write(b"".join(cls.captures))
        cls.file.flush()

    @classmethod
    def tearDownClass(cls):
        cls.file.close()

    def tshark(self, *arguments):
        return subprocess.run(["tshark", "-n", "-r", self.file.name, *arguments],
                              capture_output=True, text=True, check=True).stdout

    def test_every_packet_is_sound_but_the_one_that_is_damaged(self):
        self.assertGreater(len(self.forms), 50)
        bad = self.tshark("-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-Y",
                          "_ws.malformed || ip.checksum.status == 0 || tcp.checksum.status == 0 "
                          "|| !tcp", "-T", "fields", "-e", "tcp.checksum.status", "-e",
                          "frame.comment", "-e", "_ws.malformed")
        lines = bad.splitlines()  # SC-31 forges one, which is sent and arrives
        self.assertEqual(len(lines), 2, bad)
        self.assertTrue(all(line.startswith("0\t") for line in lines), bad)
        self.assertIn("[SA-01]: dropped: the checksum is wrong", lines[1])

    def test_interfaces_times_and_comments_arrive_whole(self):
        wanted = list(blocks_of(b"".join(self.captures)))
        found = self.tshark("-T", "fields", "-e", "frame.interface_id", "-e", "frame.time_epoch",
                            "-e", "frame.len", "-e", "frame.comment").splitlines()
        self.assertEqual(len(found), len(wanted))
        for line, (interface, at, octets, comment) in zip(found, wanted):
            columns = line.split("\t")
            text = columns[3] if len(columns) > 3 else ""
            self.assertEqual(columns[:3], [str(interface), f"{at // 10**9}.{at % 10**9:09}", str(len(octets))])
            self.assertEqual(text.replace("\\n", "\n").replace("\\\\", "\\"), comment)

    def test_every_packet_and_every_reason_of_the_story_is_there(self):
        for (name, options), capture in zip(self.forms, self.captures):
            story, *events = lab_book.story(PROGRAM, options)
            packets = list(blocks_of(capture))
            spoken = "\n".join(comment for *_, comment in packets)
            sent = [e for e in events if e["packet"] and e["kind"] != "arrival"]
            late = {e["of"] for e in events if e["kind"] == "arrival" and not e["is_double"]}
            arrived = [e for e in sent if "segment" in e and e["arrived_at_ns"] is not None
                       and e["number"] not in late]
            arrivals = [e for e in events if e["kind"] == "arrival"]
            self.assertEqual(len(packets), len(sent) + len(arrived) + len(arrivals), name)
            for event in events:
                reason = f"[{event['rule']}]: {event['why']}" if event["rule"] else event["why"]
                self.assertIn(reason, spoken, name)
            last = max(e["arrived_at_ns"] or 0 if "segment" in e else e["at_ns"] for e in events)
            self.assertTrue(all(story["start_ns"] <= at <= last for _, at, *_ in packets), name)


unittest.main()
