"""Break-glass: a wider read in an emergency, for a while, marked, and reviewed (REGISTER.md section 4)."""

import datetime
import time
import unittest

from access import ADMIN, AUDITOR, CS, MARKETING, NOT_YOURS, OFFICER, SALES, AccessTest
from oracle import SHIELDED
from support import PURPOSE, UUID7, phone, unique

# The bit of person.marks that no command of this version sets.
RESTRICTED = 8


class BreakGlassTests(AccessTest):
    def emergency(self, role=SALES):
        """A new employee with a one-time password, logged in."""
        return self.newcomer(role, otp=True)

    def stranger(self, **more):
        """A contact person with every field, of nobody whom the tests log in."""
        fields = {"first-name": "Åsa", "last-name": unique(), "gender": "female", "phone": phone(),
                  "email": unique().lower() + "@example.com", "street": "Esimerkkikatu 1", "postcode": "00100",
                  "town": "Helsinki", "title": "johtaja", "note": "teksti"}
        return self.add_person("contact", **dict(fields, **more))

    def taken(self, client, **more):
        reply = self.assertOK(self.take(client, client.account.secret, **more))
        self.assertEqual(len(reply.rows), 1)
        return reply

    def fields(self, client, person, purpose="sales"):
        """The fields that a session is shown of a person, or None."""
        reply = client.call("person.show", id=person, purpose=purpose)
        if not reply.ok:
            self.assertEqual(reply.rows, [])
            return None
        row = reply.rows[0]
        return {field for category in ("identity", "contact", "demographic", "professional", "other")
                for field in row.get(category, {})}

    # Taking

    def test_it_widens_reading_for_its_session_only(self):
        client, person = self.emergency(), self.stranger()
        other = self.log_in(client.account)
        narrow = {"first-name", "last-name"}
        self.assertEqual(self.fields(client, person), narrow)
        begin = datetime.datetime.now(datetime.timezone.utc)
        reply = self.taken(client, minutes=10)
        end = datetime.datetime.now(datetime.timezone.utc)
        row = reply.rows[0]
        self.assertRegex(row["id"], UUID7)
        until = datetime.datetime.fromisoformat(row["until"].replace("Z", "+00:00")[:19] + "+00:00")
        self.assertGreaterEqual((until - begin).total_seconds(), 599)
        self.assertLessEqual((until - end).total_seconds(), 600)
        wide = {"first-name", "last-name", "phone", "email", "street", "postcode", "town", "gender", "title", "note"}
        self.assertTrue(wide <= self.fields(client, person))
        self.assertEqual(self.fields(other, person), narrow)
        self.assertEqual(self.fields(self.session(SALES), person), narrow)
        self.assertOK(client.call("breakglass.end"))
        self.assertEqual(self.fields(client, person), narrow)

    def test_it_finds_and_lists_by_what_it_shows(self):
        client = self.emergency()
        number = phone()
        person = self.stranger(phone=number)
        find = lambda: [row["id"] for row in self.assertOK(
            client.call("person.find", text=number, purpose="sales")).rows]
        self.assertNotIn(person, find())
        self.taken(client)
        self.assertIn(person, find())
        self.assertOK(client.call("breakglass.end"))
        self.assertNotIn(person, find())

    def test_other_roles_that_work_with_customers_may_take_it(self):
        person = self.stranger()
        for role in (CS, MARKETING):
            with self.subTest(role):
                client, purpose = self.emergency(role), PURPOSE[role]
                self.taken(client)
                self.assertIn("phone", self.fields(client, person, purpose))
                self.assertNO(client.call("person.show", id=person, purpose="sales"), "denied/purpose")
                self.assertOK(client.call("person.list", limit=1, purpose=purpose))
                self.assertOK(client.call("breakglass.end"))

    def test_administrator_and_auditor_cannot(self):
        person = self.stranger()
        for role in (ADMIN, AUDITOR):
            for client in (self.session(role), self.emergency(role)):
                with self.subTest(role):
                    account = getattr(client, "account", None) or self.server.account(role)
                    reply = self.take(client, account.secret)
                    self.assertNO(reply, "denied/role")
                    for purpose in ("customer-service", "data-subject-rights", "security"):
                        self.assertIsNone(self.fields(client, person, purpose))

    def test_an_account_without_a_role_cannot(self):
        client = self.newcomer(otp=True)
        self.assertNO(self.take(client, client.account.secret), "denied/role")

    def test_it_needs_a_second_factor(self):
        client, person = self.newcomer(SALES), self.stranger()
        self.assertNO(self.take(client, None), "auth/otp")
        self.assertNotIn("phone", self.fields(client, person))

    def test_a_wrong_or_used_code_takes_nothing(self):
        client, person = self.emergency(), self.stranger()
        code = self.code_for(client.account.secret)
        wrong = "%06d" % ((int(code) + 1) % 1_000_000)
        for bad in (wrong, "", "abcdef"):
            self.assertNO(self.take(client, None, code=bad or " "), "auth/otp")
            self.assertNotIn("phone", self.fields(client, person))
        self.assertOK(self.take(client, None, code=code))
        self.assertOK(client.call("breakglass.end"))
        self.assertNO(self.take(client, None, code=code), "auth/otp")
        self.assertNotIn("phone", self.fields(client, person))

    def test_one_code_on_five_sessions_takes_once(self):
        account = self.new_account(SALES)
        clients = [self.log_in(account) for _ in range(5)]
        secret = self.enrol(clients[0])
        replies = [client.submit("breakglass.take", reason="hätä", minutes=5) for client in clients]
        for client, reply in zip(clients, replies):
            self.assertEqual(client.next_need(reply), {"need": "otp"})
        code = self.code_for(secret)

        def send(client, reply):
            client.feed(reply, {"otp": code})
            return client.wait(reply)

        done = self.at_once(*[lambda pair=pair: send(*pair) for pair in zip(clients, replies)])
        self.assertEqual(sorted(reply.status for reply in done), ["NO"] * 4 + ["OK"], done)
        self.assertEqual({reply.code for reply in done if not reply.ok}, {"auth/otp"})

    def test_reason_and_minutes_have_bounds(self):
        client = self.emergency()
        for parameters, code in (
                ({"reason": "hätä"}, "invalid/minutes"), ({"minutes": 5}, "invalid/reason"),
                ({"reason": "", "minutes": 5}, "invalid/reason"), ({"reason": "   ", "minutes": 5}, "invalid/reason"),
                ({"reason": "hätä", "minutes": 0}, "invalid/minutes"),
                ({"reason": "hätä", "minutes": 61}, "invalid/minutes"),
                ({"reason": "hätä", "minutes": -1}, "invalid/minutes"),
                ({"reason": "hätä", "minutes": "1.5"}, "invalid/minutes"),
                ({"reason": "hätä", "minutes": 99999999999}, "invalid/minutes")):
            with self.subTest(str(parameters)):
                self.assertNO(client.call("breakglass.take", **parameters), code)

    # What it does not open

    def test_protected_contact_and_the_restricted_stay_closed(self):
        client = self.emergency()
        protected, restricted = self.stranger(), self.stranger()
        self.assertOK(self.session(OFFICER).call(
            "person.mark", id=protected, mark="protected", purpose="data-subject-rights"))
        self.server.sql("UPDATE person SET marks = marks | %d WHERE id = '%s'" % (RESTRICTED, restricted))
        self.taken(client)
        seen = self.fields(client, protected)
        self.assertEqual(seen & set(SHIELDED), set())
        self.assertIn("email", seen)
        self.assertIsNone(self.fields(client, restricted))
        self.assertNO(client.call("person.show", id=restricted, purpose="sales"), "notfound")

    def test_it_writes_nothing_wider(self):
        client, person = self.emergency(), self.stranger()
        self.taken(client)
        for verb, parameters in (
                ("person.edit", {"rev": 1, "first-name": "A"}), ("person.edit", {"rev": 1, "phone": phone()}),
                ("person.mark", {"mark": "do-not-contact"}), ("person.contact.add", {"phone": phone()}),
                ("person.inform", {"channel": "letter"})):
            with self.subTest(verb):
                self.assertNO(client.call(verb, id=person, purpose="sales", **parameters), "denied/role")
        self.assertNO(client.call("person.import", feeds=[], format="ndjson", purpose="sales"), "denied/role")
        self.assertNO(client.call("log.find", limit=1), "denied/role")
        self.assertEqual(self.row(person)["rev"], 1)

    # The log and the officers

    def test_entries_are_marked(self):
        client, person = self.emergency(), self.stranger()
        before = self.assertOK(client.call("person.show", id=person, purpose="sales"))
        taken = self.taken(client)
        shown = self.assertOK(client.call("person.show", id=person, purpose="sales"))
        listed = self.assertOK(client.call("person.list", limit=3, purpose="sales"))
        self.assertEqual(self.entry(before)["outcome"], "ok")
        self.assertEqual(self.entry(shown)["outcome"], "break-glass")
        self.assertEqual(self.entry(shown)["person"], person)
        self.assertIn("phone", self.entry(shown)["fields"])
        self.assertEqual(len(self.entries(listed, outcome="break-glass")), len(listed.rows))
        marked = self.entries(shown, outcome="break-glass")
        self.assertEqual(len(marked), 1)
        own = self.entry(taken)
        self.assertEqual(own["verb"], "breakglass.take")
        self.assertIn(own["outcome"], ("ok", "break-glass"))
        self.assertTrue(own["hash"], "the reason has no hash")
        self.assertOK(client.call("breakglass.end"))
        after = self.assertOK(client.call("person.show", id=person, purpose="sales"))
        self.assertEqual(self.entry(after)["outcome"], "ok")

    def test_officers_are_told_at_once_and_nobody_else(self):
        officers = [self.watching(self.session(OFFICER, number)) for number in (0, 1)]
        admin = self.watching(self.session(ADMIN))
        client = self.emergency()
        taken = self.taken(client)
        for officer in officers:
            event = self.event(officer, event="breakglass", id=taken.rows[0]["id"])
            self.assertEqual(event["until"], taken.rows[0]["until"])
            self.assertIn(event["user"], (client.account.identity, client.account.name))
            self.assertNotIn("reason", event)
        admin.call("ping")
        self.assertEqual([one for one in admin.events if one["event"] == "breakglass"], [])

    def listed(self, identity):
        rows = self.assertOK(self.session(OFFICER).call("breakglass.list")).rows
        return next((row for row in rows if row["id"] == identity), None)

    def test_the_list_of_officers(self):
        client, reason = self.emergency(), "Asiakas sai sairauskohtauksen: " + unique()
        identity = self.taken(client, reason=reason).rows[0]["id"]
        row = self.listed(identity)
        self.assertEqual(row["reason"], reason)
        self.assertIn(row["user"], (client.account.identity, client.account.name))
        self.assertFalse(row["ended"])
        self.assertGreater(row["due"], row["taken"])
        self.assertOK(client.call("breakglass.end", id=identity))
        self.assertTrue(self.listed(identity)["ended"])
        for role in (CS, SALES, ADMIN, AUDITOR):
            self.assertNO(self.session(role).call("breakglass.list"), "denied/role")

    def test_another_session_cannot_end_it_and_the_end_is_final(self):
        client = self.emergency()
        identity = self.taken(client).rows[0]["id"]
        self.assertFalse(self.session(SALES).call("breakglass.end", id=identity).ok)
        person = self.stranger()
        self.assertIn("phone", self.fields(client, person))
        self.assertOK(client.call("breakglass.end"))
        self.assertFalse(client.call("breakglass.end").ok)
        self.assertNotIn("phone", self.fields(client, person))

    # Its end by other ways

    def test_it_does_not_come_along_into_another_session(self):
        client, person = self.emergency(), self.stranger()
        self.taken(client)
        client.close()
        again = self.log_in(client.account)
        self.assertNotIn("phone", self.fields(again, person))

    def test_it_dies_with_the_role(self):
        client, person = self.emergency(), self.stranger()
        self.taken(client)
        self.assertIn("phone", self.fields(client, person))
        self.assertOK(self.admin.call("role.revoke", user=client.account.name, role=SALES))
        self.assertIsNone(self.fields(client, person))

    def test_it_does_not_outlive_a_role_that_may_not_have_it(self):
        client, person = self.emergency(), self.stranger()
        self.taken(client)
        self.assertOK(self.admin.call("role.revoke", user=client.account.name, role=SALES))
        self.approved(self.admin, self.other_admin, "role.grant", user=client.account.name, role=ADMIN)
        for purpose in ("sales", "customer-service", "security"):
            try:
                self.assertIsNone(self.fields(client, person, purpose))
            except ConnectionError:
                return

    # Review

    def test_the_review_of_two_officers(self):
        client = self.emergency()
        identity = self.taken(client).rows[0]["id"]
        self.assertOK(client.call("breakglass.end"))
        one, two = self.session(OFFICER), self.session(OFFICER, 1)
        review = {"id": identity, "verdict": "justified", "note": "oikein"}
        self.assertNO(client.call("breakglass.review", **review), "denied/role")
        self.assertNO(one.call("breakglass.review", **dict(review, verdict="fine")), "invalid/verdict")
        asked = self.ask(one, "breakglass.review", **review)
        self.assertNO(one.call("approval.give", id=asked), "denied/approval")
        for role in (ADMIN, AUDITOR, SALES, CS):
            self.assertNO(self.session(role).call("approval.give", id=asked), *NOT_YOURS)
        before = self.listed(identity)["state"]
        self.give(two, asked)
        self.assertNotEqual(self.listed(identity)["state"], before)
        self.assertIn("justified", self.listed(identity)["state"])
        again = one.call("breakglass.review", **dict(review, verdict="unjustified"))
        self.assertFalse(again.ok and again.code == "done", again)

    def test_an_officer_does_not_give_the_review_of_her_own(self):
        third = self.emergency(OFFICER)
        identity = self.taken(third).rows[0]["id"]
        self.assertOK(third.call("breakglass.end"))
        review = {"id": identity, "verdict": "justified", "note": "oikein"}
        # Asking for it is no judgement: another must give it.
        own = third.call("breakglass.review", **review)
        if own.ok:
            self.assertOK(own, "pending/approval")
            self.assertNO(third.call("approval.give", id=own.object["approval"]), "denied/approval")
            self.assertOK(third.call("approval.refuse", id=own.object["approval"], reason="peruttu"))
        asked = self.ask(self.session(OFFICER), "breakglass.review", **review)
        self.assertNO(third.call("approval.give", id=asked), "denied/approval")
        self.assertNotIn("justified", self.listed(identity)["state"])
        self.give(self.session(OFFICER, 1), asked)
        self.assertIn("justified", self.listed(identity)["state"])

    def test_open_ones_are_shown_to_officers_at_log_in(self):
        client = self.emergency()
        self.taken(client)
        officer = self.new_account(OFFICER)
        reply = self.assertOK(self.connect().auth(officer.name, officer.password))
        kinds = {notice["kind"]: notice for notice in reply.object["notices"]}
        self.assertIn("breakglass-open", kinds)
        self.assertGreaterEqual(kinds["breakglass-open"]["count"], 1)
        self.assertTrue(kinds["breakglass-open"]["msg"])
        sales = self.new_account(SALES)
        reply = self.assertOK(self.connect().auth(sales.name, sales.password))
        self.assertFalse([one for one in reply.object["notices"] if one["kind"].startswith("breakglass")])

    # Not in clear

    def test_the_reason_lies_nowhere_in_clear(self):
        mark = unique("Qx") + unique("jw").lower()
        client = self.emergency()
        taken = self.taken(client, reason="syy " + mark)
        self.assertOK(client.call("breakglass.end"))
        identity = taken.rows[0]["id"]
        note = unique("Qx") + unique("jw").lower()
        asked = self.ask(self.session(OFFICER), "breakglass.review", id=identity, verdict="unjustified", note=note)
        self.give(self.session(OFFICER, 1), asked)
        self.assertNotIn(mark, str(self.entries(taken)))
        self.nowhere(mark, note)

    def test_z_it_ends_on_time(self):
        """The shortest there is: a minute."""
        client, person = self.emergency(), self.stranger()
        taken = self.taken(client, minutes=1)
        begin = taken.final.at
        client.wait(client.submit("ping"))
        while time.monotonic() - begin < 62:
            wide = "phone" in self.fields(client, person)
            passed = time.monotonic() - begin
            if passed < 55:
                self.assertTrue(wide, "ended after %.0f s" % passed)
            time.sleep(2)
        self.assertNotIn("phone", self.fields(client, person))
        entries = self.assertOK(self.session(AUDITOR).call(
            "log.find", user=client.account.name, verb="person.show", newest=True, limit=3)).rows
        self.assertEqual(entries[0]["outcome"], "ok")


class OverdueTests(AccessTest):
    """Reviews are due within two seconds."""

    options = ("--break-glass-review-seconds", "2")

    def test_overdue_reviews_are_shown_to_officers_at_log_in(self):
        officer, client = self.new_account(OFFICER), self.newcomer(SALES, otp=True)
        identity = self.assertOK(self.take(client, client.account.secret)).rows[0]["id"]
        self.assertOK(client.call("breakglass.end"))
        time.sleep(3)
        notices = lambda: {one["kind"]: one for one in self.assertOK(
            self.connect().auth(officer.name, officer.password)).object["notices"]}
        self.assertEqual(notices()["breakglass-overdue"]["count"], 1)
        row = self.assertOK(self.session(OFFICER).call("breakglass.list")).rows[0]
        self.assertEqual(row["id"], identity)
        self.assertIn("overdue", row["state"])
        asked = self.ask(self.session(OFFICER), "breakglass.review", id=identity, verdict="justified", note="x")
        self.give(self.session(OFFICER, 1), asked)
        self.assertNotIn("breakglass-overdue", notices())


if __name__ == "__main__":
    unittest.main()
