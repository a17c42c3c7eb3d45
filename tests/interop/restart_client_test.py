#!/usr/bin/env python3
"""Names in TIME-WAIT are refused within one lull; a lull that is started again has none.
Usage: restart_test.py LULL"""
import socket
import threading

import lab

SOURCE = f"{lab.LULL}:5000"


def close_after_the_peer(server):
    s = server.accept()[0]
    while s.recv(1000):
        pass
    s.close()


def connect_twice(*options):
    """lull closes first and then uses the name once more; what it said."""
    with lab.kernel_server(9000) as server:
        peer = threading.Thread(target=close_after_the_peer, args=(server,))
        peer.start()
        run = lab.Lull("connect", "--count", 2, "--half-close", "--send", "/dev/null", "--source",
                       SOURCE, *options, lab.KERNEL, 9000, ready=None)
        run.status = 1
        with run:
            peer.join()
            run.wait()
            summary = run.process.stdout.read().decode()
            assert "1 ended in order, 1 failed" in summary, summary
    return run.said


def test_a_name_in_time_wait_cannot_be_bound():
    said = connect_twice()
    assert f"bind {SOURCE}: EADDRINUSE [BL-01]: 1 in TIME-WAIT" in said, said
    assert "SO_REUSEADDR" in said, said


def test_with_reuseaddr_it_can_but_not_for_the_same_peer():
    said = connect_twice("--reuseaddr")
    assert f"connect {SOURCE}: EADDRINUSE [IR-13]: 1 in TIME-WAIT" in said, said


def fetch():
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.settimeout(20)
        s.bind(("", 5555))
        s.connect((lab.LULL, 80))
        s.sendall(b"GET /bytes/10 HTTP/1.0\r\n\r\n")
        assert lab.receive_all(s).endswith(lab.pattern(10))


def test_a_server_started_again_listens_at_once():
    # Records live in memory, so the second server knows nothing of the first one's.
    for _ in range(3):
        with lab.Lull("serve") as server:
            fetch()
            lab.until(lambda: server.rows("time-wait"), "a record")
            lab.until(lambda: ":5555" not in lab.run("ss", "-tan"), "the kernel's end")


lab.main(globals())
