"""Lists that are at hand whole are paged like the others (PROTOCOL.md section 5)."""

import unittest

from support import SocketTest, new_id


class ListTests(SocketTest):
    def pages(self, client, verb, key, **parameters):
        """The keys of all rows, a row a page."""
        seen, after = [], None
        while True:
            page = self.assertOK(client.call(verb, limit=1, after=after, **parameters))
            self.assertLessEqual(len(page.rows), 1)
            seen += [row[key] for row in page.rows]
            after = page.object.get("next")
            if after is None:
                return seen

    def test_roles_are_paged(self):
        client = self.session("administrator")
        whole = [row["role"] for row in self.assertOK(client.call("role.list")).rows]
        self.assertEqual(self.pages(client, "role.list", "role"), whole)
        self.assertNO(client.call("role.list", after="nobody"), "invalid/after")
        self.assertNO(client.call("role.list", limit=0), "invalid/limit")

    def test_sessions_are_paged(self):
        client = self.fresh("customer-service")
        others = [self.fresh("customer-service") for _ in range(3)]
        whole = [row["id"] for row in self.assertOK(client.call("session.list")).rows]
        self.assertGreaterEqual(len(whole), 4)
        self.assertEqual(self.pages(client, "session.list", "id"), whole)
        for other in others:
            other.close()

    def test_what_is_not_there_cannot_be_gone_on_after(self):
        for role, verb in (
            ("customer-service", "session.list"), ("administrator", "deputy.list"), ("customer-service", "approval.list"),
            ("privacy-officer", "breakglass.list"), ("auditor", "log.anomalies"),
            ("customer-service", "organisation.list"),
        ):
            with self.subTest(verb):
                client = self.session(role)
                self.assertNO(client.call(verb, after=new_id()), "notfound")
                self.assertNO(client.call(verb, after="x"), "invalid/after")
                self.assertOK(client.call(verb, limit=1))


if __name__ == "__main__":
    unittest.main()
