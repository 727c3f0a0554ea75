"""Killed at any moment under load: everybody shown is in the log, nothing acknowledged is lost or done twice."""

import os
import random
import signal
import subprocess
import threading
import time
import unittest

import server
from client import Closed
from support import SocketTest, eventually, forget_sessions, unique

ROUNDS = int(os.environ.get("KILL_ROUNDS", "3"))
WORKERS = 4
CARE = {"purpose": "customer-service"}


class Worker(threading.Thread):
    """Reads and writes until its connection breaks, and remembers what it was told."""

    def __init__(self, client, persons, seed):
        super().__init__()
        self.client, self.persons, self.random = client, persons, random.Random(seed)
        self.session = client.call("whoami").rows[0]["session"]
        self.reads = []
        self.writes = []
        self.fault = None
        self.stop = threading.Event()

    def run(self):
        try:
            while not self.stop.is_set():
                self.turn()
        except (Closed, OSError, TimeoutError):
            pass
        except Exception as error:
            self.fault = repr(error)

    def turn(self):
        """A handful of commands in one go."""
        sent = []
        for _ in range(self.random.randrange(1, 9)):
            kind = self.random.randrange(4)
            if kind == 0:
                sent.append(self.read("person.list", limit=10, after=self.random.choice(self.persons)))
            elif kind == 1:
                sent.append(self.read("person.show", id=self.random.choice(self.persons)))
            else:
                sent.append(self.write())
        for reply in sent:
            self.client.wait(reply, timeout=60)
        time.sleep(0.02)

    def read(self, verb, **parameters):
        reply = self.client.submit(verb, **dict(parameters, **CARE))
        self.reads.append((verb, reply))
        return reply

    def write(self):
        parameters = {"kind": "private", "last-name": unique("Kx") + unique("jw").lower(), "once": unique("k")}
        reply = self.client.submit("person.add", **dict(parameters, **CARE))
        self.writes.append((parameters, reply))
        return reply


class KillTests(SocketTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = server.Server(persons=60)

    @classmethod
    def tearDownClass(cls):
        cls.own.remove()

    @property
    def server(self):
        return self.own

    def test_killed_at_random_under_load(self):
        seed = int(os.environ.get("KILL_SEED", str(random.randrange(1 << 30))))
        chance = random.Random(seed)
        kinds = ["server", "both", "backend", "postmaster"]
        for number in range(ROUNDS):
            with self.subTest(round=number, kind=kinds[number % 4], seed=seed):
                self.round(kinds[number % 4], chance)

    def round(self, kind, chance):
        persons = [row["id"] for row in self.session("customer-service").call("person.list", **CARE).rows]
        workers = [Worker(self.fresh(), persons, chance.random()) for _ in range(WORKERS)]
        for worker in workers:
            worker.start()
        time.sleep(0.5 + 2 * chance.random())
        self.strike(kind)
        fault = None
        if kind == "backend":
            time.sleep(2)
        for worker in workers:
            worker.stop.set()
        if kind != "backend":
            for worker in workers:
                worker.join(90)
            self.server.stop()
            fault = self.start_again()
            forget_sessions(self.server)
        for worker in workers:
            worker.join(90)
            self.assertFalse(worker.is_alive())
            self.assertIsNone(worker.fault)
        self.assertTrue(eventually(self.works, 120, 1), "the service did not come back")
        self.assertGreater(sum(len(worker.writes) for worker in workers), 0)
        self.check_writes(workers)
        self.check_reads(workers)
        self.assertIsNone(fault, "it did not start at once")

    def start_again(self):
        """Starts the server; where only a later try works, gives what the first one said."""
        fault = None
        for _ in range(5):
            try:
                self.server.start()
                return fault
            except RuntimeError as error:
                fault = fault or str(error)[-300:]
                time.sleep(2)
        raise AssertionError("it does not start any more: " + fault)

    def works(self):
        try:
            return self.session("customer-service").call("person.list", limit=1, **CARE).ok
        except (OSError, TimeoutError):
            return False

    def strike(self, kind):
        postmaster = self.server.postmaster()
        if kind == "server":
            self.server.kill()
        elif kind == "both":
            os.kill(postmaster, signal.SIGKILL)
            self.server.kill()
        elif kind == "postmaster":
            os.kill(postmaster, signal.SIGKILL)
            time.sleep(3)
            self.server.kill()
        else:
            self.server.kill_a_backend()

    def ask(self, questions):
        """Many commands in groups under way together; their replies."""
        client, replies = self.session("customer-service"), []
        for start in range(0, len(questions), 40):
            group = [client.submit(verb, **dict(parameters, **CARE)) for verb,
                parameters in questions[start:start + 40]]
            replies += [self.assertOK(client.wait(reply)) for reply in group]
        return replies

    def named(self, writes):
        """For each write the ids of the persons that have its name."""
        replies = self.ask([("person.find", {"text": parameters["last-name"]}) for parameters, _ in writes])
        return [[row["id"] for row in reply.rows if row["name"] == parameters["last-name"]]
                for (parameters, _), reply in zip(writes, replies)]

    def check_writes(self, workers):
        """Acknowledged: there, once. Refused: not there. Not answered: there once after being repeated."""
        writes = [write for worker in workers for write in worker.writes]
        answered = [write for write in writes if write[1].done]
        refused = [write for write in answered if not write[1].ok and not write[1].object.get("unknown")]
        self.assertEqual([ids for ids in self.named(refused) if ids], [], "a refused write was done")
        rest = [write for write in writes if write not in refused]
        before = self.named(rest)
        again = self.ask([("person.add", parameters) for parameters, _ in rest])
        after = self.named(rest)
        for (_, reply), first, repeated, last in zip(rest, before, again, after):
            identity = repeated.rows[0]["id"]
            if reply.done and reply.ok:
                self.assertEqual(first, [reply.rows[0]["id"]], "an acknowledged write is lost")
                self.assertEqual(identity, first[0], "a repeated write was done again")
            else:
                self.assertIn(first, ([], [identity]), "a write was done twice")
            self.assertEqual(last, [identity], "a write was done twice")

    def check_reads(self, workers):
        """Every row that a client received has its entry."""
        logged, after = [], None
        auditor = self.session("auditor")
        while True:
            reply = self.assertOK(auditor.call("log.find", limit=20_000, after=after))
            logged += reply.rows
            if "next" not in reply.object:
                break
            after = reply.object["next"]
        indexes = [row["index"] for row in logged]
        self.assertEqual(indexes, list(range(len(indexes))), "the log has gaps")
        by_request = {(row["rid"], row["person"]) for row in logged}
        by_session = {}
        for row in logged:
            key = (row["session"], row["verb"], row["person"])
            by_session[key] = by_session.get(key, 0) + 1
        for worker in workers:
            shown = {}
            for verb, reply in worker.reads:
                for row in reply.rows:
                    if reply.done:
                        self.assertIn((reply.rid, row["id"]), by_request, "shown and not in the log")
                    shown[(worker.session, verb, row["id"])] = shown.get((worker.session, verb, row["id"]), 0) + 1
            for key, count in shown.items():
                self.assertGreaterEqual(by_session.get(key, 0), count, "shown more often than logged")
            for parameters, reply in worker.writes:
                if reply.done and reply.ok:
                    self.assertIn((reply.rid, reply.rows[0]["id"]), by_request, "a write without entry")


class StopTests(SocketTest):
    def test_sigterm_lets_commands_end_and_stops_postgresql(self):
        own = server.Server(persons=20)
        self.addCleanup(own.remove)
        client = own.client()
        client.say_hello()
        client.login(own.account("customer-service"))
        replies = [client.submit("person.list", **CARE) for _ in range(10)]
        postmaster = own.postmaster()
        client.wait(replies[0])
        status = own.stop()
        self.assertEqual(status, 0)
        self.assertFalse(own._is_ours(postmaster), "PostgreSQL still runs")
        for reply in replies[1:]:
            try:
                client.wait(reply, timeout=5)
                self.assertTrue(reply.ok or reply.code in ("cancelled", "unavailable/db", "auth/expired"), reply)
            except (Closed, OSError):
                pass
        client.close()
        own.start()
        again = own.client()
        again.login(own.account("customer-service"))
        self.assertOK(again.call("person.list", limit=1, **CARE))
        again.close()

    def test_a_second_server_on_the_same_folder_is_refused(self):
        own = server.shared()
        run = subprocess.run(
            [server.binary(), "dev", "--port", "0", "--data", own.data, "--persons", "1"], capture_output=True,
                timeout=60)
        self.assertNotEqual(run.returncode, 0)
        self.assertOK(self.session("customer-service").call("ping"))


if __name__ == "__main__":
    unittest.main()
