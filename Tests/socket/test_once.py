"""Writes that may be repeated (PROTOCOL.md section 2, Retry), and events after `watch`."""

import threading
import unittest

from support import SocketTest, eventually, new_id, unique

CARE = {"purpose": "customer-service"}


class OnceTests(SocketTest):
    def count(self, name):
        found = self.assertOK(self.session("customer-service").call("person.find", text=name, **CARE))
        return len([row for row in found.rows if name in row["name"]])

    def test_the_same_write_again_gives_the_first_outcome(self):
        client, key, name = self.session("customer-service"), unique("k"), unique()
        first = self.assertOK(client.call("person.add", kind="private", last_name=name, once=key, **CARE))
        again = self.assertOK(client.call("person.add", kind="private", last_name=name, once=key, **CARE))
        self.assertEqual(again.rows, first.rows)
        self.assertNotEqual(again.rid, first.rid)
        self.assertEqual(self.count(name), 1)

    def test_the_repetition_is_logged_anew(self):
        client, key = self.session("customer-service"), unique("k")
        first = client.call("person.add", kind="private", last_name=unique(), once=key, **CARE)
        again = client.call("person.mark", id=first.rows[0]["id"], mark="do-not-contact", once=key + "m", **CARE)
        repeat = client.call("person.mark", id=first.rows[0]["id"], mark="do-not-contact", once=key + "m", **CARE)
        self.assertOK(again)
        self.assertOK(repeat)
        self.assertEqual(self.entry(repeat)["verb"], "person.mark")
        self.assertEqual(self.row(first.rows[0]["id"])["rev"], again.rows[0]["rev"])

    def test_the_same_key_in_another_session_of_the_same_user(self):
        key, name = unique("k"), unique()
        first = self.fresh().call("organisation.add", name=name, once=key)
        again = self.fresh().call("organisation.add", name=name, once=key)
        self.assertEqual(self.assertOK(again).rows, self.assertOK(first).rows)

    def test_the_same_key_of_another_user_is_another_key(self):
        key, name = unique("k"), unique()
        first = self.assertOK(self.session("customer-service").call("organisation.add", name=name, once=key))
        other = self.assertOK(self.session("sales").call("organisation.add", name=name, once=key))
        self.assertNotEqual(first.rows, other.rows)

    def test_the_key_with_other_parameters_is_a_conflict(self):
        client, key = self.session("customer-service"), unique("k")
        self.assertOK(client.call("organisation.add", name=unique(), once=key))
        self.assertNO(client.call("organisation.add", name=unique(), once=key), "conflict/state")

    def test_the_key_with_another_verb_is_a_conflict(self):
        client, key, name = self.session("customer-service"), unique("k"), unique()
        row = self.assertOK(client.call("organisation.add", name=name, once=key)).rows[0]
        self.assertNO(
            client.call("organisation.edit", id=row["id"], rev=row["rev"], name=name, once=key), "conflict/state")

    def test_parameters_in_another_order_are_the_same(self):
        client, key, name = self.session("customer-service"), unique("k"), unique()
        first = client.raw('organisation.add name=%s town=Turku once=%s' % (name, key))
        again = client.raw('organisation.add once=%s town="Turku" name="%s"' % (key, name))
        self.assertEqual(self.assertOK(again).rows, self.assertOK(first).rows)

    def test_a_write_that_failed_may_be_done_with_its_key(self):
        client, key = self.session("customer-service"), unique("k")
        person = self.add_person()
        rev = self.row(person)["rev"]
        self.assertNO(client.call("person.edit", id=person, rev=rev + 5, first_name="A", once=key, **CARE),
            "conflict/rev")
        self.assertOK(client.call("person.edit", id=person, rev=rev, first_name="A", once=key, **CARE))

    def test_the_same_key_on_ten_connections_at_once_writes_once(self):
        key, name = unique("k"), unique()
        clients = [self.fresh() for _ in range(10)]
        barrier, replies = threading.Barrier(10), []

        def write(client):
            barrier.wait()
            replies.append(client.call("person.add", kind="private", last_name=name, once=key, **CARE))

        threads = [threading.Thread(target=write, args=(client,)) for client in clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual(len(replies), 10)
        for reply in replies:
            self.assertOK(reply)
        self.assertEqual(len({reply.rows[0]["id"] for reply in replies}), 1)
        self.assertEqual(self.count(name), 1)

    def test_keys_have_up_to_64_characters(self):
        client = self.session("customer-service")
        self.assertOK(client.call("organisation.add", name=unique(), once="k" * 50 + unique()[:11] + "abc"))
        self.assertNO(client.call("organisation.add", name=unique(), once="k" * 65), "invalid/once")
        self.assertNO(client.call("organisation.add", name=unique(), once=""), "invalid/once")

    def test_a_reading_command_has_no_once(self):
        self.assertBAD(self.session("customer-service").call("organisation.show", id=new_id(), once="a"),
            "unknown/param")

    def test_a_repetition_is_permitted_anew(self):
        # With another purpose it is another write: the purpose is a parameter.
        client, key = self.session("customer-service"), unique("k")
        first = client.call("person.add", kind="private", last_name=unique("Aa"), once=key, **CARE)
        self.assertOK(first)
        reply = client.call("person.add", kind="private", last_name="x", once=key, purpose="sales")
        self.assertNO(reply, "denied/purpose")


class EventTests(SocketTest):
    def test_no_events_come_without_watch(self):
        client = self.fresh()
        session = client.call("whoami").rows[0]["session"]
        self.assertOK(self.session("customer-service").call("session.end", id=session))
        for line in self.assertCloses(client):
            self.assertNotEqual(line.kind, "!", line.raw)

    def test_watch_is_answered(self):
        self.assertOK(self.fresh().call("watch"))

    def test_events_have_no_tag_and_a_growing_number(self):
        client = self.fresh()
        self.assertOK(client.call("watch"))
        session = client.call("whoami").rows[0]["session"]
        self.assertOK(self.session("customer-service").call("session.end", id=session))
        lines = self.assertCloses(client)
        events = client.events + [line.value for line in lines if line.kind == "!"]
        self.assertTrue(events, "the end of a watched session is no event")
        numbers = [event["seq"] for event in events if event["event"] != "gap"]
        self.assertEqual(numbers, sorted(set(numbers)))
        self.assertTrue(all(isinstance(event["event"], str) for event in events))

    def test_a_session_ends_by_session_end(self):
        client = self.fresh()
        session = client.call("whoami").rows[0]["session"]
        self.assertOK(self.session("customer-service").call("session.end", id=session))
        self.assertCloses(client)
        other = self.session("customer-service")
        self.assertTrue(eventually(lambda: not other.call("session.end", id=session).ok, 60))
        self.assertNO(other.call("session.end", id=session), "notfound")

    def test_another_users_session_looks_like_none(self):
        other = self.session("sales").call("whoami").rows[0]["session"]
        mine = self.session("customer-service")
        there = mine.call("session.end", id=other)
        none = mine.call("session.end", id=new_id())
        self.assertNO(there, "notfound")
        self.assertEqual({key: value for key, value in there.object.items() if key != "rid"},
                         {key: value for key, value in none.object.items() if key != "rid"})
        self.assertOK(self.session("sales").call("ping"))

    def test_session_list_shows_ones_own_only(self):
        client = self.session("customer-service")
        user = client.call("whoami").rows[0]["user"]
        self.assertEqual({row["user"] for row in self.assertOK(client.call("session.list")).rows}, {user})
        self.assertNO(client.call("session.list", all=True), "denied/role")


if __name__ == "__main__":
    unittest.main()
