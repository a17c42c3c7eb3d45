#!/usr/bin/env python3
"""Thousands of connections of the kernel at once: each gets its own bytes back, and nothing stays.
Usage: many_test.py LULL"""
import resource
import socket

import lab

COUNT = 5000
PIECE = 1024


def piece_of(i, round):
    """1 KiB that no other connection sends in any round."""
    return (f"{i}.{round} ".encode() * PIECE)[:PIECE]


def connect_all():
    """Connections under way, in steps that a listener's backlog can take."""
    clients = []
    for i in range(COUNT):
        s = socket.socket()
        # One port after the other, so that the kernel need not search for free ones.
        s.bind((lab.KERNEL, 20000 + i))
        s.settimeout(30)
        s.connect((lab.LULL, 7))
        clients.append(s)
    return clients


def exchange(clients, round):
    """All send first, then all read: every connection is in use at the same time."""
    for i, s in enumerate(clients):
        s.sendall(piece_of(i, round))
    wrong = [i for i, s in enumerate(clients) if lab.receive_all(s, PIECE) != piece_of(i, round)]
    assert not wrong, (len(wrong), wrong[:5])


def allow_descriptors():
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most != resource.RLIM_INFINITY and most < COUNT + 100:
        print(f"skipped: at most {most} open files")
        raise SystemExit(lab.SKIPPED)
    resource.setrlimit(resource.RLIMIT_NOFILE, (COUNT + 100, most))


def test_many_connections_at_once():
    allow_descriptors()
    with lab.Lull("serve", "--echo", "--port", 7, "--close-first", "client", "--backlog", 1024,
                  "--limit", f"sockets={COUNT + 10}", "--limit",
                  f"connections={COUNT + 10}") as server:
        clients = connect_all()
        exchange(clients, 1)
        usage = server.usage()
        assert usage["connections"]["used"] == COUNT, usage
        for name, row in usage.items():
            assert row["used"] <= row["limit"], (name, row)
        exchange(clients, 2)
        for s in clients:
            s.close()
        lab.until(lambda: server.usage()["connections"]["used"] == 0, "the end of all", 60)
        # The clients closed first, so the TIME-WAITs are the kernel's; the listener has a socket.
        usage = server.usage()
        assert usage["records"]["used"] == 0 and usage["sockets"]["used"] == 1, usage
        assert usage["blocks"]["used"] == 0, usage
        counters = server.counters()
        assert counters["TcpPassiveOpens"] == COUNT and counters["TcpEstabResets"] == 0, counters


def test_many_records():
    """lull closes first, and keeps one record for each."""
    with lab.Lull("serve", "--msl", "10s", "--body", 100, "--backlog", 1024, "--limit",
                  "records=2000") as server:
        for i in range(1500):
            with socket.create_connection((lab.LULL, 80), timeout=20) as s:
                s.sendall(b"GET / HTTP/1.0\r\n\r\n")
                assert lab.receive_all(s).endswith(lab.pattern(100))
        lab.until(lambda: server.usage()["connections"]["used"] == 0, "the end of all")
        assert server.usage()["records"]["used"] == 1500
        assert len(server.rows("time-wait")) == 1500
        counters = server.counters()
        assert counters["TW"] == 1500 and counters["TWEvicted"] == 0, counters


def test_more_connections_than_allowed():
    """The limit holds, and what is inside it goes on working."""
    with lab.Lull("serve", "--echo", "--port", 7, "--close-first", "client", "--limit",
                  "connections=20") as server:
        clients = []
        for i in range(40):
            s = socket.socket()
            s.setblocking(False)
            s.connect_ex((lab.LULL, 7))
            clients.append(s)
        lab.until(lambda: server.usage()["connections"]["used"] == 20, "a full house")
        clients[0].setblocking(True)
        clients[0].settimeout(20)
        clients[0].sendall(b"x")
        assert clients[0].recv(1) == b"x"
        assert server.usage()["connections"]["used"] == 20
        for s in clients:
            s.close()
        lab.until(lambda: server.usage()["connections"]["used"] == 0, "the end of all")


lab.main(globals(), 100)
