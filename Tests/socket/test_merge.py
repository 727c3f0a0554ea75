"""Two records of one human being become one, with a second privacy officer's approval (REGISTER.md sections 2 and 4)."""

import fcntl
import glob
import os
import time
import unittest

from access import CS, OFFICER, AccessTest
from support import PURPOSE, eventually, forget_sessions, new_id, phone, unique

LAW = {"purpose": "data-subject-rights"}


class MergeTest(AccessTest):
    @property
    def officer(self):
        return self.session(OFFICER)

    @property
    def other_officer(self):
        return self.session(OFFICER, 1)

    def pair(self, **more):
        """Two records of one human being."""
        name = unique("Suku")
        return (self.add_person(**{"last-name": name, "email": unique("a").lower() + "@example.com"}),
                self.add_person(**dict({"last-name": name, "phone": phone()}, **more)))

    def merge(self, stays, goes, **more):
        return self.approved(self.officer, self.other_officer, "person.merge", id=stays, other=goes, **dict(LAW, **more))

    def values(self, row, category, field):
        return [one["value"] for one in row.get(category, {}).get(field, [])]

    def fates(self, person):
        """The states of the keys of somebody, from the database."""
        rows = self.server.sql("SELECT slot || ':' || state FROM key_fate WHERE person = '%s'" % person).split()
        return {int(row.split(":")[0]): int(row.split(":")[1]) for row in rows}


class MergeTests(MergeTest):
    def test_the_record_that_stays_holds_both_and_the_other_is_gone(self):
        stays, goes = self.pair(note="hei")
        before, after = self.row(stays, OFFICER), self.row(goes, OFFICER)
        rows = self.merge(stays, goes)
        self.assertEqual(rows, [{"id": stays, "rev": 2, "dropped": []}])
        row = self.row(stays, OFFICER)
        self.assertEqual(row["contact"]["email"], before["contact"]["email"])
        self.assertEqual([one["value"] for one in row["contact"]["phone"]],
                         [one["value"] for one in after["contact"]["phone"]])
        self.assertEqual(row["other"]["note"]["value"], "hei")
        self.assertNO(self.show(goes, OFFICER), "notfound")
        self.assertNO(self.show(goes), "notfound")
        number = after["contact"]["phone"][0]["value"]
        found = self.session(CS).call("person.find", text=number, purpose="customer-service")
        self.assertEqual([one["id"] for one in found.rows], [stays])

    def test_the_keys_of_the_one_that_goes_are_overwritten(self):
        stays, goes = self.pair()
        self.merge(stays, goes)
        self.assertTrue(eventually(lambda: set(self.fates(goes).values()) == {3}), self.fates(goes))
        self.assertEqual(self.server.sql(
            "SELECT count(*) FROM person_part p JOIN key_fate f ON f.slot = p.slot WHERE f.person = '%s'" % goes), "0")

    def test_no_value_is_in_what_is_answered_or_shown_to_the_approver(self):
        stays, goes = self.pair(first_name=unique("Etu"), note=unique("salaisuus"))
        secret = self.row(goes, OFFICER)
        self.officer.transcript.clear()
        self.other_officer.transcript.clear()
        identity = self.ask(self.officer, "person.merge", id=stays, other=goes, **LAW)
        shown = self.assertOK(self.other_officer.call("approval.show", id=identity)).rows[0]
        self.assertEqual(shown["verb"], "person.merge")
        self.assertEqual(shown["parameters"]["other"], goes)
        self.assertEqual(sorted(shown["showing"]["adds"]), ["first-name", "note", "phone"])
        self.give(self.other_officer, identity)
        said = " ".join(self.officer.transcript + self.other_officer.transcript)
        for value in (secret["identity"]["first-name"]["value"], secret["other"]["note"]["value"],
                      secret["contact"]["phone"][0]["value"][1:]):
            self.assertNotIn(value, said)

    def test_what_is_not_kept_is_named(self):
        stays = self.add_person(note="a", status="customer")
        goes = self.add_person(note="b")
        self.assertEqual(sorted(self.merge(stays, goes)[0]["dropped"]), ["last-name", "note", "status"])

    def test_marks_are_never_lost(self):
        stays, goes = self.pair()
        self.assertOK(self.officer.call("person.mark", id=goes, mark="protected", **LAW))
        self.assertOK(self.officer.call("person.mark", id=stays, mark="deceased", **LAW))
        self.merge(stays, goes)
        self.assertEqual(sorted(self.row(stays, OFFICER)["marks"]), ["deceased", "protected"])
        self.assertNotIn("phone", self.row(stays, CS).get("contact", {}))

    def test_organisations_and_history_move(self):
        one, two = self.add_organisation(), self.add_organisation()
        stays = self.add_person("contact", organisation=one, title="johtaja")
        goes = self.add_person("contact", organisation=two, title="jäsen")
        rows = self.merge(stays, goes)
        self.assertEqual(rows[0]["dropped"], ["last-name"])
        row = self.row(stays, OFFICER)
        self.assertEqual([link["id"] for link in row["organisations"]], [one, two])
        self.assertEqual(self.values(row, "professional", "title"), ["johtaja", "jäsen"])
        history = self.assertOK(self.officer.call("person.history", id=stays, **LAW)).rows
        self.assertEqual([entry["verb"] for entry in history], ["person.add", "person.add", "person.merge"])

    def test_both_persons_are_in_the_log(self):
        stays, goes = self.pair()
        self.merge(stays, goes)
        auditor = self.session("auditor")
        for person in (stays, goes):
            found = self.assertOK(auditor.call("log.find", person=person, verb="person.merge", outcome="ok")).rows
            self.assertEqual(len(found), 1, found)

    def test_what_cannot_be_merged_is_told_before_anybody_is_asked(self):
        stays, goes = self.pair()
        contact = self.add_person("contact")
        before = len(self.listed(self.other_officer))
        for code, parameters in (
                ("conflict/state", {"id": stays, "other": contact}), ("invalid/other", {"id": stays, "other": stays}),
                ("notfound", {"id": stays, "other": new_id()}), ("notfound", {"id": new_id(), "other": goes}),
                ("conflict/rev", {"id": stays, "other": goes, "rev": 5}),
                ("conflict/rev", {"id": stays, "other": goes, "other-rev": 5}),
                ("invalid/other", {"id": stays}), ("invalid/id", {"id": "x", "other": goes})):
            with self.subTest(code, **parameters):
                self.assertNO(self.officer.call("person.merge", **dict(parameters, **LAW)), code)
        self.assertEqual(len(self.listed(self.other_officer)), before)

    def test_others_may_not_ask(self):
        stays, goes = self.pair()
        for role, purpose in PURPOSE.items():
            if role != OFFICER:
                with self.subTest(role):
                    parameters = {"purpose": purpose} if purpose else {}
                    self.assertNO(self.session(role).call(
                        "person.merge", id=stays, other=goes, **parameters), "denied/role")
        self.assertNO(self.officer.call("person.merge", id=stays, other=goes), "denied/purpose")

    def test_nobody_approves_their_own_and_a_change_meanwhile_counts(self):
        stays, goes = self.pair()
        identity = self.ask(self.officer, "person.merge", id=stays, other=goes, rev=1, other_rev=1, **LAW)
        self.assertNO(self.officer.call("approval.give", id=identity), "denied/approval")
        self.assertOK(self.session(CS).call("person.edit", id=goes, rev=1, note="muutos", purpose="customer-service"))
        self.assertNO(self.other_officer.call("approval.give", id=identity), "conflict/rev")
        self.assertEqual(self.row(goes, OFFICER)["rev"], 2)

    def test_export_names_no_declared_processor(self):
        reply = self.session("marketing").call("person.export", processor="postitustalo", purpose="marketing")
        self.assertNO(reply, "invalid/processor")
        self.assertTrue(reply.object["msg"])

    # At once

    def test_two_merges_both_ways_at_once_leave_one(self):
        approver, third = self.other_officer, self.fresh(OFFICER, 1)
        for _ in range(3):
            one, two = self.pair()
            first = self.ask(self.officer, "person.merge", id=one, other=two, **LAW)
            second = self.ask(self.officer, "person.merge", id=two, other=one, **LAW)
            replies = self.at_once(lambda: approver.call("approval.give", id=first),
                                   lambda: third.call("approval.give", id=second))
            self.assertEqual(sorted(reply.code for reply in replies), ["done", "notfound"])
            left = [person for person in (one, two) if self.show(person, OFFICER).rows]
            self.assertEqual(len(left), 1)
            contact = self.row(left[0], OFFICER)["contact"]
            self.assertEqual(sorted(contact), ["email", "phone"])

    def test_a_merge_and_an_edit_at_once_lose_nothing(self):
        care = self.session(CS)
        for turn in range(6):
            stays, goes = self.pair()
            identity = self.ask(self.officer, "person.merge", id=stays, other=goes, **LAW)
            edited = (stays, goes)[turn % 2]
            merged, edit = self.at_once(
                lambda: self.other_officer.call("approval.give", id=identity),
                lambda: care.call("person.edit", id=edited, rev=1, note="huomio", purpose="customer-service"))
            self.assertOK(merged)
            self.assertIn(edit.code, ("done", "conflict/rev", "notfound"))
            self.assertEqual("other" in self.row(stays, OFFICER), edit.ok)


class CutOffTests(MergeTest):
    def hold(self, path, slots):
        """Holds the lock of keys in a mirror of the key store, so that nobody can overwrite them; closing it lets go."""
        file = open(path, "r+b")
        for slot in slots:
            fcntl.lockf(file, fcntl.LOCK_EX, 64, 64 * slot)
        return file

    def test_killed_after_the_commit_the_keys_are_overwritten_at_the_next_start(self):
        stays, goes = self.pair()
        slots = [int(slot) for slot in self.server.sql(
            "SELECT slot FROM person_part WHERE person = '%s'" % goes).split()]
        identity = self.ask(self.officer, "person.merge", id=stays, other=goes, **LAW)
        holders = [self.hold(path, slots) for path in glob.glob(os.path.join(self.server.data, "keys", "mirror-*"))]
        self.assertTrue(holders)
        reply = self.other_officer.submit("approval.give", id=identity)
        self.assertTrue(eventually(lambda: self.fates(goes) == dict.fromkeys(slots, 2), 60), self.fates(goes))
        time.sleep(0.5)
        self.assertFalse(reply.done, "done before the keys are overwritten")
        self.assertEqual(self.server.sql("SELECT count(*) FROM person WHERE id = '%s'" % goes), "0")
        self.server.kill()
        for holder in holders:
            holder.close()
        self.assertEqual(self.fates(goes), dict.fromkeys(slots, 2))
        forget_sessions(self.server)
        self.server.start()
        self.assertTrue(eventually(
            lambda: self.fates(goes) == dict.fromkeys(slots, 3), 60), self.fates(goes))
        self.assertNO(self.show(goes, OFFICER), "notfound")
        self.assertIn("phone", self.row(stays, OFFICER)["contact"])

    def test_killed_at_any_moment_it_is_done_wholly_or_not_at_all(self):
        for pause in (0.0, 0.003, 0.01, 0.03):
            stays, goes = self.pair()
            identity = self.ask(self.officer, "person.merge", id=stays, other=goes, **LAW)
            self.other_officer.submit("approval.give", id=identity)
            time.sleep(pause)
            self.server.kill()
            forget_sessions(self.server)
            self.server.start()
            row = self.row(stays, OFFICER)
            if self.show(goes, OFFICER).rows:
                self.assertEqual((row["rev"], sorted(row["contact"])), (1, ["email"]))
                self.assertEqual(self.fates(goes), {})
            else:
                self.assertEqual((row["rev"], sorted(row["contact"])), (2, ["email", "phone"]))
                self.assertTrue(eventually(lambda: set(self.fates(goes).values()) == {3}, 60), self.fates(goes))


if __name__ == "__main__":
    unittest.main()
