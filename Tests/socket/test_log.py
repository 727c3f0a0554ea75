"""The access log (REGISTER.md section 5): what each command leaves in it, and what it never holds."""

import unittest

from support import PURPOSE, TIME, UUID7, SocketTest, new_id, phone, unique

CARE = {"purpose": "customer-service"}
KEYS = {"index", "at", "user", "role", "purpose", "case", "verb", "outcome", "person", "fields", "rows", "session",
        "address", "rid"}


class LogTests(SocketTest):
    def setUp(self):
        self.client = self.session("customer-service")
        self.auditor = self.session("auditor")

    def size(self):
        """How many entries there are; the question itself adds one after the count."""
        return self.assertOK(self.auditor.call("log.find", newest=True, limit=1)).rows[0]["index"] + 1

    def since(self, index):
        return self.assertOK(self.auditor.call("log.find", after=index - 1, limit=5000)).rows

    def left_by(self, *replies):
        rids = {reply.rid for reply in replies}
        found = self.assertOK(self.auditor.call("log.find", newest=True, limit=400)).rows
        return [row for row in found if row["rid"] in rids]

    # Shape

    def test_a_row_has_the_keys_that_programs_count_on(self):
        person = self.add_person()
        entry = self.entry(self.show(person))
        self.assertLessEqual(KEYS, set(entry))
        me = self.client.call("whoami").rows[0]
        self.assertEqual(entry["user"], me["user"])
        self.assertEqual(entry["session"], me["session"])
        self.assertEqual(entry["role"], "customer-service")
        self.assertEqual(entry["purpose"], "customer-service")
        self.assertEqual((entry["verb"], entry["outcome"], entry["person"]), ("person.show", "ok", person))
        self.assertIn("127.0.0.1", entry["address"])
        self.assertRegex(entry["at"], TIME)
        self.assertRegex(entry["rid"], UUID7)
        self.assertIsInstance(entry["index"], int)

    def test_the_case_is_kept(self):
        reply = self.client.call("person.show", id=self.add_person(), case="T-4711", **CARE)
        self.assertEqual(self.entry(reply)["case"], "T-4711")

    def test_indexes_have_no_gaps(self):
        size = self.size()
        rows = self.assertOK(self.auditor.call("log.find", limit=size)).rows
        self.assertEqual([row["index"] for row in rows], list(range(size)))

    # Reads

    def test_show_names_the_fields_shown_and_no_others(self):
        person = self.add_person(first_name="Åsa", phone=phone(), note="teksti")
        for wanted in ("phone", "identity", "first-name,note"):
            reply = self.show(person, fields=wanted)
            row = reply.rows[0]
            shown = {field for category in ("identity", "contact", "other") for field in row.get(category, {})}
            with self.subTest(wanted):
                self.assertGreaterEqual(set(self.entry(reply)["fields"]), shown)
                asked = {"phone": {"phone"}, "identity": {"first-name", "last-name", "business-id"},
                         "first-name,note": {"first-name", "note"}}[wanted]
                self.assertLessEqual(set(self.entry(reply)["fields"]), asked)

    def test_a_search_that_shows_twenty_writes_twenty(self):
        reply = self.assertOK(self.client.call("person.list", limit=20, **CARE))
        entries = self.entries(reply)
        self.assertEqual(len(entries), 20)
        self.assertEqual({entry["person"] for entry in entries}, {row["id"] for row in reply.rows})
        for entry in entries:
            self.assertEqual((entry["verb"], entry["outcome"], entry["rows"]), ("person.list", "ok", 1))
            self.assertLessEqual(set(entry["fields"]), {"first-name", "last-name"})

    def test_a_search_that_shows_nobody_writes_one(self):
        reply = self.assertOK(self.client.call("person.find", text=unique() + unique(), **CARE))
        self.assertEqual(reply.rows, [])
        entry = self.entry(reply)
        self.assertEqual((entry["person"], entry["outcome"]), (None, "ok"))

    def test_reading_organisations_writes_one(self):
        reply = self.assertOK(self.client.call("organisation.list", limit=30))
        entry = self.entry(reply)
        self.assertEqual((entry["verb"], entry["rows"], entry["person"]), ("organisation.list", 30, None))

    def test_history_is_an_access(self):
        person = self.add_person()
        self.assertEqual(self.entry(self.client.call("person.history", id=person, **CARE))["person"], person)

    # Writes

    def test_each_write_of_a_person_writes_one_that_names_its_fields(self):
        add = self.client.call(
            "person.add", kind="contact", organisation=self.add_organisation(), first_name="Åsa", last_name=unique(),
            phone=phone(), title="johtaja", **CARE)
        person = self.assertOK(add).rows[0]["id"]
        edit = self.client.call("person.edit", id=person, rev=1, note="uusi", first_name="Asa", **CARE)
        contact = self.client.call("person.contact.add", id=person, phone=phone(), **CARE)
        mark = self.client.call("person.mark", id=person, mark="do-not-contact", **CARE)
        inform = self.client.call("person.inform", id=person, channel="letter", **CARE)
        link = self.client.call("person.affiliation.add", id=person, organisation=self.add_organisation(), **CARE)
        wanted = [(add, "person.add", {"first-name", "last-name", "phone", "title"}),
                  (edit, "person.edit", {"first-name", "note"}), (contact, "person.contact.add", {"phone"}),
                  (mark, "person.mark", set()), (inform, "person.inform", set()), (link, "person.affiliation.add",
                      set())]
        for reply, verb, fields in wanted:
            self.assertOK(reply)
            with self.subTest(verb):
                entry = self.entry(reply)
                self.assertEqual((entry["verb"], entry["outcome"], entry["person"]), (verb, "ok", person))
                self.assertEqual(set(entry["fields"]), fields)

    def test_writes_of_organisations_write_one(self):
        add = self.client.call("organisation.add", name=unique())
        edit = self.client.call("organisation.edit", id=add.rows[0]["id"], rev=1, town="Turku")
        for reply, verb in ((add, "organisation.add"), (edit, "organisation.edit")):
            self.assertEqual((self.entry(reply)["verb"], self.entry(reply)["person"]), (verb, None))

    def test_a_write_that_failed_writes_one_and_no_ok(self):
        person = self.add_person()
        reply = self.assertNO(self.client.call("person.edit", id=person, rev=9, note="x", **CARE), "conflict/rev")
        self.assertIn(self.entry(reply)["outcome"], ("failed", "denied"))

    # Refusals

    def test_refusals_are_in_the_log(self):
        analyst = self.session("analyst")
        cases = [
            (self.client.call("person.list", limit=1, purpose="sales"), "denied", "customer-service"),
            (self.client.call("person.list", limit=1), "denied", "customer-service"),
            (self.client.call("log.find"), "denied", "customer-service"),
            (self.client.call("user.list"), "denied", "customer-service"),
            (analyst.call("person.show", id=self.add_person(), purpose="analysis"), "denied", "analyst"),
            (self.session("administrator").call("person.list", purpose="customer-service"), "denied", "administrator"),
        ]
        for reply, outcome, role in cases:
            with self.subTest(reply.code):
                self.assertEqual(reply.status, "NO")
                entry = self.entry(reply)
                self.assertEqual((entry["outcome"], entry["role"]), (outcome, role))

    def test_not_found_and_invalid_are_in_the_log(self):
        for reply in (self.show(new_id()), self.show("x"), self.client.call("organisation.show", id=new_id())):
            with self.subTest(reply.code):
                self.assertIn(self.entry(reply)["outcome"], ("failed", "denied"))

    # What leaves none

    def test_ping_describe_hello_cancel_and_bad_lines_leave_none(self):
        replies = [self.client.raw(line) for line in (
            "ping", "describe", "cancel of=none", "no.such.verb", "ping x=1", "person.find text=a text=b",
                "person.find =",
            "person.find text=a colour=red purpose=customer-service")]
        fresh = self.connect()
        replies.append(fresh.say_hello())
        self.assertEqual(self.left_by(*replies), [])

    # The auditor

    def test_questions_to_the_log_are_in_the_log(self):
        for verb, parameters in (("log.find", {"limit": 3}), ("log.count", {"by": "verb"}), ("log.show", {"index": 0}),
                                 ("log.hash", {"text": "virtanen"}), ("policy.show", {}), ("user.list", {})):
            reply = self.assertOK(self.auditor.call(verb, **parameters))
            with self.subTest(verb):
                entry = self.entry(reply)
                self.assertEqual((entry["verb"], entry["role"], entry["outcome"]), (verb, "auditor", "ok"))

    def test_the_administrators_acts_are_in_the_log(self):
        admin = self.session("administrator")
        for verb in ("server.health", "server.settings", "keys.verify", "user.list", "role.list"):
            reply = self.assertOK(admin.call(verb))
            with self.subTest(verb):
                self.assertEqual((self.entry(reply)["verb"], self.entry(reply)["role"]), (verb, "administrator"))

    def test_the_log_is_asked_by_person_user_verb_outcome_purpose_and_time(self):
        person = self.add_person()
        reply = self.show(person)
        at = self.entry(reply)["at"]
        me = self.client.call("whoami").rows[0]["user"]
        name = self.server.account("customer-service").name
        for filters, check in (
            ({"person": person}, lambda row: row["person"] == person),
            ({"user": me}, lambda row: row["user"] == me), ({"user": name}, lambda row: row["user"] == me),
            ({"verb": "person.show"}, lambda row: row["verb"] == "person.show"),
            ({"outcome": "denied"}, lambda row: row["outcome"] == "denied"),
            ({"purpose": "customer-service"}, lambda row: row["purpose"] == "customer-service"),
            ({"since": at}, lambda row: row["at"] >= at), ({"until": at}, lambda row: row["at"] < at),
        ):
            with self.subTest(str(filters)):
                rows = self.assertOK(self.auditor.call("log.find", limit=300, newest=True, **filters)).rows
                self.assertTrue(rows or "outcome" in filters)
                self.assertTrue(all(check(row) for row in rows))
        self.assertEqual(
            [row["verb"] for row in self.auditor.call("log.find", person=person).rows], ["person.add", "person.show"])

    def test_wrong_filters_are_invalid(self):
        for name, value in (("person", "x"), ("outcome", "maybe"), ("purpose", "fun"), ("since", "yesterday"),
                            ("limit", "0"), ("after", "-5"), ("user", "nobody-like-this")):
            with self.subTest(name):
                self.assertNO(self.auditor.call("log.find", **{name: value}), "invalid/" + name)

    def test_counts_agree_with_the_entries(self):
        size = self.size()
        reply = self.assertOK(self.auditor.call("log.count", by="outcome"))
        self.assertGreaterEqual(sum(row["count"] for row in reply.rows), size)
        self.assertLessEqual(sum(row["count"] for row in reply.rows), self.size())
        person = self.add_person()
        for _ in range(5):
            self.show(person)
        reply = self.assertOK(self.auditor.call("log.count", by="verb", person=person))
        self.assertEqual({row["value"]: row["count"] for row in reply.rows}, {"person.add": 1, "person.show": 5})

    def test_search_words_are_found_by_their_hash(self):
        word = unique()
        for _ in range(3):
            self.assertOK(self.client.call("person.find", text=word, **CARE))
        rows = self.assertOK(self.auditor.call("log.hash", text=word)).rows
        self.assertEqual(sum(row["entries"] for row in rows), 3)
        other = self.assertOK(self.auditor.call("log.hash", text=unique())).rows
        self.assertEqual(sum(row["entries"] for row in other), 0)

    def test_the_auditor_sees_no_persons(self):
        person = self.add_person()
        for verb, parameters in (("person.show", {"id": person}), ("person.list", {}), ("person.find", {"text": "a"}),
                                 ("person.history", {"id": person}), ("organisation.list", {}),
                                 ("organisation.find", {"text": "a"})):
            for purpose in ("customer-service", "legal-obligation", None):
                with self.subTest(verb, purpose=purpose):
                    reply = self.auditor.call(verb, purpose=purpose, **parameters)
                    self.assertNO(reply, "denied/role", "denied/purpose")

    def test_the_auditor_changes_nothing(self):
        for verb, parameters in (("user.disable", {"id": new_id()}), ("role.revoke", {"user": "x", "role": "sales"}),
                                 ("keys.rotate", {}), ("organisation.add", {"name": "x"})):
            with self.subTest(verb):
                self.assertNO(self.auditor.call(verb, **parameters), "denied/role")

    # What is never in it

    def test_no_names_contents_or_search_words_are_in_any_row(self):
        mark = unique("Zq")
        organisation = self.add_organisation()
        person = self.assertOK(self.client.call(
            "person.add", kind="contact", organisation=organisation, first_name=mark, last_name=mark,
            email=mark + "@example.com", street=mark + " 1", title=mark, position=mark, note=mark, town=mark,
            source="other", source_note=mark, **CARE)).rows[0]["id"]
        self.client.call("person.find", text=mark, **CARE)
        self.client.call("person.find", text=mark + "zz", purpose="sales")
        self.client.call("person.edit", id=person, rev=1, note=mark + mark, **CARE)
        self.client.call("person.edit", id=mark, rev=1, note=mark, **CARE)
        self.auditor.call("log.hash", text=mark)
        self.auditor.transcript.clear()
        rows = self.assertOK(self.auditor.call("log.find", newest=True, limit=300)).rows
        for row in rows:
            self.assertNotIn(mark.lower(), str(row).lower())
        for row in rows[:30]:
            shown = self.assertOK(self.auditor.call("log.show", index=row["index"])).rows[0]
            self.assertNotIn(mark.lower(), str(shown).lower())

    def test_the_entry_is_there_before_the_data_leaves(self):
        # Asked past the server, in the database itself, the moment the answer is here.
        for _ in range(5):
            before = int(self.server.sql("SELECT coalesce(max(id), 0) FROM access_intake"))
            person = self.show(self.first_person()).rows[0]["id"]
            after = int(self.server.sql(
                "SELECT count(*) FROM access_intake WHERE id > %d AND position(decode('%s', 'hex') IN bytes) > 0"
                % (before, person.replace("-", ""))))
            self.assertGreaterEqual(after, 1)

    def first_person(self):
        if not hasattr(self, "person"):
            self.person = self.add_person()
        return self.person

    def test_every_session_of_every_role_leaves_its_log_in(self):
        rows = self.assertOK(self.auditor.call("log.find", verb="auth", outcome="ok", limit=5000)).rows
        self.assertTrue(all(row["user"] and row["session"] and row["address"] for row in rows))

    def test_roles_and_purposes_are_those_acted_with(self):
        for role in ("customer-service", "sales", "privacy-officer"):
            reply = self.assertOK(self.session(role).call("person.list", limit=1, purpose=PURPOSE[role]))
            with self.subTest(role):
                entry = self.entry(reply)
                self.assertEqual((entry["role"], entry["purpose"]), (role, PURPOSE[role]))


if __name__ == "__main__":
    unittest.main()
