#!/usr/bin/env python3
"""The ends of connections between the kernel and lull.
Usage: closing_test.py LULL FAULT_WIRE"""
import ctypes
import socket
import struct
import subprocess
import threading

import lab
from bad_wire import BadWire

ESTABLISHED, LAST_ACK, CLOSED = 1, 9, 7  # the kernel's numbers
BIG = 16 * lab.MIB


def tcp_info(s, index):
    return s.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 8)[index]


def state(s):
    return tcp_info(s, 0)


def reset_on_close(s):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def ask(port, path, source=0):
    """A request on a fresh connection."""
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.settimeout(20)
    s.bind(("", source))
    s.connect((lab.LULL, port))
    s.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
    return s


def body(answer):
    return answer.partition(b"\r\n\r\n")[2]


def connected(*options, **streams):
    """lull as a client of the kernel: the running program and the kernel's socket."""
    with lab.kernel_server(9000) as server:
        run = lab.Lull("connect", *options, lab.KERNEL, 9000, ready=None, **streams)
        s = server.accept()[0]
    s.settimeout(20)
    return run, s


def test_the_kernel_closes_its_half_and_still_receives():
    with lab.Lull("serve"):
        with ask(80, f"/bytes/{lab.MIB}") as s:
            s.shutdown(socket.SHUT_WR)
            assert body(lab.receive_all(s)) == lab.pattern(lab.MIB)


def test_lull_closes_its_half_and_still_receives():
    run, s = connected("--send", "/dev/null", "--receive", f"{lab.SCRATCH.name}/back")
    with run, s:
        assert s.recv(1) == b""
        lab.send_and_close(s, lab.pattern(lab.MIB))
        assert run.wait() == 0, run.said
    with open(f"{lab.SCRATCH.name}/back", "rb") as file:
        assert file.read() == lab.pattern(lab.MIB)


def test_both_close_at_once():
    # A wire so slow that the FINs must pass each other.
    with BadWire("--delay", "300ms") as wire:
        with wire.lull("serve", "--msl", "1s", "--trace") as server:
            s = ask(80, "/bytes/10")
            lab.until(lambda: any(row["state"].startswith("FIN-WAIT")
                                  for row in server.rows("connection")), "lull's FIN has left")
            s.shutdown(socket.SHUT_WR)
            lab.until(lambda: server.rows("time-wait"), "TIME-WAIT at lull")
            assert "CLOSING" in server.said
            lab.until(lambda: state(s) == CLOSED, "the kernel's end")
            assert "TIME-WAIT" in lab.run("ss", "-tan"), "TIME-WAIT at the kernel"
            s.close()


def test_a_reset_by_the_kernel_reaches_a_server():
    with lab.Lull("serve", "--echo", "--port", 7) as server:
        s = socket.create_connection((lab.LULL, 7))
        lab.until(lambda: server.rows("connection"), "a connection")
        reset_on_close(s)
        s.close()
        lab.until(lambda: not server.rows("connection"), "its end")
        assert server.counters()["TcpEstabResets"] == 1
        assert not server.rows("time-wait")


def test_a_reset_by_the_kernel_reaches_a_client():
    run, s = connected("--send", "/dev/null")
    assert s.recv(1) == b""
    reset_on_close(s)
    run.status = 1
    with run:
        s.close()
        run.wait()
    assert "ECONNRESET" in run.said, run.said


def test_a_reset_by_lull():
    with lab.Lull("serve", "--echo", "--port", 7, "--linger", 0) as server:
        with socket.create_connection((lab.LULL, 7), timeout=20) as s:
            s.sendall(b"x")
            assert s.recv(1) == b"x"
            s.shutdown(socket.SHUT_WR)
            try:
                assert not s.recv(1), "no reset"
                raise AssertionError("an orderly end")
            except ConnectionResetError:
                pass
        assert server.counters()["TCPAbortOnLinger"] == 1
        assert not server.rows("time-wait")


def test_the_end_of_lull_resets_its_connections():
    with lab.Lull("serve", "--echo", "--port", 7):
        s = socket.create_connection((lab.LULL, 7), timeout=20)
        s.sendall(b"x")
        assert s.recv(1) == b"x"
    try:
        s.recv(1)
        raise AssertionError("an orderly end")
    except ConnectionResetError:
        pass


def test_a_closed_window_of_the_kernel():
    with lab.Lull("serve") as server:
        s = ask(80, f"/bytes/{BIG}")
        lab.until(lambda: server.counters()["TCPWinProbe"] >= 2, "two probes")
        assert [row["timer"] for row in server.rows("connection")] == ["persist"]
        assert body(lab.receive_all(s)) == lab.pattern(BIG)
        s.close()
        return f"({server.counters()['TCPWinProbe']} probes)"


def test_a_closed_window_of_lull():
    run, s = connected("--send", "/dev/null", stdout=subprocess.PIPE)
    with run:
        writer = threading.Thread(target=lab.send_and_close, args=(s, lab.pattern(BIG)))
        writer.start()
        lab.until(lambda: tcp_info(s, 3) >= 1, "a probe of the kernel")
        assert run.process.stdout.read() == lab.pattern(BIG)
        writer.join()
        s.close()
        assert run.wait() == 0, run.said


def test_time_wait_at_lull():
    with lab.Lull("serve", "--msl", "1s") as server:
        with ask(80, "/bytes/10") as s:
            assert body(lab.receive_all(s)) == lab.pattern(10)
            name = "%s:%d" % s.getsockname()
        row, = lab.until(lambda: server.rows("time-wait"), "a record")
        assert row["state"] == "TIME-WAIT" and row["peer"] == name, row
        assert row["timer"] == "timewait" and 1000 < row["timer_ms"] <= 2100, row
        lab.until(lambda: not server.rows("time-wait"), "the end of the record")
        assert server.counters()["TWExpired"] == 1
        assert server.usage()["records"]["used"] == 0


def test_the_last_ack_is_lost():
    # A filter on the kernel's socket that takes nothing stands for the loss.
    nothing = struct.pack("HBBI", 0x06, 0, 0, 0)
    with lab.Lull("serve", "--msl", "5s") as server:
        with ask(80, "/bytes/10") as s:
            assert body(lab.receive_all(s)) == lab.pattern(10)
            program = ctypes.create_string_buffer(nothing)
            s.setsockopt(socket.SOL_SOCKET, 26,  # SO_ATTACH_FILTER
                         struct.pack("HP", 1, ctypes.addressof(program)))
            s.shutdown(socket.SHUT_WR)
            lab.until(lambda: server.counters()["TWRestarted"] >= 4, "repeated FINs")
            row, = server.rows("time-wait")
            assert row["restarts"] >= 4 and row["timer_ms"] > 9500, row
            assert state(s) == LAST_ACK
            s.setsockopt(socket.SOL_SOCKET, 27, 0)  # SO_DETACH_FILTER
            lab.until(lambda: state(s) == CLOSED, "the acknowledgment")


def test_a_new_connection_takes_the_place_of_a_record():
    with lab.Lull("serve") as server:
        for i in range(3):
            with ask(80, "/bytes/10", source=5555) as s:
                assert body(lab.receive_all(s)) == lab.pattern(10)
            lab.until(lambda: len(server.rows("time-wait")) == 1 and not server.rows("connection"),
                      "one record")
            lab.until(lambda: ":5555" not in lab.run("ss", "-tan"), "the kernel's end")
        assert server.counters()["TWRecycled"] == 2
        assert server.counters()["TW"] == 3


lab.main(globals())
