"""Two servers on one database and one key store: sessions, tokens, locks and codes are the same on both; and PLAIN,
which only the second one's settings allow."""

import base64
import concurrent.futures
import glob
import json
import os
import random
import subprocess
import tempfile
import threading
import time
import unittest

import server
from client import Client, Closed, next_step, one_time_code
from support import OwnServerTest, eventually, unique


class Second:
    """A server of an operator's beside that of `rekisterid dev`."""

    def __init__(self, first):
        self.first = first
        self.folder = tempfile.TemporaryDirectory(prefix="rek-", dir="/var/tmp")
        settings = {
            "listen": {"host": "127.0.0.1", "port": 0},
            "tls": {"certificate": first.data + "/tls/server.pem", "key": first.data + "/tls/server.key"},
            "database": {
                "server": "host=%s dbname=%s user=rekisteri_server" % (first.socket_folder(), first.database),
                "poolSize": 4},
            "keys": {
                "mirrors": sorted(glob.glob(first.data + "/keys/mirror-*")),
                "masterKeyFile": first.data + "/master.key"},
            "log": {"signingKeyFile": first.data + "/log.key"},
            "allowsPlain": True,
        }
        path = os.path.join(self.folder.name, "settings.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(settings, file)
        self.errors = open(os.path.join(self.folder.name, "errors"), "w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [server.binary(), "serve", "--config", path], stdout=subprocess.PIPE, stderr=self.errors,
            stdin=subprocess.DEVNULL, text=True)
        ready = self.process.stdout.readline().split()
        if not ready or ready[0] != "READY":
            self.errors.seek(0)
            raise RuntimeError("the second server does not start: " + self.errors.read())
        self.port = int(ready[2])

    def client(self, **options):
        return Client(self.port, self.first.ca, **options)

    def stop(self):
        self.process.terminate()
        status = self.process.wait(60)
        self.process.stdout.close()
        self.errors.close()
        self.folder.cleanup()
        return status


class TwoServersTests(OwnServerTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = Second(cls.own)

    @classmethod
    def tearDownClass(cls):
        cls.second.stop()
        super().tearDownClass()

    def at_second(self, role=None, number=0, **options):
        """A connection to the second server, logged in where a role is named."""
        client = self.second.client(**options)
        self.addCleanup(client.close)
        if role:
            client.login(self.server.account(role, number))
        return client

    def place(self):
        return "127.%d.%d.%d" % tuple(random.randrange(1, 255) for _ in range(3))

    def session_of(self, client):
        return self.assertOK(client.call("whoami")).rows[0]["session"]

    def token(self, client):
        return self.assertOK(client.call("session.token")).rows[0]

    def resumed(self, connection, token):
        return connection.raw("auth mech=TOKEN ir=" + base64.b64encode(token.encode()).decode())

    def test_a_token_of_one_resumes_on_the_other(self):
        row = self.token(self.fresh())
        client = self.at_second()
        self.assertOK(self.resumed(client, row["token"]))
        self.assertEqual(self.session_of(client), row["id"])

    def test_a_session_of_one_is_seen_and_ended_on_the_other(self):
        client = self.fresh()
        row = self.token(client)
        other = self.at_second("customer-service")
        listed = eventually(lambda: [
            one for one in other.call("session.list").rows if one["id"] == row["id"] and one["open"]])
        self.assertTrue(listed)
        self.assertOK(other.call("session.end", id=row["id"]))
        self.assertCloses(client)
        self.assertNO(self.resumed(self.connect(), row["token"]), "auth/failed")
        self.assertNO(self.resumed(self.at_second(), row["token"]), "auth/failed")

    def test_an_administrator_ends_a_session_of_another_server(self):
        client = self.at_second("sales")
        session = self.session_of(client)
        admin = self.session("administrator")
        self.assertTrue(eventually(lambda: [
            one for one in admin.call("session.list", all=True).rows if one["id"] == session]))
        self.assertNO(self.session("customer-service").call("session.end", id=session), "notfound")
        self.assertOK(admin.call("session.end", id=session))
        self.assertCloses(client)

    def test_a_new_password_ends_the_other_servers_sessions(self):
        account = self.server.account("analyst")
        client = self.fresh("analyst")
        other = self.at_second("analyst")
        session = self.session_of(other)
        self.assertTrue(eventually(lambda: [
            one for one in client.call("session.list").rows if one["id"] == session]))
        password = "quite another phrase %s" % os.urandom(4).hex()
        self.assertOK(client.call("session.password", old=account.password, new=password))
        # The very next try, whether the other server was told already or not.
        late = self.at_second(source=self.place())
        self.assertNO(late.auth(account.name, account.password), "auth/failed")
        account.password = password
        self.assertCloses(other)
        self.assertOK(client.call("whoami"))
        self.assertOK(self.at_second("analyst").call("whoami"))

    def test_a_closed_accounts_sessions_end_everywhere(self):
        client = self.fresh("marketing")
        other = self.at_second("marketing")
        user = self.assertOK(other.call("whoami")).rows[0]["user"]
        self.assertOK(self.session("administrator").call("user.disable", id=user))
        self.assertCloses(client)
        self.assertCloses(other)

    # One-time passwords

    def made(self):
        name = unique("two").lower()
        row = self.assertOK(self.session("administrator").call(
            "user.add", name=name, full_name=name.title(), otp=True)).rows[0]
        return name, row

    def proved(self, name, row, at_second):
        """A connection from which only the one-time password is missing."""
        client = self.second.client(source=self.place()) if at_second else self.server.client(source=self.place())
        self.addCleanup(client.close)
        reply, need = client.start_auth(name, row["password"])
        return client, reply, need

    def test_a_code_sent_to_both_servers_at_once_lets_one_in(self):
        name, row = self.made()
        self.assertTrue(eventually(lambda: self.proved(name, row, True)[2] == {"need": "otp"}))
        # Ten at a time: who connected first must not be closed before the last one is asked.
        with concurrent.futures.ThreadPoolExecutor(10) as pool:
            ready = list(pool.map(lambda number: self.proved(name, row, number % 2 == 0), range(60)))
        self.assertEqual([need for _, _, need in ready], [{"need": "otp"}] * 60)
        code = one_time_code(row["one-time-secret"], next_step(row["one-time-secret"]))
        barrier = threading.Barrier(len(ready))

        def send(client, reply):
            barrier.wait()
            client.feed(reply, {"otp": code})
            client.wait(reply)

        threads = [threading.Thread(target=send, args=one[:2]) for one in ready]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual(sorted(reply.code for _, reply, _ in ready), ["auth/otp"] * 59 + ["done"])

    def test_wrong_codes_on_both_servers_count_together(self):
        name, row = self.made()
        self.assertTrue(eventually(lambda: self.proved(name, row, True)[2] == {"need": "otp"}))
        near = {one_time_code(row["one-time-secret"], int(time.time()) // 30 + step) for step in range(-3, 6)}
        wrong = next(code for code in ("%06d" % number for number in range(100)) if code not in near)
        for number in range(10):
            client, reply, need = self.proved(name, row, number % 2 == 0)
            self.assertEqual(need, {"need": "otp"})
            client.feed(reply, {"otp": wrong})
            self.assertNO(client.wait(reply), "auth/otp")
        for at_second in (False, True):
            _, reply, need = self.proved(name, row, at_second)
            self.assertIsNone(need)
            self.assertNO(reply, "auth/locked")

    # PLAIN, which the second server's settings allow

    def plain(self, client, name, password):
        message = b"\0" + name.encode() + b"\0" + password.encode()
        return client.submit_line("auth mech=PLAIN ir=" + base64.b64encode(message).decode())

    def test_plain_logs_in_where_the_settings_allow_it(self):
        account = self.plain_account()
        client = self.at_second()
        self.assertIn("plain", client.hello["caps"])
        self.assertNotIn("plain", self.connect().hello["caps"])
        self.assertNO(client.wait(self.plain(client, account.name, "wrong")), "auth/failed")
        self.assertNO(client.wait(self.plain(client, unique("nobody").lower(), "wrong")), "auth/failed")
        self.assertOK(client.wait(self.plain(client, account.name, account.password)))

    def test_plain_asks_for_the_one_time_password(self):
        name, row = self.made()

        def needs():
            client = self.at_second(source=self.place())
            reply = self.plain(client, name, row["password"])
            return client, reply, client.next_need(reply)

        self.assertTrue(eventually(lambda: needs()[2]))
        client, reply, need = needs()
        self.assertEqual(need, {"need": "otp"})
        client.feed(reply, {"otp": one_time_code(row["one-time-secret"], next_step(row["one-time-secret"]))})
        self.assertOK(client.wait(reply))

    def test_a_flood_of_passwords_is_bounded_and_keeps_nobody_from_working(self):
        account = self.plain_account()
        working = self.at_second("customer-service")
        ready = [self.at_second(source=self.place()) for _ in range(90)]
        flood = [(client, self.plain(client, account.name, "wrong")) for client in ready]
        for _ in range(5):
            self.assertOK(working.call("whoami"))
        codes = []
        for client, reply in flood:
            try:
                codes.append(client.wait(reply, timeout=60).code)
                if reply.code == "limit/rate":
                    self.assertGreater(reply.object["retry"], 0)
            except (Closed, ConnectionError):
                codes.append("closed")
        self.assertLessEqual(set(codes), {"auth/failed", "limit/rate", "closed"})
        self.assertIn("limit/rate", codes)
        self.assertIn("auth/failed", codes)
        self.assertOK(working.call("whoami"))


if __name__ == "__main__":
    unittest.main()
