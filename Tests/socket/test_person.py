"""Persons (PROTOCOL.md section 5, REGISTER.md section 2)."""

import unicodedata
import unittest

from support import DAY, TIME, UUID7, SocketTest, business_id, new_id, phone, unique

CARE = {"purpose": "customer-service"}


class PersonTests(SocketTest):
    def setUp(self):
        self.client = self.session("customer-service")

    def call(self, verb, **parameters):
        return self.client.call(verb, **dict(CARE, **parameters))

    def ids(self, text, **parameters):
        return [row["id"] for row in self.assertOK(self.call("person.find", text=text, **parameters)).rows]

    # Adding

    def test_add_answers_one_row_with_id_and_rev(self):
        reply = self.assertOK(self.call("person.add", kind="private", last_name=unique()))
        self.assertEqual(len(reply.rows), 1)
        self.assertRegex(reply.rows[0]["id"], UUID7)
        self.assertEqual(reply.rows[0]["rev"], 1)

    def test_everything_of_a_contact_person_comes_back_with_source_and_time(self):
        organisation = self.add_organisation()
        values = {
            "first-name": "Åsa", "last-name": unique(), "gender": "female", "phone": phone(),
                "email": "asa@example.com",
            "street": "Esimerkkikatu 2 B 3", "postcode": "00100", "town": "Helsinki", "country": "FI",
            "title": "toimitusjohtaja", "position": "johto", "note": "Rivi yksi\nrivi kaksi",
        }
        reply = self.assertOK(self.call(
            "person.add", kind="contact", organisation=organisation, status="customer", language="sv",
            source="organisation", source_note="sähköpostilla", **values))
        row = self.row(reply.rows[0]["id"])
        self.assertEqual((row["kind"], row["status"], row["language"]), ("contact", "customer", "sv"))
        where = {
            "identity": ["first-name", "last-name"], "demographic": ["gender"], "professional": ["title", "position"],
            "contact": ["phone", "email", "street", "postcode", "town", "country"], "other": ["note"],
        }
        for category, fields in where.items():
            self.assertEqual(set(row[category]), set(fields), category)
            for field in fields:
                with self.subTest(field):
                    found = row[category][field]
                    found = found[0] if isinstance(found, list) else found
                    self.assertEqual(found["value"], values[field])
                    self.assertEqual(found["source"], "organisation")
                    self.assertTrue(TIME.match(found["at"]) or DAY.match(found["at"]), found["at"])

    def test_a_sole_trader_is_a_private_customer_with_a_business_id(self):
        number = business_id()
        person = self.add_person(**{"business-id": number})
        self.assertEqual(self.row(person)["identity"]["business-id"]["value"], number)

    def test_gender_title_and_position_are_for_contact_persons_only(self):
        for name, value in (("gender", "female"), ("title", "johtaja"), ("position", "johto")):
            with self.subTest(name):
                self.assertNO(
                    self.call("person.add", kind="private", last_name=unique(), **{name: value}), "invalid/" + name)
                person = self.add_person()
                self.assertNO(self.call("person.edit", id=person, rev=1, **{name: value}), "invalid/" + name)

    def test_a_contact_person_has_no_business_id_of_their_own(self):
        organisation = self.add_organisation()
        self.assertNO(self.call(
            "person.add", kind="contact", organisation=organisation, last_name=unique(), business_id=business_id()),
            "invalid/business-id")

    def test_a_contact_person_needs_an_organisation_that_exists(self):
        self.assertNO(self.call("person.add", kind="contact", last_name=unique()), "invalid/organisation")
        self.assertNO(
            self.call("person.add", kind="contact", last_name=unique(), organisation=new_id()), "invalid/organisation")

    def test_a_kind_is_needed(self):
        self.assertNO(self.call("person.add", last_name=unique()), "invalid/kind")
        self.assertNO(self.call("person.add", kind="company", last_name=unique()), "invalid/kind")

    def test_a_name_is_needed(self):
        self.assertNO(self.call("person.add", kind="private", email="a@example.com"), "invalid/last-name",
            "invalid/first-name")

    def test_wrong_values_are_told_by_their_parameter_and_not_repeated(self):
        organisation = self.add_organisation()
        wrong = {
            "email": ["secretmark", "a@@example.com"], "phone": ["secretmark", "12"], "gender": ["secretmark"],
            "status": ["secretmark"], "language": ["xx"], "source": ["secretmark"], "business-id": ["1234567-8"],
            "manager": ["secretmark"], "first-name": ["x" * 300, "a\nb", "a\u202eb"], "postcode": ["secretmark!"],
            "note": ["x" * 4001],
        }
        for name, values in wrong.items():
            for value in values:
                with self.subTest(name, value=value[:12]):
                    kind = "private" if name == "business-id" else "contact"
                    reply = self.call(
                        "person.add", kind=kind, last_name=unique(),
                        organisation=organisation if kind == "contact" else None, **{name: value})
                    self.assertNO(reply, "invalid/" + name)
                    self.assertNotIn("secretmark", reply.final.raw.decode())

    def test_a_personal_identity_code_in_free_text_is_refused(self):
        # Of the kind that is never issued: an individual number from 900 up.
        code = self.identity_code()
        for name in ("note", "first-name", "street"):
            with self.subTest(name):
                self.assertNO(self.call(
                    "person.add", kind="private", **dict({"last-name": unique()}, **{name: "tunnus " + code})),
                    "invalid/" + name)

    def identity_code(self):
        digits = "010190" + "901"
        return "010190-901" + "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(digits) % 31]

    def test_an_undeclared_field_cannot_be_stored(self):
        self.assertBAD(self.call("person.add", kind="private", last_name=unique(), shoe_size="43"), "unknown/param")

    # Showing

    def test_show_of_some_fields_shows_no_others(self):
        person = self.add_person(first_name="Åke", phone=phone(), email="ake@example.com", note="muistiinpano")
        row = self.show(person, fields="phone").rows[0]
        self.assertEqual(set(row["contact"]), {"phone"})
        self.assertFalse({"identity", "other"} & set(row))
        row = self.show(person, fields="identity,note").rows[0]
        self.assertIn("other", row)
        self.assertNotIn("contact", row)
        self.assertNO(self.show(person, fields="shoe-size"), "invalid/fields")

    def test_show_of_nobody_is_not_found(self):
        self.assertNO(self.show(new_id()), "notfound")

    # Finding

    def test_find_by_name_email_phone_and_organisation(self):
        first, last, number, place = unique("Aa"), unique("Bo"), phone(), unique().lower() + "@example.com"
        name = unique("Yritys")
        person = self.add_person(
            "contact", organisation=self.add_organisation(name), **{
                "first-name": first, "last-name": last, "phone": number, "email": place})
        local = "0" + number[4:]
        for text in (last, last.lower(), last[:7], first + " " + last, last + " " + first, place, number, local,
                     local[:3] + " " + local[3:], name):
            with self.subTest(text):
                self.assertIn(person, self.ids(text, limit=50))

    def test_find_forgives_a_typo_and_folds_letters(self):
        last = "Ääkkö" + unique().lower()
        person = self.add_person(**{"last-name": last})
        self.assertIn(person, self.ids(last.replace("ä", "a").replace("Ä", "A").replace("ö", "o")))
        self.assertIn(person, self.ids(last[:8] + last[9:]))

    def test_find_gives_rows_with_what_programs_count_on(self):
        last = unique()
        organisation = self.add_organisation()
        person = self.add_person("contact", organisation=organisation, **{"first-name": "Åsa", "last-name": last})
        row = [row for row in self.call("person.find", text=last).rows if row["id"] == person][0]
        self.assertLessEqual({"id", "kind", "name", "organisation", "status"}, set(row))
        self.assertEqual(row["name"], "Åsa " + last)
        self.assertEqual(row["kind"], "contact")

    def test_find_within_an_organisation(self):
        last = unique()
        here, there = self.add_organisation(), self.add_organisation()
        one = self.add_person("contact", organisation=here, **{"last-name": last})
        two = self.add_person("contact", organisation=there, **{"last-name": last})
        self.assertEqual(self.ids(last, organisation=here), [one])
        self.assertEqual(sorted(self.ids(last)), sorted([one, two]))

    def test_find_without_text_and_with_empty_ones_is_invalid(self):
        self.assertNO(self.call("person.find"), "invalid/text")
        for text in ("", " ", "   ", "\u3000", "x" * 101):
            with self.subTest(text):
                self.assertNO(self.call("person.find", text=text), "invalid/text")

    def test_find_shows_at_most_fifty(self):
        self.assertNO(self.call("person.find", text="a", limit=51), "invalid/limit")
        self.assertLessEqual(len(self.assertOK(self.call("person.find", text="a", limit=50)).rows), 50)

    def test_find_after_an_edit_finds_the_new_name_only(self):
        old, new = unique("Vanha") + "aa", unique("Uusi") + "oo"
        person = self.add_person(**{"last-name": old})
        self.assertOK(self.call("person.edit", id=person, rev=1, last_name=new))
        self.assertIn(person, self.ids(new))
        self.assertNotIn(person, self.ids(old))

    # Listing

    def test_list_shows_fifty_a_page_and_every_person_once(self):
        organisation = self.add_organisation()
        made = [self.add_person("contact", organisation=organisation) for _ in range(7)]
        seen, after = [], None
        for _ in range(10):
            page = self.assertOK(self.call("person.list", organisation=organisation, limit=3, after=after))
            seen += [row["id"] for row in page.rows]
            after = page.object.get("next")
            if after is None:
                break
        self.assertEqual(sorted(seen), sorted(made))
        self.assertEqual(len(self.assertOK(self.call("person.list")).rows), 50)
        self.assertNO(self.call("person.list", limit=51), "invalid/limit")

    # Editing

    def test_edit_changes_what_is_named_and_nothing_else(self):
        person = self.add_person(first_name="Eka", email="eka@example.com", note="vanha")
        before = self.row(person)
        reply = self.assertOK(self.call("person.edit", id=person, rev=1, note="uusi"))
        self.assertEqual(reply.rows[0], {"id": person, "rev": 2})
        after = self.row(person)
        self.assertEqual({key for key in after if after[key] != before[key]}, {"rev", "other"})
        self.assertEqual(after["other"]["note"]["value"], "uusi")

    def test_an_empty_value_removes(self):
        person = self.add_person(first_name="Eka", note="vanha")
        self.assertOK(self.call("person.edit", id=person, rev=1, note=""))
        self.assertNotIn("other", self.row(person))

    def test_a_person_keeps_a_name(self):
        last = unique("Suku")
        person = self.add_person(first_name="Eka", **{"last-name": last})
        self.assertNO(self.call("person.edit", id=person, rev=1, first_name="", last_name=""), "invalid/last-name")
        self.assertOK(self.call("person.edit", id=person, rev=1, last_name=""))
        self.assertNO(self.call("person.edit", id=person, rev=2, first_name=""), "invalid/last-name")
        self.assertOK(self.call("person.edit", id=person, rev=2, first_name="", last_name=last))
        self.assertEqual(list(self.row(person)["identity"]), ["last-name"])

    def test_an_older_revision_is_a_conflict_and_changes_nothing(self):
        person = self.add_person(first_name="Eka")
        self.assertOK(self.call("person.edit", id=person, rev=1, first_name="Toka"))
        self.assertNO(self.call("person.edit", id=person, rev=1, first_name="Kolmas"), "conflict/rev")
        self.assertEqual(self.row(person)["identity"]["first-name"]["value"], "Toka")

    def test_edit_of_nobody_is_not_found(self):
        self.assertNO(self.call("person.edit", id=new_id(), rev=1, first_name="A"), "notfound")

    def test_edit_of_nothing_is_invalid(self):
        reply = self.call("person.edit", id=self.add_person(), rev=1)
        self.assertEqual((reply.status, reply.code.split("/")[0]), ("NO", "invalid"))

    # Contacts

    def test_a_second_phone_with_a_label_is_added_and_removed(self):
        person, one, two = self.add_person(phone=phone()), phone(), phone()
        added = self.assertOK(self.call("person.contact.add", id=person, rev=1, phone=one, label="koti"))
        self.assertEqual(added.rows[0]["rev"], 2)
        self.assertOK(self.call("person.contact.add", id=person, rev=2, phone=two))
        phones = self.row(person)["contact"]["phone"]
        self.assertEqual([item["value"] for item in phones][1:], [one, two])
        self.assertEqual(phones[1]["label"], "koti")
        entry = added.rows[0]["entry"]
        self.assertOK(self.call("person.contact.remove", id=person, rev=3, entry=entry))
        self.assertNotIn(one, [item["value"] for item in self.row(person)["contact"]["phone"]])
        self.assertNO(self.call("person.contact.remove", id=person, rev=4, entry=9999), "notfound")

    def test_a_person_found_by_a_second_phone_is_not_found_after_its_removal(self):
        person, number = self.add_person(phone=phone()), phone()
        entry = self.assertOK(self.call("person.contact.add", id=person, phone=number)).rows[0]["entry"]
        self.assertIn(person, self.ids(number))
        self.assertOK(self.call("person.contact.remove", id=person, entry=entry))
        self.assertNotIn(person, self.ids(number))

    def test_a_second_address(self):
        person = self.add_person(street="Katu 1", postcode="00100", town="Helsinki")
        self.assertOK(self.call(
            "person.contact.add", id=person, street="Tie 2", postcode="20100", town="Turku", label="mökki"))
        streets = [item["value"] for item in self.row(person)["contact"]["street"]]
        self.assertEqual(streets, ["Katu 1", "Tie 2"])

    def test_contact_add_needs_something(self):
        reply = self.call("person.contact.add", id=self.add_person(), label="koti")
        self.assertEqual((reply.status, reply.code.split("/")[0]), ("NO", "invalid"))

    # Affiliations

    def test_a_second_organisation_is_linked_with_its_own_title(self):
        first, second = self.add_organisation(), self.add_organisation()
        person = self.add_person("contact", organisation=first, title="johtaja")
        self.assertOK(self.call("person.affiliation.add", id=person, organisation=second, title="neuvoja"))
        row = self.row(person)
        self.assertEqual({item["id"] for item in row["organisations"]}, {first, second})
        self.assertEqual({item["value"] for item in row["professional"]["title"]}, {"johtaja", "neuvoja"})
        self.assertNO(self.call("person.affiliation.add", id=person, organisation=second), "exists")
        self.assertOK(self.call("person.affiliation.remove", id=person, organisation=second))
        row = self.row(person)
        self.assertEqual([item["id"] for item in row["organisations"]], [first])
        self.assertEqual({item["value"] for item in row["professional"]["title"]}, {"johtaja"})
        self.assertNO(self.call("person.affiliation.remove", id=person, organisation=second), "notfound")
        # A contact person stands for one organisation at least.
        self.assertNO(self.call("person.affiliation.remove", id=person, organisation=first), "conflict/state")
        self.assertEqual([item["id"] for item in self.row(person)["organisations"]], [first])

    def test_a_private_customer_stands_for_no_organisation(self):
        person, organisation = self.add_person(), self.add_organisation()
        for parameter in ("title", "position"):
            self.assertNO(self.call(
                "person.affiliation.add", id=person, organisation=organisation, **{parameter: "johtaja"}),
                "invalid/" + parameter)
        self.assertNO(self.call("person.affiliation.add", id=person, organisation=organisation), "conflict/state")
        self.assertNO(self.call("person.affiliation.remove", id=person, organisation=organisation), "notfound")

    def test_an_organisation_alone_changes_nothing(self):
        person = self.add_person("contact", organisation=self.add_organisation())
        for organisation in (self.add_organisation(), new_id()):
            self.assertNO(
                self.call("person.edit", id=person, rev=1, organisation=organisation), "invalid/organisation")

    def test_a_name_is_stored_in_one_spelling(self):
        name = unique() + "h\u00e4m\u00e4l\u00e4"
        person = self.add_person(**{"last-name": unicodedata.normalize("NFD", name)})
        self.assertEqual(self.row(person)["identity"]["last-name"]["value"], name)
        self.assertEqual(self.ids(name), [person])

    def test_a_name_with_a_hyphen_is_found_in_one_word(self):
        first, last = unique(), unique().lower()
        person = self.add_person(**{"first-name": first + "-" + last})
        for text in (first + last, (first + last)[:-2], first, last, first + "-" + last):
            self.assertEqual(self.ids(text), [person], text)

    # Marks, informing, history

    def test_marks_are_set_and_taken_away(self):
        person = self.add_person()
        for mark in ("deceased", "do-not-contact"):
            self.assertOK(self.call("person.mark", id=person, mark=mark))
            self.assertIn(mark, self.row(person)["marks"])
            self.assertOK(self.call("person.mark", id=person, mark=mark, off=True))
            self.assertNotIn(mark, self.row(person)["marks"])
        self.assertNO(self.call("person.mark", id=person, mark="nice"), "invalid/mark")

    def test_informing_is_recorded(self):
        person = self.add_person()
        self.assertOK(self.call("person.inform", id=person, channel="letter", at="2026-01-31"))
        self.assertIn("2026-01-31", str(self.row(person)))
        self.assertNO(self.call("person.inform", id=person, channel="telepathy"), "invalid/channel")
        self.assertNO(self.call("person.inform", id=person, channel="letter", at="2199-01-01"), "invalid/at")

    def test_history_tells_fields_and_never_values(self):
        person = self.add_person(first_name="Vanhanimi", note="vanhateksti")
        self.assertOK(self.call("person.edit", id=person, rev=1, first_name="Uusinimi", source="stakeholder"))
        reply = self.assertOK(self.call("person.history", id=person))
        text = " ".join(line for line in self.client.transcript[-6:] if line.startswith("<"))
        for value in ("Vanhanimi", "Uusinimi", "vanhateksti"):
            self.assertNotIn(value, text)
        self.assertEqual([row["verb"] for row in reply.rows], ["person.add", "person.edit"])
        self.assertEqual(reply.rows[1]["fields"], ["first-name"])
        self.assertEqual(reply.rows[1]["source"], "stakeholder")
        self.assertTrue(all(TIME.match(row["at"]) for row in reply.rows))


class FixedVerbsTests(SocketTest):
    """Which of the verbs that the paper fixes are there."""

    FIXED = {
        "customer-service": [
            "hello", "describe", "ping", "cancel", "quit", "whoami", "use", "watch", "session.list", "session.end", "session.password", "organisation.add",
            "organisation.show", "organisation.edit", "organisation.find", "organisation.list", "person.add",
            "person.show", "person.find", "person.list", "person.edit", "person.contact.add", "person.contact.remove",
            "person.affiliation.add", "person.affiliation.remove", "person.mark", "person.inform", "person.history",
            "person.import",
        ],
        "privacy-officer": ["person.merge", "policy.explain"],
        "auditor": ["log.find", "log.show", "log.count", "log.hash", "user.list", "role.list", "role.show",
            "policy.show"],
        "administrator": ["user.add", "user.edit", "user.disable", "user.reset", "role.grant", "role.revoke",
                          "server.health", "server.settings", "keys.verify", "keys.rotate"],
    }

    def test_describe_shows_the_verbs_of_each_role(self):
        for role, verbs in self.FIXED.items():
            reply = self.assertOK(self.session(role).call("describe"))
            there = {row["verb"]: row for row in reply.rows}
            for verb in verbs:
                with self.subTest(role=role, verb=verb):
                    self.assertIn(verb, there)
            for row in reply.rows:
                with self.subTest(role=role, verb=row["verb"]):
                    self.assertIn(row["effect"], ("read", "write"))
                    self.assertTrue(row["summary"])
                    for parameter in row["parameters"]:
                        self.assertLessEqual({"name", "type", "personal"}, set(parameter))
                        self.assertTrue(parameter["summary"])

    def test_describe_hides_what_the_role_may_not(self):
        shown = {row["verb"] for row in self.session("auditor").call("describe").rows}
        self.assertFalse({verb for verb in shown if verb.startswith("person.")})
        shown = {row["verb"] for row in self.session("customer-service").call("describe").rows}
        self.assertFalse({verb for verb in shown if verb.startswith(("log.", "user.", "role.", "keys."))})

    def test_describe_of_one_verb(self):
        rows = self.assertOK(self.session("customer-service").call("describe", verb="person.find")).rows
        self.assertEqual([row["verb"] for row in rows], ["person.find"])
        text = {parameter["name"]: parameter for parameter in rows[0]["parameters"]}
        self.assertTrue(text["text"]["personal"], "search words are personal data")

    def test_describe_speaks_the_sessions_language(self):
        texts = set()
        for language in ("fi", "sv", "en"):
            client = self.connect()
            client.say_hello(language)
            client.login(self.plain_account())
            texts.add(client.call("describe", verb="whoami").rows[0]["summary"])
        self.assertEqual(len(texts), 3)


if __name__ == "__main__":
    unittest.main()
