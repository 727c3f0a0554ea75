"""Taking rights away works on the very next command of an open session (REGISTER.md section 4)."""

import threading
import time
import unittest

import server
from client import Closed
from support import SocketTest, eventually


class RevocationTests(SocketTest):
    """A server of its own, for a role that was taken comes back only by two administrators."""

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

    def refused(self, client):
        """What a session that lost its right gets: a refusal, or the end of its connection."""
        try:
            reply = client.call("person.list", limit=1, purpose="customer-service")
        except (Closed, OSError):
            return True
        self.assertEqual(reply.rows, [])
        self.assertNO(reply, "denied/role", "denied/purpose", "auth/expired", "auth/required")
        return True

    def test_1_a_role_is_gone_on_the_next_command_of_every_session(self):
        clients = [self.fresh("customer-service") for _ in range(5)]
        for client in clients:
            self.assertOK(client.call("person.list", limit=1, purpose="customer-service"))
        name = self.server.account("customer-service").name
        self.assertOK(self.session("administrator").call("role.revoke", user=name, role="customer-service"))
        for client in clients:
            self.assertTrue(self.refused(client))
        described = clients[0].call("describe")
        self.assertFalse([row for row in described.rows if row["verb"].startswith("person.")])

    def test_2_commands_under_way_are_decided_by_the_new_rules(self):
        clients = [self.fresh("sales") for _ in range(4)]
        stop, seen = threading.Event(), []

        def read(client):
            while not stop.is_set():
                begin = time.monotonic()
                reply = client.call("person.list", limit=5, purpose="sales")
                seen.append((begin, reply.ok, len(reply.rows)))

        threads = [threading.Thread(target=read, args=(client,)) for client in clients]
        for thread in threads:
            thread.start()
        revoke = self.session("administrator").call(
            "role.revoke", user=self.server.account("sales").name, role="sales")
        eventually(lambda: sum(one[0] > revoke.final.at for one in list(seen)) >= 8, 60)
        stop.set()
        for thread in threads:
            thread.join(30)
        self.assertOK(revoke)
        late = [one for one in seen if one[0] > revoke.final.at]
        self.assertGreaterEqual(len(late), 4)
        self.assertEqual([one for one in late if one[1] or one[2]], [], "shown after the role was taken")
        self.assertEqual([one for one in seen if not one[1] and one[2]], [], "refused, but with rows")

    def test_3_a_disabled_user_is_out_at_once(self):
        client = self.fresh("marketing")
        user = client.call("whoami").rows[0]["user"]
        self.assertOK(self.session("administrator").call("user.disable", id=user))
        try:
            reply = client.call("organisation.list", limit=1)
            self.assertFalse(reply.ok, reply)
        except (Closed, OSError):
            pass
        account = self.server.account("marketing")
        self.assertNO(self.connect().auth(account.name, account.password), "auth/failed")

    def test_4_a_disabled_user_looks_like_a_wrong_password(self):
        account = self.server.account("marketing")
        right = self.connect().auth(account.name, account.password)
        wrong = self.connect().auth(account.name, account.password, wrong=True)
        strip = lambda reply: (reply.status, reply.code, {k: v for k, v in reply.object.items() if k != "rid"})
        self.assertEqual(strip(right), strip(wrong))

    def test_5_nobody_locks_the_last_door(self):
        admin = self.session("administrator")
        me = admin.call("whoami").rows[0]["user"]
        self.assertNO(admin.call("user.disable", id=me), "conflict/state")

    def test_6_a_changed_password_ends_the_other_sessions(self):
        account = self.server.account("analyst")
        one, two = self.fresh("analyst"), self.fresh("analyst")
        new = "kolme-sanaa-ja-viela-yksi-7"
        self.assertNO(one.call("session.password", old="not-the-old-one", new=new), "auth/failed", "invalid/old")
        self.assertNO(one.call("session.password", old=account.password, new="short"), "invalid/new")
        self.assertOK(one.call("session.password", old=account.password, new=new))
        self.assertOK(one.call("ping"))
        self.assertCloses(two)
        self.assertNO(self.connect().auth(account.name, account.password), "auth/failed")
        self.assertOK(self.connect().auth(account.name, new))


if __name__ == "__main__":
    unittest.main()
