#!/usr/bin/env python3
"""The kernel and lull over a wire that loses, repeats and reorders frames.
Usage: loss_test.py LULL FAULT_WIRE"""
import socket
import time

import lab
from bad_wire import BadWire

SIZE = (64 if lab.FULL else 4) * lab.MIB


def converse(fault, *faults):
    """Both ways at once, then one way with lull as the client; the counter of the fault rose."""
    data = lab.pattern(SIZE)
    start = time.monotonic()
    with BadWire(*faults) as wire:
        with wire.lull("serve", "--echo", "--port", 7, "--close-first", "client") as server:
            with socket.create_connection((lab.LULL, 7), timeout=60) as s:
                got = lab.echo(s, data)
            counters = server.counters()
        assert lab.digest(got) == lab.digest(data), len(got)
        echoed = time.monotonic() - start
        upload(wire, data)
    assert wire.there[fault] > 0 and wire.back[fault] > 0, (wire.there, wire.back)
    return (f"(echo {echoed:.1f} s, {counters['TcpRetransSegs']} segments again, "
            f"{counters['TCPFastRetrans']} fast, {counters['TCPTimeouts']} timeouts)")


def upload(wire, data):
    path = f"{lab.SCRATCH.name}/data"
    with open(path, "wb") as file:
        file.write(data)
    with lab.kernel_server(9000) as server:
        with wire.lull("connect", "--send", path, lab.KERNEL, 9000, ready="control socket") as run:
            s = server.accept()[0]
            got = lab.receive_all(s)
            s.close()
            assert run.wait() == 0, run.said
    assert lab.digest(got) == lab.digest(data), len(got)


def test_a_loss_of_1_percent():
    return converse("lost", "--loss", "1%")


def test_a_loss_of_5_percent():
    return converse("lost", "--loss", "5%")


def test_frames_that_come_twice():
    return converse("duplicated", "--duplicate", "2%")


def test_frames_that_overtake_others():
    return converse("reordered", "--reorder", "2%")


def test_damaged_frames():
    return converse("corrupted", "--corrupt", "1%")


def test_everything_at_once():
    return converse("lost", "--loss", "1%", "--duplicate", "2%", "--reorder", "2%", "--corrupt",
                    "1%")


lab.main(globals(), 150)
