#!/usr/bin/env python3
"""Bytes between the kernel and lull arrive as they were sent: whole, once and in order.
Usage: transfer_test.py LULL"""
import hashlib
import os
import socket
import subprocess
import threading
import time

import lab

SIZE = (1024 if lab.FULL else 64) * lab.MIB
BLOCK = os.urandom(lab.MIB)


def write_file(path):
    """A file of SIZE bytes and its digest; every block has a number of its own."""
    sum = hashlib.sha256()
    with open(path, "wb") as file:
        for i in range(SIZE // lab.MIB):
            block = i.to_bytes(8, "big") + BLOCK[8:]
            sum.update(block)
            file.write(block)
    return sum.hexdigest()


def rate(start):
    return f"({SIZE / lab.MIB / (time.monotonic() - start):.0f} MiB/s)"


def download(*options):
    """curl fetches a file that lull serves."""
    path = f"{lab.SCRATCH.name}/data"
    expected = write_file(path)
    with lab.Lull("serve", "--root", lab.SCRATCH.name, *options):
        start, sum = time.monotonic(), hashlib.sha256()
        curl = subprocess.Popen(["curl", "-sSf", f"http://{lab.LULL}/data"],
                                stdout=subprocess.PIPE)
        while part := curl.stdout.read(1 << 18):
            sum.update(part)
        assert curl.wait() == 0
        note = rate(start)
    assert sum.hexdigest() == expected
    return note


def upload(*options):
    """lull connects to a kernel's server, sends a file and receives another."""
    path, back = f"{lab.SCRATCH.name}/data", f"{lab.SCRATCH.name}/back"
    expected = write_file(path)
    server = lab.kernel_server(9000)
    run = lab.Lull("connect", "--send", path, "--receive", back, *options, lab.KERNEL, 9000,
                   ready=None)
    with run, server:
        s = server.accept()[0]
        start, sum = time.monotonic(), hashlib.sha256()
        while part := s.recv(1 << 18):
            sum.update(part)
        note = rate(start)
        s.sendall(b"thanks")
        s.close()
        assert run.wait() == 0, run.said
    assert sum.hexdigest() == expected
    with open(back, "rb") as file:
        assert file.read() == b"thanks"
    return note


def receive(*options):
    """lull connects to a kernel's server and receives a file from it."""
    path, back = f"{lab.SCRATCH.name}/data", f"{lab.SCRATCH.name}/back"
    expected = write_file(path)
    server = lab.kernel_server(9000)
    run = lab.Lull("connect", "--send", "/dev/null", "--receive", back, *options, lab.KERNEL, 9000,
                   ready=None)
    with run, server, open(path, "rb") as file:
        s = server.accept()[0]
        start = time.monotonic()
        s.sendfile(file)
        s.close()
        assert run.wait() == 0, run.said
        note = rate(start)
    sum = hashlib.sha256()
    with open(back, "rb") as file:
        while part := file.read(1 << 20):
            sum.update(part)
    assert sum.hexdigest() == expected
    return note


def echo(*options):
    """Both ways at once."""
    sent, got = hashlib.sha256(), hashlib.sha256()

    def send(s):
        for i in range(SIZE // lab.MIB):
            block = i.to_bytes(8, "big") + BLOCK[8:]
            sent.update(block)
            s.sendall(block)
        s.shutdown(socket.SHUT_WR)

    with lab.Lull("serve", "--echo", "--port", 7, "--close-first", "client", *options):
        start = time.monotonic()
        with socket.create_connection((lab.LULL, 7), timeout=20) as s:
            writer = threading.Thread(target=send, args=(s,))
            writer.start()
            while part := s.recv(1 << 18):
                got.update(part)
            writer.join()
        note = rate(start)
    assert got.hexdigest() == sent.hexdigest()
    return note


def test_a_file_from_lull():
    return download()


def test_a_file_from_lull_without_offload():
    return download("--no-offload")


def test_generated_bytes():
    with lab.Lull("serve"):
        got = lab.run("sh", "-c", f"curl -sSf http://{lab.LULL}/bytes/{lab.MIB} | sha256sum")
    assert got.split()[0] == lab.digest(lab.pattern(lab.MIB))


def test_a_file_to_a_server_of_the_kernel():
    return upload()


def test_a_file_to_a_server_of_the_kernel_without_offload():
    return upload("--no-offload")


def test_a_file_from_a_server_of_the_kernel():
    return receive()


def test_a_file_from_a_server_of_the_kernel_without_offload():
    return receive("--no-offload")


def test_an_echo():
    return echo()


def test_an_echo_without_offload():
    return echo("--no-offload")


lab.main(globals())
