"""What the tests of access share: accounts made by two administrators, approvals, events, break-glass."""

import datetime
import os
import re
import threading
import time

import server
from client import await_code, next_step, one_time_code
from support import OwnServerTest, eventually, forget_sessions, unique
from test_secrets import forms

CS, SALES, MARKETING, ANALYST, OFFICER, ADMIN, AUDITOR = (
    "customer-service", "sales", "marketing", "analyst", "privacy-officer", "administrator", "auditor")
READERS = (CS, SALES, MARKETING, ANALYST, OFFICER)
NOT_YOURS = ("denied/approval", "denied/role", "notfound")


def days(ahead=7):
    """Today (UTC) and a day to come."""
    today = datetime.datetime.now(datetime.timezone.utc).date()
    return today.isoformat(), (today + datetime.timedelta(days=ahead)).isoformat()


class AccessTest(OwnServerTest):
    """A class of tests with a server of its own, started with `options`."""

    persons = 12

    # Approvals

    def ask(self, client, verb, /, **parameters):
        """Sends what needs a second person; gives the approval's id."""
        reply = self.assertOK(client.call(verb, **parameters), "pending/approval")
        self.assertEqual(reply.rows, [], "rows before the approval")
        return reply.object["approval"]

    def give(self, client, identity):
        """Gives an approval; gives the state that it says, and the executed command's rows."""
        reply = self.assertOK(client.call("approval.give", id=identity))
        self.assertTrue(reply.rows, reply)
        self.assertEqual(reply.rows[0]["id"], identity)
        self.assertIn(reply.rows[0]["state"], ("approved", "executed"))
        return reply.rows[0]["state"], reply.rows[1:]

    def approved(self, client, approver, verb, /, feeds=None, **parameters):
        """A command from its asking to its execution; gives its rows, by whichever hand they came."""
        reply = self.assertOK(client.call(verb, feeds=feeds, **parameters), "pending/approval")
        identity = reply.object["approval"]
        state, rows = self.give(approver, identity)
        if state == "executed":
            return rows
        again = client.call(verb, feeds=feeds, approval=identity, **parameters)
        self.assertEqual(again.status, "OK", again)
        self.assertNotEqual(again.code, "pending/approval", again)
        return again.rows

    def listed(self, client):
        """The approvals that a session sees, by id."""
        found, after = {}, {}
        while True:
            reply = self.assertOK(client.call("approval.list", **after))
            found.update((row["id"], row) for row in reply.rows)
            if "next" not in reply.object:
                return found
            after = {"after": reply.object["next"]}

    # The policy

    def policy_text(self):
        """The whole policy as policy.set takes it."""
        rows = self.assertOK(self.session(AUDITOR).call("policy.show", format="text")).rows
        return "\n".join(row["text"] for row in rows) + "\n"

    def widen_to_team(self, role, category):
        """Lets a role read a category of the customers of its team, by two administrators."""
        text = self.policy_text()
        edited = re.sub(r"(?m)^(allow +%s +read +%s +.*)scope=assigned" % (role, category), r"\1scope=team", text)
        self.assertNotEqual(edited, text)
        asked = self.assertOK(self.admin.call("policy.set", text=edited), "pending/approval")
        self.assertEqual(sorted(row["change"] for row in asked.rows), ["+", "-"])
        self.give(self.other_admin, asked.object["approval"])
        self.assertEqual(self.policy_text().count("scope=team"), edited.count("scope=team"))

    # Accounts

    @property
    def admin(self):
        return self.session(ADMIN)

    @property
    def other_admin(self):
        return self.session(ADMIN, 1)

    def new_account(self, *roles, **more):
        """A new employee, made by one administrator and approved by another; `identity` is the account's id."""
        name = more.pop("name", None) or unique("u").lower()
        more.setdefault("full-name", unique("Etu") + " " + unique("Suku"))
        parameters = dict(more, name=name)
        if roles:
            parameters["roles"] = ",".join(roles)
            rows = self.approved(self.admin, self.other_admin, "user.add", **parameters)
        else:
            rows = self.assertOK(self.admin.call("user.add", **parameters)).rows
        account = server.Account(name, rows[0]["password"], list(roles), rows[0].get("one-time-secret"))
        account.identity = rows[0]["id"]
        return account

    def log_in(self, account, **options):
        """A session of an account, closed after the test."""
        await_code(account.secret)
        client = self.server.client(**options)
        self.addCleanup(client.close)
        client.say_hello()
        return client.login(account)

    def newcomer(self, *roles, **more):
        """A new employee, logged in."""
        account = self.new_account(*roles, **more)
        client = self.log_in(account)
        client.account = account
        return client

    def identity(self, client):
        return client.call("whoami").rows[0]["user"]

    def everybody(self, client=None):
        """The rows of all accounts."""
        client, rows, after = client or self.session(AUDITOR), [], None
        while True:
            reply = self.assertOK(client.call("user.list", limit=50, after=after))
            rows += reply.rows
            after = reply.object.get("next")
            if not after:
                return rows

    def account_row(self, identity, client=None):
        """An account's row by its id or log-in name, or None."""
        return next((row for row in self.everybody(client) if identity in (row["id"], row["name"])), None)

    def roles_of(self, name, client=None):
        row = self.account_row(name, client)
        return sorted(row["roles"]) if row else None

    # Events

    def watching(self, client):
        self.assertOK(client.call("watch"))
        client.events.clear()
        return client

    def event(self, client, seconds=60, **wanted):
        """The first event with these members; fails where none comes."""
        def look():
            client.call("ping")
            for one in client.events:
                if all(one.get(key) == value for key, value in wanted.items()):
                    return one
            return None

        found = eventually(look, seconds, 0.05)
        self.assertTrue(found, "no event %r among %r" % (wanted, client.events))
        return found

    # The second factor

    def code_for(self, secret):
        return one_time_code(secret, next_step(secret))

    def enrol(self, client):
        """Gives a session's user a one-time password; gives its secret."""
        reply = client.submit("session.otp")
        self.assertEqual(client.next_need(reply), {"need": "otp", "for": "new"})
        secret = reply.rows[0]["secret"]
        client.feed(reply, {"otp": self.code_for(secret)})
        self.assertOK(client.wait(reply))
        return secret

    def take(self, client, secret, reason="hätä puhelimessa", minutes=10, code=None):
        """breakglass.take with its one-time password; gives the reply."""
        reply = client.submit("breakglass.take", reason=reason, minutes=minutes)
        need = client.next_need(reply)
        if need is None:
            return reply
        self.assertEqual(need, {"need": "otp"})
        client.feed(reply, {"otp": code or self.code_for(secret)})
        while not reply.done:
            client.step()
        return reply

    # At once

    def at_once(self, *works):
        """Runs functions at the same time, each in a thread of its own; gives what they return, in their order."""
        barrier = threading.Barrier(len(works))
        results = [None] * len(works)

        def run(index, work):
            try:
                barrier.wait(30)
                results[index] = work()
            except Exception as error:
                results[index] = error

        threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(900)
        self.assertFalse(any(thread.is_alive() for thread in threads), "they do not end")
        for result in results:
            if isinstance(result, Exception):
                raise result
        return results

    def again(self, kill=False):
        """Ends the server and starts it again."""
        forget_sessions(self.server)
        if kill:
            self.server.kill()
        else:
            self.server.stop()
        self.server.start()

    # Not in clear

    def nowhere(self, *marks):
        """Nothing of the marks lies in the database's files, in a dump of it, or in any other file of the server."""
        self.server.sql("CHECKPOINT")
        time.sleep(1)
        wanted = {form for mark in marks for form in forms(mark)}
        dump = self.server.dump()
        found = [("pg_dump", form) for form in wanted if form in dump]
        for folder, _, names in os.walk(self.server.folder):
            for path in (os.path.join(folder, name) for name in names):
                if os.path.isfile(path) and not os.path.islink(path):
                    data = self.read_bytes(path)
                    found += [(path, form) for form in wanted if form in data]
        self.assertEqual(found, [])

    def read_bytes(self, path):
        try:
            with open(path, "rb") as file:
                return file.read()
        except FileNotFoundError:
            return b""
