"""Wrong one-time passwords: counted, locked for a while, unlocked by an administrator (PROTOCOL.md section 2)."""

import concurrent.futures
import random
import threading
import time
import unittest

from client import next_step, one_time_code
from support import OwnServerTest, eventually, forget_sessions, unique


class Made:
    """An account that a test made for itself."""

    def __init__(self, name, row):
        self.name, self.id = name, row["id"]
        self.password, self.secret = row["password"], row["one-time-secret"]

    def code(self):
        return one_time_code(self.secret, next_step(self.secret))

    def wrong_code(self):
        now = int(time.time()) // 30
        near = {one_time_code(self.secret, now + step) for step in range(-3, 4)}
        while True:
            code = "%06d" % random.randrange(1_000_000)
            if code not in near:
                return code


class LockTests(OwnServerTest):
    def made(self):
        name = unique("lock").lower()
        reply = self.session("administrator").call("user.add", name=name, full_name=name.title(), otp=True)
        return Made(name, self.assertOK(reply).rows[0])

    def connect(self, **options):
        """Each from an address of its own: what is tested is not the slowing down."""
        place = "127.%d.%d.%d" % tuple(random.randrange(1, 255) for _ in range(3))
        return super().connect(source=place, **options)

    def tried(self, account, code):
        """An answer to a code after the right password; None where none was asked for."""
        client = self.connect()
        reply, need = client.start_auth(account.name, account.password)
        if need is not None:
            self.assertEqual(need, {"need": "otp"})
            client.feed(reply, {"otp": code})
            client.wait(reply)
        client.close()
        return reply, need is not None

    def locked(self, account):
        for _ in range(10):
            reply, asked = self.tried(account, account.wrong_code())
            self.assertTrue(asked)
            self.assertNO(reply, "auth/otp")
        return account

    def test_ten_wrong_codes_lock_for_a_quarter_of_an_hour(self):
        account = self.locked(self.made())
        reply, asked = self.tried(account, account.code())
        self.assertFalse(asked, "a code is asked for all the same")
        self.assertNO(reply, "auth/locked")
        self.assertTrue(0 < reply.object["retry"] <= 900_000)
        self.assertEqual(self.entry(reply, verb="auth")["outcome"], "denied")

    def test_only_who_has_the_password_is_told_of_the_lock(self):
        account = self.locked(self.made())
        wrong = self.connect().auth(account.name, account.password, wrong=True)
        self.assertNO(wrong, "auth/failed")
        nobody = self.connect().auth(unique("nobody").lower(), "x", wrong=True)
        self.assertEqual(
            {key: value for key, value in wrong.object.items() if key != "rid"},
            {key: value for key, value in nobody.object.items() if key != "rid"})

    def test_an_administrator_unlocks(self):
        account = self.locked(self.made())
        for role in ("customer-service", "auditor", "privacy-officer"):
            self.assertNO(self.session(role).call("user.unlock", id=account.id), "denied/role")
        self.assertNO(self.tried(account, "")[0], "auth/locked")
        reply = self.assertOK(self.session("administrator").call("user.unlock", id=account.id))
        self.assertEqual(self.entry(reply, verb="user.unlock")["outcome"], "ok")
        self.assertOK(self.tried(account, account.code())[0])

    def test_the_lock_is_there_after_a_restart(self):
        account = self.locked(self.made())
        forget_sessions(self.server)
        self.assertEqual(self.server.stop(), 0)
        self.server.start()
        self.assertNO(self.tried(account, account.code())[0], "auth/locked")

    def test_a_lock_ends_by_itself(self):
        account = self.locked(self.made())
        self.server.sql(
            "UPDATE one_time_guess SET locked_until = now() - interval '1 second' WHERE employee = '%s'" % account.id)
        self.assertOK(self.tried(account, account.code())[0])

    def test_a_code_that_was_used_is_no_guess(self):
        account = self.made()
        code = account.code()
        self.assertOK(self.tried(account, code)[0])
        for _ in range(12):
            self.assertNO(self.tried(account, code)[0], "auth/otp")
        self.assertEqual(self.guesses(account), 0)

    def guesses(self, account):
        return int(self.server.sql(
            "SELECT coalesce(max(cardinality(guesses)), 0) FROM one_time_guess WHERE employee = '%s'" % account.id))

    def together(self, account, codes):
        """Proves the password on a connection for each code, then sends all codes at once; gives the answers."""

        def prove(_):
            client = self.connect()
            return client, *client.start_auth(account.name, account.password)

        # Ten at a time: who connected first must not be closed before the last one is asked.
        with concurrent.futures.ThreadPoolExecutor(10) as pool:
            proved = list(pool.map(prove, codes))
        self.assertEqual([need for _, _, need in proved], [{"need": "otp"}] * len(codes))
        ready = [(client, reply) for client, reply, _ in proved]
        barrier = threading.Barrier(len(ready))
        failures = []

        def send(client, reply, code):
            try:
                barrier.wait()
                client.feed(reply, {"otp": code})
                client.wait(reply)
            except Exception as error:
                failures.append(repr(error))

        threads = [threading.Thread(target=send, args=pair + (code,)) for pair, code in zip(ready, codes)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual(failures, [])
        return [reply for _, reply in ready]

    def test_a_code_on_a_hundred_connections_lets_one_in_and_locks_nobody_out(self):
        account = self.made()
        replies = self.together(account, [account.code()] * 100)
        self.assertEqual(sum(reply.ok for reply in replies), 1)
        self.assertEqual({reply.code for reply in replies if not reply.ok}, {"auth/otp"})
        self.assertEqual(self.guesses(account), 0)
        self.assertOK(self.tried(account, account.code())[0])

    def test_many_guesses_at_once_are_no_more_than_ten(self):
        account = self.made()
        replies = self.together(account, [account.wrong_code() for _ in range(40)])
        codes = [reply.code for reply in replies]
        self.assertEqual(codes.count("auth/otp"), 10)
        self.assertEqual(codes.count("auth/locked"), 30)
        self.assertEqual(self.guesses(account), 10)
        self.assertIsNotNone(eventually(lambda: self.tried(account, "")[0].code == "auth/locked"))


if __name__ == "__main__":
    unittest.main()
