#!/usr/bin/env python3
"""Two kernels in namespaces of their own talk over a bad wire, and the wire's counters are right.
Usage: fault_wire_test.py FAULT_WIRE     exit status 77: this machine allows no namespaces"""
import hashlib, os, re, signal, subprocess, sys

WIRE = sys.argv[1]
SKIPPED = 77

RECEIVER = """
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
s.bind(("10.8.0.2", 9)); s.settimeout(2); print("ready", flush=True)
got = []
try:
    while True: got.append(int(s.recv(2000).split()[0]))
except TimeoutError: pass
print(*got)
"""
SENDER = """
import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.connect(("10.8.0.2", 9))
for i in range(3000):
    s.send(b"%d" % i)
    if i % 20 == 19: time.sleep(0.004)
"""
SINK = """
import hashlib, socket
s = socket.create_server(("10.8.0.2", 9)); print("ready", flush=True)
c = s.accept()[0]; h = hashlib.sha256()
while data := c.recv(1 << 16): h.update(data)
print(h.hexdigest())
"""
SOURCE = """
import socket
s = socket.create_connection(("10.8.0.2", 9), timeout=60)
s.sendall(bytes(range(256)) * 8192)
"""

class World:
    """Two namespaces joined by a wire with the faults given."""
    def __init__(self, *faults):
        self.holders = [subprocess.Popen(["unshare", "-n", "sh", "-c", "echo; exec sleep 1000"],
                                         stdout=subprocess.PIPE) for _ in range(2)]
        for holder in self.holders:
            holder.stdout.readline()
        left, right = (f"tap{i}@{holder.pid}" for i, holder in enumerate(self.holders))
        self.wire = subprocess.Popen([WIRE, "--left", left, "--right", right, *faults],
                                     stdout=subprocess.PIPE, text=True)
        assert self.wire.stdout.readline() == "ready\n"
        for i in range(2):
            self.run(i, "ip", "address", "add", f"10.8.0.{i + 1}/24", "dev", f"tap{i}").wait()
            self.run(i, "ip", "link", "set", f"tap{i}", "up").wait()

    def run(self, side, *command):
        inside = ["nsenter", "-t", str(self.holders[side].pid), "-n", *command]
        return subprocess.Popen(inside, stdout=subprocess.PIPE, text=True)

    def talk(self, listener, talker):
        """What the listener on the right printed after the talker on the left had spoken."""
        right = self.run(1, "python3", "-c", listener)
        assert right.stdout.readline() == "ready\n"
        assert self.run(0, "python3", "-c", talker).wait() == 0
        return right.communicate()[0]

    def close(self):
        """Ends the wire; its counters, left to right and right to left."""
        self.wire.send_signal(signal.SIGTERM)
        out = self.wire.communicate()[0]
        for holder in self.holders:
            holder.kill()
            holder.wait()
        assert self.wire.returncode == 0, self.wire.returncode
        return [{name: int(n) for name, n in re.findall(r"([a-z-]+) (\d+)", line)}
                for line in out.splitlines()]

def check_conservation(c):
    came = c["sent"] + c["duplicated"]
    went = c["delivered"] + c["lost"] + c["overflowed"] + c["oversized"] + c["in-flight"]
    assert came == went, c

def test_faults_are_seen_by_the_other_side():
    world = World("--loss", "10%", "--duplicate", "5%", "--reorder", "5%", "--delay", "2ms",
                  "--seed", "3")
    got = [int(n) for n in world.talk(RECEIVER, SENDER).split()]
    there, back = world.close()
    check_conservation(there)
    check_conservation(back)
    assert there["overflowed"] == 0, there
    # ARP and IPv6 speak too, a little.
    lost = 3000 - len(set(got))
    assert there["lost"] - 20 <= lost <= there["lost"], (lost, there)
    assert 230 <= lost <= 370, lost
    assert 90 <= len(got) - len(set(got)) <= 190, len(got) - len(set(got))
    first = list(dict.fromkeys(got))
    assert sum(a > b for a, b in zip(first, first[1:])) > 30, "nothing came out of order"

def test_a_good_wire_changes_nothing():
    world = World()
    got = [int(n) for n in world.talk(RECEIVER, SENDER).split()]
    world.close()
    assert got == list(range(3000)), len(got)

def test_tcp_gets_through():
    world = World("--loss", "2%", "--duplicate", "2%", "--reorder", "2%", "--corrupt", "1%",
                  "--delay", "1ms", "--jitter", "500us", "--rate", "200mbit")
    digest = world.talk(SINK, SOURCE).strip()
    there, _ = world.close()
    assert digest == hashlib.sha256(bytes(range(256)) * 8192).hexdigest()
    assert there["lost"] > 0 and there["corrupted"] > 0, there

def test_one_end_may_be_here():
    holder = subprocess.Popen(["unshare", "-n", "sh", "-c", "echo; exec sleep 1000"],
                              stdout=subprocess.PIPE)
    holder.stdout.readline()
    for ends in ([f"a@{holder.pid}", "b"], ["a", f"b@{holder.pid}"], ["a", "b"]):
        wire = subprocess.Popen([WIRE, "--left", ends[0], "--right", ends[1]],
                                stdout=subprocess.PIPE, text=True)
        assert wire.stdout.readline() == "ready\n"
        for end in ends:
            here = os.path.exists(f"/proc/self/net/dev_snmp6/{end.split('@')[0]}")
            assert here == ("@" not in end), ends
        wire.send_signal(signal.SIGINT)
        wire.communicate()
        assert wire.returncode == 0
    holder.kill()
    holder.wait()

def test_errors_are_plain():
    for arguments, word in ([["--left", "a"], "--right"],
                            [["--left", "a@no/where", "--right", "b"], "no/where"],
                            [["--left", "lo", "--right", "b"], "lo"],
                            [["--left", "a", "--right", "b", "--loss", "much"], "much"]):
        run = subprocess.run([WIRE, *arguments], capture_output=True, text=True)
        assert run.returncode == 2 and word in run.stderr, (arguments, run)
        assert run.stderr.startswith("fault_wire: "), run.stderr
    run = subprocess.run([WIRE, "--help"], capture_output=True, text=True)
    assert run.returncode == 0 and "--duplicate" in run.stdout

def main():
    if os.environ.get("FAULT_WIRE_TEST_INSIDE") is None:
        os.environ["FAULT_WIRE_TEST_INSIDE"] = "1"
        root = os.geteuid() == 0
        unshare = ["unshare", "-n"] if root else ["unshare", "-rn"]
        if subprocess.run([*unshare, "test", "-r", "/dev/net/tun"]).returncode != 0:
            print("skipped: no network namespace, or no /dev/net/tun")
            sys.exit(SKIPPED)
        os.execvp(unshare[0], [*unshare, sys.executable, __file__, WIRE])
    for name, test in sorted(globals().items()):
        if name.startswith("test_"):
            test()
            print(f"{name}: ok", flush=True)

main()
