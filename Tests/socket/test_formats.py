"""How values look in every answer (PROTOCOL.md sections 3 and 5)."""

import re
import unittest

from support import DAY, KEBAB, PURPOSE, TIME, UUID7, SocketTest, new_id, unique

CODES = {
    "OK": ["done", "done/partial", "done/warning", "pending/approval"],
    "NO": ["auth/failed", "auth/otp", "auth/expired", "auth/locked", "auth/required", "denied/role", "denied/purpose",
           "denied/hold", "denied/restricted", "denied/approval", "notfound", "exists", "conflict/rev",
               "conflict/state",
           "limit/rate", "limit/quota", "limit/inflight", "cancelled", "timeout", "unavailable/db", "unavailable/log",
           "unavailable/keys", "internal"],
    "BAD": ["syntax", "unknown/verb", "unknown/param", "duplicate", "encoding", "toolong", "sequence"],
}
IDS = {"id", "person", "user", "session", "organisation-id", "rid"}


class FormatTests(SocketTest):
    def everything(self):
        """Some of each kind of answer, each with its verb."""
        person = self.add_person(
            "contact", first_name="Åsa", phone="+358491234567", email="a@example.com", title="johtaja", note="teksti")
        care = {"purpose": "customer-service"}
        cs, auditor, admin = self.session("customer-service"), self.session("auditor"), self.session("administrator")
        yield cs, "person.show", dict(care, id=person)
        yield cs, "person.list", dict(care, limit=20)
        yield cs, "person.find", dict(care, text="virtanen")
        yield cs, "person.history", dict(care, id=person)
        yield cs, "organisation.list", {"limit": 20}
        yield cs, "whoami", {}
        yield cs, "session.list", {}
        yield auditor, "log.find", {"newest": True, "limit": 100}
        yield auditor, "log.count", {"by": "verb"}
        yield auditor, "log.hash", {"text": "virtanen"}
        yield auditor, "user.list", {}
        yield auditor, "role.list", {}
        yield auditor, "role.show", {"role": "sales"}
        yield auditor, "policy.show", {}
        yield admin, "server.health", {}
        yield admin, "server.settings", {}
        yield admin, "session.list", {"all": True}
        yield cs, "describe", {}

    def test_keys_are_in_kebab_case_ids_are_uuids_and_times_are_utc(self):
        for client, verb, parameters in self.everything():
            reply = client.call(verb, **parameters)
            with self.subTest(verb):
                self.assertOK(reply)
                self.walk(reply.rows, verb)
                self.walk(reply.object, verb)

    def walk(self, value, path):
        if isinstance(value, list):
            for inner in value:
                self.walk(inner, path)
        elif isinstance(value, dict):
            for key, inner in value.items():
                self.assertRegex(key, KEBAB, path)
                if key in IDS and isinstance(inner, str) and not path.endswith("whoami.name"):
                    self.assertRegex(inner, UUID7, "%s.%s" % (path, key))
                if key in ("at", "since") and isinstance(inner, str):
                    # A datum has its day, everything else its time.
                    form = DAY if path.startswith("person.show.") and DAY.match(inner) else TIME
                    self.assertRegex(inner, form, "%s.%s" % (path, key))
                self.walk(inner, "%s.%s" % (path, key))

    def test_ids_of_new_rows_ascend_with_time(self):
        made = [self.add_person() for _ in range(5)]
        self.assertEqual([one[:13] for one in made], sorted(one[:13] for one in made))

    def test_the_final_line_counts_its_rows(self):
        for client, verb, parameters in self.everything():
            reply = client.call(verb, **parameters)
            with self.subTest(verb):
                self.assertEqual(reply.object.get("rows"), len(reply.rows))

    def test_every_final_line_has_its_own_rid(self):
        client = self.session("customer-service")
        replies = [client.submit("ping") for _ in range(30)] + [client.submit("no.such") for _ in range(5)]
        replies += [client.submit("person.show", id=new_id(), purpose="customer-service") for _ in range(5)]
        rids = [client.wait(reply).rid for reply in replies]
        self.assertEqual(len(set(rids)), len(rids))
        for rid in rids:
            self.assertRegex(rid, UUID7)

    def test_codes_are_those_of_the_paper(self):
        lines = ["ping", "nope", "ping x=1", "person.find text=a text=b", "person.show id=x purpose=customer-service",
                 "person.show id=%s purpose=customer-service" % new_id(), "person.list", "log.find", "cancel of=none",
                 "person.list purpose=sales", "person.list purpose=world-domination", "organisation.add",
                 'person.add kind=private last-name="' + "x" * 300 + '" purpose=customer-service', "user.list",
                     "ping =",
                 "person.erase id=%s ground=consent" % new_id(), "keys.rotate", "server.health"]
        client = self.session("customer-service")
        for line in lines:
            reply = client.raw(line)
            with self.subTest(line[:60]):
                known = reply.code in CODES[reply.status]
                self.assertTrue(known or (reply.status == "NO" and re.match(r"^invalid/[a-z][a-z0-9-]*$",
                    reply.code)), reply)

    def test_messages_come_for_people_and_hints_apart(self):
        client = self.connect()
        client.say_hello("fi")
        client.login(self.server.account("customer-service"))
        reply = self.assertNO(client.raw("person.list"), "denied/purpose")
        self.assertTrue(reply.object["msg"])
        self.assertLessEqual(set(reply.object), {"msg", "hint", "retry", "rid"})

    def test_answers_hold_no_whitespace_line_ends_or_floats_where_numbers_are_counted(self):
        for client, verb, parameters in self.everything():
            client.transcript.clear()
            reply = client.call(verb, **parameters)
            for line in client.transcript:
                if line.startswith("<"):
                    self.assertLess(len(line), 1 << 20)
            self.assertNotIsInstance(reply.object.get("rows"), float)

    def test_hostile_text_comes_back_escaped_and_whole(self):
        text = "<script>\"';--\\ \u00a0\U0001F600 å" + unique()
        added = self.assertOK(self.session("customer-service").call("organisation.add", name=text))
        row = self.session("customer-service").call("organisation.show", id=added.rows[0]["id"]).rows[0]
        self.assertEqual(row["name"], text)

    def test_unknown_purposes_are_invalid(self):
        reply = self.session("customer-service").call("person.list", purpose="world-domination")
        self.assertNO(reply, "invalid/purpose")

    def test_cases_are_of_their_form(self):
        client = self.session("customer-service")
        for case in ("T-12", "a" * 32, "0"):
            self.assertOK(client.call("person.list", limit=1, purpose="customer-service", case=case))
        for case in ("a" * 33, "T 1", "ä", "T/1", "T_1", "Virtanen, Maija"):
            with self.subTest(case):
                self.assertNO(
                    client.call("person.list", limit=1, purpose="customer-service", case=case), "invalid/case")

    def test_every_role_has_its_purposes(self):
        for role, purpose in PURPOSE.items():
            with self.subTest(role):
                row = self.assertOK(self.session(role).call("whoami")).rows[0]
                self.assertEqual(row["roles"], [role])
                if purpose:
                    self.assertIn(purpose, row["purposes"])
                else:
                    self.assertEqual(row["purposes"], [])


if __name__ == "__main__":
    unittest.main()
