"""A wire with faults between the kernel and lull.

lull and its interface are in a second namespace, in which a bridge joins that interface with the
wire's right end; the left end is here."""
import re
import subprocess

import lab


class BadWire:
    def __init__(self, *faults):
        self.holder = subprocess.Popen([*lab.MORTAL, "unshare", "-n", "sh", "-c",
                                        "echo; exec sleep 1000"], stdout=subprocess.PIPE)
        self.holder.stdout.readline()
        self.inside = ["nsenter", "-t", str(self.holder.pid), "-n"]
        # Without the delay the bridge would only learn for its first 15 seconds.
        lab.run(*self.inside, "ip", "link", "add", "bridge0", "up", "type", "bridge",
                "forward_delay", "0", "mcast_snooping", "0")
        self.wire = subprocess.Popen([*lab.MORTAL, lab.PROGRAMS[1], "--left", "here", "--right",
                                      f"there@{self.holder.pid}", "--delay", "1ms", "--seed", "7",
                                      *faults], stdout=subprocess.PIPE, text=True)
        assert self.wire.stdout.readline() == "ready\n"
        lab.run("ip", "address", "add", f"{lab.KERNEL}/24", "dev", "here")
        lab.run("ip", "link", "set", "here", "up")
        self.join("there")

    def join(self, device):
        lab.run(*self.inside, "ip", "link", "set", device, "master", "bridge0", "up")

    def lull(self, *arguments, **keywords):
        run = lab.Lull(*arguments, inside=self.inside, peer=None, **keywords)
        self.join("lull0")
        return run

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """Ends the wire; self.there and self.back: its counters, to lull and from it."""
        self.wire.terminate()
        lines = self.wire.communicate()[0].splitlines()
        self.holder.kill()
        self.holder.wait()
        self.there, self.back = ({name: int(n) for name, n in re.findall(r"([a-z-]+) (\d+)", line)}
                                 for line in lines)
