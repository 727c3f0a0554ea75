"""Why somebody may or may not: what policy.explain says, against what the commands do."""

import datetime
import unittest

from access import ADMIN, ANALYST, AUDITOR, CS, MARKETING, OFFICER, SALES, AccessTest
from support import PURPOSE, ROLES, phone


class PolicyExplainTest(AccessTest):
    def explain(self, user, verb, by=ADMIN, client=None, **parameters):
        reply = self.assertOK((client or self.session(by)).call("policy.explain", user=user, verb=verb, **parameters))
        self.assertEqual(len(reply.rows), 1)
        self.assertTrue(reply.rows[0]["because"])
        return reply.rows[0]

    def name(self, role):
        return self.server.account(role).name

    # Against what happens

    def test_it_says_what_happens_for_every_role_and_reading_verb(self):
        person = self.add_person()
        calls = [("person.show", {"id": person}), ("person.list", {"limit": 1}), ("person.find", {"text": "a"}),
                 ("organisation.list", {"limit": 1}), ("user.list", {}), ("role.list", {}), ("policy.show", {}),
                 ("log.find", {"limit": 1}), ("server.health", {}), ("keys.verify", {}), ("whoami", {})]
        for role in ROLES:
            for verb, parameters in calls:
                for purpose in (None, "customer-service", "sales", "data-subject-rights", "research"):
                    about = parameters if purpose is None or not verb.startswith(("person", "organisation")) else dict(
                        parameters, purpose=purpose)
                    asked = {} if purpose is None else {"purpose": purpose}
                    said = self.explain(self.name(role), verb, **asked)["allowed"]
                    reply = self.session(role).call(verb, **about)
                    with self.subTest(role=role, verb=verb, purpose=purpose):
                        self.assertEqual(said, reply.code not in ("denied/role", "denied/purpose"), reply)

    def test_it_says_what_happens_for_persons(self):
        seller = self.user_id(SALES)
        people = {
            "own": self.add_person(manager=seller), "other": self.add_person(manager=self.user_id(CS)),
            "nobody's": self.add_person(),
            "contact": self.add_person("contact", phone=phone()),
        }
        guarded = self.add_person(phone=phone())
        self.assertOK(self.session(OFFICER).call(
            "person.mark", id=guarded, mark="protected", purpose="data-subject-rights"))
        people["protected"] = guarded
        for role in (CS, SALES, MARKETING, ANALYST, OFFICER, ADMIN, AUDITOR):
            purpose = PURPOSE[role] or "customer-service"
            for what, person in people.items():
                said = self.explain(self.name(role), "person.show", by=OFFICER, purpose=purpose, person=person)
                reply = self.session(role).call("person.show", id=person, purpose=purpose)
                with self.subTest(role=role, person=what):
                    self.assertEqual(said["allowed"], reply.ok, (said, reply))
                    if reply.ok:
                        held = set(reply.rows[0]) & {"identity", "contact", "demographic", "professional", "other"}
                        self.assertLessEqual(held, set(said["categories"]))

    def test_own_customers_are_told_apart(self):
        own = self.add_person(manager=self.user_id(SALES))
        other = self.add_person(manager=self.user_id(CS))
        parameters = {"by": OFFICER, "purpose": "sales"}
        self.assertTrue(self.explain(self.name(SALES), "person.edit", person=own, **parameters)["allowed"])
        refused = self.explain(self.name(SALES), "person.edit", person=other, **parameters)
        self.assertFalse(refused["allowed"])
        self.assertIn("own customers", refused["because"])

    # Words

    def test_each_language_has_its_own_words(self):
        said = set()
        for language, word in (("en", "because the role"), ("fi", "koska työnkuva"), ("sv", "eftersom rollen")):
            client = self.server.client()
            self.addCleanup(client.close)
            client.say_hello(language)
            client.login(self.server.account(AUDITOR))
            row = self.explain(self.name(CS), "person.show", client=client, purpose="customer-service")
            self.assertIn(word, row["because"])
            self.assertIn("allow customer-service read identity", row["because"])
            said.add(row["because"])
        self.assertEqual(len(said), 3)

    def test_refusals_say_why(self):
        seller = self.name(SALES)
        for verb, parameters, rule, word in (
                ("user.list", {}, "no-rule", "administrator"), ("person.show", {}, "no-purpose", "sales"),
                ("person.show", {"purpose": "research"}, "no-purpose", "market research"),
                ("person.merge", {"purpose": "sales"}, "no-rule", "privacy officer")):
            with self.subTest(verb, **parameters):
                row = self.explain(seller, verb, **parameters)
                self.assertFalse(row["allowed"])
                self.assertEqual(row["rule"], rule)
                self.assertIn(word, row["because"])

    def test_a_disabled_account_and_one_without_roles(self):
        account = self.new_account()
        row = self.explain(account.name, "person.show", purpose="sales")
        self.assertEqual((row["allowed"], row["rule"]), (False, "no-role"))
        self.assertOK(self.admin.call("user.disable", id=account.identity))
        row = self.explain(account.name, "whoami")
        self.assertEqual((row["allowed"], row["rule"]), (False, "disabled"))

    def test_verbs_that_need_no_permission(self):
        for verb in ("ping", "describe", "hello", "quit", "whoami", "use"):
            with self.subTest(verb):
                self.assertTrue(self.explain(self.name(SALES), verb)["allowed"])
        self.assertNO(self.admin.call("policy.explain", user=self.name(SALES), verb="no.such"), "invalid/verb")

    def test_an_approval_is_told_with_who_gives_it(self):
        row = self.explain(self.name(ADMIN), "role.grant")
        self.assertTrue(row["allowed"])
        self.assertIn("approv", row["because"])
        self.assertIn("auditor", row["because"])
        row = self.explain(self.name(OFFICER), "person.merge", purpose="data-subject-rights")
        self.assertIn("privacy officer", row["because"])

    def test_an_emergency_read_is_proposed(self):
        person = self.add_person(phone=phone(), manager=self.user_id(CS))
        row = self.explain(self.name(SALES), "person.contact.add", by=OFFICER, purpose="sales", person=person)
        self.assertFalse(row["allowed"])
        row = self.explain(self.name(MARKETING), "person.show", by=OFFICER, purpose="marketing", person=person)
        self.assertFalse(row["allowed"])
        self.assertIn("breakglass.take", row["because"])

    def test_a_deputy_is_told(self):
        colleague = self.newcomer(SALES)
        person = self.add_person(phone=phone(), manager=self.user_id(SALES))
        name = colleague.account.name
        asked = {"by": OFFICER, "purpose": "sales", "person": person}
        self.assertNotIn("contact", self.explain(name, "person.show", **asked)["categories"])
        today = datetime.datetime.now(datetime.timezone.utc).date()
        days = {"from": today.isoformat(), "until": (today + datetime.timedelta(days=7)).isoformat()}
        self.approved(self.admin, self.other_admin, "deputy.add", user=self.name(SALES), deputy=name, **days)
        row = self.explain(name, "person.show", **asked)
        self.assertIn("contact", row["categories"])
        self.assertIn("stands in", row["because"])
        self.assertIn(days["until"], row["because"])

    # Who may ask

    def test_a_person_is_asked_about_by_the_officer_only(self):
        person = self.add_person()
        parameters = {"user": self.name(CS), "verb": "person.show", "purpose": "customer-service"}
        for role in ROLES:
            reply = self.session(role).call("policy.explain", person=person, **parameters)
            with self.subTest(role):
                if role == OFFICER:
                    self.assertOK(reply)
                    self.assertEqual([row["person"] for row in self.entries(reply)], [person])
                else:
                    self.assertNO(reply, "denied/role")
                    self.assertEqual(reply.rows, [])
        for role in (CS, SALES, MARKETING, ANALYST, OFFICER):
            self.assertNO(self.session(role).call("policy.explain", **parameters), "denied/role")


if __name__ == "__main__":
    unittest.main()
