"""Who may do what: the table of REGISTER.md section 4, by role, verb, purpose, scope and kind."""

import unittest

from support import PURPOSE, ROLES, SocketTest, new_id, phone, unique

CS, SALES, MARKETING, ANALYST, OFFICER, ADMIN, AUDITOR = ROLES

# Verb, parameters, and the roles that may. Everybody else is refused; {id} is a person, {org} an organisation, {rev}
# the person's revision, {user} an employee.
TABLE = [
    ("organisation.list", {}, [CS, SALES, MARKETING, ANALYST, OFFICER]),
    ("organisation.find", {"text": "oy"}, [CS, SALES, MARKETING, ANALYST, OFFICER]),
    ("organisation.show", {"id": "{org}"}, [CS, SALES, MARKETING, ANALYST, OFFICER]),
    ("organisation.add", {"name": "{word}"}, [CS, SALES]),
    ("organisation.edit", {"id": "{org}", "rev": "{orgrev}", "town": "Turku"}, [CS, SALES]),
    ("person.list", {"limit": "1"}, [CS, SALES, OFFICER]),
    ("person.find", {"text": "virtanen", "limit": "1"}, [CS, SALES, OFFICER]),
    ("person.show", {"id": "{id}"}, [CS, SALES, OFFICER]),
    ("person.history", {"id": "{id}"}, [CS, SALES, OFFICER]),
    ("person.add", {"kind": "private", "last-name": "{word}"}, [CS, SALES, OFFICER]),
    ("person.edit", {"id": "{id}", "rev": "{rev}", "first-name": "A"}, [CS, OFFICER]),
    ("person.edit", {"id": "{own}", "rev": "{ownrev}", "first-name": "A"}, [CS, SALES, OFFICER]),
    ("person.contact.add", {"id": "{id}", "phone": "+358491111111"}, [CS, OFFICER]),
    ("person.contact.add", {"id": "{own}", "phone": "+358491111112"}, [CS, SALES, OFFICER]),
    ("person.mark", {"id": "{id}", "mark": "deceased"}, [CS, OFFICER]),
    ("person.mark", {"id": "{id}", "mark": "do-not-contact"}, [CS, OFFICER]),
    ("person.mark", {"id": "{own}", "mark": "do-not-contact"}, [CS, SALES, OFFICER]),
    ("person.mark", {"id": "{own}", "mark": "deceased"}, [CS, OFFICER]),
    ("person.mark", {"id": "{id}", "mark": "protected"}, [OFFICER]),
    ("log.find", {"limit": "1"}, [AUDITOR]), ("log.show", {"index": "0"}, [AUDITOR]),
    ("log.count", {"by": "verb"}, [AUDITOR]), ("log.hash", {"text": "virtanen"}, [AUDITOR]),
    ("user.list", {}, [ADMIN, AUDITOR]), ("role.list", {}, [ADMIN, AUDITOR]),
    ("role.show", {"role": "sales"}, [ADMIN, AUDITOR]), ("policy.show", {}, [ADMIN, AUDITOR]),
    ("user.add", {"name": "{word}", "full-name": "Testi"}, [ADMIN]),
    ("server.health", {}, [ADMIN]), ("server.settings", {}, [ADMIN]), ("keys.verify", {}, [ADMIN]),
    ("session.list", {"all": True}, [ADMIN]),
    ("whoami", {}, ROLES), ("session.list", {}, ROLES), ("describe", {}, ROLES), ("ping", {}, ROLES),
]
NO_PURPOSE = {"log.find", "log.show", "log.count", "log.hash", "user.list", "role.list", "role.show", "policy.show",
              "user.add", "server.health", "server.settings", "keys.verify", "session.list", "whoami", "describe",
                  "ping"}


class PolicyTests(SocketTest):
    def made(self):
        own = self.add_person(manager=self.user_id("sales"), phone=phone())
        person, organisation = self.add_person(), self.add_organisation()
        return {"{id}": person, "{rev}": "1", "{own}": own, "{ownrev}": "1", "{org}": organisation, "{orgrev}": "1",
                "{word}": unique().lower()}

    def test_each_role_and_verb(self):
        for verb, parameters, allowed in TABLE:
            for role in ROLES:
                made = self.made() if "{" in str(parameters) else {}
                filled = {key: made.get(value, value) for key, value in parameters.items()}
                if verb not in NO_PURPOSE:
                    filled["purpose"] = PURPOSE[role] or "customer-service"
                reply = self.session(role).call(verb, **filled)
                with self.subTest(str(parameters), by=role, verb=verb):
                    if role in allowed:
                        self.assertOK(reply)
                    else:
                        self.assertNO(reply, "denied/role", "denied/purpose", "notfound")
                        self.assertEqual(reply.rows, [])

    def test_importing_persons_is_for_customer_service(self):
        for role in ROLES:
            reply = self.session(role).call(
                "person.import", feeds=[], format="ndjson", purpose=PURPOSE[role] or "customer-service")
            with self.subTest(role):
                if role == CS:
                    self.assertTrue(reply.ok or reply.code.startswith("invalid/"), reply)
                else:
                    self.assertNO(reply, "denied/role")

    def test_nobody_may_do_what_the_others_do_with_their_purposes(self):
        purposes = sorted({purpose for purpose in PURPOSE.values() if purpose})
        held = {CS: {"customer-care", "customer-service", "feedback"}, SALES: {"sales", "customer-care"},
                OFFICER: {"data-subject-rights", "legal-obligation"}}
        for role, own in held.items():
            for purpose in sorted(own | set(purposes) | {"security", "communication", "research"}):
                reply = self.session(role).call("person.list", limit=1, purpose=purpose)
                with self.subTest(role=role, purpose=purpose):
                    if purpose in own:
                        self.assertOK(reply)
                    else:
                        self.assertNO(reply, "denied/purpose")
                        self.assertEqual(reply.rows, [])

    def test_personal_data_needs_a_purpose(self):
        person = self.add_person()
        for verb, parameters in (("person.list", {}), ("person.find", {"text": "a"}), ("person.show", {"id": person}),
                                 ("person.history", {"id": person}), ("person.edit", {"id": person, "rev": 1,
                                     "note": "x"}),
                                 ("person.add", {"kind": "private", "last-name": "x"}),
                                 ("person.mark", {"id": person, "mark": "deceased"})):
            with self.subTest(verb):
                self.assertNO(self.session(CS).call(verb, **parameters), "denied/purpose")
        self.assertEqual(self.row(person)["rev"], 1)

    # Scope and categories

    def person_with_everything(self, **more):
        return self.add_person("contact", **dict({
            "first-name": "Åsa", "gender": "female", "phone": phone(), "email": unique().lower() + "@example.com",
            "street": "Esimerkkikatu 1", "postcode": "00100", "town": "Helsinki", "title": "johtaja",
                "note": "teksti"}, **more))

    def categories(self, row):
        return set(row) & {"identity", "contact", "demographic", "professional", "commercial", "interactions", "lists",
                           "feedback", "research", "other"}

    def test_sales_sees_everything_of_own_customers_and_names_of_others(self):
        own = self.person_with_everything(manager=self.user_id("sales"))
        other = self.person_with_everything()
        foreign = self.person_with_everything(manager=self.user_id("customer-service"))
        self.assertEqual(
            self.categories(self.row(own, SALES)), {"identity", "contact", "demographic", "professional", "other"})
        self.assertEqual(self.categories(self.row(other, SALES)), {"identity"})
        self.assertEqual(self.categories(self.row(foreign, SALES)), {"identity"})

    def test_customer_service_and_privacy_officer_see_every_category_of_all(self):
        person = self.person_with_everything(manager=self.user_id("sales"))
        for role in (CS, OFFICER):
            with self.subTest(role):
                self.assertEqual(
                    self.categories(self.row(person, role)), {"identity", "contact", "demographic", "professional",
                        "other"})

    def test_a_customer_who_changes_hands_changes_sight_at_once(self):
        person = self.person_with_everything(manager=self.user_id("sales"))
        self.assertIn("contact", self.row(person, SALES))
        reply = self.session(CS).call("person.edit", id=person, rev=1, manager="", purpose="customer-service")
        self.assertOK(reply)
        self.assertNotIn("contact", self.row(person, SALES))

    def test_sales_cannot_find_others_customers_by_what_it_does_not_see(self):
        number, mail = phone(), unique().lower() + "@example.com"
        person = self.person_with_everything(phone=number, email=mail)
        own_number = phone()
        own = self.person_with_everything(phone=own_number, manager=self.user_id("sales"))
        client = self.session(SALES)
        for text in (number, mail, "0" + number[4:]):
            rows = self.assertOK(client.call("person.find", text=text, purpose="sales", limit=50)).rows
            self.assertNotIn(person, [row["id"] for row in rows])
        rows = self.assertOK(client.call("person.find", text=own_number, purpose="sales")).rows
        self.assertIn(own, [row["id"] for row in rows])

    def test_sales_cannot_edit_or_take_over_others_customers(self):
        person = self.person_with_everything()
        me = self.user_id("sales")
        client = self.session(SALES)
        for parameters in ({"manager": me}, {"first-name": "A"}, {"status": "former"}, {"phone": phone()},
                           {"language": "en"}):
            with self.subTest(str(parameters)):
                self.assertNO(
                    client.call("person.edit", id=person, rev=1, purpose="sales", **parameters), "denied/role",
                        "notfound")
        self.assertEqual(self.row(person)["rev"], 1)

    def test_sales_adds_only_own_customers(self):
        client = self.session(SALES)
        reply = self.assertOK(client.call("person.add", kind="private", last_name=unique(), purpose="sales"))
        self.assertEqual(self.row(reply.rows[0]["id"])["manager"], self.user_id("sales"))
        reply = client.call(
            "person.add", kind="private", last_name=unique(), manager=self.user_id("customer-service"), purpose="sales")
        self.assertFalse(reply.ok, "added for somebody else")

    def test_sales_may_not_write_gender(self):
        person = self.person_with_everything(manager=self.user_id("sales"))
        self.assertNO(
            self.session(SALES).call("person.edit", id=person, rev=1, gender="male", purpose="sales"), "denied/role")

    def test_marketing_sees_persons_by_list_and_segment_only(self):
        person = self.person_with_everything()
        for verb, parameters in (("person.show", {"id": person}), ("person.find", {"text": "Åsa"}), ("person.list",
            {})):
            with self.subTest(verb):
                reply = self.session(MARKETING).call(verb, purpose="marketing", **parameters)
                self.assertNO(reply, "denied/role")
                self.assertEqual(reply.rows, [])

    # Protected persons

    def test_phone_and_address_of_the_protected_are_for_the_officer_only(self):
        number, town = phone(), "Kauniainen"
        person = self.person_with_everything(phone=number, street="Salakuja 7", town=town,
            manager=self.user_id("sales"))
        rev = self.row(person)["rev"]
        self.assertOK(self.session(OFFICER).call(
            "person.mark", id=person, rev=rev, mark="protected", purpose="data-subject-rights"))
        for role in (CS, SALES):
            with self.subTest(role):
                row = self.row(person, role)
                contact = row.get("contact", {})
                self.assertFalse(set(contact) & {"phone", "street", "postcode", "town"}, contact)
                self.assertNotIn(number, str(row))
                self.assertNotIn("Salakuja", str(row))
                self.assertIn("email", contact)
                found = self.session(role).call("person.find", text=number, purpose=PURPOSE[role]).rows
                self.assertNotIn(person, [one["id"] for one in found])
        contact = self.row(person, OFFICER)["contact"]
        self.assertEqual(contact["phone"][0]["value"], number)
        self.assertEqual(contact["town"][0]["value"], town)

    def test_the_phone_of_the_protected_cannot_be_overwritten_by_who_does_not_see_it(self):
        person = self.person_with_everything()
        self.assertOK(self.session(OFFICER).call("person.mark", id=person, mark="protected",
            purpose="data-subject-rights"))
        reply = self.session(CS).call("person.edit", id=person, rev=2, phone=phone(), purpose="customer-service")
        self.assertNO(reply, "denied/role")
        reply = self.session(CS).call("person.mark", id=person, mark="protected", off=True, purpose="customer-service")
        self.assertNO(reply, "denied/role")

    # Absent and forbidden

    def test_absent_and_forbidden_look_the_same(self):
        person = self.person_with_everything()
        for role in (MARKETING, ANALYST, ADMIN, AUDITOR):
            client = self.session(role)
            purpose = PURPOSE[role] or "customer-service"
            for verb, parameters in (("person.show", {}), ("person.history", {}),
                                     ("person.edit", {"rev": 1, "first-name": "A"}), ("person.mark",
                                         {"mark": "deceased"}),
                                     ("person.contact.add", {"phone": "+358491111111"})):
                answers = []
                for one in (person, new_id()):
                    reply = client.call(verb, id=one, purpose=purpose, **parameters)
                    self.assertFalse(reply.ok)
                    answers.append((reply.status, reply.code, {k: v for k, v in reply.object.items() if k != "rid"}))
                with self.subTest(role=role, verb=verb):
                    self.assertEqual(*answers)

    def test_what_is_wrong_with_a_parameter_is_told_only_to_who_may(self):
        # Else a refused employee learns by trying which values would pass.
        for verb, parameters in (("person.show", {"id": "x"}), ("person.add", {"kind": "x"}), ("person.find", {})):
            with self.subTest(verb):
                self.assertNO(self.session(ANALYST).call(verb, purpose="analysis", **parameters), "denied/role")

    def test_explaining_the_policy_about_a_person_is_for_the_officer(self):
        person, user = self.add_person(), self.server.account("sales").name
        parameters = {"person": person, "user": user, "verb": "person.show"}
        rows = self.assertOK(self.session(AUDITOR).call("describe", verb="policy.explain")).rows
        names = {parameter["name"] for parameter in rows[0]["parameters"]}
        given = {key: value for key, value in parameters.items() if key in names}
        self.assertNO(self.session(AUDITOR).call("policy.explain", **given), "denied/role", "denied/purpose")

    def test_administrator_and_auditor_stand_apart(self):
        admin = self.session(ADMIN)
        for user, role in ((self.server.account(CS).name, "administrator"), (self.server.account(AUDITOR).name,
            "sales"),
                           (self.server.account(ADMIN, 1).name, "customer-service")):
            with self.subTest(user=user, role=role):
                reply = admin.call("role.grant", user=user, role=role)
                self.assertEqual(reply.status, "NO", reply)
                self.assertNotEqual(reply.code, "denied/approval", reply)

    def test_a_role_is_granted_by_two(self):
        reply = self.session(ADMIN).call("role.grant", user=self.server.account(CS).name, role="sales")
        self.assertOK(reply, "pending/approval")
        self.assertEqual(self.fresh(CS).call("whoami").rows[0]["roles"], [CS])

    def test_a_new_user_whose_role_sees_persons_needs_two(self):
        reply = self.session(ADMIN).call(
            "user.add", name=unique().lower(), full_name="Testi Henkilö", roles="customer-service")
        self.assertOK(reply, "pending/approval")


if __name__ == "__main__":
    unittest.main()
