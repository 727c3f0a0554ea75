"""Nobody who keeps accounts or reads the log becomes a reader of persons, by any path; and what is taken away is gone
in the middle of a stream (REGISTER.md section 4)."""

import base64
import unittest

from access import ADMIN, AUDITOR, CS, READERS, SALES, AccessTest, days
from client import Closed
from oracle import PURPOSES
from support import new_id, phone, unique

TODAY, LATER = days()


class SeparationTests(AccessTest):
    persons = 30

    def setUp(self):
        self.person = self.add_person("contact", **{
            "first-name": "Åsa", "last-name": unique(), "phone": phone(), "note": "teksti"})

    def reads(self, client):
        """What a session is shown of persons and organisations, by any command and purpose."""
        seen = []
        for purpose in PURPOSES + (None,):
            for verb, parameters in (
                    ("person.show", {"id": self.person}), ("person.list", {"limit": 1}),
                    ("person.find", {"text": "virtanen"}), ("person.history", {"id": self.person}),
                    ("organisation.list", {"limit": 1})):
                try:
                    reply = client.call(verb, purpose=purpose, **parameters)
                except (Closed, OSError):
                    return seen
                if reply.ok or reply.rows:
                    seen.append((verb, purpose, reply.code))
        return seen

    def assertReadsNothing(self, client):
        self.assertEqual(self.reads(client), [])

    # Roles

    def test_roles_that_do_not_go_together_are_refused_before_anybody_is_asked(self):
        apart = [(ADMIN, role) for role in READERS + (AUDITOR,)] + [(AUDITOR, role) for role in READERS + (ADMIN,)]
        for held, wanted in apart + [(role, one) for role in READERS for one in (ADMIN, AUDITOR)]:
            with self.subTest(held=held, wanted=wanted):
                account = self.server.account(held)
                self.assertNO(self.other_admin.call("role.grant", user=account.name, role=wanted), "conflict/state")

    def test_a_new_account_with_roles_that_do_not_go_together(self):
        for roles in ("administrator,auditor", "administrator,sales", "auditor,customer-service",
                      "sales,marketing,administrator"):
            with self.subTest(roles):
                reply = self.admin.call("user.add", name=unique("u").lower(), full_name=unique() + " T", roles=roles)
                self.assertNO(reply, "conflict/state", "invalid/roles")

    def test_two_requests_that_wait_do_not_join_what_is_apart(self):
        """Each alone is fine; together they are not, and the second is decided when it is executed."""
        user = self.new_account()
        one = self.ask(self.admin, "role.grant", user=user.name, role=ADMIN)
        two = self.ask(self.admin, "role.grant", user=user.name, role=SALES)
        self.give(self.other_admin, one)
        reply = self.other_admin.call("approval.give", id=two)
        self.assertFalse(reply.ok, reply)
        self.assertEqual(self.roles_of(user.name), [ADMIN])

    def test_an_administrator_cannot_have_a_role_of_their_own_making(self):
        me = self.identity(self.admin)
        for role in READERS:
            self.assertFalse(self.admin.call("role.grant", user=me, role=role).ok)
        self.assertReadsNothing(self.admin)

    def test_a_session_that_acted_as_reader_never_acts_as_administrator(self):
        client = self.newcomer(CS)
        self.assertOK(client.call("person.show", id=self.person, purpose="customer-service"))
        self.assertOK(self.admin.call("role.revoke", user=client.account.name, role=CS))
        self.approved(self.admin, self.other_admin, "role.grant", user=client.account.name, role=ADMIN)
        for verb, parameters in (("user.list", {}), ("user.add", {"name": "x", "full-name": "X Y"}),
                                 ("server.health", {}), ("session.list", {"all": True})):
            try:
                reply = client.call(verb, **parameters)
            except (Closed, OSError):
                break
            self.assertFalse(reply.ok, reply)
        self.assertReadsNothing(client)
        again = self.log_in(client.account)
        self.assertOK(again.call("user.list"))
        self.assertReadsNothing(again)

    def test_a_session_that_acted_as_administrator_never_acts_as_reader(self):
        for held, verb in ((ADMIN, "user.list"), (AUDITOR, "log.find")):
            client = self.newcomer(held)
            self.assertOK(client.call(verb, limit=1))
            self.assertOK(self.admin.call("role.revoke", user=client.account.name, role=held))
            self.approved(self.admin, self.other_admin, "role.grant", user=client.account.name, role=SALES)
            with self.subTest(held):
                self.assertReadsNothing(client)
                self.assertOK(self.log_in(client.account).call("person.list", limit=1, purpose="sales"))

    def test_a_token_takes_no_role_along(self):
        client = self.newcomer(ADMIN)
        self.assertOK(client.call("user.list", limit=1))
        token = self.assertOK(client.call("session.token")).rows[0]["token"]
        self.assertOK(self.admin.call("role.revoke", user=client.account.name, role=ADMIN))
        self.approved(self.admin, self.other_admin, "role.grant", user=client.account.name, role=SALES)
        client.close()
        resumed = self.connect()
        reply = resumed.raw("auth mech=TOKEN ir=" + base64.b64encode(token.encode()).decode())
        if reply.ok:
            self.assertReadsNothing(resumed)

    # The policy

    def test_no_policy_makes_them_readers(self):
        text = self.policy_text()
        objects = ("identity", "contact", "demographic", "professional", "commercial", "interactions", "lists",
                   "feedback", "research", "other", "protected-contact", "person-import",
                   "person-export", "merge", "mark-deceased", "informing")
        for role in (ADMIN, AUDITOR):
            # An organisation is no person; but nothing of the register at all is the auditor's.
            for thing in objects + (("organisation",) if role == AUDITOR else ()):
                for action in ("read", "write", "read-by-list", "read-by-segment", "figures", "break-glass-read"):
                    line = "allow  %s  %s  %s\n" % (role, action, thing)
                    if action in ("read", "write", "break-glass-read") or thing in ("identity", "contact"):
                        with self.subTest(line.strip()):
                            reply = self.admin.call("policy.set", text=text + line)
                            self.assertNO(reply, "invalid/text")
        # The first line tells the epoch.
        self.assertEqual(self.policy_text().split("\n")[1:], text.split("\n")[1:])
        self.assertReadsNothing(self.admin)

    def test_no_policy_lets_them_approve_what_is_the_officers(self):
        text = self.policy_text()
        for role in (ADMIN, AUDITOR):
            for thing in ("merge", "person-import", "person-export", "daily-number", "break-glass"):
                with self.subTest(role=role, thing=thing):
                    reply = self.admin.call("policy.set", text=text + "allow  %s  approve  %s\n" % (role, thing))
                    self.assertNO(reply, "invalid/text")

    def test_an_edited_policy_is_in_force_only_when_another_agreed(self):
        client, text = self.newcomer(SALES), self.policy_text()
        edited = text + "allow  sales  read  contact  purposes=sales\n"
        shown = lambda: "contact" in self.assertOK(
            client.call("person.show", id=self.person, purpose="sales")).rows[0]
        dry = self.assertOK(self.admin.call("policy.set", text=edited, dry_run=True))
        asked = self.assertOK(self.admin.call("policy.set", text=edited), "pending/approval")
        self.assertEqual(asked.rows, dry.rows)
        identity = asked.object["approval"]
        self.assertNO(self.admin.call("approval.give", id=identity), "denied/approval")
        self.assertFalse(shown())
        difference = self.assertOK(self.other_admin.call("approval.show", id=identity)).rows[0]["showing"]
        self.assertIn("contact", str(difference))
        self.give(self.other_admin, identity)
        self.assertTrue(shown())
        back = self.assertOK(self.admin.call("policy.set", text=text), "pending/approval")
        self.give(self.other_admin, back.object["approval"])
        self.assertFalse(shown())

    def test_an_edited_policy_that_was_overtaken_is_not_put_in_force(self):
        """What was approved was a difference to the policy of that time."""
        text = self.policy_text()
        one = text + "allow  sales  read  feedback  purposes=sales\n"
        two = text + "deny  sales  read  contact\n"
        first = self.assertOK(self.admin.call("policy.set", text=one), "pending/approval").object["approval"]
        second = self.assertOK(self.admin.call("policy.set", text=two), "pending/approval").object["approval"]
        self.give(self.other_admin, second)
        reply = self.other_admin.call("approval.give", id=first)
        after = self.policy_text()
        self.assertFalse(reply.ok and "\ndeny" not in after, "it undid silently what was decided meanwhile")
        back = self.assertOK(self.admin.call("policy.set", text=text), "pending/approval")
        self.give(self.other_admin, back.object["approval"])

    # Deputies and break-glass

    def test_they_cannot_be_deputies(self):
        sales = self.user_id(SALES)
        for role in (ADMIN, AUDITOR):
            identity = self.user_id(role)
            for one, other in ((sales, identity), (identity, sales)):
                with self.subTest(role=role, deputy=other == identity):
                    reply = self.admin.call("deputy.add", **{
                        "user": one, "deputy": other, "from": TODAY, "until": LATER})
                    if other == identity:
                        self.assertFalse(reply.ok, reply)
            self.assertReadsNothing(self.session(role))

    def test_a_deputy_who_becomes_an_administrator_reads_nothing(self):
        client, boss = self.newcomer(SALES), self.new_account(SALES)
        person = self.add_person(manager=boss.identity, phone=phone())
        self.approved(self.admin, self.other_admin, "deputy.add", **{
            "user": boss.identity, "deputy": client.account.identity, "from": TODAY, "until": LATER})
        row = self.assertOK(client.call("person.show", id=person, purpose="sales")).rows[0]
        self.assertIn("contact", row)
        self.assertOK(self.admin.call("role.revoke", user=client.account.name, role=SALES))
        self.approved(self.admin, self.other_admin, "role.grant", user=client.account.name, role=ADMIN)
        self.assertReadsNothing(client)
        self.assertReadsNothing(self.log_in(client.account))

    def test_they_cannot_take_a_break_glass(self):
        for role in (ADMIN, AUDITOR):
            client = self.newcomer(role, otp=True)
            self.assertNO(self.take(client, client.account.secret), "denied/role")
            self.assertReadsNothing(client)

    # Accounts of others

    def test_an_administrator_does_not_get_into_a_readers_account_alone(self):
        reader = self.new_account(CS)
        row = self.account_row(reader.identity)
        for name, change in (("unix-user", "root"), ("certificate", "cd" * 32), ("same-as", self.identity(self.admin)),
                             ("team", "etelä")):
            with self.subTest(name):
                reply = self.admin.call("user.edit", id=reader.identity, rev=row["rev"], **{name: change})
                self.assertFalse(reply.ok and reply.code == "done", reply)
                self.assertEqual(self.account_row(reader.identity), row)
        for verb in ("user.reset",):
            reply = self.admin.call(verb, id=reader.identity)
            self.assertOK(reply, "pending/approval")
            self.assertEqual(reply.rows, [])
        self.assertOK(self.connect().auth(reader.name, reader.password))

    def test_an_account_prepared_before_it_has_a_role_needs_two_for_the_role(self):
        """unix-user and password of a bare account are the administrator's; the role is not."""
        name = unique("u").lower()
        password = "kolme-sanaa-ja-viela-yksi-7"
        made = self.assertOK(self.admin.call("user.add", name=name, full_name=unique() + " T", password=password,
                                             unix_user=unique("u").lower()))
        client = self.connect()
        self.assertOK(client.auth(name, password))
        self.assertReadsNothing(client)
        asked = self.ask(self.admin, "role.grant", user=made.rows[0]["id"], role=CS)
        shown = self.assertOK(self.other_admin.call("approval.show", id=asked)).rows[0]
        self.assertIn("showing", shown)
        self.assertReadsNothing(client)

    def test_an_agreement_to_a_role_holds_for_the_account_that_was_shown(self):
        """Ways in that are opened before the role are shown; one that is opened after the asking undoes the agreement."""
        def bare(**more):
            return self.assertOK(self.admin.call(
                "user.add", name=unique("u").lower(), full_name=unique() + " " + unique(), **more)).rows[0]

        certificate = "ab" * 32
        made = bare()
        edited = self.assertOK(self.admin.call(
            "user.edit", id=made["id"], rev=made["rev"], certificate=certificate)).rows[0]
        asked = self.ask(self.admin, "role.grant", user=made["id"], role=CS)
        row = self.assertOK(self.other_admin.call("approval.show", id=asked)).rows[0]
        self.assertEqual(row["showing"]["certificate"], certificate)
        self.assertEqual(row["showing"]["user"], row["about"])
        self.assertOK(self.admin.call("user.edit", id=made["id"], rev=edited["rev"], certificate="cd" * 32))
        self.assertNO(self.other_admin.call("approval.give", id=asked), "denied/approval")
        self.assertEqual(self.roles_of(row["about"]), [])

    def test_another_name_for_an_account_with_a_role_needs_two(self):
        """Else one's own requests could be agreed to by a second account, made in the old name."""
        me = self.account_row(self.admin.user)
        self.ask(self.admin, "user.edit", id=me["id"], rev=me["rev"], full_name=unique() + " " + unique())
        reader = self.new_account(CS)
        row = self.account_row(reader.identity)
        self.ask(self.admin, "user.edit", id=row["id"], rev=row["rev"], full_name=me["full-name"] + "nen")

    def test_a_way_in_is_closed_at_once(self):
        reader = self.new_account(CS, certificate="ef" * 32)
        row = self.account_row(reader.identity)
        self.assertOK(self.admin.call("user.edit", id=row["id"], rev=row["rev"], certificate=""))

    def test_no_rule_lets_an_auditor_change_accounts(self):
        for verb in ("users", "roles", "policy", "keys", "server", "sessions", "deputies"):
            with self.subTest(verb):
                text = self.policy_text() + "allow auditor write %s\n" % verb
                self.assertEqual(self.admin.call("policy.set", feeds=[text]).status, "NO")

    def test_no_role_that_reads_for_a_second_account_of_the_same_human_being(self):
        me = self.account_row(self.admin.user)
        twin = self.assertOK(self.admin.call(
            "user.add", name=unique("u").lower(), full_name=me["full-name"])).rows[0]
        self.assertNO(self.admin.call("role.grant", user=twin["id"], role=CS), "conflict/state")
        self.assertNO(self.other_admin.call("role.grant", user=twin["id"], role=CS), "conflict/state")
        client = self.connect()
        self.assertOK(client.auth(self.account_row(twin["id"])["name"], twin["password"]))
        self.assertReadsNothing(client)

    def test_sessions_of_others_give_nothing_but_their_end(self):
        reader = self.newcomer(CS)
        rows = self.assertOK(self.admin.call("session.list", all=True)).rows
        self.assertNotIn("token", str([list(row) for row in rows]))
        session = next(row["id"] for row in rows if row.get("user") in (reader.account.identity, reader.account.name)
                       or reader.account.name in str(row))
        reply = self.connect().raw("auth mech=TOKEN ir=" + base64.b64encode(session.encode()).decode())
        self.assertFalse(reply.ok)
        self.assertOK(self.admin.call("session.end", id=session))
        self.assertCloses(reader)

    # Settings, keys, import

    def test_settings_keys_and_imports_open_nothing(self):
        for role in (ADMIN, AUDITOR):
            client = self.session(role)
            before = self.server.sql("SELECT count(*) FROM person")
            for verb, parameters in (
                    ("person.import", {"format": "ndjson"}), ("person.add", {"kind": "private", "last-name": "x"}),
                    ("person.export", {"processor": "x"}), ("person.merge", {"id": self.person, "other": new_id()}),
                    ("customer.reassign", {"from": new_id(), "to": new_id()}),
                    ("quota.raise", {"persons": 400, "reason": "x"})):
                with self.subTest(role=role, verb=verb):
                    for purpose in ("customer-service", "security", None):
                        more = {} if purpose is None or verb in ("customer.reassign", "quota.raise") else {
                            "purpose": purpose}
                        reply = client.submit(verb, **dict(parameters, **more))
                        while not reply.done and not reply.needs:
                            client.step()
                        self.assertFalse(reply.needs, "asked for rows")
                        if verb == "customer.reassign":
                            self.assertEqual(reply.rows, [])
                            continue
                        self.assertNO(reply, "denied/role", "denied/purpose")
            self.assertEqual(self.server.sql("SELECT count(*) FROM person"), before)
        rows = self.assertOK(self.admin.call("server.settings")).rows
        values = " ".join(str(row["value"]) for row in rows)
        with open(self.server.data + "/master.key", encoding="ascii") as file:
            for word in file.read().split():
                if len(word) >= 32:
                    self.assertNotIn(word, values)
        self.assertOK(self.admin.call("keys.verify"))
        self.assertReadsNothing(self.admin)

    def test_the_auditor_learns_nothing_of_the_register_from_the_log(self):
        mark = unique("Qx")
        person = self.add_person(**{"last-name": mark, "note": mark})
        self.assertOK(self.session(CS).call("person.find", text=mark, purpose="customer-service"))
        auditor = self.session(AUDITOR)
        auditor.transcript.clear()
        self.assertOK(auditor.call("log.find", person=person, limit=50))
        self.assertNotIn(mark, "\n".join(line for line in auditor.transcript if line.startswith("<")))

    def test_the_local_socket_makes_nobody_a_reader(self):
        """Whoever is an administrator by the operating system is one here, and nothing more."""
        import socket

        path = self.server.data + "/rekisteri.sock"
        local = socket.socket(socket.AF_UNIX)
        local.settimeout(30)
        self.addCleanup(local.close)
        local.connect(path)
        file = local.makefile("rwb", 0)
        file.readline()
        file.write(b'1 auth mech=EXTERNAL ir=""\n')
        line = file.readline().decode()
        while not line.startswith(("1 OK", "1 NO")):
            if line.startswith("1 ?"):
                file.write(b'1 > ""\n')
            line = file.readline().decode()
        if line.startswith("1 OK"):
            for number, purpose in enumerate(PURPOSES):
                file.write(b"a%d person.list limit=1 purpose=%s\n" % (number, purpose.encode()))
                self.assertTrue(file.readline().decode().startswith("a%d NO denied/" % number))

    def test_refused_attempts_are_in_the_log(self):
        reply = self.admin.call("person.show", id=self.person, purpose="customer-service")
        entry = self.entry(reply)
        self.assertEqual((entry["outcome"], entry["role"]), ("denied", ADMIN))


class StreamTests(AccessTest):
    """A role is taken while rows are on their way."""

    persons = 20

    def long_log(self, client, entries=1200):
        for _ in range(entries // 60):
            replies = [client.submit("ping") for _ in range(1)] + [
                client.submit("organisation.list", limit=1) for _ in range(59)]
            for reply in replies:
                client.wait(reply)

    def test_no_row_after_the_revocation_was_acknowledged(self):
        self.long_log(self.fresh(CS))
        for taken in ("role.revoke", "user.disable", "session.end"):
            with self.subTest(taken):
                client = self.newcomer(AUDITOR)
                session = client.call("whoami").rows[0]["session"]
                reply = client.submit("log.find", limit=100_000)
                while not reply.needs:
                    client.step()
                self.assertEqual(reply.needs.pop(), {"need": "credit"})
                shown = len(reply.rows)
                self.assertGreater(shown, 0)
                parameters = {"role.revoke": {"user": client.account.name, "role": AUDITOR},
                              "user.disable": {"id": client.account.identity},
                              "session.end": {"id": session}}[taken]
                done = self.assertOK(self.admin.call(taken, **parameters))
                try:
                    client.credit(reply, 500)
                    while not reply.done:
                        client.step(20)
                    self.assertFalse(reply.ok, reply)
                except (Closed, OSError):
                    pass
                self.assertEqual(len(reply.rows), shown, "rows after the right was taken")
                self.assertTrue(done.ok)

    def test_with_credit_in_hand_the_stream_stops(self):
        self.long_log(self.fresh(CS))
        client = self.newcomer(AUDITOR, )
        reply = client.submit("log.find", limit=1_000_000)
        while not reply.needs:
            client.step()
        reply.needs.clear()
        client.credit(reply, 1_000_000)
        done = self.assertOK(self.admin.call("role.revoke", user=client.account.name, role=AUDITOR))
        late = 0
        try:
            while not reply.done:
                line = client.step(20)
                # What had left the server before can still be on its way, and this program be held up.
                if line.kind == "*" and line.at > done.final.at + 60:
                    late += 1
        except (Closed, OSError):
            pass
        self.assertEqual(late, 0)

    def test_reads_under_way_by_the_hundred(self):
        client = self.newcomer(SALES)
        replies = [client.submit("person.list", limit=50, purpose="sales") for _ in range(60)]
        done = self.assertOK(self.admin.call("role.revoke", user=client.account.name, role=SALES))
        later = client.submit("person.list", limit=50, purpose="sales")
        try:
            for reply in replies + [later]:
                client.wait(reply)
                self.assertEqual(bool(reply.rows), reply.ok, reply)
            self.assertFalse(later.ok)
        except (Closed, OSError):
            pass
        self.assertTrue(done.ok)


if __name__ == "__main__":
    unittest.main()
