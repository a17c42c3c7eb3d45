#!/usr/bin/env python3
"""The bind matrix of profile linux against the running kernel, cell by cell.

Every difference must be explained by one row of docs/bind-matrix.md, and every row must explain
some.  Usage: bind_matrix_test.py BIND_MATRIX     (bind_matrix.c says what a cell is)"""
import errno
import fnmatch
import os
import re
import socket
import struct
import subprocess
import sys
import time

SKIPPED = 77
DOCUMENT, DOCUMENTED = "docs/bind-matrix.md", "6.18"
FIRST_PORT = 1024
BATCH = 256
STATE = {"listening": "0A", "connected": "01", "time-wait": "06", "fin-wait-2": "05"}
NOBODY = 65534
IPV6 = os.path.exists("/proc/net/if_inet6")


def enter_namespace():
    """Starts the file again in a network namespace of its own."""
    unshare = ["unshare", "-n"] if os.geteuid() == 0 else ["unshare", "-rn"]
    if subprocess.run([*unshare, "true"], stderr=subprocess.DEVNULL).returncode != 0:
        print("skipped: no network namespace")
        sys.exit(SKIPPED)
    os.environ["LULL_INTEROP_INSIDE"] = "1"
    os.execvp(unshare[0], [*unshare, sys.executable, *sys.argv])


def verdicts(program, *arguments):
    """What Lull says: {cell: answer}."""
    lines = subprocess.run([program, *arguments], check=True, capture_output=True,
                           text=True).stdout.splitlines()
    return dict(line.split("\t") for line in lines)


def as_owner(owner, make):
    """Calls make() as root or as another user; the kernel asks who made the socket."""
    if owner == "same":
        return make()
    os.seteuid(NOBODY)
    try:
        return make()
    finally:
        os.seteuid(0)


def make_socket(name, options):
    ipv6 = ":" in name
    s = socket.socket(socket.AF_INET6 if ipv6 else socket.AF_INET)
    if ipv6:
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, name == "::only6")
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, options[0] == "a")
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, options[1] == "p")
    return s


def attempt(call, *arguments):
    try:
        call(*arguments)
    except OSError as e:
        if e.errno != errno.EADDRINUSE:
            raise
        return "in-use"
    return "ok"


class Holder:
    """Whoever holds the port of a cell."""

    def __init__(self, state, held, options, port):
        self.state, self.port, self.sockets = state, port, []
        address, _, name = held.rpartition(",")
        listener = make_socket(name, options)
        listener.bind((name.removesuffix("only6"), port))
        self.sockets.append(listener)
        if state != "bound":
            listener.listen()
        if state not in ("bound", "listening"):
            self.accept(listener, address)

    def accept(self, listener, address):
        client = socket.create_connection((address, self.port))
        child = listener.accept()[0]
        listener.close()
        self.sockets = [client]
        if self.state == "connected":
            child.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.sockets = [child, client]
            return
        child.close()
        client.recv(1)  # its FIN
        if self.state == "time-wait":
            client.close()

    def close(self):
        for s in self.sockets:
            s.close()


def answer(holder, name, options, owner):
    """What the kernel does in a cell, spelled as bind_matrix does."""
    newcomer = as_owner(owner, lambda: make_socket(name, options))
    calls = [(newcomer.bind, (name.removesuffix("only6"), holder.port)), (newcomer.listen,)]
    if holder.state == "bound":
        calls.append((holder.sockets[0].listen,))
    said = []
    for call in calls:
        said.append(attempt(*call))
        if said[-1] == "in-use":
            break
    newcomer.close()
    return " ".join(said)


def states_by_port():
    found = {}
    for table in ("tcp", "tcp6"):
        with open(f"/proc/net/{table}") as lines:
            for line in list(lines)[1:]:
                _, local, _, state = line.split()[:4]
                found[int(local.rpartition(":")[2], 16)] = state
    return found


def wait_for_states(holders):
    """Every holder is in the state of its cell; loopback needs no time, but it may take some."""
    wanted = {h.port: STATE[h.state] for h in holders if h.state in STATE}
    end = time.monotonic() + 10
    while (found := states_by_port()) and any(found.get(p) != s for p, s in wanted.items()):
        assert time.monotonic() < end, [p for p, s in wanted.items() if found.get(p) != s][:10]


def ask_kernel(cells):
    said = {}
    for start in range(0, len(cells), BATCH):
        batch = [(cell, *cell.split()) for cell in cells[start:start + BATCH]]
        holders = [Holder(state, held, options, FIRST_PORT + start + i)
                   for i, (_, state, held, options, *_) in enumerate(batch)]
        wait_for_states(holders)
        for holder, (cell, _, _, _, name, options, owner) in zip(holders, batch):
            said[cell] = answer(holder, name, options, owner)
            holder.close()
    return said


def table(columns):
    """The rows of the document's table of so many columns, without its head."""
    with open(DOCUMENT) as text:
        rows = [re.split(r"\s*\|\s*", line.strip())[1:-1] for line in text if line.startswith("|")]
    return [row for row in rows if len(row) == columns][2:]


def compare(kernel, lull):
    """Every difference needs a row of the document, and every row its number of differences."""
    rows = [(row[0].strip("`"), (row[1], row[2]), int(row[3])) for row in table(5)]
    explained = [0] * len(rows)
    for cell, said in kernel.items():
        if said == lull[cell]:
            continue
        fitting = [i for i, (pattern, answers, _) in enumerate(rows)
                   if answers == (said, lull[cell]) and fnmatch.fnmatchcase(cell, pattern)]
        if len(fitting) != 1:
            yield f"{cell}: kernel {said}, Lull {lull[cell]}: {len(fitting)} rows explain it"
        for i in fitting:
            explained[i] += 1
    for (pattern, _, number), count in zip(rows, explained):
        if count != number and len(kernel) == len(lull):
            yield f"{DOCUMENT}: {pattern}: {count} cells differ, not {number}"


def compare_knobs(program, lull):
    """What the document says of single knobs, which no kernel is needed for."""
    for knob, number, _ in table(3):
        other = verdicts(program, "linux", knob)
        count = sum(other[cell] != lull[cell] for cell in lull)
        if count != int(number):
            yield f"{DOCUMENT}: {knob}: {count} cells differ, not {number}"


def possible(cell):
    """Other users may not exist in this namespace, nor IPv6 on this machine."""
    with open("/proc/self/uid_map") as lines:
        users = int(lines.readline().split()[2]) > NOBODY
    return (users or cell.endswith(" same")) and (IPV6 or ":" not in cell)


def main():
    program = os.path.abspath(sys.argv[1])
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    with open("/proc/sys/net/ipv4/ip_local_port_range", "w") as file:
        file.write("50000 65000")
    lull = verdicts(program, "linux")
    kernel = ask_kernel([cell for cell in lull if possible(cell)])
    release = ".".join(os.uname().release.split(".")[:2])
    bad = list(compare(kernel, lull))
    wrong = list(compare_knobs(program, lull))
    print("\n".join(bad[:60] + wrong))
    print(f"bind matrix: {len(kernel)} of {len(lull)} cells asked, Linux {release}")
    if bad and not wrong and release != DOCUMENTED:
        print(f"skipped: {DOCUMENT} is about Linux {DOCUMENTED}")
        return SKIPPED
    return bool(bad or wrong)


if "LULL_INTEROP_INSIDE" not in os.environ:
    enter_namespace()
sys.exit(main())
