"""System calls of the server and of PostgreSQL fail, or are a process's last: nothing acknowledged is lost.

Each case arms one fault under load: readers, writers and questions to the log remember what they were answered.
Afterwards whatever died is started again, and everything must be there: the entry of each row shown, each write that
was acknowledged, none that was refused, and a tree over it all whose checkpoints verify.

A sample is run. FAULTS_FULL=1 goes through every call that such a load makes (FAULTS_STEP=N: each Nth), for hours;
FAULTS_ONLY=WORDS runs the cases whose name has them.
"""

import base64
import os
import random
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "faults"))

import server  # noqa: E402
import treeverifier  # noqa: E402
from client import Closed  # noqa: E402
from faults import CLASSES, FOREVER, Fault, FaultyServer  # noqa: E402
from support import SocketTest, eventually, forget_sessions, unique  # noqa: E402

CARE = {"purpose": "customer-service"}
PERSONS = 12
# How long a fault may take until it strikes, and the service until it is back.
STRIKE_SECONDS, RETURN_SECONDS = 30, 60

SAMPLE = [
    # Intake, sequencing and the log's checkpoints, as PostgreSQL writes them ahead.
    Fault("postgres", "write", "pg_wal/", "EIO", 4),
    Fault("postgres", "write", "pg_wal/", "EIO", 120),
    Fault("postgres", "write", "pg_wal/", "tear", 61),
    Fault("postgres", "write", "pg_wal/", "halve", 33, 10),
    Fault("postgres", "write", "pg_wal/", "ENOSPC", 87, FOREVER),
    Fault("postgres", "sync", "pg_wal/", "EIO", 49),
    Fault("postgres", "sync", "pg_wal/", "after", 106),
    Fault("postgres", "open", "pg_wal/", "ENOSPC", 5),
    # PostgreSQL's own checkpoints.
    Fault("postgres", "write", "base/", "EIO", 3),
    Fault("postgres", "write", "base/", "ENOSPC", 40, 20),
    Fault("postgres", "sync", "base/", "EIO", 2),
    Fault("postgres", "sync", "global/pg_control", "kill", 1),
    Fault("postgres", "name", "", "EIO", 2),
    # What it says to the server: a commit that was made and is not known.
    Fault("postgres", "send", "", "EIO", 240),
    Fault("postgres", "send", "", "kill", 475),
    # The server: its keys, what it copies outside, and what it says to PostgreSQL.
    Fault("server", "write", "keys/", "ENOSPC", 9),
    Fault("server", "write", "keys/", "halve", 5, 6),
    Fault("server", "write", "keys/", "tear", 14),
    Fault("server", "sync", "keys/", "EIO", 11),
    Fault("server", "write", "data/checkpoints", "ENOSPC", 2, 2),
    Fault("server", "write", "data/checkpoints", "tear", 2),
    Fault("server", "send", "", "EIO", 150),
    Fault("server", "send", "", "tear", 205),
    Fault("server", "send", "", "after", 390),
]


class Worker(threading.Thread):
    """Turns of commands until its connection breaks or it is to stop."""

    def __init__(self, client, persons, seed):
        super().__init__(daemon=True)
        self.client, self.persons, self.random = client, persons, random.Random(seed)
        self.session = client.call("whoami").rows[0]["session"]
        self.replies = []
        self.fault = None
        self.ending = threading.Event()

    def run(self):
        try:
            while not self.ending.is_set():
                self.turn()
        except (Closed, OSError, TimeoutError):
            pass
        except Exception as error:
            self.fault = repr(error)

    def submit(self, verb, **parameters):
        reply = self.client.submit(verb, **parameters)
        self.replies.append((verb, parameters, reply))
        return reply

    def wait(self, replies):
        for reply in replies:
            self.client.wait(reply, timeout=60)
        # Enough to keep every part busy, and little enough to look through afterwards.
        self.ending.wait(0.01)


class Reader(Worker):
    def turn(self):
        replies = [self.submit("person.show", id=self.random.choice(self.persons), **CARE) for _ in range(3)]
        replies.append(self.submit("person.list", limit=5, **CARE))
        self.wait(replies)


class Adder(Worker):
    def turn(self):
        self.wait([self.submit(
            "person.add", kind="private", last_name=unique("Fa") + unique("ul").lower(), once=unique("f"), **CARE)])


class Editor(Worker):
    """Edits one person again and again; `notes` are those that may stand now."""

    def __init__(self, client, person, seed):
        super().__init__(client, [person], seed)
        self.person, self.rev = person, 1
        self.notes = [None]

    def turn(self):
        note = unique("Note")
        before = self.notes
        # Until the answer is there either may be.
        self.notes = before + [note]
        reply = self.submit("person.edit", id=self.person, rev=self.rev, note=note, once=unique("e"), **CARE)
        self.wait([reply])
        if reply.ok:
            self.notes, self.rev = [note], reply.rows[0]["rev"]
        elif not reply.object.get("unknown"):
            self.notes = before
        else:
            self.ending.set()


class Auditor(Worker):
    def turn(self):
        self.wait([self.submit("log.find", limit=3, newest=True), self.submit("log.checkpoint")])


class FaultTests(SocketTest):
    """One server for all, started again where a fault was its end."""

    @classmethod
    def setUpClass(cls):
        # Not the suite's server.
        cls.own = FaultyServer(persons=PERSONS)
        # Asked for while all is well.
        cls.own.database

    @classmethod
    def tearDownClass(cls):
        forget_sessions(cls.own)
        cls.own.remove()

    @property
    def server(self):
        return self.own

    # The course of a case

    def strike(self, fault):
        """Load, the fault, the return, and the look at everything. Gives whether the fault struck."""
        self.assertReturns("before the fault")
        since = self.assertOK(self.session("auditor").call("log.find", newest=True, limit=1)).rows[0]["index"]
        workers = self.workers(str(fault))
        control, self.postmaster = self.server.control, self.server.postmaster()
        control.arm(fault)
        for worker in workers:
            worker.start()
        struck = self.await_hit(workers)
        # Time to meet the consequences, and where it lasts, to fail at recovering; then the disk is as it was.
        time.sleep(1)
        if fault.span == FOREVER:
            eventually(lambda: not self.is_up(), 10)
        control.disarm()
        time.sleep(0.3)
        for worker in workers:
            worker.ending.set()
        for worker in workers:
            worker.join(90)
            self.assertFalse(worker.is_alive())
            self.assertIsNone(worker.fault)
            worker.client.close()
        self.revive(fault)
        self.check_writes(workers)
        self.check_log(workers, since)
        self.check_tree()
        return struck

    def workers(self, seed):
        client = self.session("customer-service")
        persons = [row["id"] for row in self.assertOK(client.call("person.list", limit=PERSONS, **CARE)).rows]
        return [Reader(self.fresh(), persons, seed + "a"), Reader(self.fresh(), persons, seed + "b"),
                Adder(self.fresh(), persons, seed), Editor(self.fresh(), self.add_person(), seed),
                Auditor(self.fresh("auditor"), persons, seed)]

    def await_hit(self, workers):
        """Waits for the fault; meanwhile PostgreSQL has its checkpoints, and begins new files of its log."""
        deadline = time.monotonic() + STRIKE_SECONDS
        time.sleep(0.3)
        while not self.server.control.hits:
            if time.monotonic() > deadline or not any(worker.is_alive() for worker in workers):
                return False
            try:
                self.server.sql("SELECT pg_switch_wal(); CHECKPOINT", check=False, timeout=20)
            except (subprocess.TimeoutExpired, OSError, IndexError):
                pass
            for _ in range(10):
                if self.server.control.hits:
                    break
                time.sleep(0.1)
        return True

    # The return

    def works(self):
        """Whether reading, writing and asking the log are all possible."""
        client, auditor = self.session("customer-service"), self.session("auditor")
        replies = [
            client.call("person.list", limit=1, **CARE),
            client.call("person.add", kind="private", last_name=unique(), **CARE),
            auditor.call("log.find", newest=True, limit=1), auditor.call("log.checkpoint"),
        ]
        return all(reply.ok for reply in replies)

    def assertReturns(self, when):
        self.assertTrue(eventually(self.works, RETURN_SECONDS, 0.3), "no service " + when)

    def revive(self, fault):
        """It comes back by itself; where the fault ended the server, or all of PostgreSQL, by one start."""
        own = self.server
        time.sleep(0.2)
        own.died = not fault.ends_server and (own.process.poll() is not None or not self.is_up())
        if own.died:
            expected = fault.span == FOREVER or own.control.process == self.postmaster
            self.assertTrue(expected, "the server or PostgreSQL is gone: " + own.said())
        if own.died or fault.ends_server:
            forget_sessions(own)
            own.stop()
            own.start()
        self.assertReturns("after the fault")

    def is_up(self):
        """Whether the main process of PostgreSQL is the one from before the fault."""
        return self.server.postmaster() == self.postmaster and self.server._is_ours(self.postmaster)

    # What must hold

    def ask(self, questions):
        client, replies = self.session("customer-service"), []
        for start in range(0, len(questions), 40):
            group = [client.submit(verb, **dict(parameters, **CARE)) for verb, parameters in
                     questions[start:start + 40]]
            replies += [self.assertOK(client.wait(reply)) for reply in group]
        return replies

    def named(self, names):
        """For each name the ids of those who have it."""
        replies = self.ask([("person.find", {"text": name}) for name in names])
        return [[row["id"] for row in reply.rows if row["name"] == name] for name, reply in zip(names, replies)]

    def check_writes(self, workers):
        """Acknowledged: there, once. Refused: not there. Unknown: there once after being repeated."""
        adds = [(parameters, reply) for worker in workers for verb, parameters, reply in worker.replies
                if verb == "person.add"]
        rest = []
        for (parameters, reply), ids in zip(adds, self.named([parameters["last_name"] for parameters, _ in adds])):
            if reply.done and reply.ok:
                self.assertEqual(ids, [reply.rows[0]["id"]], "an acknowledged write is lost or was done twice")
            elif reply.done and not reply.object.get("unknown"):
                self.assertEqual(ids, [], "a refused write was done: %r" % reply)
            else:
                rest.append((parameters, ids))
        again = self.ask([("person.add", dict(parameters)) for parameters, _ in rest])
        after = self.named([parameters["last_name"] for parameters, _ in rest])
        for (_, before), repeated, ids in zip(rest, again, after):
            identity = repeated.rows[0]["id"]
            self.assertIn(before, ([], [identity]), "a repeated write was done again")
            self.assertEqual(ids, [identity], "a write was done twice")
        for worker in workers:
            if isinstance(worker, Editor):
                row = self.row(worker.person)
                note = row.get("other", {}).get("note", {}).get("value")
                self.assertIn(note, worker.notes, "an acknowledged edit is lost, or a refused one was done")

    def check_log(self, workers, since):
        """Every row that was received has its entry, every question its own; the log has no gaps."""
        logged, after, auditor = [], since - 1, self.session("auditor")
        while after is not None:
            reply = self.assertOK(auditor.call("log.find", limit=20_000, after=after))
            logged += reply.rows
            after = reply.object.get("next")
        self.assertEqual([row["index"] for row in logged], list(range(since, since + len(logged))), "gaps in the log")
        persons = {(row["rid"], row["person"]) for row in logged}
        requests = {row["rid"] for row in logged}
        times = {}
        for row in logged:
            key = (row["session"], row["verb"], row["person"])
            times[key] = times.get(key, 0) + 1
        for worker in workers:
            shown = {}
            for verb, _, reply in worker.replies:
                if reply.done and reply.ok:
                    self.assertIn(reply.rid, requests, "an answer without entry: %r" % reply)
                for row in reply.rows if verb.startswith("person.") else ():
                    if reply.done:
                        self.assertIn((reply.rid, row["id"]), persons, "shown and not in the log: %r" % reply)
                    key = (worker.session, verb, row["id"])
                    shown[key] = shown.get(key, 0) + 1
            for key, count in shown.items():
                self.assertGreaterEqual(times.get(key, 0), count, "shown more often than logged")

    def check_tree(self):
        """Every stored checkpoint, every tile and the copies outside are those of the entries there are."""
        own = self.server
        with open(os.path.join(own.data, "log.vkey"), encoding="ascii") as file:
            key = treeverifier.Key(file.read())
        row = self.assertOK(self.session("auditor").call("log.checkpoint")).rows[0]
        head = treeverifier.Checkpoint(row["note"], key)
        notes = own.sql("SELECT encode(convert_to(note, 'UTF8'), 'hex') FROM checkpoint WHERE note IS NOT NULL")
        checkpoints = [treeverifier.Checkpoint(bytes.fromhex(note).decode(), key) for note in notes.split("\n")]
        stored = {}
        for line in own.sql("SELECT level, index, encode(hashes, 'hex') FROM log_tile").split():
            level, index, hashes = line.split("|")
            stored[int(level), int(index)] = bytes.fromhex(hashes)
        checkpoints += [head] + self.copies(key, head.size)
        # Last, since the log goes on.
        rows = own.sql("SELECT index, encode(entry, 'hex') FROM access_entry ORDER BY index").split("\n")
        entries = [line.split("|") for line in rows]
        self.assertEqual([int(index) for index, _ in entries], list(range(len(entries))), "the log has gaps")
        log = treeverifier.Log(bytes.fromhex(entry) for _, entry in entries)
        self.assertEqual({one.origin for one in checkpoints}, {row["origin"]})
        roots = log.roots(one.size for one in checkpoints)
        for one in checkpoints:
            self.assertEqual(one.root, roots.get(one.size), "the checkpoint of size %d is another log's" % one.size)
        tiles = treeverifier.tiles(log.leaves)
        self.assertGreaterEqual(set(stored), set(treeverifier.tiles(log.leaves[:head.size])), "tiles are missing")
        for place, hashes in stored.items():
            self.assertEqual(hashes, tiles.get(place), "tile %d of level %d is another log's" % (place[1], place[0]))
        check = subprocess.run(
            [server.binary(), "check", "--data", own.data], capture_output=True, text=True, timeout=120)
        self.assertEqual(check.returncode, 0, check.stdout + check.stderr)

    def copies(self, key, size):
        """The checkpoints outside, once one of `size` or more is among them."""
        path = os.path.join(self.server.data, "checkpoints")

        def enough():
            found = treeverifier.kept_checkpoints(path, key)
            return found if found and found[-1].size >= size else None

        found = eventually(enough)
        self.assertTrue(found, "the newest checkpoint is not kept outside")
        self.assertEqual([one.size for one in found], sorted(one.size for one in found))
        return found


class VerifierTests(unittest.TestCase):
    """The tests' own verifier, against published vectors."""

    LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    ROOTS = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]
    KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
    SIGNED = "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="

    def test_roots_of_rfc_6962(self):
        log = treeverifier.Log(bytes.fromhex(leaf) for leaf in self.LEAVES)
        self.assertEqual([root.hex() for _, root in sorted(log.roots(range(9)).items())], self.ROOTS)

    def test_a_signature_and_one_over_something_else(self):
        key, text = treeverifier.Key(self.KEY), b"This is an example message.\n"
        signature = base64.b64decode(self.SIGNED)[4:]
        self.assertTrue(treeverifier.signature_is_good(key.public, text, signature))
        self.assertFalse(treeverifier.signature_is_good(key.public, text + b"\n", signature))
        self.assertFalse(treeverifier.signature_is_good(key.public, text, signature[:-1] + b"\1"))


def test_of(fault):
    def test(self):
        self.assertTrue(self.strike(fault), "such a call was not made: %r" % self.server.control.seen())
    return test


class EveryCall:
    """Each call in turn, as many as a load without fault makes."""

    def test_every_call(self):
        step, only = int(os.environ.get("FAULTS_STEP", "1")), os.environ.get("FAULTS_ONLY", "")
        for kind in ("server", "postgres"):
            for call in CLASSES:
                calls = self.count(kind, call)
                for action in ("EIO", "ENOSPC", "kill", "after"):
                    for number in range(1, calls + 1, step):
                        fault = Fault(kind, call, "", action, number)
                        if only in str(fault):
                            with self.subTest(str(fault)):
                                self.strike(fault)

    def count(self, kind, call):
        """How many calls of a class two seconds of load make."""
        self.assertReturns("before counting")
        workers = self.workers("count")
        self.server.control.arm(Fault(kind, call, "", "EIO", 0))
        for worker in workers:
            worker.start()
        self.server.sql("SELECT pg_switch_wal(); CHECKPOINT")
        time.sleep(2)
        calls = self.server.control.counter
        self.server.control.disarm()
        for worker in workers:
            worker.ending.set()
            worker.join(90)
            worker.client.close()
        return calls


if os.environ.get("FAULTS_FULL"):
    class EveryFaultTests(EveryCall, FaultTests):
        pass
else:
    for number, fault in enumerate(SAMPLE, 1):
        if os.environ.get("FAULTS_ONLY", "") in str(fault):
            words = "".join(one if one.isalnum() else "_" for one in str(fault)).strip("_").replace("__", "_")
            setattr(FaultTests, "test_%02d_%s" % (number, words), test_of(fault))


if __name__ == "__main__":
    unittest.main()
