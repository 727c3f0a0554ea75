"""Questions to the access log: who has seen whom, by whose id, how often and when, and the person's own view."""

import unittest

from access import AUDITOR, OFFICER, SALES, AccessTest
from support import TIME, OwnServerTest, eventually, new_id, phone, unique
from test_two_servers import Second

CARE = {"purpose": "customer-service"}
RIGHTS = {"purpose": "data-subject-rights"}


class QuestionTest(OwnServerTest):
    """What the classes of this file share."""

    persons = 6

    @property
    def auditor(self):
        return self.session("auditor")

    def asked(self, text, client=None, **more):
        """The ids that log.person gives."""
        reply = self.assertOK((client or self.auditor).call("log.person", text=text, **more))
        for row in reply.rows:
            self.assertEqual(list(row), ["person"])
        return [row["person"] for row in reply.rows]

    def accesses(self, person, **more):
        return self.assertOK(self.session("privacy-officer").call(
            "person.accesses", person=person, **dict(RIGHTS, **more)))


class PersonTests(QuestionTest):
    def test_ids_are_found_by_name_typo_email_and_phone(self):
        name, number = unique("Hakkarainen"), phone()
        person = self.add_person(
            first_name="Aamu", email=name + "@example.com", phone=number, **{"last-name": name})
        typo = name[:4] + "x" + name[5:]
        for text in (name, name.upper(), typo, "Aamu " + name, name + "@example.com", number, "0" + number[4:]):
            with self.subTest(text == typo and "typo" or text):
                self.assertEqual(self.asked(text), [person])
        self.assertEqual(self.asked(unique() + unique()), [])

    def test_each_id_is_an_entry_with_the_hash_of_the_words_and_no_field(self):
        name = unique("Nimi")
        people = {self.add_person(**{"last-name": name}) for _ in range(3)}
        searched = self.assertOK(self.session("customer-service").call("person.find", text=name, **CARE))
        reply = self.assertOK(self.auditor.call("log.person", text=name))
        self.assertEqual({row["person"] for row in reply.rows}, people)
        entries = self.entries(reply)
        self.assertEqual({entry["person"] for entry in entries}, people)
        for entry in entries:
            self.assertEqual((entry["verb"], entry["role"], entry["outcome"]), ("log.person", "auditor", "ok"))
            self.assertEqual((entry["fields"], entry["categories"]), ([], []))
            self.assertEqual(entry["hash"], self.entries(searched)[0]["hash"])
        counted = self.assertOK(self.auditor.call("log.hash", text=name)).rows
        self.assertEqual(sum(row["entries"] for row in counted), 6)

    def test_who_is_protected_is_found_by_phone_too(self):
        number = phone()
        person = self.add_person(phone=number)
        self.assertOK(self.session("privacy-officer").call("person.mark", id=person, mark="protected", **RIGHTS))
        self.assertEqual(self.asked(number), [person])

    def test_no_name_comes_back_and_the_limit_holds(self):
        name = unique("Salo")
        for _ in range(4):
            self.add_person(**{"last-name": name})
        self.auditor.transcript.clear()
        self.assertEqual(len(self.asked(name, limit=3)), 3)
        reply = self.auditor.call("log.person", text=name, limit=3)
        self.assertEqual((len(reply.rows), reply.object.get("more")), (3, True))
        self.assertNotIn(name.lower(), str(reply.rows).lower())
        for limit in (0, 51, "x"):
            self.assertNO(self.auditor.call("log.person", text=name, limit=limit), "invalid/limit")
        for text in ("", "--", "x" * 101):
            self.assertNO(self.auditor.call("log.person", text=text), "invalid/text")

    def test_only_who_may_read_the_log_asks(self):
        person = self.add_person()
        for role in ("customer-service", "sales", "marketing", "analyst", "privacy-officer", "administrator"):
            for verb, parameters in (("log.person", {"text": "a"}), ("log.viewers", {"person": person}),
                                     ("log.viewed", {"user": "x"}), ("log.count", {"by": "verb"})):
                with self.subTest(verb, role=role):
                    self.assertNO(self.session(role).call(verb, **parameters), "denied/role")


class ViewerTests(QuestionTest):
    def test_who_has_seen_a_person_agrees_with_the_entries(self):
        person = self.add_person()
        for role, times in (("customer-service", 3), ("sales", 2), ("privacy-officer", 1)):
            for _ in range(times):
                self.show(person, role)
        self.show(person, "analyst")
        self.asked("nobody")
        reply = self.assertOK(self.auditor.call("log.viewers", person=person))
        found = self.assertOK(self.auditor.call("log.find", person=person, limit=100)).rows
        seen = [row for row in found if row["outcome"] in ("ok", "break-glass") and row["verb"][:4] != "log."]
        self.assertEqual(reply.object["total"], len(seen))
        for row in reply.rows:
            own = [one for one in seen if (one["user"], one["role"]) == (row["user"], row["role"])]
            with self.subTest(row["role"]):
                self.assertEqual(row["accesses"], len(own))
                self.assertEqual((row["first"], row["last"]), (own[0]["at"], own[-1]["at"]))
                self.assertEqual(set(row["purposes"]), {one["purpose"] for one in own})
                self.assertEqual(row["verbs"], sorted({one["verb"] for one in own}))
                self.assertEqual(row["user-name"], own[0]["user-name"])
        counts = [row["accesses"] for row in reply.rows]
        self.assertEqual(counts, sorted(counts, reverse=True))
        self.assertEqual(len(reply.rows), 3)
        self.assertEqual(self.entry(reply)["subject"], person)
        self.assertEqual(self.auditor.call("log.viewers", person=new_id()).rows, [])
        self.assertNO(self.auditor.call("log.viewers", person="x"), "invalid/person")
        self.assertNO(self.auditor.call("log.viewers"), "invalid/person")

    def test_the_time_bounds_it(self):
        person = self.add_person()
        self.show(person)
        at = self.entries(self.show(person))[0]["at"]
        self.assertEqual(self.auditor.call("log.viewers", person=person, since=at).rows[0]["accesses"], 1)
        self.assertEqual(self.auditor.call("log.viewers", person=person, until=at).rows[0]["accesses"], 2)

    def test_what_an_employee_has_seen_is_paged_while_entries_arrive(self):
        client = self.session("sales")
        people = sorted(self.add_person() for _ in range(9))
        for person in people[:7]:
            self.show(person, "sales")
        seen, after = [], None
        while True:
            reply = self.assertOK(self.auditor.call(
                "log.viewed", user=self.server.account("sales").name, after=after, limit=2))
            self.assertLessEqual(len(reply.rows), 2)
            seen += [row["person"] for row in reply.rows]
            for person in people:
                self.show(person, "sales")
            after = reply.object.get("next")
            if after is None:
                break
        self.assertEqual(len(seen), len(set(seen)))
        self.assertLessEqual(set(people[:7]), set(seen))
        own = client.call("whoami").rows[0]["user"]
        rows = self.assertOK(self.auditor.call("log.viewed", user=own, limit=500)).rows
        for row in rows:
            self.assertRegex(row["first"], TIME)
            self.assertEqual(row["purposes"], ["sales"])
        self.assertLessEqual(set(people), {row["person"] for row in rows})
        self.assertNO(self.auditor.call("log.viewed", user="nobody-like-this"), "invalid/user")
        self.assertNO(self.auditor.call("log.viewed"), "invalid/user")

    def test_counts_say_from_when_to_when(self):
        person = self.add_person()
        replies = [self.show(person) for _ in range(3)]
        times = [self.entry(reply)["at"] for reply in replies]
        rows = self.assertOK(self.auditor.call("log.count", by="verb", person=person)).rows
        row = next(one for one in rows if one["value"] == "person.show")
        self.assertEqual((row["count"], row["first"], row["last"]), (3, times[0], times[-1]))

    def test_refused_attempts_are_found(self):
        person = self.add_person()
        refused = self.session("marketing").call("person.list", purpose="sales")
        self.assertEqual(refused.status, "NO")
        rows = self.assertOK(self.auditor.call("log.find", outcome="denied", newest=True, limit=50)).rows
        self.assertIn(refused.rid, {row["rid"] for row in rows})
        self.assertEqual({row["outcome"] for row in rows}, {"denied"})
        self.assertNotIn(person, {row["person"] for row in rows})

    def test_pages_of_the_log_neither_skip_nor_repeat_while_entries_arrive(self):
        client = self.session("customer-service")
        for _ in range(10):
            self.assertOK(client.call("person.list", limit=20, **CARE))
        seen, after, pages = [], None, 0
        while pages < 40:
            pending = [client.submit("person.list", limit=20, **CARE) for _ in range(2)] if pages < 20 else []
            reply = self.assertOK(self.auditor.call("log.find", after=after, limit=37))
            seen += [row["index"] for row in reply.rows]
            for one in pending:
                self.assertOK(client.wait(one))
            after, pages = reply.object.get("next"), pages + 1
            if after is None:
                break
        self.assertEqual(seen, list(range(len(seen))))
        self.assertGreater(len(seen), 100)


class AccessesTests(QuestionTest):
    def test_the_persons_own_view_tells_when_and_for_what_and_not_by_whom(self):
        person = self.add_person(phone=phone())
        shown = self.show(person, fields="phone")
        self.show(person, "sales")
        self.show(person, "analyst")
        self.asked("x" + unique())
        reply = self.accesses(person)
        self.assertEqual([row["verb"] for row in reply.rows], ["person.add", "person.show", "person.show"])
        entry = self.entry(shown)
        row = reply.rows[1]
        for key in ("at", "purpose", "role", "verb", "fields", "outcome"):
            self.assertEqual(row[key], entry[key], key)
        self.assertEqual(row["text"], "looked at by customer service, for customer service")
        for row in reply.rows:
            self.assertEqual(
                set(row), {"at", "purpose", "role", "verb", "fields", "outcome", "text"})
        entry = self.entry(reply)
        self.assertEqual((entry["person"], entry["rows"], entry["purpose"]), (person, 3, "data-subject-rights"))
        self.assertNotIn("hash", entry)
        self.assertEqual(self.accesses(person).rows[-1]["verb"], "person.accesses")

    def test_the_words_are_in_the_sessions_language(self):
        person = self.add_person()
        self.show(person)
        for lang, text in (("fi", "katsottu: asiakaspalvelu, tarkoituksena asiakaspalvelu"),
                           ("sv", "läst: kundservice, för kundservice")):
            client = self.connect()
            client.say_hello(lang)
            client.login(self.server.account("privacy-officer"))
            rows = self.assertOK(client.call("person.accesses", person=person, **RIGHTS)).rows
            with self.subTest(lang):
                self.assertIn(text, [row["text"] for row in rows])

    def test_names_need_a_reason(self):
        person = self.add_person()
        officer = self.session("privacy-officer")
        for reason in (None, "", "--"):
            reply = officer.call("person.accesses", person=person, names=True, reason=reason, **RIGHTS)
            self.assertNO(reply, "invalid/reason")
        why = "tietosuojavaltuutettu " + unique()
        reply = self.accesses(person, names=True, reason=why, case="T-9")
        self.assertEqual(reply.rows[0]["user-name"], self.server.account("customer-service").name)
        self.assertEqual(reply.rows[0]["user"], self.user_id("customer-service"))
        self.assertTrue(reply.rows[0]["full-name"])
        entry = self.entry(reply)
        self.assertEqual(entry["case"], "T-9")
        self.assertIn(entry["hash"], [row["hash"] for row in self.auditor.call("log.hash", text=why).rows])

    def test_pages_neither_skip_nor_repeat_while_entries_arrive(self):
        person = self.add_person()
        for _ in range(9):
            self.show(person)
        times, after = [], None
        for _ in range(4):
            reply = self.accesses(person, after=after, limit=3)
            times += [row["at"] for row in reply.rows]
            self.show(person)
            after = reply.object.get("next")
            self.assertTrue(after)
        found = self.assertOK(self.auditor.call("log.find", person=person, limit=100)).rows
        self.assertEqual(times, [row["at"] for row in found if row["verb"][:4] != "log."][:12])

    def test_the_time_bounds_it(self):
        person = self.add_person()
        at = self.entry(self.show(person))["at"]
        self.assertEqual([row["verb"] for row in self.accesses(person, until=at).rows], ["person.add"])
        self.assertEqual(self.accesses(person, since=at).rows[0]["verb"], "person.show")
        self.assertNO(
            self.session("privacy-officer").call("person.accesses", person=person, since="2030-01-01",
                                                 until="2029-01-01", **RIGHTS), "invalid/until")

    def test_who_is_not_known_is_not_found(self):
        reply = self.session("privacy-officer").call("person.accesses", person=new_id(), **RIGHTS)
        self.assertNO(reply, "notfound")

    def test_only_the_privacy_officer_for_that_purpose(self):
        person = self.add_person()
        for role in ("customer-service", "sales", "marketing", "analyst", "administrator", "auditor"):
            with self.subTest(role):
                reply = self.session(role).call("person.accesses", person=person, **RIGHTS)
                self.assertNO(reply, "denied/role")
                self.assertEqual(self.entry(reply)["person"], person, "whose is in the log")
        officer = self.session("privacy-officer")
        self.assertNO(officer.call("person.accesses", person=person), "denied/purpose")
        self.assertNO(officer.call("person.accesses", person=person, purpose="sales"), "denied/purpose")


class BreakGlassQuestionTests(AccessTest):
    def test_uses_of_break_glass_are_found_and_told(self):
        sales = self.newcomer(SALES)
        secret = self.enrol(sales)
        person = self.add_person(phone=phone())
        self.assertOK(self.take(sales, secret))
        shown = self.assertOK(sales.call("person.show", id=person, fields="phone", purpose="sales"))
        auditor = self.session(AUDITOR)
        rows = self.assertOK(auditor.call("log.find", outcome="break-glass", newest=True)).rows
        self.assertEqual([row["rid"] for row in rows if row["person"] == person], [shown.rid])
        counts = self.assertOK(auditor.call("log.count", by="user", outcome="break-glass")).rows
        self.assertEqual([row["value"] for row in counts], [self.identity(sales)])
        viewers = self.assertOK(auditor.call("log.viewers", person=person)).rows
        self.assertIn(self.identity(sales), [row["user"] for row in viewers])
        rows = self.assertOK(self.session(OFFICER).call("person.accesses", person=person, **RIGHTS)).rows
        self.assertEqual(rows[-1]["outcome"], "break-glass")
        self.assertIn("emergency", rows[-1]["text"])


class TwoServersQuestionTests(QuestionTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = Second(cls.own)

    @classmethod
    def tearDownClass(cls):
        cls.second.stop()
        super().tearDownClass()

    def test_what_one_server_logged_the_other_answers(self):
        other = self.second.client()
        self.addCleanup(other.close)
        other.login(self.server.account("auditor"))
        name = unique("Kahden")
        person = self.add_person(**{"last-name": name})
        for number in range(1, 6):
            self.show(person)
            rows = self.assertOK(other.call("log.viewers", person=person)).rows
            self.assertEqual(rows[0]["accesses"], 1 + number)
        self.assertEqual(eventually(lambda: self.asked(name, other)), [person])


if __name__ == "__main__":
    unittest.main()
