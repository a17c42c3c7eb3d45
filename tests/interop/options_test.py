#!/usr/bin/env python3
"""Every TCP option switched off, at the kernel or at lull: the bytes stay right.
Usage: options_test.py LULL"""
import socket

import lab

SIZE = 8 * lab.MIB
SYSCTLS = ["tcp_timestamps", "tcp_sack", "tcp_window_scaling"]
OPTIONS = ["--no-timestamps", "--no-sack", "--no-window-scale"]


def converse(*options):
    """8 MiB there and back; what the kernel says of the connection afterwards."""
    data = lab.pattern(SIZE)
    with lab.Lull("serve", "--echo", "--port", 7, "--close-first", "client", *options):
        with socket.create_connection((lab.LULL, 7), timeout=20) as s:
            s.sendall(b"first")
            assert lab.receive_all(s, 5) == b"first"
            agreed = s.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 8)[5]
            got = lab.echo(s, data)
    assert lab.digest(got) == lab.digest(data), len(got)
    # The first three bits of tcpi_options: timestamps, SACK, window scaling.
    return [bool(agreed >> bit & 1) for bit in range(3)]


def without(index):
    return [i != index for i in range(3)]


def kernel_without(*indices):
    """The kernel's settings, restored afterwards, around a conversation."""
    for i in indices:
        lab.sysctl(f"ipv4/{SYSCTLS[i]}", 0)
    try:
        return converse()
    finally:
        for i in indices:
            lab.sysctl(f"ipv4/{SYSCTLS[i]}", 1)


def test_all_options():
    assert converse() == [True, True, True]


def test_a_kernel_without_timestamps():
    assert kernel_without(0) == without(0)


def test_a_kernel_without_sack():
    assert kernel_without(1) == without(1)


def test_a_kernel_without_window_scaling():
    assert kernel_without(2) == without(2)


def test_a_kernel_without_any():
    assert kernel_without(0, 1, 2) == [False, False, False]


def test_a_lull_without_timestamps():
    assert converse(OPTIONS[0]) == without(0)


def test_a_lull_without_sack():
    assert converse(OPTIONS[1]) == without(1)


def test_a_lull_without_window_scaling():
    assert converse(OPTIONS[2]) == without(2)


def test_a_lull_without_any():
    assert converse(*OPTIONS) == [False, False, False]


lab.main(globals())
