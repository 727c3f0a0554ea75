"""Stored rules are not taken on trust: what was written past the server makes it refuse and say which row."""

import glob
import os
import subprocess
import tempfile
import time
import unittest

import server
from client import AuthError
from support import SocketTest, eventually, forget_sessions, unique

CARE = {"purpose": "customer-service"}


class TamperTests(SocketTest):
    """Each changes one row as the database's owner, waits for the refusal, and puts it back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = server.Server(persons=30)

    @classmethod
    def tearDownClass(cls):
        cls.own.remove()

    @property
    def server(self):
        return self.own

    def tampered(self, change, mending, names):
        """Started over a changed row, the server refuses to serve, and names the row."""
        before = len(self.said())
        self.server.sql(change)
        forget_sessions(self.server)
        self.server.stop()
        try:
            try:
                self.server.start()
            except RuntimeError as error:
                self.assertIn("ended", str(error))
            else:
                self.assertFalse(self.serves(), "it starts and serves all the same")
            said = self.said()[before:]
            for name in names:
                self.assertIn(name, said, "the row is not named")
        finally:
            self.mend(mending)
        self.assertTrue(self.serves())

    def serves(self):
        """Whether anybody gets in and is shown a person."""
        client = self.server.client()
        try:
            client.login(self.server.account("customer-service"))
            return client.call("person.list", limit=1, **CARE).ok
        except (AuthError, OSError):
            return False
        finally:
            client.close()

    def test_a_row_changed_under_a_running_server_is_noticed_at_the_next_change_of_the_rules(self):
        client, admin = self.fresh(), self.session("administrator")
        self.assertOK(client.call("person.list", limit=1, **CARE))
        user = self.server.sql("SELECT id FROM employee WHERE name = '%s'" % self.server.account("analyst").name)
        self.server.sql(
            "INSERT INTO employee_role SELECT '%s', role, epoch, mac FROM employee_role WHERE role <> 4 LIMIT 1" % user)
        try:
            change = admin.call("user.add", name=unique().lower(), full_name="Testi")

            def refused():
                return not client.call("person.list", limit=1, **CARE).ok

            self.assertTrue(eventually(refused, 60, 0.5), "it goes on serving; the change itself: %r" % change)
            self.assertTrue(eventually(lambda: user in self.said()), "the row is not named")
        finally:
            self.server.sql("DELETE FROM employee_role WHERE employee = '%s' AND role <> 4" % user)
            client.close()
            forget_sessions(self.server)
            self.server.stop()
            self.server.start()

    def said(self):
        text = ""
        for path in (self.server.output, self.server.errors):
            with open(path, encoding="utf-8", errors="replace") as file:
                text += file.read()
        return text

    def mend(self, statement):
        """Puts the row back, through a PostgreSQL of our own hands when the server is down."""
        if self.server.process is None or self.server.process.poll() is not None:
            with_database(self.server, statement)
            self.server.start()
        else:
            self.server.sql(statement)

    def test_an_employee_enabled_by_hand(self):
        name = self.server.account("customer-service").name
        identity = self.server.sql("SELECT id FROM employee WHERE name = '%s'" % name)
        self.tampered("UPDATE employee SET disabled = true WHERE name = '%s'" % name,
                      "UPDATE employee SET disabled = false WHERE name = '%s'" % name, [identity])

    def test_a_password_verifier_of_another(self):
        one, two = self.server.account("customer-service").name, self.server.account("sales").name
        identity = self.server.sql("SELECT id FROM employee WHERE name = '%s'" % two)
        old = self.server.sql("SELECT encode(verifier, 'hex') FROM employee WHERE name = '%s'" % two)
        self.tampered(
            "UPDATE employee SET verifier = (SELECT verifier FROM employee WHERE name = '%s')"
            " WHERE name = '%s'" % (one, two),
            "UPDATE employee SET verifier = decode('%s', 'hex') WHERE name = '%s'" % (old, two), [identity])

    def test_a_role_given_by_hand(self):
        user = self.server.sql("SELECT id FROM employee WHERE name = '%s'" % self.server.account("analyst").name)
        self.tampered(
            "INSERT INTO employee_role SELECT '%s', role, epoch, mac FROM employee_role LIMIT 1" % user,
            "DELETE FROM employee_role r WHERE employee = '%s' AND role <> 4" % user, [user])

    def test_a_role_taken_by_hand(self):
        user = self.server.sql("SELECT id FROM employee WHERE name = '%s'" % self.server.account("analyst").name)
        row = self.server.sql(
            "SELECT role || ',' || epoch || ',decode(''' || encode(mac, 'hex') || ''',''hex'')' FROM employee_role"
            " WHERE employee = '%s'" % user)
        self.tampered("DELETE FROM employee_role WHERE employee = '%s'" % user,
                      "INSERT INTO employee_role VALUES ('%s', %s)" % (user, row), [])

    def test_a_grant_widened_by_hand(self):
        identity = self.server.sql(
            "SELECT id FROM policy_grant WHERE role = 2 AND scope = (SELECT max(scope) FROM policy_grant) LIMIT 1")
        old = self.server.sql("SELECT scope FROM policy_grant WHERE id = '%s'" % identity)
        other = self.server.sql("SELECT min(scope) FROM policy_grant")
        self.tampered("UPDATE policy_grant SET scope = %s WHERE id = '%s'" % (other, identity),
                      "UPDATE policy_grant SET scope = %s WHERE id = '%s'" % (old, identity), [identity])

    def test_a_grant_written_by_hand(self):
        self.tampered(
            "INSERT INTO policy_grant SELECT '01920000-0000-7000-8000-000000000001', 4, object, action, effect, kinds,"
            " fields, purposes, scope, since_epoch, until_epoch, mac FROM policy_grant WHERE role = 1 LIMIT 1",
            "DELETE FROM policy_grant WHERE id = '01920000-0000-7000-8000-000000000001'",
            ["01920000-0000-7000-8000-000000000001"])

    def test_rules_rolled_back_to_an_older_epoch(self):
        """An older state is consistent in itself; the epoch in the log tells."""
        admin = self.session("administrator")
        name = self.server.account("marketing").name
        save = self.server.sql(
            "CREATE SCHEMA IF NOT EXISTS saved; CREATE TABLE saved.employee AS TABLE employee;"
            "CREATE TABLE saved.employee_role AS TABLE employee_role;"
            "CREATE TABLE saved.access_epoch AS TABLE access_epoch; SELECT 'saved'")
        self.assertEqual(save, "saved")
        self.assertOK(admin.call("role.revoke", user=name, role="marketing"))
        self.assertTrue(self.serves())
        after = (
            "CREATE TABLE saved.employee2 AS TABLE employee; CREATE TABLE saved.employee_role2 AS TABLE employee_role;"
            "CREATE TABLE saved.access_epoch2 AS TABLE access_epoch;")
        back = (
            "UPDATE employee e SET rev = s.rev, disabled = s.disabled, epoch = s.epoch, mac = s.mac,"
            " verifier = s.verifier"
            " FROM saved.employee{0} s WHERE s.id = e.id; DELETE FROM employee_role;"
            "INSERT INTO employee_role SELECT * FROM saved.employee_role{0}; DELETE FROM access_epoch;"
            "INSERT INTO access_epoch SELECT * FROM saved.access_epoch{0};")
        self.tampered(after + back.format(""), back.format("2"), [])


def with_database(own, statement):
    """Runs SQL on the data of a server that is down."""
    folder = min((os.path.dirname(path) for path in glob.glob(own.data + "/**/PG_VERSION", recursive=True)), key=len)
    with open(os.path.join(folder, "PG_VERSION"), encoding="ascii") as file:
        version = file.read().strip()
    binaries = "/usr/lib/postgresql/%s/bin" % version
    owner = os.stat(folder).st_uid
    place = tempfile.mkdtemp(dir="/var/tmp", prefix="rek-")
    os.chown(place, owner, -1)

    def become():
        if os.geteuid() == 0:
            os.setgid(os.stat(folder).st_gid)
            os.setuid(owner)

    process = subprocess.Popen(
        [binaries + "/postgres", "-D", folder, "-k", place, "-c", "logging_collector=off"], preexec_fn=become,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
    try:
        run = None
        for _ in range(100):
            run = subprocess.run(
                [binaries + "/psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", place, "-U", "postgres", "-d",
                 own.database, "-c", statement], capture_output=True, text=True)
            if run.returncode == 0:
                return
            if "could not connect" not in run.stderr and "connection to server" not in run.stderr:
                raise RuntimeError(run.stderr)
            time.sleep(0.2)
        raise RuntimeError(run.stderr)
    finally:
        process.send_signal(2)
        process.wait(60)
        os.rmdir(place)


if __name__ == "__main__":
    unittest.main()
