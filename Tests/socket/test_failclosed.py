"""No receipt, no release: whatever is done to the log, nothing leaves; undone, the service returns by itself."""

import os
import re
import signal
import time
import unittest

import server
from slow import SlowTest
from support import SocketTest, eventually, forget_sessions, phone, unique

CARE = {"purpose": "customer-service"}
# A command may take 10 seconds, a receipt 5; a slow machine some more.
LIMIT = 30


class Trouble:
    """A person with a mark in every field, and what is claimed while the log cannot be written and after."""

    def prepare(self):
        self.mark = unique("Qx") + unique("jw").lower()
        self.person = self.add_person(**{"last-name": self.mark, "note": self.mark, "phone": phone()})
        self.client = self.fresh()
        # Warm: prepared, cached, known.
        for _ in range(3):
            self.assertOK(self.client.call("person.show", id=self.person, **CARE))
        self.persons = int(self.server.sql("SELECT count(*) FROM person"))
        self.client.transcript.clear()

    def commands(self):
        return [
            ("person.show", dict(CARE, id=self.person)), ("person.find", dict(CARE, text=self.mark)),
            ("person.list", dict(CARE, limit=50)), ("person.history", dict(CARE, id=self.person)),
            ("organisation.list", {"limit": 5}), ("whoami", {}),
            ("person.edit", dict(CARE, id=self.person, rev=1, first_name="Uusi")),
            ("person.add", dict(CARE, kind="private", last_name=unique())),
            ("organisation.add", {"name": unique()}),
        ]

    def assertClosed(self, codes=("unavailable/log", "unavailable/db"), client=None):
        """Every command, sent at once, is refused in time, with no row and nothing personal."""
        client = client or self.client
        begin = time.monotonic()
        replies = [(verb, client.submit(verb, **parameters)) for verb, parameters in self.commands()]
        for verb, reply in replies:
            client.wait(reply, timeout=3 * LIMIT)
        took = time.monotonic() - begin
        for verb, reply in replies:
            with self.subTest(verb):
                self.assertEqual(reply.status, "NO", reply)
                self.assertTrue(reply.code in codes or reply.code == "timeout", reply)
                self.assertEqual(reply.rows, [], "data left")
                self.assertIn("rid", reply.object)
        self.assertLess(took, 2 * LIMIT, "refused too late")
        received = "\n".join(line for line in client.transcript if line.startswith("<"))
        self.assertNotIn(self.mark, received)
        self.assertOK(client.call("ping"))

    def assertReturns(self, client=None):
        """The service is back without a restart, and the refused writes were not done."""
        client = client or self.client

        def works():
            return client.call("person.show", id=self.person, **CARE).ok

        self.assertTrue(eventually(works, 150, 0.5), "the service did not return")
        self.assertEqual(int(self.server.sql("SELECT count(*) FROM person")), self.persons, "a refused write was done")
        row = client.call("person.show", id=self.person, **CARE).rows[0]
        self.assertEqual(row["rev"], 1)

        def writes():
            return client.call("organisation.add", name=unique()).ok

        self.assertTrue(eventually(writes, 60, 0.5), "writing did not return")

        def integrated():
            rows = self.session("auditor").call("log.find", person=self.person, newest=True, limit=1)
            return rows.ok and rows.rows

        self.assertTrue(eventually(integrated, 90, 0.5), "the log cannot be asked")

    def around(self, breaking, mending, **options):
        self.addCleanup(self.server.sql, mending, check=False)
        self.server.sql(breaking)
        try:
            self.assertClosed(**options)
        finally:
            self.server.sql(mending)
        self.assertReturns()


class FailClosedTests(Trouble, SocketTest):
    """A server of its own, so that its troubles are nobody else's."""

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

    def setUp(self):
        self.prepare()

    def test_without_the_right_to_insert(self):
        self.around("REVOKE INSERT ON access_intake FROM rekisteri_server",
                    "GRANT INSERT ON access_intake TO rekisteri_server")

    def test_with_the_table_renamed(self):
        self.around("ALTER TABLE access_intake RENAME TO elsewhere", "ALTER TABLE elsewhere RENAME TO access_intake")

    def test_with_a_check_that_nothing_passes(self):
        self.around("ALTER TABLE access_intake ADD CONSTRAINT nothing CHECK (false) NOT VALID",
                    "ALTER TABLE access_intake DROP CONSTRAINT nothing")

    def test_with_the_persons_locked(self):
        holder = self.server.psql("LOCK TABLE person IN ACCESS EXCLUSIVE MODE")
        try:
            reply = self.client.call("person.show", id=self.person, timeout=3 * LIMIT, **CARE)
            self.assertNO(reply, "unavailable/db", "timeout")
            self.assertEqual(reply.rows, [])
        finally:
            holder.stdin.close()
            holder.wait(30)
            holder.stdout.close()
        self.assertReturns()

    def test_with_a_backend_killed(self):
        """PostgreSQL ends every session and recovers; commands meanwhile are refused or done, and never half."""
        postmaster = self.server.postmaster()
        self.server.kill_a_backend()
        self.assertEqual(self.server.postmaster(), postmaster)
        replies = [self.client.submit("person.show", id=self.person, **CARE) for _ in range(20)]
        for reply in replies:
            self.client.wait(reply, timeout=3 * LIMIT)
            self.assertTrue(reply.ok or reply.code == "timeout" or reply.code.startswith("unavailable/"), reply)
            self.assertEqual(bool(reply.rows), reply.ok)
        self.assertReturns()

    def test_every_session_of_the_database_terminated(self):
        self.server.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'rekisteri_server'")
        replies = [self.client.submit("person.show", id=self.person, **CARE) for _ in range(20)]
        for reply in replies:
            self.client.wait(reply, timeout=3 * LIMIT)
            self.assertTrue(reply.ok or reply.code == "timeout" or reply.code.startswith("unavailable/"), reply)
        self.assertReturns()

    def test_log_in_needs_the_log_too(self):
        account = self.server.account("customer-service")
        mending = "GRANT INSERT ON access_intake TO rekisteri_server"
        self.addCleanup(self.server.sql, mending, check=False)
        self.server.sql("REVOKE INSERT ON access_intake FROM rekisteri_server")
        try:
            for wrong in (False, True):
                client = self.connect()
                reply = client.auth(account.name, account.password, wrong=wrong)
                self.assertNO(reply, "unavailable/log", "unavailable/db")
        finally:
            self.server.sql(mending)
        self.assertReturns()

    def test_the_servers_own_words_hold_no_data(self):
        for path in (self.server.output, self.server.errors):
            with open(path, encoding="utf-8", errors="replace") as file:
                text = file.read()
            self.assertNotIn(self.mark, text)
            self.assertFalse(re.search(r"Qx[a-z]+jw[a-z]+", text))


class LongTroubleTests(Trouble, SlowTest):
    """The same where time must pass until it shows or is over."""

    persons = 20

    def slow_with_a_trigger_that_swallows_the_row(self):
        self.around(
            "CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
            "CREATE TRIGGER swallow BEFORE INSERT ON access_intake FOR EACH ROW EXECUTE FUNCTION swallow()",
            "DROP TRIGGER swallow ON access_intake; DROP FUNCTION swallow()")

    def slow_with_a_trigger_that_fails(self):
        self.around(
            "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END';"
            "CREATE TRIGGER fail BEFORE INSERT ON access_intake FOR EACH ROW EXECUTE FUNCTION fail()",
            "DROP TRIGGER fail ON access_intake; DROP FUNCTION fail()")

    def slow_with_a_deferred_trigger_that_fails_at_the_commit(self):
        self.around(
            "CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''late''; END';"
            "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON access_intake DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
            " EXECUTE FUNCTION late()",
            "DROP TRIGGER late ON access_intake; DROP FUNCTION late()")

    def slow_with_a_rule_that_does_nothing(self):
        self.around("CREATE RULE nothing AS ON INSERT TO access_intake DO INSTEAD NOTHING",
                    "DROP RULE nothing ON access_intake")

    def slow_with_the_table_locked(self):
        holder = self.server.psql("LOCK TABLE access_intake IN ACCESS EXCLUSIVE MODE")
        try:
            self.assertClosed()
        finally:
            holder.stdin.close()
            holder.wait(30)
            holder.stdout.close()
        self.assertReturns()

    def slow_with_an_unlogged_table(self):
        """What a crash would lose is no log; told by the check each minute at the latest."""
        mending = "ALTER TABLE access_intake SET LOGGED"
        self.addCleanup(self.server.sql, mending, check=False)
        self.server.sql("ALTER TABLE access_intake SET UNLOGGED")
        try:
            def refused():
                return not self.client.call("person.show", id=self.person, **CARE).ok

            self.assertTrue(eventually(refused, 100, 1), "data is shown on an unlogged log for over a minute")
            self.client.transcript.clear()
            self.assertClosed()
        finally:
            self.server.sql(mending)
        self.assertReturns()

    def slow_with_postgresql_stopped(self):
        pids = self.server.backends()
        for pid in pids:
            try:
                os.kill(pid, signal.SIGSTOP)
            except ProcessLookupError:
                continue
        try:
            self.assertClosed()
        finally:
            for pid in pids:
                try:
                    os.kill(pid, signal.SIGCONT)
                except ProcessLookupError:
                    pass
        self.assertReturns()

    def slow_without_the_sequencers_table(self):
        """The order cannot be written: for a while data may still be shown, since its entries are durable."""
        self.server.sql("REVOKE INSERT ON access_entry, checkpoint FROM rekisteri_server")
        mending = "GRANT INSERT ON access_entry, checkpoint TO rekisteri_server"
        self.addCleanup(self.server.sql, mending, check=False)
        try:
            shown = self.client.call("person.show", id=self.person, **CARE)
            question = self.session("auditor").call("log.find", person=self.person, timeout=3 * LIMIT)
            if shown.ok:
                self.assertFalse(question.ok and len(question.rows) < 2, "the log answers with less than there is")
        finally:
            self.server.sql(mending)
        self.assertReturns()

    def slow_without_the_log_there_is_no_start(self):
        self.client.close()
        forget_sessions(self.own)
        self.own.sql("REVOKE INSERT ON access_intake FROM rekisteri_server")
        self.own.stop()
        with self.assertRaises(RuntimeError) as caught:
            self.own.start()
        self.assertIn("ended", str(caught.exception))


if __name__ == "__main__":
    unittest.main()
