"""Reasons to look in the access log: what stands out, what it rests on, and what becomes of it."""

import unittest

from access import ADMIN, ANALYST, AUDITOR, CS, MARKETING, OFFICER, SALES, AccessTest
from support import UUID7, unique

KINDS = {"bulk", "hours", "repeated", "self", "colleague", "namesake", "refusals", "dormant", "walk"}


class AnomalyTests(AccessTest):
    @property
    def auditor(self):
        return self.session(AUDITOR)

    def found(self, kind, client, **more):
        """The findings of a kind about a session's employee, each confirmed by the log."""
        reply = self.assertOK(self.auditor.call("log.anomalies", kind=kind, user=client.account.name, **more))
        for row in reply.rows:
            self.assertEqual((row["kind"], row["user-name"]), (kind, client.account.name))
            self.confirm(row)
        return reply.rows

    def confirm(self, row):
        """What a finding rests on is in the log, by that employee and within its time."""
        evidence = row["evidence"]
        self.assertGreater(evidence["count"], 0)
        self.assertTrue(1 <= len(evidence["samples"]) <= 5)
        for index in {evidence["first"], evidence["last"], *evidence["samples"]}:
            self.assertTrue(evidence["first"] <= index <= evidence["last"])
            entry = self.assertOK(self.auditor.call("log.show", index=index)).rows[0]
            self.assertEqual(entry["user"], row["user"])
            self.assertTrue(row["since"] <= entry["at"] <= row["until"], (row, entry["at"]))
            if row["person"]:
                self.assertEqual(entry["person"], row["person"])
            self.assertEqual(entry["outcome"] == "denied", row["kind"] == "refusals")
        self.assertTrue(row["reason"])
        self.assertGreaterEqual(row["score"], 1)

    def look(self, client, person, **more):
        return self.assertOK(client.call("person.show", id=person, purpose="customer-service", **more))

    def test_the_same_person_again_and_again_is_seen_unless_a_case_is_named(self):
        client, person, other = self.newcomer(CS), self.add_person(), self.add_person()
        for number in range(6):
            self.look(client, other, case="A-%d" % number)
        for _ in range(4):
            self.look(client, person)
        self.assertEqual(self.found("repeated", client), [])
        self.look(client, person)
        rows = self.found("repeated", client)
        self.assertEqual([(row["person"], row["value"], row["evidence"]["count"]) for row in rows], [(person, 5, 5)])
        self.assertEqual(rows[0]["role"], CS)

    def test_refusals_are_seen(self):
        client = self.newcomer(CS)
        for number in range(5):
            self.assertEqual(self.found("refusals", client), [])
            self.assertNO(client.call("log.find"), "denied/role")
        self.assertEqual([row["value"] for row in self.found("refusals", client)], [5])

    def test_a_walk_through_the_ids_is_seen(self):
        people = sorted(self.add_person() for _ in range(9))
        up, down, short, mixed = (self.newcomer(CS) for _ in range(4))
        for person in people:
            self.look(up, person)
        for person in reversed(people):
            self.look(down, person)
        for person in people[:7]:
            self.look(short, person)
        for person in people[::2] + people[1::2]:
            self.look(mixed, person)
        for client, count in ((up, [9]), (down, [9]), (short, []), (mixed, [])):
            self.assertEqual([row["value"] for row in self.found("walk", client)], count)

    def test_the_own_name_and_a_colleagues_are_seen(self):
        first, last = unique("Etu"), unique("Suku")
        client, colleague = self.newcomer(CS, **{"full-name": first + " " + last}), self.newcomer(CS)
        person = self.add_person(**{"first-name": first, "last-name": last})
        stranger = self.add_person(**{"first-name": unique(), "last-name": unique()})
        for one in (client, colleague):
            self.look(one, stranger)
            self.assertEqual(self.found("self", one) + self.found("colleague", one), [])
            self.look(one, person)
        self.assertEqual([row["person"] for row in self.found("self", client)], [person])
        self.assertEqual(self.found("colleague", client), [])
        self.assertEqual([row["person"] for row in self.found("colleague", colleague)], [person])
        self.assertEqual(self.found("self", colleague), [])

    def test_who_reviews_asks_and_it_is_in_the_log(self):
        for verb in ("log.anomalies", "log.anomaly.summary", "log.anomaly.settings"):
            self.assertOK(self.session(OFFICER).call(verb))
        for role in (CS, SALES, MARKETING, ANALYST, ADMIN):
            for verb, more in (("log.anomalies", {}), ("log.anomaly.summary", {}), ("log.anomaly.settings", {}),
                               ("log.anomaly.dispose", {"id": self.user_id(AUDITOR), "disposition": "explained",
                                                        "note": "ok"})):
                with self.subTest(verb, role=role):
                    self.assertNO(self.session(role).call(verb, **more), "denied/role")
        reply = self.assertOK(self.auditor.call("log.anomalies"))
        self.assertLessEqual({row["kind"] for row in reply.rows}, KINDS)
        self.assertEqual(self.entry(reply)["rows"], len(reply.rows))
        names = {row["name"] for row in self.assertOK(self.auditor.call("log.anomaly.settings")).rows}
        self.assertIn("working-hours", names)

    def test_it_is_disposed_of_by_one_and_signed_by_another(self):
        client, person = self.newcomer(CS), self.add_person()
        for _ in range(5):
            self.look(client, person)
        identity = self.found("repeated", client)[0]["id"]
        officer = self.session(OFFICER)
        self.assertNO(officer.call("log.anomaly.sign", id=identity), "conflict/state")
        note = unique("Selvitys") + " on tehty"
        reply = self.assertOK(self.auditor.call(
            "log.anomaly.dispose", id=identity, disposition="followed-up", note=note))
        self.assertEqual(self.entry(reply)["code"], "followed-up")
        self.assertEqual(self.found("repeated", client), [])
        self.assertEqual([row["id"] for row in self.found("repeated", client, state="disposed")], [identity])
        # Who signs sees why.
        shown = self.assertOK(officer.call("log.anomalies", kind="repeated", user=client.account.name, state="disposed"))
        self.assertEqual(
            [(row["by"], row["note"]) for row in shown.rows], [(self.server.account(AUDITOR).name, note)])
        self.assertNO(self.auditor.call("log.anomaly.sign", id=identity), "conflict/state")
        self.assertOK(officer.call("log.anomaly.sign", id=identity))
        row = self.found("repeated", client, state="signed")[0]
        self.assertEqual((row["state"], row["disposition"]), ("signed", "followed-up"))
        self.assertNotIn(note.encode(), self.server.dump())
        self.look(client, person)
        self.assertEqual([row["id"] for row in self.found("repeated", client)], [identity])


if __name__ == "__main__":
    unittest.main()
