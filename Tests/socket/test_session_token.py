"""Sessions: tokens that resume them, their list and their end, over all servers of a database."""

import base64
import os
import unittest

from client import AuthError, Client, Closed
from support import TIME, UUID7, OwnServerTest, SocketTest, eventually, forget_sessions, new_id


def encoded(text):
    return base64.b64encode(text.encode()).decode()


class SessionTokenTests(OwnServerTest):
    def tokened(self, role="customer-service", **options):
        """A session with its token."""
        client = self.fresh(role, **options)
        row = self.assertOK(client.call("session.token")).rows[0]
        return client, row

    def resume(self, token, **options):
        """A connection that tried to resume, and the answer."""
        client = self.connect(**options)
        return client, client.raw("auth mech=TOKEN ir=" + encoded(token))

    def session_of(self, client):
        return self.assertOK(client.call("whoami")).rows[0]["session"]

    def assertEnds(self, client):
        """The server ends a session that does nothing."""
        self.assertCloses(client)

    # Resuming

    def test_a_token_resumes_the_session_under_its_id(self):
        client, row = self.tokened()
        self.assertEqual(set(row), {"id", "token", "expires", "idle-minutes"})
        self.assertRegex(row["id"], UUID7)
        self.assertRegex(row["expires"], TIME)
        self.assertEqual(row["idle-minutes"], 30)
        self.assertEqual(row["id"], self.session_of(client))
        since = client.call("whoami").rows[0]["since"]
        client.raw("quit")
        other, reply = self.resume(row["token"])
        self.assertOK(reply)
        self.assertEqual(reply.object["user"], self.server.account("customer-service").name)
        self.assertEqual(self.session_of(other), row["id"])
        self.assertEqual(other.call("whoami").rows[0]["since"], since)
        entry = self.entry(reply, verb="auth")
        self.assertEqual((entry["outcome"], entry["session"]), ("ok", row["id"]))

    def test_a_token_can_be_used_again_and_at_the_same_time(self):
        _, row = self.tokened()
        clients = [self.resume(row["token"]) for _ in range(5)]
        for client, reply in clients:
            self.assertOK(reply)
        self.assertEqual({self.session_of(client) for client, _ in clients}, {row["id"]})

    def test_a_new_token_ends_the_one_before(self):
        client, row = self.tokened()
        again = self.assertOK(client.call("session.token")).rows[0]
        self.assertNotEqual(again["token"], row["token"])
        self.assertNO(self.resume(row["token"])[1], "auth/failed")
        self.assertOK(self.resume(again["token"])[1])

    def test_a_resumed_session_does_not_live_longer_by_a_new_token(self):
        _, row = self.tokened()
        client, reply = self.resume(row["token"])
        self.assertOK(reply)
        again = self.assertOK(client.call("session.token")).rows[0]
        self.assertEqual(again["expires"], row["expires"])

    def test_a_token_outlives_a_restart_of_the_server(self):
        _, row = self.tokened()
        forget_sessions(self.server)
        self.assertEqual(self.server.stop(), 0)
        self.server.start()
        client, reply = self.resume(row["token"])
        self.assertOK(reply)
        self.assertEqual(self.session_of(client), row["id"])

    def test_a_repeated_command_gives_no_secret_again(self):
        client = self.fresh()
        first = self.assertOK(client.call("session.token", once="a")).rows[0]
        again = self.assertOK(client.call("session.token", once="a")).rows[0]
        self.assertIn("token", first)
        self.assertNotIn("token", again)
        self.assertOK(self.resume(first["token"])[1])

    # Who may not

    def test_a_stolen_token_is_worth_nothing_from_another_address(self):
        _, row = self.tokened()
        thief, reply = self.resume(row["token"], source="127.0.0.2")
        self.assertNO(reply, "auth/failed")
        self.assertNO(thief.raw("whoami"), "auth/required")
        entry = self.entry(reply, verb="auth")
        self.assertEqual((entry["outcome"], entry["address"]), ("denied", "127.0.0.2"))
        self.assertIsNotNone(entry["user"])
        self.assertOK(self.resume(row["token"])[1])

    def test_what_is_no_token_fails(self):
        _, row = self.tokened()
        raw = bytearray(base64.b64decode(row["token"]))
        changed = []
        for index in (0, 15, 16, 40, len(raw) - 1):
            other = bytearray(raw)
            other[index] ^= 1
            changed.append(base64.b64encode(other).decode())
        for token in changed + ["", "x", row["token"][:-4], row["token"] + "AAAA", row["token"].lower(), "\u00e4",
                                base64.b64encode(os.urandom(48)).decode()]:
            with self.subTest(token):
                client, reply = self.connect(), None
                reply = client.raw('auth mech=TOKEN ir="%s"' % encoded(token))
                self.assertNO(reply, "auth/failed")
                self.assertRegex(reply.rid, UUID7)

    def test_three_wrong_tokens_close_the_connection(self):
        client = self.connect()
        for _ in range(3):
            self.assertNO(client.raw("auth mech=TOKEN ir=" + encoded("no token")), "auth/failed")
        self.assertEqual(self.assertCloses(client), [])

    def test_a_row_changed_by_hand_lets_nobody_in(self):
        _, row = self.tokened("customer-service")
        other = self.user_id("administrator")
        changes = (
            "employee = '%s'" % other, "address = '127.0.0.2'", "expires_at = expires_at + interval '1 year'",
            "used_at = used_at + interval '1 minute'", "certificate = '\\x00'", "mac = '\\x00'",
        )
        for change in changes:
            with self.subTest(change):
                self.server.sql("CREATE TABLE kept AS SELECT * FROM session_token WHERE session = '%s'" % row["id"])
                self.server.sql("UPDATE session_token SET %s WHERE session = '%s'" % (change, row["id"]))
                source = "127.0.0.2" if "address" in change else None
                self.assertNO(self.resume(row["token"], source=source)[1], "auth/failed")
                self.server.sql("DELETE FROM session_token WHERE session = '%s'" % row["id"])
                self.server.sql("INSERT INTO session_token SELECT * FROM kept")
                self.server.sql("DROP TABLE kept")
        self.assertOK(self.resume(row["token"])[1])

    def test_a_row_copied_to_another_session_or_user_lets_nobody_in(self):
        _, row = self.tokened("customer-service")
        admin, theirs = self.tokened("administrator")
        # The administrator's session with the secret of somebody else.
        self.server.sql(
            "UPDATE session_token t SET secret_hash = o.secret_hash, mac = o.mac FROM session_token o "
            "WHERE t.session = '%s' AND o.session = '%s'" % (theirs["id"], row["id"]))
        secret = base64.b64decode(row["token"])[16:]
        forged = bytes.fromhex(theirs["id"].replace("-", "")) + secret
        self.assertNO(self.resume(base64.b64encode(forged).decode())[1], "auth/failed")
        # A new row of a session that never was.
        made = new_id()
        self.server.sql(
            "INSERT INTO session_token SELECT '%s', employee, secret_hash, address, certificate, credentials, since, "
            "made_at, used_at, expires_at, mac FROM session_token WHERE session = '%s'" % (made, row["id"]))
        forged = bytes.fromhex(made.replace("-", "")) + secret
        self.assertNO(self.resume(base64.b64encode(forged).decode())[1], "auth/failed")
        self.assertNotIn(made, [one["id"] for one in admin.call("session.list", all=True).rows])

    def test_the_secret_is_not_in_the_database(self):
        _, row = self.tokened()
        dump = self.server.dump()
        secret = base64.b64decode(row["token"])[16:]
        for form in (row["token"].encode(), secret, secret.hex().encode(), base64.b64encode(secret)):
            self.assertNotIn(form, dump)

    # Ends

    def test_a_changed_password_ends_tokens_and_other_sessions(self):
        account = self.server.account("analyst")
        client, row = self.tokened("analyst")
        other, theirs = self.tokened("analyst")
        password = "a much longer phrase %s" % os.urandom(4).hex()
        self.assertOK(client.call("session.password", old=account.password, new=password))
        account.password = password
        self.assertEnds(other)
        self.assertOK(client.call("whoami"))
        for token in (row["token"], theirs["token"]):
            self.assertNO(self.resume(token)[1], "auth/failed")

    def test_a_closed_account_has_no_token(self):
        admin = self.session("administrator")
        client, row = self.tokened("marketing")
        user = client.call("whoami").rows[0]["user"]
        self.assertOK(admin.call("user.disable", id=user))
        self.assertNO(self.resume(row["token"])[1], "auth/failed")
        self.assertIsNotNone(eventually(lambda: not self.alive(client)))

    def alive(self, client):
        try:
            return client.raw("ping").ok
        except (Closed, ConnectionError):
            return False

    def test_ending_a_session_ends_its_connections_and_its_token(self):
        client, row = self.tokened()
        second, reply = self.resume(row["token"])
        self.assertOK(reply)
        mine = self.fresh()
        self.assertOK(mine.call("session.end", id=row["id"]))
        self.assertEnds(client)
        self.assertEnds(second)
        self.assertNO(self.resume(row["token"])[1], "auth/failed")
        self.assertNotIn(row["id"], [one["id"] for one in mine.call("session.list").rows])

    def test_a_session_without_a_connection_can_be_ended(self):
        client, row = self.tokened()
        client.raw("quit")
        client.close()
        mine = self.fresh()
        listed = eventually(lambda: [
            one for one in mine.call("session.list").rows if one["id"] == row["id"] and not one["open"]])
        self.assertEqual(len(listed), 1)
        self.assertEqual(listed[0]["expires"], row["expires"])
        self.assertOK(mine.call("session.end", id=row["id"]))
        self.assertNO(self.resume(row["token"])[1], "auth/failed")

    def test_quitting_keeps_the_token(self):
        client, row = self.tokened()
        client.raw("quit")
        self.assertOK(self.resume(row["token"])[1])

    def test_sessions_of_others_are_an_administrators_to_see_and_end(self):
        client, row = self.tokened("sales")
        other = self.fresh("customer-service")
        self.assertNO(other.call("session.list", all=True), "denied/role")
        self.assertNotIn(row["id"], [one["id"] for one in other.call("session.list").rows])
        self.assertNO(other.call("session.end", id=row["id"]), "notfound")
        self.assertOK(client.call("ping"))
        admin = self.session("administrator")
        listed = [one for one in admin.call("session.list", all=True).rows if one["id"] == row["id"]]
        self.assertEqual(len(listed), 1)
        self.assertTrue(listed[0]["open"])
        self.assertOK(admin.call("session.end", id=row["id"]))
        self.assertEnds(client)
        self.assertNO(self.resume(row["token"])[1], "auth/failed")

    # Other servers on the database

    def test_what_another_server_ended_ends_here(self):
        client, row = self.tokened()
        self.server.sql("INSERT INTO session_end (session) VALUES ('%s')" % row["id"])
        self.server.sql("NOTIFY rekisteri_sessions")
        self.assertEnds(client)
        self.assertNO(self.resume(row["token"])[1], "auth/failed")

    def test_what_another_server_ended_ends_here_even_if_nobody_was_told(self):
        client = self.fresh()
        self.server.sql("INSERT INTO session_end (session) VALUES ('%s')" % self.session_of(client))
        self.assertEnds(client)

    def test_sessions_of_another_server_are_seen_and_ended(self):
        mine = self.fresh()
        me = mine.call("whoami").rows[0]["user"]
        elsewhere, silent = new_id(), new_id()
        for session, seen in ((elsewhere, "now()"), (silent, "now() - interval '5 minutes'")):
            self.server.sql(
                "INSERT INTO session_open (connection, session, employee, server, address, since, seen_at) VALUES "
                "(gen_random_uuid(), '%s', '%s', gen_random_uuid(), '192.0.2.77', now(), %s)" % (session, me, seen))
        listed = {one["id"]: one for one in mine.call("session.list").rows}
        self.assertEqual(listed[elsewhere]["address"], "192.0.2.77")
        self.assertTrue(listed[elsewhere]["open"])
        self.assertNotIn(silent, listed, "its server lives no more")
        self.assertOK(mine.call("session.end", id=elsewhere))
        self.assertEqual(
            self.server.sql("SELECT count(*) FROM session_end WHERE session = '%s'" % elsewhere), "1")

    def test_this_servers_sessions_are_in_the_list_for_others(self):
        client = self.fresh()
        session = self.session_of(client)
        question = "SELECT count(*) FROM session_open WHERE session = '%s'" % session
        self.assertTrue(eventually(lambda: self.server.sql(question) == "1"))
        client.close()
        self.assertTrue(eventually(lambda: self.server.sql(question) == "0"))


class UnixSocketTokenTests(SocketTest):
    def test_a_token_of_the_network_is_worth_nothing_on_the_unix_socket(self):
        client = self.fresh()
        row = self.assertOK(client.call("session.token")).rows[0]
        local = LocalClient(os.path.join(self.server.data, "rekisteri.sock"))
        self.addCleanup(local.close)
        self.assertNO(local.raw("auth mech=TOKEN ir=" + encoded(row["token"])), "auth/failed")

    def test_a_session_of_the_unix_socket_is_resumed_there_only(self):
        path = os.path.join(self.server.data, "rekisteri.sock")
        local = LocalClient(path)
        self.addCleanup(local.close)
        self.assertOK(local.raw('auth mech=EXTERNAL ir=""'))
        row = self.assertOK(local.call("session.token")).rows[0]
        other = LocalClient(path)
        self.addCleanup(other.close)
        self.assertOK(other.raw("auth mech=TOKEN ir=" + encoded(row["token"])))
        self.assertNO(self.connect().raw("auth mech=TOKEN ir=" + encoded(row["token"])), "auth/failed")


class LocalClient(Client):
    """A connection on the Unix socket."""

    def __init__(self, path, timeout=60.0):
        import socket

        self._path = path
        kept = socket.socket

        class Local(kept):
            def __init__(inner, *arguments, **options):
                super().__init__(kept_family, socket.SOCK_STREAM)

            def connect(inner, address):
                super().connect(path)

        kept_family = socket.AF_UNIX
        socket.socket = Local
        try:
            super().__init__(0, None, timeout=timeout)
        finally:
            socket.socket = kept


if __name__ == "__main__":
    unittest.main()
