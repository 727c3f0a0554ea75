"""More than 300 persons a day for one employee need an approval (REGISTER.md section 4)."""

import unittest

from access import ADMIN, CS, NOT_YOURS, OFFICER, SALES, AccessTest
from support import away_from_midnight

CARE = {"purpose": "customer-service"}
DAILY = 300
PAGE = 50


class DailyNumberTests(AccessTest):
    persons = 420
    options = ("--daily-persons", str(DAILY))

    def setUp(self):
        away_from_midnight(180)
        super().setUp()

    @property
    def everyone(self):
        """The ids of all persons, in their order."""
        if not hasattr(type(self), "_ids"):
            type(self)._ids = self.server.sql("SELECT id FROM person ORDER BY id").split()
        return type(self)._ids

    def reader(self):
        return self.newcomer(CS)

    def look(self, client, identity, **more):
        return client.call("person.show", id=identity, **dict(CARE, **more))

    def use_up(self, client, left=0):
        """Shows a session's user persons in the order of their ids until so many are left of the day."""
        seen, after = [], None
        while len(seen) < DAILY - left:
            reply = self.assertOK(client.call(
                "person.list", limit=min(PAGE, DAILY - left - len(seen)), after=after, **CARE))
            seen += [row["id"] for row in reply.rows]
            after = reply.object["next"]
        self.assertEqual(len(set(seen)), DAILY - left)
        return seen

    def unseen(self, seen):
        return [identity for identity in self.everyone if identity not in set(seen)]

    def pending(self, reply):
        self.assertOK(reply, "pending/approval")
        self.assertEqual(reply.rows, [])
        return reply.object["approval"]

    def officer(self):
        return self.session(OFFICER)

    def test_the_301st_person_needs_an_approval_and_those_before_do_not(self):
        client = self.reader()
        seen = self.use_up(client, left=1)
        new = self.unseen(seen)
        self.assertOK(self.look(client, new[0]))
        identity = self.pending(self.look(client, new[1]))
        for known in (seen[0], seen[-1], new[0]):
            self.assertOK(self.look(client, known))
        self.assertEqual(len(self.assertOK(client.call("person.list", limit=PAGE, **CARE)).rows), PAGE)
        self.assertEqual(self.pending(self.look(client, new[1])), identity)
        self.assertEqual(self.entries(self.look(client, new[1]))[0]["fields"] or [], [])

    def test_a_page_that_crosses_the_number_shows_nothing(self):
        client = self.reader()
        seen = self.use_up(client, left=10)
        self.pending(client.call("person.list", limit=20, after=seen[-1], **CARE))
        self.assertEqual(len(self.assertOK(client.call(
            "person.list", limit=10, after=seen[-1], **CARE)).rows), 10)
        self.pending(client.call("person.list", limit=11, after=seen[-1], **CARE))

    def test_a_search_that_crosses_the_number_shows_nothing(self):
        client = self.reader()
        seen = self.use_up(client, left=2)
        names = [self.add_named("Rajasuku") for _ in range(3)]
        reply = client.call("person.find", text="Rajasuku", limit=50, **CARE)
        self.pending(reply)
        self.assertOK(self.look(client, names[0]))
        self.assertNotIn(names[0], seen)

    def add_named(self, name):
        return self.add_person(**{"last-name": name})

    def test_an_approved_command_is_sent_again_and_works_once(self):
        client = self.reader()
        new = self.unseen(self.use_up(client))
        identity = self.pending(self.look(client, new[0]))
        self.assertNO(client.call("approval.give", id=identity), *NOT_YOURS)
        self.assertNO(self.session(ADMIN).call("approval.give", id=identity), *NOT_YOURS)
        self.assertNO(self.look(client, new[0], approval=identity), "denied/approval")
        state, rows = self.give(self.officer(), identity)
        self.assertEqual((state, rows), ("approved", []))
        self.assertNO(self.look(client, new[1], approval=identity), "denied/approval")
        self.assertNO(self.look(self.reader(), new[0], approval=identity), "denied/approval")
        shown = self.assertOK(self.look(client, new[0], approval=identity))
        self.assertEqual(len(shown.rows), 1)
        self.assertEqual(self.entry(shown)["person"], new[0])
        self.assertNO(self.look(client, new[0], approval=identity), "denied/approval")
        self.assertOK(self.look(client, new[0]))
        self.pending(self.look(client, new[1]))

    def test_an_approved_page_is_shown_whole(self):
        client = self.reader()
        seen = self.use_up(client)
        page = {"limit": 20, "after": seen[-1]}
        identity = self.pending(client.call("person.list", **dict(CARE, **page)))
        self.give(self.officer(), identity)
        rows = self.assertOK(client.call("person.list", approval=identity, **dict(CARE, **page))).rows
        self.assertEqual(len(rows), 20)

    def test_a_raised_number_holds_for_the_day_and_this_employee(self):
        client = self.reader()
        new = self.unseen(self.use_up(client))
        asked = self.ask(client, "quota.raise", persons=5, reason="postituksen tarkistus")
        self.assertNO(client.call("approval.give", id=asked), *NOT_YOURS)
        self.pending(self.look(client, new[0]))
        state, _ = self.give(self.officer(), asked)
        self.assertEqual(state, "executed")
        for identity in new[:5]:
            self.assertOK(self.look(client, identity))
        self.pending(self.look(client, new[5]))
        other = self.reader()
        fresh = self.unseen(self.use_up(other))
        self.pending(self.look(other, fresh[0]))

    def test_a_raise_is_a_number_with_a_reason(self):
        client = self.reader()
        for persons in ("0", "-5", "x", "1.5"):
            self.assertNO(client.call("quota.raise", persons=persons, reason="x"), "invalid/persons")
        self.assertNO(client.call("quota.raise", persons=400), "invalid/reason")

    def test_it_is_counted_by_employee_not_by_session_purpose_or_role(self):
        client = self.reader()
        new = self.unseen(self.use_up(client))
        again = self.log_in(client.account)
        self.pending(self.look(again, new[0]))
        for purpose in ("customer-care", "feedback"):
            self.pending(self.look(again, new[0], purpose=purpose))
        self.approved(self.admin, self.other_admin, "role.grant", user=client.account.name, role=SALES)
        self.pending(self.look(self.log_in(client.account), new[0], purpose="sales"))

    def test_writes_are_not_a_way_to_see(self):
        client = self.reader()
        new = self.unseen(self.use_up(client))
        reply = client.call("person.history", id=new[0], **CARE)
        self.assertFalse(reply.code == "done" and reply.rows, reply)
        reply = client.call("person.edit", id=new[0], rev=1, language="sv", **CARE)
        self.assertNotIn("identity", str(reply.rows))

    def test_it_holds_over_a_restart(self):
        account = self.new_account(CS)
        client = self.log_in(account)
        seen = self.use_up(client, left=3)
        new = self.unseen(seen)
        for kill in (False, True):
            self.again(kill=kill)
            client = self.log_in(account)
            self.assertOK(self.look(client, seen[0]))
            self.assertOK(self.look(client, new.pop(0)))
        self.assertOK(self.look(client, new.pop(0)))
        self.pending(self.look(client, new.pop(0)))
        self.again()
        client = self.log_in(account)
        self.pending(self.look(client, new.pop(0)))
        self.assertOK(self.look(client, seen[-1]))

    def test_many_at_once_do_not_slip_through(self):
        account = self.new_account(CS)
        clients = [self.log_in(account) for _ in range(4)]
        new = self.unseen(self.use_up(clients[0], left=2))
        replies = [reply for part in self.at_once(*[
            lambda number=number: [self.look(clients[number], identity) for identity in new[number * 10:][:10]]
            for number in range(4)]) for reply in part]
        shown = [reply for reply in replies if reply.rows]
        # No more than one a connection was under way when the number was reached.
        self.assertIn(len(shown), range(2, 2 + len(clients) + 1))
        for reply in replies:
            self.assertIn(reply.code, ("done", "pending/approval", "limit/quota"), reply)
        for client in clients:
            self.assertEqual(self.look(client, new[-1]).rows, [])
        self.assertNotIn("nothing is released", self.server.said(), "a false alarm over requests at once")

    def test_a_pipeline_does_not_slip_through(self):
        client = self.reader()
        new = self.unseen(self.use_up(client, left=2))
        replies = [client.submit("person.show", id=identity, **CARE) for identity in new[:60]]
        shown = [reply for reply in replies if client.wait(reply).rows]
        self.assertGreaterEqual(len(shown), 2)
        self.assertLess(len(shown), 60, "the number did not stop anything")
        self.assertEqual(self.look(client, new[70]).rows, [])

    def test_the_log_says_just_what_was_shown(self):
        client = self.reader()
        new = self.unseen(self.use_up(client))
        refused = self.look(client, new[0])
        self.pending(refused)
        rows = self.entries(refused)
        self.assertEqual([(row["fields"], row["rows"], row["code"]) for row in rows], [([], 0, "pending/approval")])


class WithoutNumberTests(AccessTest):
    persons = 320
    options = ("--daily-persons", "0")

    def test_none_means_no_bound(self):
        client, seen, after = self.newcomer(CS), set(), None
        while True:
            reply = self.assertOK(client.call("person.list", limit=PAGE, after=after, **CARE))
            seen |= {row["id"] for row in reply.rows}
            after = reply.object.get("next")
            if not after:
                break
        self.assertGreater(len(seen), DAILY)


if __name__ == "__main__":
    unittest.main()
