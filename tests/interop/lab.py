"""What the tests against the kernel share: a namespace of their own, a running lull, checksums.

A test is a file of functions test_...(); its last line is lab.main(globals()).  It is called with
the path of lull and those of further programs, and exits with 77 where the machine has no TAP
devices or does not allow namespaces.  LULL_INTEROP_FULL=1 asks for the full sizes."""
import hashlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

SKIPPED = 77
FULL = os.environ.get("LULL_INTEROP_FULL") == "1"
PROGRAMS = [os.path.abspath(path) for path in sys.argv[1:]]
KERNEL, LULL = "10.9.0.1", "10.9.0.2"
MIB = 1 << 20
PERIOD = bytes(i % 251 for i in range(251))  # what lull serves under /bytes/N
MORTAL = ["setpriv", "--pdeathsig", "KILL"]  # a program that does not outlive the test
SCRATCH = tempfile.TemporaryDirectory(prefix="lull-interop-")


def pattern(length):
    """Bytes of which no part looks like another one a power of two away."""
    return (PERIOD * (length // 251 + 1))[:length]


def digest(data):
    return hashlib.sha256(data).hexdigest()


def until(condition, what, seconds=30):
    """The first true value of condition(), asked again and again for a bounded time."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(0.01)
    return value


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class Lull:
    """A running lull; its interface lull0 goes away with it."""
    status = 0  # the exit status it should have

    def __init__(self, *arguments, inside=(), ready="listening on", tap="lull0",
                 peer=f"{KERNEL}/24", **streams):
        command, *rest = arguments
        self.control = f"{SCRATCH.name}/control-{time.monotonic_ns()}"
        line = [*inside, *MORTAL, PROGRAMS[0], command, "--tap", tap, "--address", f"{LULL}/24",
                *(["--peer-address", peer] if peer else []), "--control", self.control, *rest]
        streams.setdefault("stdout", subprocess.PIPE)
        self.process = subprocess.Popen([str(word) for word in line], stderr=subprocess.PIPE,
                                        **streams)
        self.said, self.heard = "", threading.Condition()
        self.listener = threading.Thread(target=self.listen, daemon=True)
        self.listener.start()
        if ready:
            self.wait_for(ready)

    def listen(self):
        for line in self.process.stderr:
            with self.heard:
                self.said += line.decode(errors="replace")
                self.heard.notify_all()
        with self.heard:
            self.said += "(the end)"
            self.heard.notify_all()

    def wait_for(self, words, seconds=20):
        with self.heard:
            self.heard.wait_for(lambda: words in self.said or "(the end)" in self.said, seconds)
            assert words in self.said, f"lull said {self.said!r}, not {words!r}"

    def ask(self, request):
        """The answer of the control socket: a list of objects."""
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(self.control)
            s.sendall(request.encode() + b"\n")
            with s.makefile() as lines:
                *rows, end = [json.loads(line) for line in lines]
        assert end == {"end": len(rows)}, end
        return rows

    def counters(self):
        return {row["name"]: row["value"] for row in self.ask("counters")}

    def usage(self):
        return {row["name"]: row for row in self.ask("usage")}

    def rows(self, kind):
        return [row for row in self.ask("rows") if row["kind"] == kind]

    def wait(self, seconds=120):
        status = self.process.wait(timeout=seconds)
        self.listener.join()
        return status

    def __enter__(self):
        return self

    def __exit__(self, failure, *_):
        """SIGTERM, and an end as expected, unless the test has failed already."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            status = self.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            status = "killed"
        if failure:
            print("lull said:", self.said[-3000:], file=sys.stderr)
        else:
            assert status == self.status, (status, self.said)


def kernel_server(port):
    """A listener of the kernel's; it may be there before its address is."""
    server = socket.socket()
    server.setsockopt(socket.SOL_IP, 15, 1)  # IP_FREEBIND
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind((KERNEL, port))
    server.listen()
    server.settimeout(20)
    return server


def send_and_close(s, data):
    s.sendall(data)
    s.shutdown(socket.SHUT_WR)


def receive_all(s, length=0):
    """Everything up to the end, or the first @length bytes."""
    parts, got = [], 0
    while (not length or got < length) and (part := s.recv(1 << 18)):
        parts.append(part)
        got += len(part)
    return b"".join(parts)


def echo(s, data):
    """What comes back when everything is sent at once, to the end of the stream."""
    writer = threading.Thread(target=send_and_close, args=(s, data))
    writer.start()
    got = receive_all(s)
    writer.join()
    return got


def sysctl(name, value):
    """A setting of this namespace alone."""
    with open(f"/proc/sys/net/{name}", "w") as file:
        file.write(str(value))


def enter_namespace(limit):
    """Starts the file again in a namespace of its own, with a bound on its time."""
    unshare = ["unshare", "-n"] if os.geteuid() == 0 else ["unshare", "-rn"]
    if subprocess.run([*unshare, "test", "-r", "/dev/net/tun"]).returncode != 0:
        print("skipped: no network namespace, or no /dev/net/tun")
        sys.exit(SKIPPED)
    os.environ["LULL_INTEROP_INSIDE"] = str(limit)
    os.execvp(unshare[0], [*unshare, sys.executable, *sys.argv])


def give_up(*_):
    raise TimeoutError("the test took too long")


def main(names, seconds=60):
    """Runs the tests, or those that INTEROP_ONLY matches; each may take so many seconds."""
    if "LULL_INTEROP_INSIDE" not in os.environ:
        enter_namespace(seconds)
    run("ip", "link", "set", "lo", "up")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    signal.signal(signal.SIGALRM, give_up)
    for name, test in list(names.items()):
        if name.startswith("test_") and re.search(os.environ.get("INTEROP_ONLY", ""), name):
            signal.alarm(seconds * (20 if FULL else 1))
            start = time.monotonic()
            note = test()
            print(f"{name}: ok, {time.monotonic() - start:.1f} s{' ' + note if note else ''}",
                  flush=True)
    signal.alarm(0)
