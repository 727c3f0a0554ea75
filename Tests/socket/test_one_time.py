"""Setting up one-time passwords, and recovery codes (PROTOCOL.md section 2)."""

import threading
import time
import unittest
import urllib.parse

from client import next_step, one_time_code
from support import SocketTest, unique
from test_passwords import new_employee

FOR = {"current": {"need": "otp", "for": "current"}, "new": {"need": "otp", "for": "new"}}


class OneTimeTests(SocketTest):
    def employee(self):
        """A new analyst without a one-time password: their name and password."""
        return new_employee(self, full_name=unique("Olli "))

    def logged_in(self, name, password, **options):
        client = self.connect()
        client.say_hello()
        self.assertOK(client.auth(name, password, **options))
        return client

    def enrol(self, client, current=None):
        """Sets up a one-time password; gives the secret and the recovery codes."""
        reply = client.submit("session.otp")
        need = client.next_need(reply)
        if current is not None:
            self.assertEqual(need, FOR["current"])
            client.feed(reply, {"otp": current})
            need = client.next_need(reply)
        self.assertEqual(need, FOR["new"], reply)
        secret = reply.rows[0]["secret"]
        client.feed(reply, {"otp": one_time_code(secret, next_step(secret))})
        self.assertOK(client.wait(reply))
        codes = [row["recovery-code"] for row in reply.rows[1:]]
        return secret, codes

    def test_a_secret_is_in_force_once_a_code_of_it_was_proved(self):
        name, password = self.employee()
        client = self.logged_in(name, password)
        reply = client.submit("session.otp")
        self.assertEqual(client.next_need(reply), FOR["new"])
        row = reply.rows[0]
        self.assertEqual(set(row), {"uri", "secret"})
        client.feed(reply, {"otp": "000000" if one_time_code(row["secret"], int(time.time()) // 30) != "000000" else "1"})
        self.assertNO(client.wait(reply), "auth/otp")
        # Nothing changed: no code is asked for.
        self.logged_in(name, password)
        secret, codes = self.enrol(client)
        self.assertNotEqual(secret, row["secret"])
        other = self.connect()
        started, need = other.start_auth(name, password)
        self.assertEqual(need, {"need": "otp"})

    def test_the_uri_is_one_that_apps_read(self):
        name, password = self.employee()
        client = self.logged_in(name, password)
        reply = client.submit("session.otp")
        client.next_need(reply)
        row = reply.rows[0]
        parts = urllib.parse.urlsplit(row["uri"])
        self.assertEqual((parts.scheme, parts.netloc), ("otpauth", "totp"))
        self.assertEqual(urllib.parse.unquote(parts.path), "/Rekisteri:" + name)
        self.assertEqual(urllib.parse.parse_qs(parts.query), {
            "secret": [row["secret"]], "issuer": ["Rekisteri"], "algorithm": ["SHA1"], "digits": ["6"],
            "period": ["30"]})
        client.raw("cancel of=" + reply.tag)
        client.wait(reply)
        self.assertNO(reply, "cancelled")

    def test_the_code_that_proved_it_is_spent(self):
        name, password = self.employee()
        client = self.logged_in(name, password)
        reply = client.submit("session.otp")
        client.next_need(reply)
        secret = reply.rows[0]["secret"]
        code = one_time_code(secret, int(time.time()) // 30)
        client.feed(reply, {"otp": code})
        self.assertOK(client.wait(reply))
        self.assertNO(self.connect().auth(name, password, code=code), "auth/otp")

    def test_ten_recovery_codes_each_let_in_once(self):
        name, password = self.employee()
        secret, codes = self.enrol(self.logged_in(name, password))
        self.assertEqual(len(set(codes)), 10)
        for code in codes:
            self.assertRegex(code, r"^[abcdefghijkmnpqrstuvwxyz2-9]{5}-[abcdefghijkmnpqrstuvwxyz2-9]{5}$")
        self.logged_in(name, password, code=codes[0])
        self.assertNO(self.connect().auth(name, password, code=codes[0]), "auth/otp")
        self.assertNO(self.connect().auth(name, password, code=codes[0].upper()), "auth/otp")
        self.logged_in(name, password, code=codes[1].upper().replace("-", " "))
        self.logged_in(name, password, code=one_time_code(secret, next_step(secret)))
        self.logged_in(name, password, code=codes[2])

    def test_one_recovery_code_on_ten_connections_lets_one_in(self):
        name, password = self.employee()
        _, codes = self.enrol(self.logged_in(name, password))
        ready = []
        for _ in range(10):
            client = self.connect()
            reply, need = client.start_auth(name, password)
            self.assertEqual(need, {"need": "otp"})
            ready.append((client, reply))
        barrier = threading.Barrier(len(ready))
        failures = []

        def send(client, reply):
            try:
                barrier.wait()
                client.feed(reply, {"otp": codes[4]})
                client.wait(reply)
            except Exception as error:
                failures.append(repr(error))

        threads = [threading.Thread(target=send, args=pair) for pair in ready]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual(failures, [])
        self.assertEqual(sum(reply.ok for _, reply in ready), 1)
        self.assertEqual({reply.code for _, reply in ready if not reply.ok}, {"auth/otp"})

    def test_another_secret_needs_a_code_of_the_present_one(self):
        name, password = self.employee()
        client = self.logged_in(name, password)
        old, codes = self.enrol(client)
        reply = client.submit("session.otp")
        self.assertEqual(client.next_need(reply), FOR["current"])
        client.feed(reply, {"otp": "abcde-fghij"})
        self.assertNO(client.wait(reply), "auth/otp")
        self.assertEqual(reply.rows, [], "a secret was shown before the present one was proved")
        new, fresh = self.enrol(client, current=codes[0])
        self.assertNotEqual(old, new)
        self.assertTrue(set(codes).isdisjoint(fresh))
        for stale in (codes[0], codes[1], one_time_code(old, int(time.time()) // 30 + 1)):
            self.assertNO(self.connect().auth(name, password, code=stale), "auth/otp")
        self.logged_in(name, password, code=fresh[0])

    def test_answers_that_are_none_end_it(self):
        name, password = self.employee()
        client = self.logged_in(name, password)
        for answer in (None, 7, [], {}, {"otp": 123456}, {"otp": ""}, {"otp": "1" * 2000}, {"code": "1"}, "123456"):
            with self.subTest(str(answer)[:20]):
                reply = client.submit("session.otp")
                self.assertEqual(client.next_need(reply), FOR["new"])
                client.feed(reply, answer)
                client.wait(reply)
                self.assertNO(reply, "auth/otp")
        self.logged_in(name, password)

    def test_reads_go_on_while_a_code_is_waited_for(self):
        name, password = self.employee()
        client = self.logged_in(name, password)
        reply = client.submit("session.otp")
        client.next_need(reply)
        self.assertOK(client.raw("ping"))
        client.raw("cancel of=" + reply.tag)
        client.wait(reply)
        self.assertNO(reply, "cancelled")

    def test_two_enrolments_at_once_leave_one_secret(self):
        name, password = self.employee()
        pairs = []
        for _ in range(2):
            client = self.logged_in(name, password)
            reply = client.submit("session.otp")
            self.assertEqual(client.next_need(reply), FOR["new"])
            pairs.append((client, reply))
        for client, reply in pairs:
            client.feed(reply, {"otp": one_time_code(reply.rows[0]["secret"], int(time.time()) // 30)})
            client.wait(reply)
        self.assertEqual(sorted(reply.ok for _, reply in pairs), [False, True])
        self.assertNO(next(reply for _, reply in pairs if not reply.ok), "conflict/rev")

    def test_the_log_tells_enrolment_and_recovery_and_no_secret(self):
        name, password = self.employee()
        client = self.logged_in(name, password)
        user = client.call("whoami").rows[0]["user"]
        secret, codes = self.enrol(client)
        again = self.connect()
        used = self.assertOK(again.auth(name, password, code=codes[0]))
        rows = self.assertOK(self.session("auditor").call("log.find", user=user, newest=True, limit=50)).rows
        entry = next(row for row in rows if row["rid"] == used.rid)
        self.assertEqual((entry["outcome"], entry["code"]), ("ok", "auth/recovery"))
        self.assertIn("session.otp", {row["verb"] for row in rows})
        for text in (secret, codes[0], codes[1]):
            self.assertNotIn(text, str(rows))


if __name__ == "__main__":
    unittest.main()
