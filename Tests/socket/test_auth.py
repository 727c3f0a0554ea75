"""Logging in (PROTOCOL.md section 2)."""

import base64
import random
import sys
import threading
import time
import unittest

from client import Scram, next_step, one_time_code
from support import TIME, UUID7, SocketTest, eventually, unique


class AuthTests(SocketTest):
    def connect(self, **options):
        """A connection from an address of the test's own: what fails slows down nobody else."""
        if not hasattr(self, "place"):
            self.place = "127.%d.%d.%d" % tuple(random.randrange(1, 255) for _ in range(3))
        return super().connect(source=self.place, **options)

    def with_secret(self):
        for account in reversed(self.server.accounts):
            if account.secret:
                return account
        self.skipTest("no demonstration user has a one-time password")

    def encoded(self, data):
        return base64.b64encode(data).decode()

    def test_scram_with_channel_binding(self):
        account = self.plain_account()
        client = self.connect()
        reply = self.assertOK(client.auth(account.name, account.password))
        self.assertEqual(reply.object["user"], account.name)
        self.assertEqual(sorted(reply.object["roles"]), sorted(account.roles))
        self.assertIsInstance(reply.object["caps"], list)
        self.assertIsInstance(reply.object["notices"], list)
        self.assertRegex(reply.rid, UUID7)

    def test_scram_without_channel_binding(self):
        account = self.plain_account()
        self.assertOK(self.connect().auth(account.name, account.password, plus=False))

    def test_a_client_that_could_bind_but_says_the_server_cannot_is_refused(self):
        # The flag `y` where PLUS is offered is what a man in the middle leaves of the server's offer (RFC 5802, 6).
        account = self.plain_account()
        self.assertNO(
            self.connect().auth(account.name, account.password, plus=False, flag="y,,"), "auth/failed")

    def test_a_binding_to_another_certificate_is_refused(self):
        account = self.plain_account()
        client = self.connect()
        client.binding = bytes(len(client.binding))
        self.assertNO(client.auth(account.name, account.password), "auth/failed")

    def test_another_kind_of_binding_is_refused(self):
        account = self.plain_account()
        for flag in ("p=tls-unique,,", "p=tls-exporter,,"):
            with self.subTest(flag):
                client = self.connect()
                self.assertFalse(client.auth(account.name, account.password, flag=flag).ok)

    def test_binding_flag_with_the_plain_mechanism_is_refused(self):
        account = self.plain_account()
        reply = self.connect().auth(account.name, account.password, mechanism="SCRAM-SHA-256")
        self.assertFalse(reply.ok)

    def test_plus_without_binding_flag_is_refused(self):
        account = self.plain_account()
        reply = self.connect().auth(account.name, account.password, plus=False, mechanism="SCRAM-SHA-256-PLUS")
        self.assertFalse(reply.ok)

    def test_acting_as_somebody_else_is_refused(self):
        account = self.plain_account()
        other = next(one for one in self.server.accounts if one is not account)
        reply = self.connect().auth(account.name, account.password, plus=False, flag="n,a=%s," % other.name)
        self.assertFalse(reply.ok)

    def test_a_wrong_password_fails(self):
        account = self.plain_account()
        client = self.connect()
        self.assertNO(client.auth(account.name, account.password, wrong=True), "auth/failed")
        self.assertNO(client.raw("whoami"), "auth/required")

    def test_a_wrong_try_does_not_keep_the_right_one_out(self):
        account = self.plain_account()
        client = self.connect()
        self.assertNO(client.auth(account.name, account.password, wrong=True), "auth/failed")
        self.assertOK(client.auth(account.name, account.password))

    def test_known_and_unknown_names_look_the_same(self):
        account = self.plain_account()
        seen, times = {}, {}
        for name in (account.name, account.name + "zz"):
            shapes, took = [], []
            for _ in range(3):
                client = self.connect()
                begin = time.monotonic()
                scram = Scram(name, "x", client.binding)
                reply = client.submit_line("auth mech=SCRAM-SHA-256-PLUS ir=" + self.encoded(scram.first()))
                first = base64.b64decode(client.next_need(reply)).decode()
                took.append(time.monotonic() - begin)
                salt = first.split(",")[1]
                iterations = first.split(",")[2]
                last = scram.last(first.encode())
                client.feed(reply, self.encoded(last))
                client.wait(reply)
                final = {key: value for key, value in reply.object.items() if key != "rid"}
                shapes.append((len(first), salt, iterations, reply.status, reply.code, str(final)))
            self.assertEqual(len(set(shapes)), 1, "the salt of one name changes from try to try")
            seen[name] = (shapes[0][0], len(shapes[0][1])) + shapes[0][2:]
            times[name] = sorted(took)[1]
        self.assertEqual(*seen.values())
        print("first challenge: known %.1f ms, unknown %.1f ms" % tuple(1000 * one for one in times.values()),
              file=sys.stderr)

    def test_odd_names_fail_like_any_other(self):
        for name in ("", "a" * 1000, "ä" * 50, "Robert'); DROP TABLE employee;--", "%s%n", "=2C", "\u00ad"):
            with self.subTest(name[:20]):
                client = self.connect()
                first = b"p=tls-server-end-point,,n=" + name.encode() + b",r=abcdefghijklmnop"
                reply = client.submit_line("auth mech=SCRAM-SHA-256-PLUS ir=" + self.encoded(first))
                need = client.next_need(reply)
                if need is not None:
                    client.feed(reply, self.encoded(b"c=AAAA,r=x,p=AAAA"))
                    client.wait(reply)
                self.assertFalse(reply.ok)

    def test_malformed_messages_fail(self):
        for first in (b"", b"n", b"n,,", b"p=tls-server-end-point,,", b"p=tls-server-end-point,,m=1,n=a,r=b",
            b"\xff\xff",
                      b"p=tls-server-end-point,,r=b,n=a", b"p=tls-server-end-point,,n=a,r=\x01"):
            with self.subTest(first):
                client = self.connect()
                reply = client.submit_line("auth mech=SCRAM-SHA-256-PLUS ir=" + (self.encoded(first) or '""'))
                self.assertIsNone(client.next_need(reply))
                self.assertFalse(reply.ok)

    def test_what_is_no_base64_is_invalid(self):
        for text in ("%%%", "abc", "ab=c", "====", "YWI"):
            with self.subTest(text):
                self.assertNO(
                    self.connect().raw("auth mech=SCRAM-SHA-256-PLUS ir=" + text), "invalid/ir", "auth/failed")

    def test_unknown_mechanisms_are_not_offered(self):
        for name in ("SCRAM-SHA-1", "CRAM-MD5", "GSSAPI", "ANONYMOUS", "scram-sha-256"):
            with self.subTest(name):
                self.assertFalse(self.connect().raw("auth mech=%s ir=YQ==" % name).ok)

    def test_plain_is_refused_unless_the_settings_allow_it(self):
        account = self.plain_account()
        message = self.encoded(b"\0" + account.name.encode() + b"\0" + account.password.encode())
        reply = self.connect().raw("auth mech=PLAIN ir=" + message)
        self.assertFalse(reply.ok)
        self.assertNotEqual(reply.status, "BAD", reply)

    def test_external_is_refused_without_certificate(self):
        self.assertFalse(self.connect().raw('auth mech=EXTERNAL ir=""').ok)

    def test_three_tries_and_then_the_connection_closes(self):
        name = unique("nobody").lower()
        client = self.connect()
        for _ in range(3):
            self.assertNO(client.auth(name, "some password", wrong=True), "auth/failed")
        self.assertEqual(self.assertCloses(client), [])

    def test_auth_twice_is_out_of_sequence(self):
        account = self.plain_account()
        client = self.connect()
        self.assertOK(client.auth(account.name, account.password))
        scram = Scram(account.name, account.password, client.binding)
        self.assertBAD(
            client.raw("auth mech=SCRAM-SHA-256-PLUS ir=" + self.encoded(scram.first())), "sequence")

    def half_way(self):
        account = self.plain_account()
        client = self.connect()
        scram = Scram(account.name, account.password, client.binding)
        reply = client.submit_line("auth mech=SCRAM-SHA-256-PLUS ir=" + self.encoded(scram.first()))
        return client, scram, reply, client.next_need(reply)

    def test_commands_between_auth_and_its_final_line_are_out_of_sequence(self):
        for line in ("ping", "whoami", "hello proto=rek/1", "quit", "person.list purpose=customer-service"):
            with self.subTest(line):
                client, scram, reply, need = self.half_way()
                self.assertBAD(client.raw(line), "sequence")

    def test_auth_goes_on_after_a_command_out_of_sequence(self):
        client, scram, reply, need = self.half_way()
        self.assertBAD(client.raw("ping"), "sequence")
        client.feed(reply, self.encoded(scram.last(base64.b64decode(need))))
        scram.verify(base64.b64decode(client.next_need(reply)))
        client.feed(reply, "")
        client.wait(reply)
        self.assertOK(reply)

    def test_auth_can_be_cancelled(self):
        client, scram, reply, need = self.half_way()
        self.assertOK(client.raw("cancel of=" + reply.tag))
        client.wait(reply)
        self.assertNO(reply, "cancelled")
        account = self.plain_account()
        self.assertOK(client.auth(account.name, account.password))

    def test_the_last_step_cannot_be_left_out(self):
        client, scram, reply, need = self.half_way()
        client.feed(reply, self.encoded(scram.last(base64.b64decode(need))))
        self.assertIsNotNone(client.next_need(reply))
        client.feed(reply, "something else")
        client.wait(reply)
        self.assertFalse(reply.ok)

    def test_a_proof_cannot_be_replayed(self):
        account = self.plain_account()
        client, scram, reply, need = self.half_way()
        last = scram.last(base64.b64decode(need))
        client.feed(reply, self.encoded(last))
        client.next_need(reply)
        client.feed(reply, "")
        self.assertOK(client.wait(reply))
        other = self.connect()
        again = other.submit_line("auth mech=SCRAM-SHA-256-PLUS ir=" + self.encoded(scram.first()))
        self.assertNotEqual(other.next_need(again), need, "the server's nonce is the same twice")
        other.feed(again, self.encoded(last))
        other.wait(again)
        self.assertFalse(again.ok)
        self.assertEqual(account.name, scram.user)

    # The one-time password

    def test_a_wrong_code_fails(self):
        account = self.with_secret()
        client = self.connect()
        reply, need = client.start_auth(account.name, account.password)
        self.assertEqual(need, {"need": "otp"})
        client.feed(reply, {"otp": "000000" if one_time_code(account.secret,
            int(time.time()) // 30) != "000000" else "1"})
        self.assertNO(client.wait(reply), "auth/otp")
        self.assertNO(client.raw("whoami"), "auth/required")

    def test_malformed_codes_fail(self):
        account = self.with_secret()
        for value in ("", {}, {"otp": 123456}, {"otp": ""}, {"otp": None}, {"otp": "1" * 5000}, [], None,
            {"code": "1"}):
            with self.subTest(str(value)[:30]):
                client = self.connect()
                reply, need = client.start_auth(account.name, account.password)
                client.feed(reply, value)
                try:
                    client.wait(reply)
                    self.assertFalse(reply.ok)
                except ConnectionError:
                    pass

    def test_a_code_asked_for_is_not_told_apart_by_a_wrong_password(self):
        account = self.with_secret()
        reply, need = self.connect().start_auth(account.name, account.password, wrong=True)
        self.assertIsNone(need)
        self.assertNO(reply, "auth/failed")

    def test_the_same_code_on_twenty_connections_lets_one_in_and_none_later(self):
        account = self.with_secret()
        ready = []
        for _ in range(20):
            client = self.connect()
            reply, need = client.start_auth(account.name, account.password)
            self.assertEqual(need, {"need": "otp"})
            ready.append((client, reply))
        code = one_time_code(account.secret, next_step(account.secret))
        barrier = threading.Barrier(len(ready))
        failures = []

        def send(client, reply):
            try:
                barrier.wait()
                client.feed(reply, {"otp": code})
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
        client = self.connect()
        self.assertNO(client.auth(account.name, account.password, code=code), "auth/otp")

    # What a log-in tells of those before it

    def test_a_log_in_tells_of_the_one_before_and_of_failed_tries(self):
        account = self.plain_account()

        def look():
            self.assertOK(self.connect().auth(account.name, account.password))
            for _ in range(2):
                self.assertNO(self.connect().auth(account.name, account.password, wrong=True), "auth/failed")
            pair = [self.assertOK(self.connect().auth(account.name, account.password)).object for _ in range(2)]
            # A log-in waits a short while for the log's order, and tells nothing where that is late.
            return None if any(one["failed-tries"] is None for one in pair) else pair

        told, again = eventually(look)
        self.assertEqual(told["failed-tries"], 2)
        self.assertEqual(told["last-address"], self.place)
        self.assertRegex(told["last-login"], TIME)
        self.assertEqual(again["failed-tries"], 0)
        self.assertGreater(again["last-login"], told["last-login"])

    # Many wrong tries

    def test_wrong_passwords_slow_down_and_never_lock(self):
        account = self.plain_account()
        began = time.monotonic()
        for _ in range(14):
            client = self.connect()
            self.assertNO(client.auth(account.name, account.password, wrong=True), "auth/failed")
            client.close()
        slow = time.monotonic() - began
        self.assertOK(self.connect().auth(account.name, account.password))
        # Waits of 100, 200, 400 and 800 ms at least, whatever else the machine does.
        self.assertGreater(slow, 1.4)

    def test_unknown_names_are_slowed_down_alike(self):
        name = unique("nobody").lower()
        for _ in range(12):
            client = self.connect()
            self.assertNO(client.auth(name, "some password", wrong=True), "auth/failed")
            client.close()
        began = time.monotonic()
        self.assertNO(self.connect().auth(name, "some password", wrong=True), "auth/failed")
        self.assertGreater(time.monotonic() - began, 0.4)

    # What stays

    def test_who_has_the_password_and_not_the_code_leaves_an_entry(self):
        account = self.with_secret()
        client = self.connect()
        reply, need = client.start_auth(account.name, account.password)
        self.assertEqual(need, {"need": "otp"})
        client.raw("cancel of=" + reply.tag)
        client.wait(reply)
        self.assertNO(reply, "cancelled")
        other = self.connect()
        _, need = other.start_auth(account.name, account.password)
        self.assertEqual(need, {"need": "otp"})
        place = self.place
        other.close()

        def entries():
            found = self.session("auditor").call("log.find", verb="auth", outcome="failed", newest=True, limit=50)
            rows = [row for row in found.rows if row["address"] == place]
            return rows if len(rows) == 2 else None

        rows = eventually(entries)
        self.assertIsNotNone(rows)
        self.assertIn(reply.rid, [row["rid"] for row in rows])
        self.assertEqual(len({row["user"] for row in rows}), 1)
        self.assertNotIn(None, [row["user"] for row in rows])

    def test_every_log_in_and_every_failed_one_is_in_the_log(self):
        account = self.plain_account()
        client = self.connect()
        bad = client.auth(account.name, account.password, wrong=True)
        good = self.assertOK(client.auth(account.name, account.password))
        unknown = self.connect().auth(unique("nobody").lower(), "x", wrong=True)
        found = self.assertOK(self.session("auditor").call("log.find", verb="auth", newest=True, limit=200)).rows
        by_request = {row["rid"]: row for row in found}
        for reply, outcome in ((bad, "denied"), (good, "ok"), (unknown, "denied")):
            with self.subTest(outcome):
                self.assertIn(reply.rid, by_request, "the answer's rid is not in the log")
                self.assertEqual(by_request[reply.rid]["outcome"], outcome)
        user = client.call("whoami").rows[0]["user"]
        outcomes = [row["outcome"] for row in found if row["user"] == user]
        self.assertIn("ok", outcomes)
        self.assertIn("denied", outcomes)


if __name__ == "__main__":
    unittest.main()
