"""All customers of one who leaves go to a colleague in one command (REGISTER.md section 4)."""

import unittest

from access import ADMIN, ANALYST, AUDITOR, CS, MARKETING, OFFICER, SALES, AccessTest
from support import PURPOSE, eventually, unique


class ReassignTest(AccessTest):
    def customers(self, manager, count=2):
        return [self.add_person(email=unique("c").lower() + "@example.com", manager=manager) for _ in range(count)]

    def manager(self, person):
        return self.row(person)["manager"]


class ReassignTests(ReassignTest):
    def setUp(self):
        self.giver, self.taker = self.new_account(SALES), self.new_account(SALES)

    def test_persons_and_organisations_go_and_each_is_in_the_log(self):
        persons = self.customers(self.giver.identity, 3)
        organisation = self.add_organisation(manager=self.giver.identity)
        other = self.add_person(manager=self.user_id(CS))
        reply = self.assertOK(self.admin.call("customer.reassign", **{"from": self.giver.name, "to": self.taker.name}))
        self.assertEqual(reply.rows, [{"persons": 3, "organisations": 1}])
        self.assertEqual({self.manager(person) for person in persons}, {self.taker.identity})
        self.assertEqual(self.manager(other), self.user_id(CS))
        shown = self.assertOK(self.session(CS).call("organisation.show", id=organisation)).rows[0]
        self.assertEqual((shown["manager"], shown["rev"]), (self.taker.identity, 2))
        entries = self.entries(reply)
        self.assertEqual(sorted(entry["person"] for entry in entries if entry["person"]), sorted(persons))
        self.assertTrue(all(entry["verb"] == "customer.reassign" for entry in entries))

    def test_search_follows_at_once(self):
        address = unique("c").lower() + "@example.com"
        person = self.add_person(email=address, manager=self.giver.identity)
        giver, taker = self.log_in(self.giver), self.log_in(self.taker)

        def found(client):
            return [row["id"] for row in self.assertOK(client.call(
                "person.find", text=address, purpose="sales")).rows]

        self.assertEqual((found(giver), found(taker)), ([person], []))
        self.assertOK(self.session(CS).call(
            "customer.reassign", **{"from": self.giver.identity, "to": self.taker.identity}))
        self.assertEqual((found(giver), found(taker)), ([], [person]))
        row = self.assertOK(giver.call("person.show", id=person, purpose="sales")).rows[0]
        self.assertNotIn("contact", row)

    def test_a_leaver(self):
        person = self.customers(self.giver.identity, 1)[0]
        self.assertOK(self.admin.call("user.disable", id=self.giver.identity))
        reply = self.assertOK(self.admin.call("customer.reassign", **{"from": self.giver.name, "to": self.taker.name}))
        self.assertEqual(reply.rows, [{"persons": 1, "organisations": 0}])
        self.assertEqual(self.manager(person), self.taker.identity)

    def test_a_dry_run_only_counts(self):
        person = self.customers(self.giver.identity, 1)[0]
        reply = self.assertOK(self.admin.call(
            "customer.reassign", dry_run=True, **{"from": self.giver.name, "to": self.taker.name}))
        self.assertEqual(reply.rows, [{"persons": 1, "organisations": 0}])
        self.assertEqual(self.manager(person), self.giver.identity)
        self.assertIsNone(self.entry(reply)["person"])

    def test_to_whom_they_cannot_go(self):
        person = self.customers(self.giver.identity, 1)[0]
        roleless = self.new_account()
        gone = self.new_account(SALES)
        self.assertOK(self.admin.call("user.disable", id=gone.identity))
        for to, code in (
                (roleless.name, "conflict/state"), (gone.name, "conflict/state"),
                (self.server.account(ADMIN, 1).name, "conflict/state"),
                (self.server.account(AUDITOR).name, "conflict/state"),
                (self.server.account(MARKETING).name, "conflict/state"),
                (self.server.account(ANALYST).name, "conflict/state"), (self.giver.name, "invalid/to"),
                (unique("q").lower(), "notfound"), ("Not A Name", "invalid/to"), ("", "invalid/to")):
            for dry_run in (False, True):
                with self.subTest(to, dry_run=dry_run):
                    self.assertNO(self.admin.call(
                        "customer.reassign", dry_run=dry_run, **{"from": self.giver.name, "to": to}), code)
        self.assertEqual(self.manager(person), self.giver.identity)

    def test_others_may_not(self):
        person = self.customers(self.giver.identity, 1)[0]
        for role in (SALES, MARKETING, ANALYST, OFFICER, AUDITOR):
            for parameters in ({}, {"dry_run": True}, {"purpose": PURPOSE[role]}):
                with self.subTest(role, **parameters):
                    reply = self.session(role).call(
                        "customer.reassign", **dict({"from": self.giver.name, "to": self.taker.name}, **parameters))
                    self.assertNO(reply, "denied/role")
        self.assertEqual(self.manager(person), self.giver.identity)

    def test_an_administrator_does_not_become_a_reader(self):
        person = self.customers(self.giver.identity, 1)[0]
        self.assertNO(self.admin.call(
            "customer.reassign", **{"from": self.giver.name, "to": self.user_id(ADMIN)}), "conflict/state")
        self.assertNO(self.admin.call("person.show", id=person), "denied/role")

    def test_two_at_once_move_each_person_once(self):
        persons = self.customers(self.giver.identity, 12)
        third = self.new_account(SALES)
        one, two = self.at_once(
            lambda: self.admin.call("customer.reassign", **{"from": self.giver.name, "to": self.taker.name}),
            lambda: self.session(CS).call("customer.reassign", **{"from": self.giver.name, "to": third.name}))
        self.assertOK(one)
        self.assertOK(two)
        self.assertEqual(one.rows[0]["persons"] + two.rows[0]["persons"], 12)
        self.assertEqual({self.manager(person) for person in persons} - {self.taker.identity, third.identity}, set())


class ManyTests(ReassignTest):
    persons = 20_000

    def test_twenty_thousand_persons_go_in_one_command(self):
        giver, taker = self.new_account(SALES), self.new_account(SALES)
        self.server.sql("UPDATE person SET manager = '%s'" % giver.identity)
        count = int(self.server.sql("SELECT count(*) FROM person"))
        self.assertGreaterEqual(count, 20_000)
        reply = self.assertOK(self.admin.call("customer.reassign", **{"from": giver.name, "to": taker.name}))
        self.assertEqual(reply.rows[0]["persons"], count)
        left = self.server.sql("SELECT count(*) FROM person WHERE manager IS DISTINCT FROM '%s'" % taker.identity)
        self.assertEqual(left, "0")
        logged = eventually(lambda: int(self.server.sql(
            "SELECT count(DISTINCT person) FROM access_entry WHERE verb = 'customer.reassign'")) == count)
        self.assertTrue(logged)


if __name__ == "__main__":
    unittest.main()
