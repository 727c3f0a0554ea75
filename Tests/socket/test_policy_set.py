"""The policy as text through the socket: shown, edited, set with a second administrator's agreement, looked back at."""

import threading
import unittest

from access import ADMIN, ANALYST, AUDITOR, CS, OFFICER, SALES, AccessTest
from client import Closed
from support import new_id, phone

WIDENED = "allow sales read contact scope=team purposes=sales,customer-care"


class PolicySetTest(AccessTest):
    def text(self, client=None, **parameters):
        """The policy's text as lines."""
        reply = self.assertOK((client or self.admin).call("policy.show", format="text", **parameters))
        self.assertTrue(all(set(row) == {"text"} for row in reply.rows))
        return [row["text"] for row in reply.rows]

    def rules(self, lines):
        return sorted(" ".join(line.split()) for line in lines if line and not line.startswith("#"))

    def propose(self, lines, client=None, size=700, **parameters):
        """policy.set with the lines as a file in pieces that end anywhere."""
        whole = "\n".join(lines) + "\n"
        pieces = [whole[start:start + size] for start in range(0, len(whole), size)]
        return (client or self.admin).call("policy.set", feeds=pieces, **parameters)

    def put(self, lines):
        """A policy put in force by two; the rules as they were come back after the test."""
        before = self.text()
        reply = self.assertOK(self.propose(lines), "pending/approval")
        self.give(self.other_admin, reply.object["approval"])
        self.addCleanup(self.put_back, before)

    def put_back(self, lines):
        reply = self.propose(lines)
        if reply.code == "pending/approval":
            self.give(self.other_admin, reply.object["approval"])

    # Reading

    def test_the_text_says_the_same_as_the_rows(self):
        rows = self.assertOK(self.admin.call("policy.show")).rows
        lines = self.rules(self.text())
        self.assertEqual(len(rows), len(lines))
        for row in rows:
            start = " ".join((row["effect"], row["role"], row["action"], row["object"]))
            found = [line for line in lines if (line + " ").startswith(start + " ")]
            self.assertTrue(found, start)
            purposes = ",".join(row["purposes"])
            self.assertTrue(any(not purposes or "purposes=" + purposes in line for line in found), start)

    def test_an_auditor_reads_and_others_do_not(self):
        self.assertEqual(self.text(self.session(AUDITOR)), self.text())
        for role in (CS, SALES, ANALYST, OFFICER):
            reply = self.session(role).call("policy.show", format="text")
            self.assertNO(reply, "denied/role")
            self.assertEqual(reply.rows, [])

    def test_one_roles_rules(self):
        lines = self.rules(self.text(role="sales"))
        self.assertTrue(lines)
        self.assertTrue(all(line.split()[1] == "sales" for line in lines))
        self.assertNO(self.admin.call("policy.show", role="nobody"), "invalid/role")
        self.assertNO(self.admin.call("policy.show", format="html"), "invalid/format")

    def test_comments_are_in_the_sessions_language(self):
        client = self.server.client()
        self.addCleanup(client.close)
        client.say_hello("fi")
        client.login(self.server.account(AUDITOR))
        lines = self.text(client)
        self.assertIn("# asiakaspalvelu", lines)
        self.assertEqual(self.rules(lines), self.rules(self.text()))

    # Setting

    def test_the_same_text_is_refused_as_no_change(self):
        reply = self.propose(self.text())
        self.assertNO(reply, "conflict/state")
        self.assertTrue(reply.object["msg"])
        self.assertNO(self.propose(self.text(), **{"dry-run": True}), "conflict/state")

    def test_a_dry_run_shows_what_would_change(self):
        lines = self.text()
        gone = next(line for line in lines if line.startswith("allow") and line.split()[1] == "analyst")
        reply = self.assertOK(self.propose([line for line in lines if line != gone] + [WIDENED], **{"dry-run": True}))
        changes = {(row["change"], " ".join(row["line"].split())) for row in reply.rows if "change" in row}
        added = [line for sign, line in changes if sign == "+"]
        self.assertEqual({line for sign, line in changes if sign == "-"}, {" ".join(gone.split())})
        self.assertEqual(len(added), 1)
        self.assertIn("scope=team", added[0])
        self.assertEqual((reply.object["added"], reply.object["removed"]), (1, 1))
        self.assertEqual(self.rules(self.text()), self.rules(lines))
        self.assertNotIn("approval", reply.object)

    def test_a_role_without_rules_is_warned_of(self):
        lines = [line for line in self.text() if line.split()[1:2] != ["analyst"]]
        reply = self.assertOK(self.propose(lines, **{"dry-run": True}))
        self.assertTrue(any("analyst" in row.get("warning", "") for row in reply.rows))

    def test_a_changed_policy_is_in_force_on_the_next_command(self):
        number = phone()
        person = self.add_person(phone=number)
        client = self.session(SALES)
        self.assertNotIn("contact", self.row(person, SALES))
        lines = self.text()
        edited = [line for line in lines if line.split()[1:4] != ["sales", "read", "contact"]]
        self.assertEqual(len(edited), len(lines) - 1)
        self.put(edited + ["allow sales read contact purposes=sales,customer-care"])
        shown = self.assertOK(client.call("person.show", id=person, purpose="sales")).rows[0]
        self.assertEqual(shown["contact"]["phone"][0]["value"], number)

    def test_the_approver_sees_the_difference(self):
        reply = self.assertOK(self.propose(self.text() + [WIDENED]), "pending/approval")
        identity = reply.object["approval"]
        shown = self.assertOK(self.other_admin.call("approval.show", id=identity)).rows[0]
        self.assertEqual(shown["verb"], "policy.set")
        difference = shown["showing"]["difference"]
        self.assertEqual(len(difference), 1)
        self.assertEqual(difference[0][:2], "+ ")
        self.assertNO(self.admin.call("approval.give", id=identity), "denied/approval")
        self.assertNO(self.session(OFFICER).call("approval.give", id=identity), "denied/approval", "denied/role",
                      "notfound")
        self.assertOK(self.admin.call("approval.refuse", id=identity, reason="kokeilu"))
        self.assertNO(self.other_admin.call("approval.give", id=identity), "denied/approval", "notfound")
        self.assertNotIn("scope=team", "\n".join(self.text()))

    def test_the_same_proposal_is_one_request_whatever_its_comments(self):
        one = self.assertOK(self.propose(self.text() + [WIDENED]), "pending/approval")
        two = self.assertOK(self.propose(["# again", WIDENED] + list(reversed(self.text())), size=13),
                            "pending/approval")
        self.assertEqual(one.object["approval"], two.object["approval"])
        self.assertOK(self.admin.call("approval.refuse", id=one.object["approval"], reason="kokeilu"))

    def test_what_was_overtaken_is_not_carried_out(self):
        lines = self.text()
        late = self.assertOK(
            self.propose([line for line in lines if line.split()[1:2] != ["analyst"]]), "pending/approval")
        self.put(lines + [WIDENED])
        self.assertNO(self.other_admin.call("approval.give", id=late.object["approval"]), "conflict/state")
        self.assertIn("scope=team", "\n".join(self.text()))
        self.admin.call("approval.refuse", id=late.object["approval"], reason="kokeilu")

    def test_two_approvers_at_once_carry_it_out_once(self):
        lines = self.text()
        reply = self.assertOK(self.propose(lines + [WIDENED]), "pending/approval")
        identity = reply.object["approval"]
        clients = [self.fresh(ADMIN, 1), self.fresh(ADMIN, 1)] if not self.server.account(ADMIN, 1).secret else [
            self.other_admin]
        answers = []
        threads = [threading.Thread(target=lambda one=one: answers.append(one.call("approval.give", id=identity)))
                   for one in clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sum(answer.ok for answer in answers), 1, answers)
        self.assertEqual(len(self.rules(self.text())), len(self.rules(lines)) + 1)
        self.put_back(lines)

    def test_a_text_as_a_parameter(self):
        rules = [line for line in self.text() if line and not line.startswith("#")]
        reply = self.assertOK(
            self.admin.call("policy.set", text="\n".join(rules + [WIDENED]), **{"dry-run": True}))
        self.assertEqual(reply.object["added"], 1)

    # Refusing

    def test_what_is_no_rule_is_told_with_its_line(self):
        start = {"en": "Line", "fi": "Rivi", "sv": "Rad"}
        for bad in ("permit sales read identity", "allow sellers read identity", "allow sales look identity",
                    "allow sales read everything", "allow sales read identity colour=red",
                    "allow sales read identity fields=phone purposes=sales",
                    "allow sales read identity purposes=fun", "allow sales read identity scope=mine",
                    "allow sales read identity\u202e purposes=sales"):
            for language in ("en", "fi", "sv"):
                with self.subTest(bad, language=language):
                    self.speak(language)
                    reply = self.propose(["# first", bad] + self.text())
                    self.assertNO(reply, "invalid/text")
                    self.assertEqual([row["row"] for row in reply.rows], [2])
                    self.assertTrue(reply.rows[0]["msg"])
                    self.assertTrue(reply.object["msg"].startswith(start[language] + " 2: "), reply)

    def speak(self, language):
        """Has the administrator's session speak a language until the test ends."""
        self.assertOK(self.admin.say_hello(language))
        self.addCleanup(lambda: self.admin.say_hello("en"))

    def test_a_policy_that_cannot_stand_is_refused(self):
        lines = self.text()
        for more in ("allow administrator read identity purposes=security", "allow auditor read contact purposes=security",
                     "allow administrator break-glass-read identity purposes=security",
                     "allow administrator write person-import purposes=security", "allow sales write users",
                     "allow sales write policy", "allow privacy-officer approve roles", "allow sales read identity",
                     "allow sales read identity purposes=sales,customer-care"):
            with self.subTest(more):
                reply = self.propose([more] + lines)
                self.assertNO(reply, "invalid/text")
                self.assertEqual(len(reply.rows), 1)
        for object_ in ("policy", "users", "roles"):
            with self.subTest(object_):
                kept = [line for line in lines if line.split()[2:4] != ["write", object_]]
                self.assertNO(self.propose(kept), "invalid/text")
        approving = [line for line in lines if line.split()[2:4] != ["approve", "policy"]]
        self.assertNO(self.propose(approving), "invalid/text")
        self.assertEqual(self.rules(self.text()), self.rules(lines))

    def test_what_is_fed_must_be_text(self):
        for feeds in ([1], [{"text": "x"}], [["x"]], []):
            with self.subTest(str(feeds)):
                try:
                    reply = self.admin.call("policy.set", feeds=feeds)
                except Closed:
                    self.fail("the connection closed")
                self.assertNO(reply, "invalid/text")

    def test_a_text_that_is_too_large_is_refused(self):
        reply = self.propose(["# " + "x" * 60_000] * 5, size=50_000)
        self.assertNO(reply, "invalid/text")
        self.assertOK(self.admin.call("ping"))

    def test_only_an_administrator_sets_it(self):
        for role in (CS, SALES, ANALYST, OFFICER, AUDITOR):
            with self.subTest(role):
                reply = self.propose(["allow x"], self.session(role))
                self.assertNO(reply, "denied/role")
                self.assertEqual(reply.rows, [])

    def test_an_administrator_cannot_become_a_reader(self):
        person = self.add_person()
        for role in ("administrator", "auditor"):
            for action in ("read", "write", "read-by-list", "read-by-segment", "break-glass-read"):
                reply = self.propose(
                    self.text() + ["allow %s %s identity purposes=customer-service" % (role, action)])
                self.assertNO(reply, "invalid/text")
        self.assertNO(self.admin.call("person.show", id=person, purpose="customer-service"), "denied/role")

    # Looking back

    def test_the_policy_at_an_earlier_epoch(self):
        before = self.text()
        epoch = self.admin.call("policy.show", role="auditor").object["epoch"]
        self.put(before + [WIDENED])
        self.assertIn("scope=team", "\n".join(self.text(self.session(AUDITOR))))
        self.assertEqual(self.rules(self.text(self.session(AUDITOR), at=epoch)), self.rules(before))
        self.assertNO(self.admin.call("policy.show", at="99999999"), "notfound")
        self.assertNO(self.admin.call("policy.show", at="2001-01-01"), "notfound")
        self.assertNO(self.admin.call("policy.show", at=new_id()), "invalid/at")

    def test_it_is_all_in_the_log(self):
        reply = self.assertOK(self.propose(self.text() + [WIDENED]), "pending/approval")
        given = self.assertOK(self.other_admin.call("approval.give", id=reply.object["approval"]))
        verbs = {row["verb"] for row in self.entries(given)}
        self.assertIn("policy.set", verbs | {row["verb"] for row in self.entries(reply)})
        self.assertTrue(self.entries(reply))
        self.put_back([line for line in self.text() if "scope=team" not in line])


if __name__ == "__main__":
    unittest.main()
