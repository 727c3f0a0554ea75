"""Stored rules are not taken on trust (DESIGN.md section 3): rows of accounts, roles, policy, deputies, break-glass,
approvals, quotas and epochs that were changed, written, removed or rolled back by hand stop the server, are named, and
go on only when two administrators and the auditor accept what there is."""

import subprocess
import time
import unittest

import server
from access import ADMIN, AUDITOR, CS, OFFICER, SALES, AccessTest, days
from client import AuthError, Closed
from support import away_from_midnight, eventually, forget_sessions, unique
from test_tamper import with_database

CARE = {"purpose": "customer-service"}
ZERO = "01920000-0000-7000-8000-00000000000%d"


class RulesCase(AccessTest):
    """Changes by hand on a server that is down, and what it says of them."""

    persons = 20

    def down(self):
        if self.server.process is not None:
            self.assertTrue(self.server.database)
            forget_sessions(self.server)
            self.server.stop()

    mending = ""

    def by_hand(self, statement, mending=""):
        """SQL of the database's owner, with the server down; what mends it is run before the next."""
        self.down()
        before, type(self).mending = self.mending, ""
        with_database(self.server, before + statement)
        type(self).mending = mending

    def mend(self):
        """Puts back what was changed by hand, and sees that all is well."""
        if self.mending:
            self.by_hand("SELECT 1")
            status, text = self.check()
            self.assertEqual(status, 0, text)

    def up(self):
        if self.server.process is None:
            self.mend()
            self.server.start()

    def check(self):
        """`rekisterid check`: its exit status and what it prints."""
        run = subprocess.run([server.binary(), "check", "--data", self.server.data], capture_output=True, text=True,
                             timeout=120)
        return run.returncode, run.stdout + run.stderr

    def said(self):
        text = ""
        for path in (self.server.output, self.server.errors):
            with open(path, encoding="utf-8", errors="replace") as file:
                text += file.read()
        return text

    def refuses_to_start(self):
        """Starts the server: it refuses, or lets nobody in; gives what it said."""
        before = len(self.said())
        try:
            self.server.start()
        except RuntimeError:
            self.server.process = None
        else:
            self.assertFalse(self.serves(), "it starts and serves all the same")
            self.server.stop()
        return self.said()[before:]

    def serves(self):
        client = self.server.client()
        try:
            client.login(self.server.account(CS))
            return client.call("person.list", limit=1, **CARE).ok
        except (AuthError, OSError):
            return False
        finally:
            client.close()

    def identity_of(self, name):
        return self.server.sql("SELECT id FROM employee WHERE name = '%s'" % name)


class TamperTests(RulesCase):
    """One of each kind of change, on each table."""

    @classmethod
    def setUpClass(cls):
        away_from_midnight(300)
        super().setUpClass()
        # A deputy, a break-glass that waits for its review, an approval that waits, a raised number, a team.
        self = cls("test_1_untouched_all_is_well")
        try:
            cls.account = self.new_account(SALES, otp=True)
            client = self.log_in(cls.account)
            self.approved(self.admin, self.other_admin, "deputy.add", **{
                "user": self.user_id(SALES), "deputy": cls.account.identity, "from": days()[0],
                "until": days()[1]})
            self.assertOK(self.take(client, cls.account.secret))
            self.assertOK(client.call("breakglass.end"))
            cls.waiting = self.ask(self.admin, "role.grant", user=cls.account.name, role=CS)
            self.give(self.session(OFFICER), self.ask(client, "quota.raise", persons=40, reason="x"))
        finally:
            self.doCleanups()
        cls.cs, cls.analyst = self.identity_of("maija"), self.identity_of("anna")

    def tampered(self, change, mending, *names, start=True):
        """The row is named by `check`, and by the server, which refuses to start."""
        self.by_hand(change + ";", mending + ";")
        status, text = self.check()
        self.assertEqual(status, 1, text)
        for name in names:
            self.assertIn(name, text, "check does not name the row: " + text)
        if start:
            said = self.refuses_to_start()
            for name in names:
                self.assertIn(name, said, "the server does not name the row: " + said[-1500:])

    def tearDown(self):
        self.mend()

    def changed(self, table, column, value, where, names=None, start=False):
        """A column set to something else, and back."""
        key = "epoch" if table == "access_epoch" else "id"
        self.tampered(
            "DROP TABLE IF EXISTS public.saved_row; CREATE TABLE public.saved_row AS SELECT * FROM {0} WHERE {1};"
            " UPDATE {0} SET {2} = {3} WHERE {1}".format(table, where, column, value),
            "UPDATE %s t SET %s = s.%s FROM public.saved_row s WHERE s.%s = t.%s;"
            " DROP TABLE public.saved_row" % (table, column, column, key, key), *(names or ()), start=start)

    def removed(self, table, where, *names, start=False):
        """A row taken away, and put back."""
        self.tampered(
            "DROP TABLE IF EXISTS public.saved_row; CREATE TABLE public.saved_row AS SELECT * FROM {0} WHERE {1};"
            " DELETE FROM {0} WHERE {1}".format(table, where),
            "INSERT INTO %s SELECT * FROM public.saved_row; DROP TABLE public.saved_row" % table, *names, start=start)

    def first(self, table, where="true", column="id"):
        """The first row's key, asked while the server runs."""
        self.up()
        return self.server.sql("SELECT %s FROM %s WHERE %s ORDER BY 1 LIMIT 1" % (column, table, where))

    def test_1_untouched_all_is_well(self):
        self.up()
        self.assertTrue(self.serves())
        self.down()
        status, text = self.check()
        self.assertEqual(status, 0, text)
        self.assertIn("rules: ok", text)

    def test_2_employee(self):
        for column, value in (("disabled", "true"), ("team", "'muu'"), ("unix_user", "'mallory'"),
                              ("certificate", "decode(repeat('ab', 32), 'hex')"), ("same_as", "NULL"),
                              ("full_name", "'Toinen Nimi'"), ("one_time_seed", "NULL"),
                              ("verifier", "(SELECT verifier FROM employee WHERE name = 'sami')")):
            where = "id = '%s'" % self.cs
            if column == "same_as":
                value = "'%s'" % self.analyst
            if column == "one_time_seed":
                where = "id = '%s'" % self.account.identity
            with self.subTest(column):
                self.changed("employee", column, value, where, [where[6:-1]], start=column == "team")

    def test_2_an_employee_written_by_hand(self):
        self.tampered(
            "INSERT INTO employee (id, rev, name, full_name, disabled, verifier, epoch, mac) SELECT '%s', 1, 'mallory',"
            " 'Mallory', false, verifier, epoch, mac FROM employee WHERE id = '%s'" % (ZERO % 2, self.cs),
            "DELETE FROM employee WHERE id = '%s'" % (ZERO % 2), ZERO % 2)

    def test_3_roles(self):
        self.tampered(
            "INSERT INTO employee_role SELECT '%s', role, epoch, mac FROM employee_role WHERE employee = '%s'" % (
                self.analyst, self.cs),
            "DELETE FROM employee_role WHERE employee = '%s' AND role <> 4" % self.analyst, self.analyst, start=True)
        self.removed("employee_role", "employee = '%s'" % self.cs, self.cs, start=True)
        self.tampered("UPDATE employee_role SET role = 5 WHERE employee = '%s'" % self.cs,
                      "UPDATE employee_role SET role = 1 WHERE employee = '%s'" % self.cs, self.cs)

    def test_4_policy(self):
        identity = self.first("policy_grant", "role = 2 AND object = 'contact' AND action = 'read'")
        for column, value in (("scope", "1"), ("role", "4"), ("purposes", "purposes | 8"), ("effect", "2"),
                              ("until_epoch", "1")):
            with self.subTest(column):
                self.changed("policy_grant", column, value, "id = '%s'" % identity, [identity],
                             start=column == "scope")
        self.removed("policy_grant", "id = '%s'" % identity, identity, start=True)
        self.tampered(
            "INSERT INTO policy_grant (id, role, object, action, effect, kinds, fields, purposes, scope, since_epoch,"
            " until_epoch, mac) SELECT '%s', 4, object, action, effect, kinds, fields, purposes, scope, since_epoch,"
            " until_epoch, mac FROM policy_grant WHERE id = '%s'" % (ZERO % 3, identity),
            "DELETE FROM policy_grant WHERE id = '%s'" % (ZERO % 3), ZERO % 3)

    def test_5_deputies(self):
        identity = self.first("deputy")
        self.assertTrue(identity)
        for column, value in (("until_day", "until_day + 1"), ("deputy", "'%s'" % self.analyst)):
            with self.subTest(column):
                self.changed("deputy", column, value, "id = '%s'" % identity, [identity], start=column == "deputy")
        self.removed("deputy", "id = '%s'" % identity, identity, start=True)
        self.tampered(
            "INSERT INTO deputy (id, employee, deputy, from_day, until_day, epoch, mac) SELECT '%s', employee, '%s',"
            " from_day, until_day, epoch, mac FROM deputy WHERE id = '%s'" % (ZERO % 4, self.analyst, identity),
            "DELETE FROM deputy WHERE id = '%s'" % (ZERO % 4), ZERO % 4)

    def test_6_break_glass(self):
        identity = self.first("break_glass")
        for column, value in (("ended_at", "NULL"), ("until_at", "until_at + interval '1 day'"), ("verdict", "1"),
                              ("due_at", "due_at + interval '1 year'"), ("session", "'%s'" % (ZERO % 5))):
            with self.subTest(column):
                self.changed("break_glass", column, value, "id = '%s'" % identity, [identity],
                             start=column == "ended_at")
        self.removed("break_glass", "id = '%s'" % identity, identity, start=True)

    def test_7_approvals(self):
        identity = self.waiting
        for column, value in (("state", "2"), ("requester", "'%s'" % self.analyst),
                              ("expires_at", "expires_at + interval '1 year'"),
                              ("digest", "decode(repeat('00', 32), 'hex')"),
                              ("approver", "'%s'" % self.analyst), ("barred", "'%s'" % self.analyst)):
            with self.subTest(column):
                self.changed("approval", column, value, "id = '%s'" % identity, [identity], start=column == "state")
        self.removed("approval", "id = '%s'" % identity, identity, start=True)

    def test_8_quotas(self):
        identity = self.first("quota")
        self.changed("quota", "persons", "100000", "id = '%s'" % identity, [identity], start=True)
        self.removed("quota", "id = '%s'" % identity, identity)

    def test_9_epochs(self):
        last = self.first("access_epoch", column="max(epoch)")
        for column, value in (("digest", "decode(repeat('00', 32), 'hex')"), ("changes", "NULL"),
                              ("at", "at - interval '1 day'"), ("employee", "NULL")):
            with self.subTest(column):
                self.changed("access_epoch", column, value, "epoch = %s" % last, [last], start=column == "digest")
        self.removed("access_epoch", "epoch = %s" % last, start=True)
        self.removed("access_epoch", "epoch = 1")

    def test_a_row_rolled_back_is_named(self):
        """An older state of one row is right in itself; the epochs tell that it changed since."""
        self.up()
        target = self.new_account(SALES)
        self.server.sql(
            "CREATE TABLE public.old_role AS SELECT * FROM employee_role WHERE employee = '{0}';"
            "CREATE TABLE public.old_employee AS SELECT * FROM employee WHERE id = '{0}'".format(target.identity))
        self.assertOK(self.admin.call("role.revoke", user=target.name, role=SALES))
        self.tampered("INSERT INTO employee_role SELECT * FROM public.old_role",
                      "DELETE FROM employee_role WHERE employee = '%s'" % target.identity, target.identity, start=True)
        self.up()
        self.assertOK(self.admin.call("user.disable", id=target.identity))
        self.server.sql("CREATE TABLE public.new_employee AS SELECT * FROM employee WHERE id = '%s'" % target.identity)
        back = ("DELETE FROM employee WHERE id = '%s'; INSERT INTO employee SELECT * FROM public.%s_employee")
        self.tampered(back % (target.identity, "old"), back % (target.identity, "new"), target.identity, start=True)

    def test_b_all_rolled_back_together_is_found(self):
        """Every table of the rules as it was, epochs included: the log knows a later epoch."""
        self.up()
        tables = ("employee", "employee_role", "deputy", "approval", "quota", "access_epoch", "policy_grant",
                  "break_glass")
        self.server.sql("CREATE SCHEMA rolled; " + "".join(
            "CREATE TABLE rolled.%s AS TABLE %s;" % (name, name) for name in tables))
        name = self.server.account("marketing").name
        self.assertOK(self.admin.call("role.revoke", user=name, role="marketing"))
        # The log is a moment behind.
        self.assertOK(self.session(AUDITOR).call("log.find", limit=1, newest=True))
        self.down()
        order = "SET session_replication_role = replica; "
        keep = "CREATE SCHEMA later; " + "".join("CREATE TABLE later.%s AS TABLE %s;" % (one, one) for one in tables)
        put = lambda schema: order + "".join(
            "DELETE FROM {0}; INSERT INTO {0} SELECT * FROM {1}.{0};".format(one, schema) for one in tables)
        self.tampered(keep + put("rolled"), put("later"), start=True)
        self.up()
        self.assertTrue(self.serves())


class RunningTests(RulesCase):
    """What is done by hand while the server runs."""

    def test_it_is_noticed_within_a_minute_and_named(self):
        client = self.fresh()
        self.assertOK(client.call("person.list", limit=1, **CARE))
        user = self.identity_of("anna")
        self.server.sql("UPDATE employee SET full_name = 'Toinen Nimi' WHERE id = '%s'" % user)
        begin = time.monotonic()

        def refused():
            try:
                return not client.call("person.list", limit=1, **CARE).ok
            except (Closed, OSError):
                return True

        self.assertTrue(eventually(refused, 75, 1), "it goes on serving")
        self.assertLess(time.monotonic() - begin, 65)
        self.assertTrue(eventually(lambda: user in self.said()), self.said())
        for role in (CS, ADMIN, AUDITOR):
            other = self.server.client()
            try:
                other.login(self.server.account(role))
                for verb, parameters in (("person.list", CARE), ("user.list", {}), ("log.find", {"limit": 1})):
                    self.assertEqual(other.call(verb, **parameters).rows, [])
            except (AuthError, OSError):
                pass
            finally:
                other.close()

    def test_it_is_noticed_at_the_next_change(self):
        own = server.Server(persons=10)
        try:
            type(self).own, before = own, self.own
            client, admin = self.fresh(), self.admin
            user = self.identity_of("anna")
            own.sql("UPDATE policy_grant SET scope = 1 WHERE role = 2 AND object = 'contact' AND action = 'read'")
            admin.call("user.add", name=unique("u").lower(), full_name="Testi T")
            self.assertTrue(eventually(lambda: not client.call("person.list", limit=1, **CARE).ok, 60, 0.25))
            self.assertTrue(user)
        finally:
            forget_sessions(own)
            type(self).own = before
            own.remove()


class ReviewTests(RulesCase):
    """`--review-rules`: two administrators and the auditor look at what there is and accept it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not server.knows("--review-rules"):
            raise AssertionError("rekisterid dev does not know --review-rules")

    def setUp(self):
        """A role by hand, and a server that was started to review it."""
        if self.server.process is None:
            self.server.options = []
            self.server.start()
        self.analyst = self.identity_of("anna")
        # Administrators without one-time passwords log in as often as the tests like.
        self.one, self.two = self.new_account(ADMIN), self.new_account(ADMIN)
        forget_sessions(self.server)
        self.addCleanup(self.undo)
        self.by_hand("UPDATE employee SET full_name = 'Mallory' WHERE id = '%s'" % self.analyst)
        self.review()

    def review(self):
        self.server.options = ["--review-rules"]
        self.server.start()
        self.server.options = []

    def undo(self):
        forget_sessions(self.server)
        self.server.remove()
        type(self).own = server.Server(persons=self.persons)

    def auditor(self):
        return self.log_in(self.server.account(AUDITOR))

    def accept(self, client):
        """An administrator accepts; the auditor agrees to what is listed, or accepts where nothing is."""
        listed = client.call("approval.list").rows if client.user == self.server.account(AUDITOR).name else []
        for row in listed:
            return client.call("approval.give", id=row["id"])
        return client.call("policy.accept")

    def accepted(self, *clients):
        """Each accepts in turn; gives the last answer."""
        reply = None
        for client in clients:
            reply = self.accept(client)
        return reply

    def restarts(self):
        self.down()
        self.server.start()
        return self.serves()

    def still_refuses(self):
        self.down()
        status, text = self.check()
        self.assertEqual(status, 1, text)
        self.refuses_to_start()

    def test_two_administrators_and_the_auditor_accept(self):
        one, two, auditor = self.log_in(self.one), self.log_in(self.two), self.auditor()
        for client in (one, two):
            reply = self.assertOK(self.accept(client), "pending/approval")
            self.assertIn(self.analyst, str(reply.rows), "the row is not shown")
        self.assertIn(self.analyst, str(auditor.call("approval.list").rows))
        self.assertOK(self.accept(auditor))
        self.assertTrue(self.serves(), "it does not go on")
        self.assertTrue(self.restarts())
        self.assertEqual(self.account_row(self.analyst)["full-name"], "Mallory")
        found = []
        for verb in ("policy.accept", "approval.give"):
            found += self.assertOK(self.session(AUDITOR).call("log.find", verb=verb, newest=True, limit=20)).rows
        names = {self.one.name, self.two.name, self.server.account(AUDITOR).name}
        self.assertTrue(names <= {row["user-name"] for row in found if row["outcome"] == "ok"}, found)

    def test_in_any_order(self):
        self.assertOK(self.accepted(self.log_in(self.one), self.auditor(), self.log_in(self.two)))
        self.assertTrue(self.restarts())

    def test_one_administrator_twice_does_not_do(self):
        self.accepted(self.log_in(self.one), self.log_in(self.one), self.auditor())
        self.still_refuses()

    def test_two_administrators_without_the_auditor_do_not_do(self):
        self.accepted(self.log_in(self.one), self.log_in(self.two))
        self.still_refuses()

    def test_an_officer_cannot(self):
        self.accepted(self.log_in(self.one), self.auditor())
        try:
            self.assertFalse(self.accept(self.log_in(self.server.account(OFFICER))).ok)
        except (AuthError, OSError):
            pass
        self.still_refuses()

    def test_nothing_else_is_served(self):
        one, auditor = self.log_in(self.one), self.auditor()
        for client in (one, auditor):
            for verb, parameters in (
                    ("person.list", {"purpose": "customer-service"}), ("organisation.list", {}),
                    ("user.add", {"name": "mallory", "full-name": "M M"}), ("keys.verify", {}),
                    ("role.revoke", {"user": "maija", "role": CS}), ("log.find", {"limit": 1})):
                reply = client.call(verb, **parameters)
                self.assertFalse(reply.ok, (verb, reply))
                self.assertEqual(reply.rows, [])
        self.assertFalse(self.serves())

    def test_a_change_after_the_first_acceptance_is_not_accepted(self):
        """What was accepted is what was there: a row changed in between needs all three anew."""
        self.accepted(self.log_in(self.one))
        self.server.sql("UPDATE employee SET full_name = 'Mallory Toinen' WHERE id = '%s'" % self.analyst)
        self.accepted(self.log_in(self.two), self.auditor())
        self.still_refuses()

    def test_a_forged_account_cannot_take_part(self):
        """A role of an administrator written by hand, for one who knows the password of another account."""
        self.by_hand(
            "INSERT INTO employee_role SELECT '%s', 6, epoch, mac FROM employee_role WHERE role = 6 LIMIT 1;"
            "DELETE FROM employee_role WHERE employee = '%s' AND role <> 6" % (self.analyst, self.analyst))
        self.review()
        client = self.server.client()
        self.addCleanup(client.close)
        account = self.server.account("analyst")
        try:
            client.login(account)
            self.assertFalse(self.accept(client).ok, "a forged administrator accepts")
        except (AuthError, OSError):
            pass
        self.accepted(self.log_in(self.one), self.auditor())
        self.still_refuses()


if __name__ == "__main__":
    unittest.main()
