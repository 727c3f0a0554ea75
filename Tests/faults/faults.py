"""A rekisterid whose system calls, and whose PostgreSQL's, can be made to fail: inject.c and the hand on its file."""

import errno
import mmap
import os
import shutil
import struct
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "socket"))

import server  # noqa: E402

MAGIC = 0x544C4652
KINDS = {"server": 1, "postgres": 2}
CLASSES = ("write", "sync", "flush", "open", "size", "name", "send")
ACTIONS = {"fail": 1, "kill": 2, "tear": 3, "after": 4, "halve": 5}
FOREVER = 1 << 62
# Offsets in `struct Control` of inject.c.
ARMED, CHOICE, COUNTER, PATH, CALL, HIT_PATH, HIT_PROCESS, SEEN, END = 4, 8, 40, 64, 128, 160, 416, 512, 624


class Fault:
    """Which call is hit, and how.

    `kind` and `call` say whose call and of which class; only those on a path that contains `path` are counted, from
    the moment of arming. The `number`th is hit and, where `span` is more than 1, those after it. `action` is one of
    `ACTIONS` or the name of an errno.
    """

    def __init__(self, kind, call, path, action, number, span=1):
        self.kind, self.call, self.path, self.action = kind, call, path, action
        self.number, self.span = number, span

    @property
    def ends_server(self):
        """Whether the server is to be started again: it died, or its key store does not trust its file any more."""
        return self.kind == "server" and (self.action in ("kill", "tear", "after") or self.call == "sync")

    def __str__(self):
        path = " of " + self.path.strip("/") if self.path else ""
        rest = "" if self.span == 1 else " and on" if self.span >= FOREVER else " and %d more" % (self.span - 1)
        return "%s: %s%s %d%s: %s" % (self.kind, self.call, path, self.number, rest, self.action)


class Control:
    """The file that every process of a server maps."""

    def __init__(self, path):
        self.path = path
        with open(path, "wb") as file:
            file.write(struct.pack("=I", MAGIC).ljust(mmap.PAGESIZE, b"\0"))
        # PostgreSQL's processes are another user's.
        os.chmod(path, 0o666)
        self._file = open(path, "r+b")
        self._map = mmap.mmap(self._file.fileno(), mmap.PAGESIZE)

    def close(self):
        self._map.close()
        self._file.close()

    def arm(self, fault):
        self.disarm()
        self._map[CHOICE:END] = bytes(END - CHOICE)
        action = ACTIONS.get(fault.action, ACTIONS["fail"])
        error = 0 if fault.action in ACTIONS else getattr(errno, fault.action)
        struct.pack_into("=4I2Q", self._map, CHOICE, KINDS[fault.kind], 1 << CLASSES.index(fault.call), action, error,
                         fault.number, fault.span)
        path = fault.path.encode()
        self._map[PATH:PATH + len(path)] = path
        struct.pack_into("=I", self._map, ARMED, 1)

    def disarm(self):
        struct.pack_into("=I", self._map, ARMED, 0)

    @property
    def counter(self):
        """How many calls of the chosen kind were made since arming."""
        return struct.unpack_from("=Q", self._map, COUNTER)[0]

    @property
    def hits(self):
        return struct.unpack_from("=Q", self._map, COUNTER + 8)[0]

    @property
    def process(self):
        """The process whose call was hit first."""
        return struct.unpack_from("=I", self._map, COUNTER + 16)[0]

    def hit(self):
        """The first call that was hit, for people."""
        texts = [self._map[start:end].split(b"\0")[0].decode("utf-8", "replace")
                 for start, end in ((CALL, HIT_PATH), (HIT_PATH, HIT_PROCESS), (HIT_PROCESS, SEEN))]
        return "%s of %s by %s" % tuple(texts)

    def seen(self):
        """All calls since arming, by kind and class."""
        counts = struct.unpack_from("=14Q", self._map, SEEN)
        return {(kind, call): counts[7 * row + column] for row, kind in enumerate(("server", "postgres"))
                for column, call in enumerate(CLASSES)}


class FaultyServer(server.Server):
    """A `rekisterid dev` under inject.c, which does nothing until `control` is armed."""

    control = None

    def start(self):
        if self.control is None:
            self.control = Control(os.path.join(self.folder, "faults"))
            self.library = compiled(os.path.join(self.folder, "inject.so"))
        self.control.disarm()
        arguments = [server.binary(), "dev", "--port", "0", "--data", self.data, "--persons", str(self.persons)]
        arguments += ["--daily-persons", "0"] + self.options
        environment = dict(os.environ, LD_PRELOAD=self.library, REKISTERI_FAULTS=self.control.path)
        with open(self.output, "ab") as output, open(self.errors, "ab") as errors:
            self.process = subprocess.Popen(
                arguments, stdin=subprocess.DEVNULL, stdout=output, stderr=errors, start_new_session=True,
                env=environment)
        self.port = self._wait_for_port()
        self.accounts = server.read_accounts(os.path.join(self.data, "demo-users.json"))
        self.ca = os.path.join(self.data, "tls", "ca.pem")

    def remove(self):
        if self.control is not None:
            self.control.disarm()
        super().remove()
        if self.control is not None:
            self.control.close()
            self.control = None


def compiled(target):
    """inject.c as a shared object."""
    compiler = next((name for name in ("cc", "clang", "gcc") if shutil.which(name)), None)
    if compiler is None:
        raise RuntimeError("a C compiler (cc or clang) is needed")
    subprocess.run(
        [compiler, "-std=gnu11", "-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-U_FORTIFY_SOURCE",
         os.path.join(HERE, "inject.c"), "-o", target, "-ldl"], check=True, timeout=120)
    os.chmod(target, 0o755)
    return target
