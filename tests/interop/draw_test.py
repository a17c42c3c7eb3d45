#!/usr/bin/env python3
"""Captures of real traffic are understood: the states that are inferred are those ss shows.
Usage: draw_test.py LULL CAPTURE_STORY"""
import json
import re
import socket
import struct
import subprocess
import threading
import time

import lab

STORY = lab.PROGRAMS[1]
HERE = "127.0.0.1"
NANO = 0xa1b23c4d
SS = {"ESTAB": "ESTABLISHED", "SYN-RECV": "SYN-RECEIVED"}
ETHERNET, RAW, NULL, SLL, SLL2 = 1, 101, 0, 113, 276


class Capture:
    """What passes an interface, until the block ends; packets is [(ns, frame)]."""

    def __init__(self, interface="lo"):
        self.packets, self.ended = [], False
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        self.socket.bind((interface, 0))
        self.socket.settimeout(0.05)
        if interface == "lo": # which shows each packet as it leaves and as it arrives
            self.socket.setsockopt(263, 23, 1)  # SOL_PACKET, PACKET_IGNORE_OUTGOING

    def listen(self):
        while True:
            try:
                frame = self.socket.recv(1 << 16)
            except TimeoutError:
                if self.ended:
                    return
                continue
            self.packets.append((time.time_ns(), frame))

    def __enter__(self):
        self.thread = threading.Thread(target=self.listen)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended = True
        self.thread.join()
        dropped = struct.unpack("II", self.socket.getsockopt(263, 6, 8))[1] # PACKET_STATISTICS
        self.socket.close()
        assert dropped == 0, f"the capture dropped {dropped} packets"


def write(packets, link=ETHERNET, wrap=lambda frame: frame, magic=NANO, keep=1 << 16):
    """A capture file of these packets; its path."""
    path = f"{lab.SCRATCH.name}/{time.monotonic_ns()}.pcap"
    with open(path, "wb") as file:
        file.write(struct.pack("=IHHiIII", magic, 2, 4, 0, 0, keep, link))
        for at, frame in packets:
            frame = wrap(frame)
            part = at % 10**9 if magic == NANO else at % 10**9 // 1000
            file.write(struct.pack("=IIII", at // 10**9, part, len(frame[:keep]), len(frame)))
            file.write(frame[:keep])
    return path


class Event:
    """One line of capture_story."""
    LINE = re.compile(r"(\d+) ([\d.]+) (\w+) c(\d+) #(\d+) (?:(\S+) )?(?:\[([SFR.]*)\] seq=(\d+) "
                      r"ack=(\d+) len=(\d+) )?(\S+) (\S+) (\w+)(?: repeats=(\d+))?(?: of=(\d+))? "
                      r"\{(.*?)\} \[(.*?)\] (.*)")

    def __init__(self, line):
        (self.number, self.at, self.kind, self.conversation, self.incarnation, self.party,
         self.flags, self.seq, self.ack, self.len, *self.sides, self.fate, self.repeats, self.of,
         self.what, self.rule, self.why) = self.LINE.fullmatch(line).groups()

    def states(self):
        """Without marks of doubt, incarnations and timers."""
        return [re.match(r"[A-Z0-9-]+", side)[0].rstrip("-") for side in self.sides]


def infer(path, *more, status=0):
    run = subprocess.run([STORY, path, *map(str, more)], capture_output=True, text=True)
    assert run.returncode == status, (run.returncode, run.stderr)
    *lines, verdict, dropped = run.stdout.splitlines()
    assert verdict.startswith("verdict: captured at one point"), verdict
    assert dropped == "dropped: 0", dropped
    return [Event(line) for line in lines]


def segments(events):
    return [e for e in events if e.kind == "segment"]


def kernel_states():
    """{(local, peer): state} of everything but listeners."""
    rows = [line.split() for line in lab.run("ss", "-Htan").splitlines()]
    return {(row[3], row[4]): SS.get(row[0], row[0]) for row in rows if row[0] != "LISTEN"}


def expect_as_kernel(events, names):
    """The last states of conversation N, whose ends are names[N], are the kernel's."""
    kernel = kernel_states()
    for number, (left, right) in enumerate(names):
        last = [e for e in events if e.conversation == str(number)][-1]
        theirs = [kernel.get((left, right), "CLOSED"), kernel.get((right, left), "CLOSED")]
        assert last.states() == theirs, (left, right, last.states(), theirs)


class Pair:
    """A connection of the kernel with itself."""

    def __init__(self, server, port=0, size=1000):
        self.client = socket.socket()
        self.client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.client.bind((HERE, port))
        self.client.connect(server.getsockname())
        self.server = server.accept()[0]
        self.client.sendall(lab.pattern(size))
        assert lab.receive_all(self.server, size) == lab.pattern(size)
        self.names = tuple("%s:%d" % s.getsockname() for s in (self.client, self.server))

    def close(self, first, second=None):
        first.shutdown(socket.SHUT_WR)
        other = self.server if first is self.client else self.client
        assert other.recv(1) == b""
        if second:
            second.close()
            assert first.recv(1) == b""
            first.close()


def test_final_states_are_those_of_the_kernel():
    with socket.create_server((HERE, 0)) as server, Capture() as capture:
        pairs = [Pair(server) for _ in range(5)]
        pairs[1].close(pairs[1].client)
        pairs[2].close(pairs[2].server)
        pairs[3].close(pairs[3].client, pairs[3].server)
        pairs[4].close(pairs[4].server, pairs[4].client)
        lab.until(lambda: sorted(kernel_states().values()) == sorted([
            "ESTABLISHED", "ESTABLISHED", "FIN-WAIT-2", "CLOSE-WAIT", "CLOSE-WAIT", "FIN-WAIT-2",
            "TIME-WAIT", "TIME-WAIT"]), "the kernel's states")
        time.sleep(0.2)
    events = infer(write(capture.packets))
    expect_as_kernel(events, [pair.names for pair in pairs])
    waits = [e.sides for e in events if e.rule == "TT-01"]
    assert [["TIME-WAIT#1" in side for side in sides] for sides in waits] == [
        [True, False], [False, True]], waits
    for pair in pairs[:3]:
        pair.client.close()
        pair.server.close()


def test_a_reset_ends_both_sides():
    with socket.create_server((HERE, 0)) as server, Capture() as capture:
        pair = Pair(server)
        pair.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        pair.client.close()
        lab.until(lambda: pair.names not in kernel_states(), "the end")
        pair.server.close()
        refused = socket.socket()
        assert refused.connect_ex((HERE, 9)) != 0
        time.sleep(0.1)
    events = infer(write(capture.packets))
    expect_as_kernel(events, [pair.names, ("x", "y")])
    assert segments(events)[-1].flags == "R." and "refused" in segments(events)[-1].why


def test_a_tuple_used_three_times_has_three_incarnations():
    with socket.create_server((HERE, 0)) as server, Capture() as capture:
        for _ in range(3):
            pair = Pair(server, port=5555)
            pair.close(pair.server, pair.client)
            lab.until(lambda: list(kernel_states()) == [pair.names[::-1]]
                      or kernel_states().get(pair.names[::-1]) == "TIME-WAIT", "one record")
            time.sleep(0.01)
        time.sleep(0.1)
    events = infer(write(capture.packets))
    syns = [e for e in segments(events) if e.flags == "S"]
    assert [e.incarnation for e in syns] == ["1", "2", "3"], [e.why for e in syns]
    assert {e.conversation for e in segments(events)} == {"0"}
    answers = [e for e in segments(events) if e.flags == "S."]
    assert [e.rule for e in answers] == ["", "IR-01", "IR-01"], [e.why for e in answers]
    assert "may be in TIME-WAIT" in syns[2].why
    assert [e.sides[1].split("@")[0] for e in syns[1:]] == ["TIME-WAIT#1", "TIME-WAIT#2"]
    expect_as_kernel(events, [pair.names])


def raw_syn(source, destination, isn):
    """A SYN that no socket sent."""
    head = struct.pack("!HHIIBBH", source, destination, isn, 0, 0x50, 2, 1000)
    pseudo = socket.inet_aton(HERE) * 2 + struct.pack("!BBH", 0, 6, 20)
    total = sum(struct.unpack("!16H", pseudo + head + b"\0\0\0\0"))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP) as s:
        s.sendto(head + struct.pack("!HH", ~total & 0xffff, 0), (HERE, 0))


def test_a_syn_that_the_kernel_refuses_in_time_wait_looks_refused():
    lab.sysctl("ipv4/tcp_timestamps", 0)
    with socket.create_server((HERE, 0)) as server, Capture() as capture:
        pair = Pair(server)
        pair.close(pair.server, pair.client)
        lab.until(lambda: kernel_states().get(pair.names[::-1]) == "TIME-WAIT", "the record")
        time.sleep(0.1)
        syn = segments(infer(write(capture.packets)))[0]
        ports = [int(name.split(":")[1]) for name in pair.names]
        raw_syn(*ports, (int(syn.seq) - 1000) % 2**32)
        time.sleep(0.2)
    lab.sysctl("ipv4/tcp_timestamps", 1)
    events = infer(write(capture.packets))
    refusal, = [e for e in events if e.kind == "refusal"]
    assert refusal.rule == "IR-06" and refusal.incarnation == "2", refusal.why
    assert refusal.what == "SYN answered by an ACK" and "does not accept" in refusal.why
    # The kernel of the client, which knows of no SYN, resets what the ACK belongs to; whether that
    # ends the wait, a capture cannot tell.
    reset = segments(events)[-1]
    assert reset.flags == "R" and reset.incarnation == "1", reset.why
    assert reset.sides[1].startswith("TIME-WAIT?#1@"), reset.sides


def fetch(capture, path="/bytes/10", *options):
    """curl from a lull on a TAP; the server's rows afterwards."""
    with lab.Lull("serve", "--msl", "2s", "--capture", capture, *options) as server:
        lab.run("curl", "-s", "-o", "/dev/null", "-m", "20", f"http://{lab.LULL}{path}")
        lab.until(lambda: not server.rows("connection"), "the end")
        return server.rows("time-wait")


def test_the_capture_of_the_readme():
    file = f"{lab.SCRATCH.name}/readme.pcapng"
    row, = fetch(file)
    events = infer(file, 2)
    port = row["peer"].split(":")[1]
    assert segments(events)[0].flags == "S"
    last = segments(events)[-1]
    # Lull closed first, so the record is its own, as `lull status` says.
    assert last.sides[0] == "CLOSED?" and last.sides[1].startswith("TIME-WAIT#1@"), last.sides
    assert row["state"] == "TIME-WAIT" and int(port) > 0
    assert not [e for e in segments(events) if e.fate == "lost"]


def test_who_closes_first_waits_whoever_it_is():
    for who, waiting in (("server", 1), ("client", 0)):
        file = f"{lab.SCRATCH.name}/{who}.pcapng"
        rows = fetch(file, "/bytes/1000", "--close-first", who)
        assert len(rows) == waiting, rows
        last = segments(infer(file, 2))[-1]
        assert last.sides[waiting].startswith("TIME-WAIT#1@"), (who, last.sides)
        assert last.sides[1 - waiting] == "CLOSED?", (who, last.sides)


def test_a_lost_last_ack_is_told_from_both_sides_of_the_loss():
    file = f"{lab.SCRATCH.name}/lost.pcapng"
    with lab.Lull("serve", "--msl", "4s", "--lose-last-ack", 1, "--capture", file) as server:
        with Capture("lull0") as outside:
            lab.run("curl", "-s", "-o", "/dev/null", "-m", "20", f"http://{lab.LULL}/bytes/10")
            lab.until(lambda: [r for r in server.rows("time-wait") if r["restarts"]], "a restart")
            lab.until(lambda: "LAST-ACK" not in lab.run("ss", "-Htan"), "the kernel's end")
    for events in (infer(file, 4), infer(write(outside.packets), 4)):
        fins = [e for e in segments(events) if "F" in e.flags and e.party == lab.KERNEL]
        assert len(fins) == 2 and fins[1].repeats == fins[0].number, [f.why for f in fins]
        lost = [e for e in segments(events) if e.fate == "lost"]
        assert len(lost) == 1, [(e.number, e.flags, e.why) for e in lost]
        assert segments(events)[-1].states() == ["CLOSED", "TIME-WAIT"]


def wrappers():
    """Link type, and what makes an Ethernet frame one of it."""
    def ip(frame):
        return frame[14:]
    cooked = struct.pack("!HHH8x", 0, 772, 6)
    yield "raw IP", RAW, ip
    yield "BSD loopback, little-endian", NULL, lambda f: struct.pack("<I", 2) + ip(f)
    yield "BSD loopback, big-endian", NULL, lambda f: struct.pack(">I", 2) + ip(f)
    yield "cooked", SLL, lambda f: cooked + f[12:]
    yield "cooked v2", SLL2, lambda f: (f[12:14] + struct.pack("!HIHBB8x", 0, 1, 772, 0, 6)
                                        + f[14:])
    yield "a VLAN tag", ETHERNET, lambda f: f[:12] + b"\x81\x00\x00\x05" + f[12:]
    yield "two tags", ETHERNET, lambda f: f[:12] + b"\x88\xa8\x00\x05\x81\x00\x00\x06" + f[12:]


def test_every_link_type_gives_the_same_story():
    with socket.create_server((HERE, 0)) as server, Capture() as capture:
        pair = Pair(server)
        pair.close(pair.client, pair.server)
        time.sleep(0.1)
    said = lambda path: lab.run(STORY, path)
    plain = said(write(capture.packets))
    assert len(segments(infer(write(capture.packets)))) >= 8
    for name, link, wrap in wrappers():
        assert said(write(capture.packets, link, wrap)) == plain, name
    coarse = [(at // 1000 * 1000, frame) for at, frame in capture.packets]
    assert said(write(coarse)) == said(write(coarse, magic=0xa1b2c3d4)), "microseconds"


def test_a_packet_on_two_interfaces_is_one():
    with socket.create_server((HERE, 0)) as server, Capture() as capture:
        pair = Pair(server)
        pair.close(pair.client, pair.server)
        time.sleep(0.1)

    def cook(interface, frame):
        return frame[12:14] + struct.pack("!HIHBB8x", 0, interface, 772, 0, 6) + frame[14:]
    twice = [(at + 20000 * n, cook(1 + n, frame)) for at, frame in capture.packets for n in (0, 1)]
    once = segments(infer(write(capture.packets)))
    events = infer(write(sorted(twice, key=lambda p: p[0]), SLL2))
    assert len(segments(events)) == len(once)
    assert f"{len(once)} seen on a second interface" in events[-1].why, events[-1].why


def test_a_capture_that_keeps_only_headers_gives_the_same_states():
    with socket.create_server((HERE, 0)) as server, Capture() as capture:
        pair = Pair(server)
        pair.close(pair.client, pair.server)
        time.sleep(0.1)
    whole = segments(infer(write(capture.packets)))
    for keep in (66, 54): # with the options, and without
        cut = segments(infer(write(capture.packets, keep=keep)))
        assert [(e.sides, e.seq, e.len) for e in cut] == [(e.sides, e.seq, e.len) for e in whole]


def test_a_file_that_breaks_off_is_drawn_up_to_there():
    with socket.create_server((HERE, 0)) as server, Capture() as capture:
        Pair(server)
        time.sleep(0.1)
    path = write(capture.packets)
    with open(path, "r+b") as file:
        file.truncate(file.seek(0, 2) - 5)
    events = infer(path, status=2)
    assert len(segments(events)) == len(capture.packets) - 1
    run = subprocess.run([STORY, path], capture_output=True, text=True)
    assert run.stderr.startswith(f"{path}: packet {len(capture.packets)}: "), run.stderr


def draw(*arguments, status=0):
    """(what it drew, what it said) of `lull lab draw`."""
    run = subprocess.run([lab.PROGRAMS[0], "lab", "draw", *arguments], capture_output=True)
    assert run.returncode == status, (run.returncode, run.stderr)
    return run.stdout, run.stderr.decode()


def two_pairs():
    """A capture of two conversations, the second closed; their names."""
    with socket.create_server((HERE, 0)) as server, Capture() as capture:
        pairs = [Pair(server), Pair(server)]
        pairs[1].close(pairs[1].client, pairs[1].server)
        time.sleep(0.1)
    return capture.packets, [pair.names for pair in pairs]


def test_the_command_lists_and_chooses():
    packets, names = two_pairs()
    path = write(packets)
    listed, said = draw("--list", path)
    rows = [line.split() for line in listed.decode().splitlines()[1:]]
    assert [tuple(row[1:3]) for row in rows] == names and said == "", (rows, said)
    assert [row[0] for row in rows] == ["1", "2"]
    assert sum(int(row[3]) for row in rows) == len(packets)
    for which in ("2", names[1][0], ":" + names[1][0].split(":")[1]):
        picture, _ = draw("--conversation", which, path)
        assert b"TIME-WAIT 60.0" in picture and names[0][0].encode() not in picture, picture
    picture, _ = draw("--msl", "15s", path)
    assert b"TIME-WAIT 30.0" in picture and names[0][0].encode() in picture
    _, said = draw("--conversation", "3", path, status=2)
    assert said == f"lull lab draw: {path}: no such conversation; --list shows what there is\n", said


def test_the_command_writes_every_format():
    packets, _ = two_pairs()
    path, out = write(packets), f"{lab.SCRATCH.name}/picture"
    begins = {"text": path.rsplit("/", 1)[1][:10].encode(), "mermaid": b"sequenceDiagram",
              "jsonl": b"{", "pcapng": b"\x0a\x0d\x0d\x0a"}
    for name, beginning in begins.items():
        picture, _ = draw("--format", name, path)
        assert picture.lstrip(b" ").startswith(beginning), (name, picture[:80])
        assert draw("--format", name, "-o", out, path) == (b"", "")
        with open(out, "rb") as file:
            assert file.read() == picture, name
    # Its own capture can be read again, and says the same.
    again, first = segments(infer(out)), segments(infer(path))
    assert [(e.seq, e.sides, e.fate) for e in again] == [(e.seq, e.sides, e.fate) for e in first]


def test_more_conversations_than_a_story_holds():
    with socket.create_server((HERE, 0)) as server, Capture() as capture:
        pair = Pair(server)
        time.sleep(0.1)
    port = struct.pack("!H", int(pair.names[0].split(":")[1]))
    # The same conversation 40 times, from ports 100 on; no number in it looks like the port.
    packets = [(at + 10**9 * n, frame[:34] + frame[34:38].replace(port, bytes([0, 100 + n]))
                + frame[38:]) for n in range(40) for at, frame in capture.packets]
    path = write(packets)
    picture, said = draw("--format", "jsonl", path)
    assert "32 of 40 conversations are drawn" in said, said
    story = json.loads(picture.splitlines()[0])
    assert len(story["conversations"]) == 32 and story["captured"] is True
    picture, said = draw("--conversation", "40", path)
    assert said == "" and f"{HERE}:139".encode() in picture


def test_the_command_draws_what_a_broken_file_has():
    packets, _ = two_pairs()
    path = write(packets)
    whole, _ = draw(path)
    with open(path, "r+b") as file:
        file.truncate(file.seek(0, 2) - 5)
    picture, said = draw(path, status=2)
    assert said.startswith(f"lull lab draw: {path}: packet {len(packets)}: truncated"), said
    assert b"FIN-WAIT-1" in picture and picture != whole


def test_a_capture_without_tcp_says_so():
    _, said = draw(write([]), status=1)
    assert said.endswith(": no TCP over IPv4 in it\n"), said
    path = write([], link=147)
    _, said = draw(path, status=2)
    assert said.startswith(f"lull lab draw: {path}: link type 147: must be Ethernet"), said


lab.main(globals())
