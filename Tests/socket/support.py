"""What the tests share: sessions of the demonstration users, made-up data, questions to the log."""

import atexit
import os
import random
import re
import time
import unittest
import uuid

import server
from client import AuthError, Closed, Violation, await_code

PURPOSE = {
    "customer-service": "customer-service", "sales": "sales", "marketing": "marketing", "analyst": "analysis",
    "privacy-officer": "data-subject-rights", "administrator": None, "auditor": None,
}
ROLES = list(PURPOSE)
UUID7 = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$")
KEBAB = re.compile(r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")
DAY = re.compile(r"^\d{4}-\d\d-\d\d$")

_sessions = {}
atexit.register(lambda: [client.close() for client in _sessions.values()])
_random = random.Random(os.urandom(8))


def unique(prefix="T"):
    """A word that stands nowhere else, of letters only."""
    return prefix + "".join(_random.choice("bcdfghjklmnprstv") + _random.choice("aeiouy") for _ in range(7))


def phone():
    """A number of the area 049, which is not given to subscribers."""
    return "+35849%07d" % _random.randrange(8_000_000, 9_000_000)


def business_id():
    """A valid business id above all that are issued."""
    while True:
        digits = "%07d" % _random.randrange(5_600_000, 9_999_999)
        rest = sum(int(digit) * weight for digit, weight in zip(digits, (7, 9, 10, 5, 8, 4, 2))) % 11
        if rest != 1:
            return "%s-%d" % (digits, 0 if rest == 0 else 11 - rest)


class SocketTest(unittest.TestCase):
    """A test against the suite's server."""

    maxDiff = 4000

    @classmethod
    def setUpClass(cls):
        import slow

        slow.begin()

    @property
    def server(self):
        return server.shared()

    # Sessions

    def session(self, role, number=0):
        """A session of the nth demonstration user with a role, shared by all tests and kept open."""
        key = (self.server, role, number)
        client = _sessions.get(key)
        if client is not None:
            try:
                if client.call("ping").ok:
                    client.transcript.clear()
                    return client
            except (OSError, Violation):
                client.close()
        client = self.fresh(role, number, cleanup=False)
        _sessions[key] = client
        return client

    def fresh(self, role="customer-service", number=0, cleanup=True, **options):
        """A new session, closed after the test."""
        account = self.server.account(role, number)
        await_code(account.secret)
        client = self.server.client(**options)
        client.say_hello()
        client.login(account)
        if cleanup:
            self.addCleanup(client.close)
        return client

    def connect(self, **options):
        """A connection before log-in, closed after the test."""
        client = self.server.client(**options)
        self.addCleanup(client.close)
        return client

    def plain_account(self):
        """A demonstration user without one-time password: logs in as often as the test likes."""
        for account in self.server.accounts:
            if not account.secret:
                return account
        self.skipTest("every demonstration user has a one-time password")

    def user_id(self, role, number=0):
        return self.session(role, number).call("whoami").rows[0]["user"]

    # Claims

    def assertOK(self, reply, code="done"):
        self.assertEqual((reply.status, reply.code), ("OK", code), reply)
        return reply

    def assertNO(self, reply, *codes):
        self.assertEqual(reply.status, "NO", reply)
        self.assertIn(reply.code, codes, reply)
        return reply

    def assertBAD(self, reply, *codes):
        self.assertEqual(reply.status, "BAD", reply)
        self.assertIn(reply.code, codes, reply)
        return reply

    def assertCloses(self, client, timeout=20):
        """The server closes; gives the lines that came before."""
        try:
            return client.read_to_end(timeout)
        except TimeoutError:
            self.fail("the server did not close the connection")

    # Data

    def add_organisation(self, name=None, **parameters):
        reply = self.session("customer-service").call(
            "organisation.add", name=name or unique("Yritys") + " Oy", **parameters)
        self.assertOK(reply)
        return reply.rows[0]["id"]

    def add_person(self, kind="private", **parameters):
        """A person; a contact person gets an organisation where none is named."""
        parameters.setdefault("last-name", unique("Suku"))
        if kind == "contact":
            parameters.setdefault("organisation", None)
            parameters["organisation"] = parameters["organisation"] or self.add_organisation()
        reply = self.session("customer-service").call(
            "person.add", kind=kind, purpose="customer-service", **parameters)
        self.assertOK(reply)
        return reply.rows[0]["id"]

    def show(self, person, role="customer-service", number=0, **parameters):
        return self.session(role, number).call(
            "person.show", id=person, purpose=PURPOSE[role], **parameters)

    def row(self, person, role="customer-service", number=0):
        reply = self.show(person, role, number)
        self.assertOK(reply)
        self.assertEqual(len(reply.rows), 1)
        return reply.rows[0]

    def entries(self, reply, limit=400, **filters):
        """What a reply's request left in the log: its rows, by the request id."""
        found = self.session("auditor").call("log.find", newest=True, limit=limit, **filters)
        self.assertOK(found)
        return [row for row in found.rows if row["rid"] == reply.rid]

    def entry(self, reply, **filters):
        found = self.entries(reply, **filters)
        self.assertEqual(len(found), 1, "entries in the log for %r: %r" % (reply, found))
        return found[0]


def forget_sessions(own):
    """Closes the shared sessions with a server."""
    for key in [key for key in _sessions if key[0] is own]:
        _sessions.pop(key).close()


def eventually(question, seconds=60, pause=0.25):
    """The first true answer, or the last one."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            answer = question()
        except (AuthError, Closed, ConnectionError, TimeoutError):
            answer = None
        if answer or time.monotonic() > deadline:
            return answer
        time.sleep(pause)


def away_from_midnight(seconds):
    """Waits for the next day (UTC) where this one has fewer seconds left."""
    left = 86400 - time.time() % 86400
    if left < seconds:
        time.sleep(left + 1)


def new_id():
    """A well-formed id that nothing has."""
    value = uuid.uuid4().int & ~(0xF << 76) | 7 << 76
    return str(uuid.UUID(int=value))


class OwnServerTest(SocketTest):
    """A test against a server of its class's own."""

    persons = 2
    options = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        missing = [one for one in cls.options if one.startswith("--") and not server.knows(one)]
        if missing:
            raise AssertionError("rekisterid dev does not know " + ", ".join(missing))
        cls.own = server.Server(persons=cls.persons, options=cls.options)

    @classmethod
    def tearDownClass(cls):
        forget_sessions(cls.own)
        cls.own.remove()

    @property
    def server(self):
        return self.own
