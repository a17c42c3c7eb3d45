#!/usr/bin/env python3
"""The kernel's TCP talks to examples/echo_tap, in a network namespace of its own.

Usage: echo_tap_test.py PROGRAM
Exits with 77 where the machine has no TAP devices or does not allow namespaces."""
import os
import socket
import subprocess
import sys
import threading

SENT = bytes(i * 7 % 251 for i in range(300_000))
ADDRESS = ("10.7.0.2", 7)


def send(s):
    s.sendall(SENT)
    s.shutdown(socket.SHUT_WR)


def converse():
    s, got = socket.create_connection(ADDRESS, timeout=20), b""
    writer = threading.Thread(target=send, args=(s,))
    writer.start()
    while part := s.recv(65536):
        got += part
    writer.join()
    s.close()
    return got == SENT


def test(program):
    server = subprocess.Popen([program], stdout=subprocess.PIPE, text=True)
    ready = server.stdout.readline()  # the device is up by then
    print(ready, end="")
    ok = bool(ready) and all([converse() for _ in range(3)])
    server.terminate()
    status = server.wait(timeout=20)
    print("echo_tap: what came back", "is" if ok else "IS NOT", "what was sent; status", status)
    return 0 if ok and status == 0 else 1


def main():
    if len(sys.argv) > 2:
        return test(sys.argv[1])
    # Root needs no namespace of users, which not every machine allows.
    namespace = ["unshare", "-n"] if os.getuid() == 0 else ["unshare", "-rn"]
    if not os.path.exists("/dev/net/tun") or subprocess.run(namespace + ["true"]).returncode != 0:
        print("echo_tap: no TAP devices, or no namespaces: skipped")
        return 77
    return subprocess.run(namespace + [sys.executable, __file__, sys.argv[1], "inside"]).returncode


if __name__ == "__main__":
    sys.exit(main())
