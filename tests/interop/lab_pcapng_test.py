#!/usr/bin/env python3
"""Wireshark reads the capture file of a story: every packet sound, every comment whole.
Usage: lab_pcapng_test.py STORY_DRAW     exit status 77: there is no tshark"""
import json, pathlib, shutil, subprocess, sys, tempfile, unittest

DRAW = sys.argv.pop(1)
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


unittest.main()
