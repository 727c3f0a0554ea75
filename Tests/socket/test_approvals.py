"""Four eyes (REGISTER.md section 4, PROTOCOL.md section 2): every approval, and every way around it."""

import random
import time
import unittest

from access import ADMIN, AUDITOR, CS, NOT_YOURS, OFFICER, READERS, SALES, AccessTest, days
from client import Closed
from support import new_id, unique

LAW = {"purpose": "data-subject-rights"}
CARE = {"purpose": "customer-service"}
ROLES = READERS + (ADMIN, AUDITOR)
WAITING_MAX = 20


class ApprovalCase(AccessTest):
    """The roles' sessions, and requests to try things with."""

    def officer(self, number=0):
        return self.session(OFFICER, number)

    def merge(self, last=None):
        """The parameters of a merge of two persons of our own."""
        return dict(LAW, id=self.add_person(**{"last-name": last or unique()}), other=self.add_person())

    def user(self, *roles):
        """An account without any role, made without approval."""
        return self.assertOK(self.admin.call(
            "user.add", name=unique("u").lower(), full_name=unique() + " " + unique())).rows[0]["id"]

    def rows_for_import(self, count, name="Tuonti"):
        return [{"kind": "private", "first-name": "Testi", "last-name": name, "email": "%s%d@example.com" % (
            unique().lower(), number), "source": "subject"} for number in range(count)]


class RequestTests(ApprovalCase):
    """Who may ask and give, what both see, and that it is done once, as it was asked."""

    options = ("--import-approval-above", "5")

    def requests(self):
        """Each kind of request: (name, requester's role, approver's role, verb, parameters, feeds, has it happened)."""
        user = self.user()
        held = self.new_account(CS)
        rev = lambda identity: self.account_row(identity)["rev"]
        merge = self.merge()
        rows = self.rows_for_import(6, unique())
        added = unique("u").lower()
        deputy = self.new_account(SALES)
        merged = lambda: self.show(merge["other"], OFFICER).code == "notfound"
        unix = unique("u").lower()
        yield ("role.grant", ADMIN, ADMIN, "role.grant", {"user": user, "role": "sales"}, None,
               lambda: self.roles_of(user) == ["sales"])
        yield ("user.add", ADMIN, ADMIN, "user.add",
               {"name": added, "full-name": "Uusi " + unique(), "roles": "customer-service"}, None,
               lambda: self.account_row(added) is not None)
        yield ("unix-user", ADMIN, ADMIN, "user.edit",
               {"id": held.identity, "rev": rev(held.identity), "unix-user": unix}, None,
               lambda: self.account_row(held.identity)["unix-user"] == unix)
        yield ("team", ADMIN, ADMIN, "user.edit", lambda: {"id": held.identity, "rev": rev(held.identity),
                                                             "team": "etelä"}, None,
               lambda: self.account_row(held.identity)["team"] == "etelä")
        yield ("certificate", ADMIN, ADMIN, "user.edit",
               lambda: {"id": held.identity, "rev": rev(held.identity), "certificate": "ab" * 32}, None,
               lambda: self.account_row(held.identity)["certificate"] == "ab" * 32)
        yield ("policy.set", ADMIN, ADMIN, "policy.set",
               lambda: {"text": self.policy_text() + "deny  sales  read  feedback\n"}, None,
               lambda: "\ndeny" in self.policy_text())
        yield ("user.reset", ADMIN, ADMIN, "user.reset", {"id": held.identity}, None,
               lambda: not self.connect().auth(held.name, held.password).ok)
        yield ("deputy.add", ADMIN, ADMIN, "deputy.add", {
            "user": deputy.identity, "deputy": self.user_id(SALES), "from": days()[0], "until": days()[1]}, None,
            None)
        yield ("person.merge", OFFICER, OFFICER, "person.merge", merge, None, merged)
        yield ("quota.raise", CS, OFFICER, "quota.raise", {"persons": 500, "reason": "postitus"}, None, None)
        yield ("import", CS, OFFICER, "person.import", dict(CARE, format="ndjson"), rows,
               lambda: len(self.found(rows[0]["last-name"])) == 6)

    def found(self, text):
        return self.assertOK(self.session(CS).call("person.find", text=text, limit=50, **CARE)).rows

    def second(self, role):
        """Another human being with a role."""
        return self.session(role, 1)

    def test_every_kind_of_request(self):
        for name, asker, approver, verb, parameters, feeds, happened in self.requests():
            with self.subTest(name):
                self.one_request(asker, approver, verb, parameters() if callable(parameters) else parameters, feeds,
                                 happened)

    def one_request(self, asker, approver, verb, parameters, feeds, happened):
        requester = self.session(asker)
        giver = self.second(approver) if asker == approver else self.session(approver)
        asked = self.assertOK(requester.call(verb, feeds=feeds, **parameters), "pending/approval")
        identity = asked.object["approval"]
        self.assertIn("expires", asked.object)
        if verb != "policy.set":
            self.assertEqual(asked.rows, [])
        again = self.assertOK(requester.call(verb, feeds=feeds, **parameters), "pending/approval")
        self.assertEqual(again.object["approval"], identity, "asked twice")
        if happened:
            self.assertFalse(happened(), "done before the approval")
        self.nobody_else(asker, approver, identity, requester, giver)
        self.both_see(requester, giver, identity, asker, verb, parameters)
        state, rows = self.give(giver, identity)
        done = None
        if state == "approved":
            self.assertEqual(rows, [], "the approver is shown what the requester asked for")
            if happened:
                self.assertFalse(happened(), "done before it was sent again")
            done = requester.call(verb, feeds=feeds, approval=identity, **parameters)
            self.assertEqual(done.status, "OK", done)
            self.assertNotEqual(done.code, "pending/approval", done)
        if happened:
            self.assertTrue(happened(), "approved, but nothing happened")
        self.assertNotIn(identity, self.listed(requester))
        self.assertNO(giver.call("approval.give", id=identity), *NOT_YOURS)
        replay = requester.call(verb, feeds=feeds, approval=identity, **parameters)
        self.assertNO(replay, "denied/approval")
        self.assertEqual(replay.rows, [])

    def nobody_else(self, asker, approver, identity, requester, giver):
        """Neither the requester nor anybody of another role gives it or sees it."""
        self.assertNO(requester.call("approval.give", id=identity), "denied/approval")
        for role in ROLES:
            client = self.session(role)
            if role in (asker, approver):
                continue
            self.assertNO(client.call("approval.give", id=identity), *NOT_YOURS)
            self.assertNO(client.call("approval.refuse", id=identity, reason="ei"), *NOT_YOURS)
            shown = client.call("approval.show", id=identity)
            self.assertNO(shown, *NOT_YOURS)
            self.assertEqual(shown.rows, [])
            self.assertNotIn(identity, self.listed(client), role)

    def both_see(self, requester, giver, identity, asker, verb, parameters):
        """Both are listed exactly the request."""
        wanted = {key.replace("_", "-"): str(value) for key, value in parameters.items()}
        for client in (requester, giver):
            row = self.listed(client)[identity]
            self.assertEqual(row["verb"], verb)
            shown = {key: str(value) for key, value in row["parameters"].items()}
            self.assertEqual({key: shown.get(key, wanted["purpose"] if key == "purpose" else None) for key in wanted},
                             wanted)
            self.assertEqual(set(shown) - set(wanted), set(), "more than was asked for")
            self.assertIn(row["requester"], (self.identity(requester), requester.user))
            self.assertEqual(row["state"], "waiting")
            self.assertEqual(row["purpose"], parameters.get("purpose"))
            self.assertGreater(row["expires"], row["created"])
            more = self.assertOK(client.call("approval.show", id=identity)).rows[0]
            self.assertEqual({key: more[key] for key in row}, row)

    def test_a_password_is_shown_to_the_requester_only(self):
        name = unique("u").lower()
        parameters = {"name": name, "full-name": unique() + " Uusi", "roles": "sales"}
        identity = self.ask(self.admin, "user.add", **parameters)
        self.other_admin.transcript.clear()
        self.give(self.other_admin, identity)
        row = self.assertOK(self.admin.call("user.add", approval=identity, **parameters)).rows[0]
        self.listed(self.other_admin)
        self.other_admin.call("approval.show", id=identity)
        self.assertNotIn(row["password"], "\n".join(self.other_admin.transcript))
        self.assertOK(self.connect().auth(name, row["password"]))

    def test_a_password_that_was_chosen_is_not_shown_to_the_approver(self):
        password = "kolme-" + unique("sanaa").lower() + "-peräkkäin"
        parameters = {"name": unique("u").lower(), "full-name": unique() + " Uusi", "roles": "sales",
                      "password": password}
        identity = self.ask(self.admin, "user.add", **parameters)
        self.other_admin.transcript.clear()
        self.listed(self.other_admin)
        self.assertOK(self.other_admin.call("approval.show", id=identity))
        self.assertNotIn(password, "\n".join(self.other_admin.transcript))
        self.assertOK(self.other_admin.call("approval.refuse", id=identity, reason="ei"))

    def test_a_reset_password_replaces_the_old_one(self):
        account = self.new_account(CS)
        client = self.log_in(account)
        row = self.approved(self.admin, self.other_admin, "user.reset", id=account.identity)[0]
        self.assertCloses(client)
        self.assertNO(self.connect().auth(account.name, account.password), "auth/failed")
        self.assertOK(self.connect().auth(account.name, row["password"]))

    # The same human being

    def test_a_second_account_of_the_same_name_is_no_second_person(self):
        full = self.account_row(self.admin.user)["full-name"]
        twin = self.newcomer(ADMIN, **{"full-name": "  ".join(full.upper().split())})
        self.not_given_by(twin)

    def test_a_linked_account_is_no_second_person(self):
        twin = self.newcomer(ADMIN, **{"same-as": self.identity(self.admin)})
        self.not_given_by(twin)

    def not_given_by(self, twin):
        user = self.user()
        identity = self.ask(self.admin, "role.grant", user=user, role="sales")
        self.assertNO(twin.call("approval.give", id=identity), "denied/approval")
        self.assertEqual(self.roles_of(user), [])
        self.give(self.other_admin, identity)
        self.assertEqual(self.roles_of(user), ["sales"])
        other = self.ask(twin, "role.grant", user=user, role="marketing")
        self.assertNO(self.admin.call("approval.give", id=other), "denied/approval")
        self.assertEqual(self.roles_of(user), ["sales"])

    def test_links_reach_over_a_third_account(self):
        one = self.new_account(ADMIN)
        two = self.newcomer(ADMIN, **{"same-as": one.identity})
        three = self.newcomer(ADMIN, **{"same-as": two.account.identity})
        user = self.user()
        identity = self.ask(two, "role.grant", user=user, role="sales")
        self.assertNO(three.call("approval.give", id=identity), "denied/approval")
        identity = self.ask(self.log_in(one), "role.grant", user=user, role="sales")
        self.assertNO(three.call("approval.give", id=identity), "denied/approval")
        self.assertEqual(self.roles_of(user), [])

    # Changed, or another's

    def test_a_changed_parameter_is_another_request(self):
        parameters = {"name": unique("u").lower(), "full-name": unique() + " Uusi", "roles": "sales"}
        identity = self.ask(self.admin, "user.add", **parameters)
        self.give(self.other_admin, identity)
        for change in ({"roles": "customer-service"}, {"name": unique("u").lower()}, {"otp": True},
                       {"roles": "sales,customer-service"}, {"password": "kolme-sanaa-ja-viela-yksi-7"},
                       {"unix-user": "root2"}):
            with self.subTest(str(change)):
                self.assertNO(self.admin.call("user.add", approval=identity, **dict(parameters, **change)),
                              "denied/approval")
        self.assertNO(self.admin.call("user.reset", approval=identity, id=self.user()), "denied/approval")
        self.assertIsNone(self.account_row(parameters["name"]))
        self.assertOK(self.admin.call("user.add", approval=identity, **parameters))

    def test_changed_rows_of_an_import_are_another_request(self):
        rows = self.rows_for_import(6, unique())
        client = self.session(CS)
        parameters = dict(CARE, format="ndjson")
        asked = self.assertOK(client.call("person.import", feeds=rows, **parameters), "pending/approval")
        identity = asked.object["approval"]
        self.give(self.officer(), identity)
        other = rows[:5] + self.rows_for_import(1, rows[0]["last-name"])
        self.assertNO(client.call("person.import", feeds=other, approval=identity, **parameters), "denied/approval")
        self.assertNO(client.call("person.import", feeds=rows + other[5:], approval=identity, **parameters),
                      "denied/approval")
        self.assertEqual(self.found(rows[0]["last-name"]), [])
        self.assertOK(client.call("person.import", feeds=rows, approval=identity, **parameters))
        self.assertEqual(len(self.found(rows[0]["last-name"])), 6)

    def test_an_import_of_no_more_than_the_limit_needs_none(self):
        rows = self.rows_for_import(5, unique())
        self.assertOK(self.session(CS).call("person.import", feeds=rows, format="ndjson", **CARE))
        self.assertEqual(len(self.found(rows[0]["last-name"])), 5)

    def test_another_purpose_or_case_is_another_request(self):
        rows = self.rows_for_import(6, unique())
        client = self.session(CS)
        asked = self.assertOK(
            client.call("person.import", feeds=rows, format="ndjson", case="T-1", **CARE), "pending/approval")
        identity = asked.object["approval"]
        self.give(self.officer(), identity)
        for change in ({"purpose": "customer-care", "case": "T-1"}, dict(CARE, case="T-2"), CARE):
            with self.subTest(str(change)):
                reply = client.call("person.import", feeds=rows, format="ndjson", approval=identity, **change)
                self.assertNO(reply, "denied/approval")
        self.assertEqual(self.found(rows[0]["last-name"]), [])

    def test_another_user_cannot_send_what_was_approved(self):
        account = self.new_account(CS)
        third = self.newcomer(ADMIN)
        identity = self.ask(self.admin, "user.reset", id=account.identity)
        self.give(self.other_admin, identity)
        for client in (self.other_admin, third):
            reply = client.call("user.reset", id=account.identity, approval=identity)
            self.assertNO(reply, "denied/approval")
            self.assertEqual(reply.rows, [])
        self.assertOK(self.connect().auth(account.name, account.password))
        self.assertOK(self.admin.call("user.reset", id=account.identity, approval=identity))

    def test_what_was_not_given_cannot_be_sent(self):
        account = self.new_account(CS)
        identity = self.ask(self.admin, "user.reset", id=account.identity)
        self.assertNO(self.admin.call("user.reset", id=account.identity, approval=identity), "denied/approval")
        self.assertNO(self.admin.call("user.reset", id=account.identity, approval=new_id()), "denied/approval")
        self.assertOK(self.connect().auth(account.name, account.password))

    def test_what_was_refused_stays_refused(self):
        user = self.user()
        identity = self.ask(self.admin, "role.grant", user=user, role="sales")
        self.assertOK(self.other_admin.call("approval.refuse", id=identity, reason="ei perustetta"))
        self.assertNO(self.other_admin.call("approval.give", id=identity), "denied/approval")
        self.assertNO(self.admin.call("role.grant", user=user, role="sales", approval=identity), "denied/approval")
        self.assertEqual(self.roles_of(user), [])
        self.assertNotIn(identity, self.listed(self.admin))
        self.assertNotEqual(self.ask(self.admin, "role.grant", user=user, role="sales"), identity)

    def test_once_does_not_stand_in_for_an_approval(self):
        user = self.user()
        key = unique("k")
        identity = self.ask(self.admin, "role.grant", user=user, role="sales", once=key)
        self.assertOK(self.admin.call("role.grant", user=user, role="sales", once=key), "pending/approval")
        self.assertEqual(self.roles_of(user), [])
        self.give(self.other_admin, identity)
        self.assertEqual(self.roles_of(user), ["sales"])

    # Rights that go meanwhile

    def test_once_gives_what_came_of_an_agreement_again(self):
        """PROTOCOL.md section 2, Retry: whoever asked, agreed or sent again may have lost the answer."""
        officer, asker = self.session(OFFICER), self.newcomer(CS)
        with self.subTest("who asked"):
            line = dict(persons=402, reason="paljon soittoja", once=unique("k"))
            identity = self.ask(asker, "quota.raise", **line)
            self.assertEqual(self.ask(asker, "quota.raise", **line), identity)
            self.give(officer, identity)
            self.assertEqual(self.ask(asker, "quota.raise", **line), identity, "carried out, and not asked again")
        with self.subTest("who agreed"):
            identity = self.ask(asker, "quota.raise", persons=403, reason="lisää soittoja")
            key = unique("k")
            first = self.assertOK(officer.call("approval.give", id=identity, once=key))
            again = self.assertOK(officer.call("approval.give", id=identity, once=key))
            self.assertEqual(again.rows, first.rows)
            self.assertEqual(again.rows[0]["state"], "executed")
            self.assertNO(officer.call("approval.give", id=identity), "denied/approval")
        with self.subTest("who refused"):
            identity = self.ask(asker, "quota.raise", persons=404, reason="vielä soittoja")
            first = self.assertOK(officer.call("approval.refuse", id=identity, once=key + "r"))
            self.assertEqual(self.assertOK(officer.call("approval.refuse", id=identity, once=key + "r")).rows, first.rows)
        with self.subTest("who sent again"):
            line = dict(name=unique("u").lower(), full_name=unique() + " " + unique(), roles=CS, once=unique("k"))
            identity = self.ask(self.admin, "user.add", **line)
            self.give(self.other_admin, identity)
            first = self.assertOK(self.admin.call("user.add", approval=identity, **line))
            again = self.assertOK(self.admin.call("user.add", approval=identity, **line))
            self.assertEqual(again.rows[0]["id"], first.rows[0]["id"])
            self.assertNotIn("password", again.rows[0], "a password is kept nowhere")
            self.assertEqual(self.ask(self.admin, "user.add", **line), identity)

    def test_the_requesters_right_is_looked_at_again(self):
        third = self.newcomer(ADMIN)
        user = self.user()
        grant = self.ask(third, "role.grant", user=user, role="sales")
        account = self.new_account(CS)
        reset = self.ask(third, "user.reset", id=account.identity)
        self.give(self.other_admin, reset)
        self.assertOK(self.admin.call("role.revoke", user=third.account.name, role=ADMIN))
        self.assertNO(self.other_admin.call("approval.give", id=grant), "denied/approval", "denied/role")
        self.assertEqual(self.roles_of(user), [])
        self.assertNO(third.call("user.reset", id=account.identity, approval=reset), "denied/approval", "denied/role")
        self.assertOK(self.connect().auth(account.name, account.password))

    def test_a_disabled_requester_gets_nothing(self):
        third = self.newcomer(ADMIN)
        user = self.user()
        grant = self.ask(third, "role.grant", user=user, role="sales")
        self.assertOK(self.admin.call("user.disable", id=third.account.identity))
        self.assertNO(self.other_admin.call("approval.give", id=grant), *NOT_YOURS)
        self.assertEqual(self.roles_of(user), [])

    def test_the_approvers_right_is_looked_at_again(self):
        third = self.newcomer(ADMIN)
        account = self.new_account(CS)
        reset = self.ask(self.admin, "user.reset", id=account.identity)
        waiting = self.ask(self.admin, "role.grant", user=account.identity, role="sales")
        self.give(third, reset)
        self.assertOK(self.admin.call("role.revoke", user=third.account.name, role=ADMIN))
        self.assertNO(third.call("approval.give", id=waiting), *NOT_YOURS)
        self.assertNO(self.admin.call("user.reset", id=account.identity, approval=reset), "denied/approval",
                      "denied/role")
        self.assertEqual(self.roles_of(account.name), [CS])
        self.assertOK(self.connect().auth(account.name, account.password))

    def test_who_gets_the_right_later_may_give_it(self):
        user, late = self.user(), self.new_account()
        identity = self.ask(self.admin, "role.grant", user=user, role="sales")
        client = self.log_in(late)
        self.assertNO(client.call("approval.give", id=identity), *NOT_YOURS)
        self.approved(self.admin, self.other_admin, "role.grant", user=late.name, role=ADMIN)
        self.give(self.log_in(late), identity)
        self.assertEqual(self.roles_of(user), ["sales"])

    # At once

    def test_two_who_give_at_once_execute_once(self):
        third = self.newcomer(ADMIN)
        for _ in range(5):
            user = self.user()
            identity = self.ask(self.admin, "role.grant", user=user, role="sales")
            replies = self.at_once(lambda: self.other_admin.call("approval.give", id=identity),
                                   lambda: third.call("approval.give", id=identity))
            self.assertEqual(sorted(reply.status for reply in replies), ["NO", "OK"], replies)
            self.assertEqual(self.roles_of(user), ["sales"])

    def test_two_sendings_at_once_execute_once(self):
        asker = self.new_account(ADMIN)
        one, two = self.log_in(asker), self.log_in(asker)
        for _ in range(5):
            parameters = {"name": unique("u").lower(), "full-name": unique() + " Uusi", "roles": "sales"}
            identity = self.ask(one, "user.add", **parameters)
            self.give(self.admin, identity)
            replies = self.at_once(*[
                lambda client=client: client.call("user.add", approval=identity, **parameters)
                for client in (one, two)])
            self.assertEqual(sorted(reply.status for reply in replies), ["NO", "OK"], replies)
        account = self.new_account(CS)
        identity = self.ask(one, "user.reset", id=account.identity)
        self.give(self.admin, identity)
        replies = self.at_once(*[
            lambda client=client: client.call("user.reset", id=account.identity, approval=identity)
            for client in (one, two)])
        self.assertEqual(sorted(reply.status for reply in replies), ["NO", "OK"], replies)

    def test_giving_against_refusing_at_once(self):
        third = self.newcomer(ADMIN)
        for _ in range(6):
            user = self.user()
            identity = self.ask(self.admin, "role.grant", user=user, role="sales")
            given, refused = self.at_once(
                lambda: self.other_admin.call("approval.give", id=identity),
                lambda: third.call("approval.refuse", id=identity, reason="ei"))
            self.assertNotEqual(given.ok, refused.ok, (given, refused))
            self.assertEqual(self.roles_of(user), ["sales"] if given.ok else [])

    def test_many_who_ask_at_once_stop_nobody(self):
        users, reader = [self.user() for _ in range(4)], self.fresh(CS)
        for _ in range(3):
            asker = self.new_account(ADMIN)
            clients = [self.log_in(asker) for _ in users]
            asks = [lambda client=client, user=user: [client.call("role.grant", user=user, role=role)
                                                      for role in READERS] for client, user in zip(clients, users)]
            reads = lambda: [reader.call("person.list", limit=1, **CARE) for _ in range(60)]
            replies = [reply for part in self.at_once(*asks, reads) for reply in part]
            self.assertEqual([reply for reply in replies if not reply.ok], [])
        self.assertNotIn("nothing is released", self.server.said())

    # The number of those that wait

    def test_the_twenty_first_waiting_request_is_refused(self):
        asker = self.newcomer(ADMIN)
        requests = [{"user": user, "role": role} for user in [self.user() for _ in range(5)] for role in READERS]
        waiting = [self.ask(asker, "role.grant", **one) for one in requests[:WAITING_MAX]]
        self.assertEqual(len(set(waiting)), WAITING_MAX)
        self.assertNO(asker.call("role.grant", **requests[20]), "limit/quota")
        self.assertEqual(self.ask(asker, "role.grant", **requests[19]), waiting[19])
        self.assertOK(self.other_admin.call("approval.refuse", id=waiting[0], reason="ei"))
        self.ask(asker, "role.grant", **requests[20])
        self.assertNO(asker.call("role.grant", **requests[21]), "limit/quota")
        self.ask(self.other_admin, "role.grant", **requests[21])
        self.assertTrue(set(waiting[1:]) <= set(self.listed(asker)))

    # Told at log-in

    def test_who_logs_in_is_told_of_what_waits_and_of_a_new_password(self):
        approver, account = self.new_account(ADMIN), self.new_account(CS)
        identity = self.ask(self.admin, "user.reset", id=account.identity)
        notices = lambda account: {one["kind"]: one for one in self.assertOK(
            self.connect().auth(account.name, account.password)).object["notices"]}
        self.assertGreaterEqual(notices(approver)["approvals-waiting"]["count"], 1)
        self.assertNotIn("password-reset", notices(account))
        self.give(self.other_admin, identity)
        account.password = self.assertOK(
            self.admin.call("user.reset", id=account.identity, approval=identity)).rows[0]["password"]
        self.assertIn("password-reset", notices(account))
        self.assertTrue(notices(account)["password-reset"]["msg"])

    # Events and the log

    def test_events_tell_both_sides(self):
        asker, giver = self.watching(self.newcomer(ADMIN)), self.watching(self.newcomer(ADMIN))
        stranger = self.watching(self.fresh(CS))
        user = self.user()
        grant = self.ask(asker, "role.grant", user=user, role="sales")
        self.event(giver, event="approval", id=grant, verb="role.grant", state="waiting")
        self.give(giver, grant)
        self.event(asker, event="approval", id=grant, verb="role.grant", state="executed")
        account = self.new_account(CS)
        reset = self.ask(asker, "user.reset", id=account.identity)
        self.event(giver, event="approval", id=reset, verb="user.reset", state="waiting")
        self.give(giver, reset)
        self.event(asker, event="approval", id=reset, state="approved")
        refused = self.ask(asker, "role.grant", user=user, role="marketing")
        self.assertOK(giver.call("approval.refuse", id=refused, reason="ei"))
        self.event(asker, event="approval", id=refused, state="refused")
        stranger.call("ping")
        self.assertEqual([one for one in stranger.events if one["event"] == "approval"], [])
        for client in (asker, giver):
            numbers = [one["seq"] for one in client.events]
            self.assertEqual(numbers, sorted(set(numbers)))
            self.assertTrue(all(set(one) <= {"event", "id", "verb", "state", "seq", "at"} for one in client.events),
                            client.events)

    def test_the_log_has_entries_of_both(self):
        third = self.newcomer(ADMIN)
        user = self.user()
        asked = third.call("role.grant", user=user, role="sales")
        identity = asked.object["approval"]
        own = third.call("approval.give", id=identity)
        given = self.assertOK(self.other_admin.call("approval.give", id=identity))
        late = third.call("role.grant", user=user, role="sales", approval=identity)
        ask_rows, give_rows = self.entries(asked), self.entries(given)
        self.assertEqual({row["user"] for row in ask_rows}, {third.account.identity})
        self.assertEqual({row["verb"] for row in ask_rows}, {"role.grant"})
        self.assertIn(self.identity(self.other_admin), {row["user"] for row in give_rows})
        self.assertIn("approval.give", {row["verb"] for row in give_rows})
        self.assertIn("role.grant", {row["verb"] for row in give_rows}, "the execution has no entry")
        self.assertEqual([row["outcome"] for row in self.entries(own)], ["denied"])
        self.assertEqual([row["outcome"] for row in self.entries(late)], ["denied"])

    def test_a_merge_leaves_an_entry_for_each_person(self):
        parameters = self.merge()
        identity = self.ask(self.officer(), "person.merge", **parameters)
        given = self.assertOK(self.officer(1).call("approval.give", id=identity))
        persons = {row["person"] for row in self.entries(given) if row["person"]}
        self.assertEqual(persons, {parameters["id"], parameters["other"]})

    def test_what_an_approver_is_shown_of_persons_is_in_the_log(self):
        parameters = self.merge()
        identity = self.ask(self.officer(), "person.merge", **parameters)
        shown = self.assertOK(self.officer(1).call("approval.show", id=identity))
        self.assertTrue(shown.rows[0].get("showing"), "nothing is shown of its effect")
        self.assertEqual({row["person"] for row in self.entries(shown)} - {None},
                         {parameters["id"], parameters["other"]})

    # Not in clear

    def test_nothing_of_a_request_lies_in_clear(self):
        mark = unique("Qx") + unique("jw").lower()
        name = unique("u").lower()
        self.ask(self.admin, "user.add", **{"name": name, "full-name": mark, "roles": "sales"})
        rows = self.rows_for_import(6, mark)
        self.assertOK(self.session(CS).call("person.import", feeds=rows, format="ndjson", **dict(
            CARE, **{"source-note": mark, "source": "other"})), "pending/approval")
        self.ask(self.session(SALES), "quota.raise", persons=400, reason=mark)
        refused = self.ask(self.admin, "role.grant", user=self.user(), role="sales")
        self.assertOK(self.other_admin.call("approval.refuse", id=refused, reason=mark))
        self.nowhere(mark, name)


class ExpiryTests(ApprovalCase):
    """Requests that live for a few seconds only, which is long for all that comes before they end."""

    options = ("--approval-seconds", "30")

    def test_what_has_expired_is_not_given(self):
        user = self.user()
        self.listed(self.other_admin)
        identity = self.ask(self.admin, "role.grant", user=user, role="sales")
        self.assertIn(identity, self.listed(self.other_admin))
        time.sleep(31)
        self.assertNO(self.other_admin.call("approval.give", id=identity), "denied/approval")
        self.assertEqual(self.roles_of(user), [])
        self.assertNotIn(identity, self.listed(self.other_admin))
        self.assertNotIn(identity, self.listed(self.admin))
        self.assertNotEqual(self.ask(self.admin, "role.grant", user=user, role="sales"), identity)

    def test_what_was_given_expires_too(self):
        account = self.assertOK(self.admin.call("user.add", name=unique("u").lower(), full_name="Testi T")).rows[0]
        identity = self.ask(self.admin, "user.reset", id=account["id"])
        self.give(self.other_admin, identity)
        time.sleep(31)
        reply = self.admin.call("user.reset", id=account["id"], approval=identity)
        self.assertNO(reply, "denied/approval")
        self.assertEqual(reply.rows, [])

    def test_expired_ones_do_not_count_among_those_that_wait(self):
        for _ in range(WAITING_MAX):
            self.admin.call("role.grant", user=self.user(), role="sales")
        time.sleep(31)
        self.ask(self.admin, "role.grant", user=self.user(), role="sales")


class KillTests(ApprovalCase):
    """The server is killed at any moment: never twice, never lost."""

    def administrators(self):
        """Two who have no one-time password, so that they log in as often as it takes."""
        return self.new_account(ADMIN), self.new_account(ADMIN)

    def killed_while(self, client, milliseconds, verb, **parameters):
        """Sends a command and kills the server so many milliseconds later; gives the reply where one came."""
        reply = client.submit(verb, **parameters)
        time.sleep(milliseconds / 1000)
        self.server.process.kill()
        try:
            return client.wait(reply, timeout=5)
        except (Closed, OSError, TimeoutError):
            return None

    def restart(self):
        self.server.process.wait()
        self.server.process = None
        from support import forget_sessions

        forget_sessions(self.server)
        self.server.start()

    def test_waiting_requests_survive_a_restart(self):
        one, two = self.administrators()
        user, account = self.user(), self.new_account(CS)
        client = self.log_in(one)
        waiting = self.ask(client, "role.grant", user=user, role="sales")
        reset = self.ask(client, "user.reset", id=account.identity)
        self.give(self.log_in(two), reset)
        before = dict(self.listed(client)[waiting], own=False)
        for kill in (False, True):
            self.again(kill=kill)
            self.assertEqual(dict(self.listed(self.log_in(two))[waiting], own=False), before)
        client = self.log_in(one)
        self.assertOK(client.call("user.reset", id=account.identity, approval=reset))
        self.assertNO(client.call("user.reset", id=account.identity, approval=reset), "denied/approval")
        self.give(self.log_in(two), waiting)
        self.again()
        self.assertNO(self.log_in(two).call("approval.give", id=waiting), *NOT_YOURS)
        self.assertEqual(self.roles_of(user, self.log_in(one)), ["sales"])

    def test_killed_while_giving(self):
        one, two = self.administrators()
        chance = random.Random(3)
        outcomes = set()
        for _ in range(5):
            asker, giver = self.log_in(one), self.log_in(two)
            user = asker.call("user.add", name=unique("u").lower(), full_name=unique() + " T").rows[0]["id"]
            identity = self.ask(asker, "role.grant", user=user, role="sales")
            reply = self.killed_while(giver, chance.uniform(0, 25), "approval.give", id=identity)
            self.restart()
            giver = self.log_in(two)
            roles = self.roles_of(user, giver)
            again = giver.call("approval.give", id=identity)
            if roles:
                self.assertNO(again, *NOT_YOURS)
                outcomes.add("executed")
            else:
                self.assertFalse(reply and reply.ok, "answered as done, and lost")
                self.assertOK(again)
                outcomes.add("waiting")
            self.assertEqual(self.roles_of(user, giver), ["sales"])

    def test_killed_while_sending_again(self):
        one, two = self.administrators()
        chance = random.Random(4)
        for _ in range(4):
            asker = self.log_in(one)
            parameters = {"name": unique("u").lower(), "full-name": unique() + " T", "roles": "sales"}
            identity = self.ask(asker, "user.add", **parameters)
            self.give(self.log_in(two), identity)
            # Deriving the password's key takes most of it.
            reply = self.killed_while(asker, chance.uniform(0, 600), "user.add", approval=identity, **parameters)
            self.restart()
            asker = self.log_in(one)
            rows = [row for row in self.everybody(asker) if row["name"] == parameters["name"]]
            again = asker.call("user.add", approval=identity, **parameters)
            if rows:
                self.assertFalse(again.ok, "executed twice")
            else:
                self.assertFalse(reply and reply.ok, "answered as done, and lost")
                self.assertOK(again)
            rows = [row for row in self.everybody(asker) if row["name"] == parameters["name"]]
            self.assertEqual(len(rows), 1)


class OneAdministratorTests(ApprovalCase):
    """Where there is one enabled administrator only, the auditor gives."""

    def test_the_auditor_gives_where_there_is_one_administrator(self):
        user, auditor = self.user(), self.session(AUDITOR)
        first = self.ask(self.admin, "role.grant", user=user, role="sales")
        self.assertNO(auditor.call("approval.give", id=first), *NOT_YOURS)
        self.assertOK(self.admin.call("user.disable", id=self.account_row(self.server.account(ADMIN, 1).name)["id"]))
        self.assertIn(first, self.listed(auditor))
        self.assertNO(self.admin.call("approval.give", id=first), "denied/approval")
        self.give(auditor, first)
        self.assertEqual(self.roles_of(user), ["sales"])
        self.assertNO(auditor.call("role.grant", user=user, role="marketing"), "denied/role")
        self.assertNO(self.session(OFFICER).call("approval.give", id=first), *NOT_YOURS)



if __name__ == "__main__":
    unittest.main()
