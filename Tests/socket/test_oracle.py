"""Every role, command, purpose, kind and scope against the oracle: zero differences."""

import os
import re
import unittest

import oracle
from access import AccessTest, days
from oracle import CS, HELD, OFFICER, PURPOSES, ROLES, SALES, SHIPPED, Person, decide
from server import HERE
from support import PURPOSE, business_id, new_id, phone, unique

REFERENCE = os.path.join(HERE, "..", "..", "docs", "commands.md")
SCOPES = ("own", "deputy", "team", "stranger")
MARKS = (None, "protected", "restricted")
# The bit of person.marks that no command of this version sets.
RESTRICTED = 8
IN_FLIGHT = 60
# Without it refusals that no person can matter for are tried on each person by turns only.
FULL = bool(os.environ.get("ORACLE_FULL"))


class OracleTests(AccessTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = None

    def setUp(self):
        if type(self).people is None:
            type(self).people = self.make_people()
            type(self).organisation = self.add_organisation()

    # The persons

    def make_people(self):
        """A person of each kind, scope and mark, seen from the salesperson; every field is filled."""
        today, later = days()
        colleague, mate, stranger = (self.new_account(SALES) for _ in range(3))
        sales = self.user_id(SALES)
        self.approved(self.admin, self.other_admin, "deputy.add", **{
            "user": colleague.identity, "deputy": sales, "from": today, "until": later})
        # One for another time, and one the other way round: neither opens anything.
        self.approved(self.admin, self.other_admin, "deputy.add", **{
            "user": stranger.identity, "deputy": sales, "from": later, "until": later})
        self.approved(self.admin, self.other_admin, "deputy.add", **{
            "user": sales, "deputy": stranger.identity, "from": today, "until": later})
        for identity in (sales, mate.identity):
            self.set_account(identity, team="pohjoinen")
        managers = dict(zip(SCOPES, (sales, colleague.identity, mate.identity, stranger.identity)))
        people = {}
        for kind in ("private", "contact"):
            for scope in SCOPES:
                for mark in MARKS:
                    person = Person(kind, scope, mark)
                    person.phone, person.mail = phone(), unique().lower() + "@example.com"
                    person.name = unique()
                    person.id = self.make(person, managers[scope])
                    people[person.id] = person
        return people

    def make(self, person, manager):
        fields = {
            "first-name": "Åsa", "last-name": person.name, "phone": person.phone, "email": person.mail,
            "street": "Esimerkkikatu 1", "postcode": "00100", "town": "Helsinki", "country": "FI", "note": "teksti",
        }
        if person.kind == "contact":
            fields.update({"gender": "female", "title": "johtaja", "position": "ostaja"})
        else:
            fields["business-id"] = business_id()
        identity = self.add_person(person.kind, manager=manager, **fields)
        person.rev = 2 if person.mark == "protected" else 1
        if person.mark == "protected":
            self.assertOK(self.session(OFFICER).call(
                "person.mark", id=identity, mark="protected", purpose="data-subject-rights"))
        elif person.mark == "restricted":
            self.server.sql("UPDATE person SET marks = marks | %d WHERE id = '%s'" % (RESTRICTED, identity))
        return identity

    def set_account(self, identity, **parameters):
        rev = self.account_row(identity)["rev"]
        self.approved(self.admin, self.other_admin, "user.edit", id=identity, rev=rev, **parameters)

    # Trying

    def sweep(self, client, cases):
        """Sends all cases, many at once; gives their outcomes in order, a need (cancelled then) as `need`."""
        outcomes = []
        for start in range(0, len(cases), IN_FLIGHT):
            replies = [client.submit(verb.name, **parameters) for verb, parameters in cases[start:start + IN_FLIGHT]]
            for reply in replies:
                needed = False
                while not reply.done:
                    if reply.needs:
                        reply.needs.clear()
                        needed = True
                        client.submit("cancel", of=reply.tag)
                    else:
                        client.step()
                outcomes.append((reply.code if not needed else "need", reply))
            client.transcript.clear()
        return outcomes

    def filled(self, verb, person=None, purpose=None, refused=False):
        """A verb's parameters. What should be refused gets the current revision: nothing but the rules stops it."""
        values = {
            "{person}": person and person.id, "{organisation}": self.organisation, "{nobody}": new_id(),
            "{other}": new_id(), "{business}": "1234567-1", "{user}": self.server.account(SALES).name,
            "{someone}": next(iter(self.people)),
        }
        parameters = {key: values.get(value, value) for key, value in verb.parameters.items()}
        if purpose:
            parameters["purpose"] = purpose
        if refused and "rev" in parameters:
            parameters["rev"] = person.rev if person else 1
        return parameters

    def differences(self, client, role, cases, grants=SHIPPED):
        """What the server answers other than the oracle; a case is (verb, person, purpose)."""
        sent = [(verb, self.filled(verb, person, purpose, decide(verb, role, purpose, person, grants) != "allowed"))
                for verb, person, purpose in cases]
        found = []
        for (verb, person, purpose), (code, reply) in zip(cases, self.sweep(client, sent)):
            expected = decide(verb, role, purpose, person, grants)
            right = code in verb.passes if expected == "allowed" else code == expected
            if not right or expected != "allowed" and reply.rows:
                found.append("%s: %r for %s on %r: %s, not %s" % (role, verb, purpose, person, code, expected))
        return found

    def assertNone(self, found):
        if found:
            self.fail("%d differences:\n%s" % (len(found), "\n".join(found[:60])))

    # The tests

    def test_1_every_verb_is_in_the_oracle(self):
        known = oracle.verbs()
        told = set()
        for role in ROLES:
            told |= {row["verb"] for row in self.assertOK(self.session(role).call("describe")).rows}
        with open(REFERENCE, encoding="utf-8") as file:
            told |= set(re.findall(r"^## `([a-z.-]+)`$", file.read(), re.M))
        self.assertEqual(sorted(told - known), [], "the oracle does not know them")
        self.assertEqual(sorted(known - told - {"hello", "auth", "quit"}), [], "the server does not know them")

    def test_2_describe_tells_a_role_just_the_verbs_that_it_may_use(self):
        for role in ROLES:
            told = {row["verb"] for row in self.session(role).call("describe").rows}
            expected = set()
            for verb in oracle.PERSON_VERBS + oracle.OTHER_VERBS:
                purposes = sorted(HELD[role]) or [None]
                best = {decide(verb, role, purpose) for purpose in purposes}
                if "allowed" in best:
                    expected.add(verb.name)
            with self.subTest(role):
                self.assertEqual(sorted((told ^ expected) - {"hello", "auth", "quit"}), [])

    def test_3_persons_by_role_command_purpose_kind_scope_and_mark(self):
        found = self.of_every_role(lambda role, client: self.differences(client, role, list(self.person_cases(role))))
        for role in ROLES:
            with self.subTest(role):
                self.assertNone(found[role])

    def of_every_role(self, work):
        """Runs something for all roles at once, each in its own session; gives the results by role."""
        clients = {role: self.session(role) for role in ROLES}
        results = self.at_once(*[lambda role=role: work(role, clients[role]) for role in ROLES])
        return dict(zip(ROLES, results))

    def person_cases(self, role):
        """Every verb, person and purpose; where the person cannot matter, each person and each purpose by turns."""
        people, turn = list(self.people.values()), 0
        for verb in oracle.PERSON_VERBS:
            for purpose in PURPOSES + (None,):
                if decide(verb, role, purpose) == "allowed" or FULL:
                    chosen = people
                else:
                    chosen, turn = [people[(turn + step) % len(people)] for step in (0, 1)], turn + 2
                for person in chosen:
                    if self.sensible(verb, person):
                        yield verb, person, purpose

    def sensible(self, verb, person):
        """Whether a private customer can have what the command is about at all (else the parameter is invalid)."""
        contact_only = any(oracle.category_of(field) in oracle.CONTACT_ONLY for field in verb.fields)
        contact_only = contact_only or verb.name.startswith("person.affiliation")
        if person.kind == "private":
            return not contact_only
        return "business-id" not in verb.fields

    def test_4_everything_else_by_role_command_and_purpose(self):
        for role in ROLES:
            client = self.fresh(role) if not self.server.account(role).secret else self.session(role)
            cases = []
            for verb in oracle.OTHER_VERBS:
                purposes = (None,) if verb.purpose == "none" else PURPOSES + (None,)
                cases += [(verb, None, purpose) for purpose in purposes]
            with self.subTest(role):
                self.assertNone(self.differences(client, role, cases))

    def test_5_a_purpose_of_the_session_counts_like_a_named_one(self):
        verbs = [verb for verb in oracle.PERSON_VERBS if verb.name in ("person.show", "person.inform")]
        for role in (CS, SALES, OFFICER):
            client = self.session(role)
            for purpose in PURPOSES:
                set_up = client.call("use", purpose=purpose)
                if not set_up.ok:
                    self.assertNotIn(purpose, HELD[role])
                    continue
                people = [person for person in self.people.values()]
                sent = [(verb, self.filled(verb, person)) for verb in verbs for person in people]
                outcomes = self.sweep(client, sent)
                cases = [(verb, person) for verb in verbs for person in people]
                for (verb, person), (code, _) in zip(cases, outcomes):
                    expected = decide(verb, role, purpose, person)
                    with self.subTest(role=role, purpose=purpose, verb=verb.name, person=repr(person)):
                        self.assertIn(code, verb.passes if expected == "allowed" else (expected,))
            self.assertOK(client.call("use", purpose=""))

    def test_6_the_fields_that_a_role_is_shown(self):
        self.compare_fields(SHIPPED)

    def compare_fields(self, grants):
        show = oracle.PERSON_VERBS[0]
        history = oracle.PERSON_VERBS[1]
        found = []
        for role in (CS, SALES, OFFICER):
            client = self.session(role)
            for person in self.people.values():
                for purpose in sorted(HELD[role]):
                    if decide(show, role, purpose, person, grants) != "allowed":
                        continue
                    row = self.assertOK(client.call("person.show", id=person.id, purpose=purpose)).rows[0]
                    shown = {field for category in oracle.FIELDS for field in row.get(category, {})}
                    stored = self.stored(person)
                    expected = oracle.readable(grants, role, person) & stored
                    if shown != expected:
                        found.append("%s, %s, %r: %s" % (role, purpose, person, sorted(shown ^ expected)))
                    rows = self.assertOK(client.call("person.history", id=person.id, purpose=purpose)).rows
                    fields = {row.get("field") for row in rows} & set(oracle.VALUES)
                    if not fields <= expected:
                        found.append("history: %s, %r: %s" % (role, person, sorted(fields - expected)))
                    for field in sorted(oracle.VALUES):
                        one = client.call("person.show", id=person.id, fields=field, purpose=purpose)
                        got = {name for category in oracle.FIELDS for name in (one.rows or [{}])[0].get(category, {})}
                        if not got <= expected & {field} or field in expected and got != {field}:
                            found.append("fields=%s: %s, %r: %s" % (field, role, person, sorted(got)))
        self.assertNone(found)
        self.assertEqual(history.name, "person.history")

    def stored(self, person):
        fields = {"first-name", "last-name", "phone", "email", "street", "postcode", "town", "country", "note"}
        return fields | ({"gender", "title", "position"} if person.kind == "contact" else {"business-id"})

    def test_7_who_is_found_and_listed(self):
        self.compare_search(SHIPPED)

    def compare_search(self, grants):
        # Who was restricted past the server is known to the search after a start.
        self.again()
        found = []
        for role in (CS, SALES, OFFICER):
            client = self.session(role)
            purpose = sorted(HELD[role])[0]
            for person in self.people.values():
                hidden = person.mark == "restricted" and role != OFFICER
                for field, text in (("last-name", person.name), ("email", person.mail), ("phone", person.phone)):
                    rows = self.assertOK(client.call("person.find", text=text, purpose=purpose, limit=50)).rows
                    seen = person.id in [row["id"] for row in rows]
                    expected = not hidden and oracle.field_allowed(grants, role, field, "R", person)
                    if seen != expected:
                        found.append("%s finds %r by %s: %s" % (role, person, field, seen))
            listed = self.all_listed(client, purpose)
            for person in self.people.values():
                expected = person.mark != "restricted" or role == OFFICER
                if (person.id in listed) != expected:
                    found.append("%s lists %r: %s" % (role, person, not expected))
        self.assertNone(found)

    def all_listed(self, client, purpose):
        seen, after = set(), None
        while True:
            reply = self.assertOK(client.call("person.list", purpose=purpose, limit=50, after=after))
            seen |= {row["id"] for row in reply.rows}
            after = reply.object.get("next")
            if not after:
                return seen

    def test_8_absent_and_forbidden_answer_alike(self):
        for role in ROLES:
            client, purpose = self.session(role), PURPOSE[role] or "customer-service"
            for verb in oracle.PERSON_VERBS:
                for person in self.people.values():
                    if person.mark != "restricted" or decide(verb, role, purpose, person) == "allowed":
                        continue
                    if not self.sensible(verb, person):
                        continue
                    answers = []
                    for identity in (person.id, new_id()):
                        parameters = dict(self.filled(verb, person, purpose), id=identity)
                        reply = client.call(verb.name, **parameters)
                        answers.append((reply.status, reply.code, reply.object.get("msg"), reply.object.get("hint")))
                    with self.subTest(role=role, verb=repr(verb), person=repr(person)):
                        self.assertEqual(*answers)

    # Another policy

    def test_9_team_scope(self):
        """After sales may read contact data of their team, and nothing else changed."""
        self.widen_to_team(SALES, "contact")
        grants = dict(SHIPPED)
        grants[SALES, "contact", "R"] = "team"
        cases = [(verb, person, purpose) for verb in oracle.PERSON_VERBS for person in self.people.values()
                 for purpose in sorted(HELD[SALES]) if self.sensible(verb, person)]
        self.assertNone(self.differences(self.session(SALES), SALES, cases, grants))
        self.compare_fields(grants)
        self.compare_search(grants)
        lonely = self.newcomer(SALES)
        for person in self.people.values():
            if person.mark is None and person.scope != "own":
                row = self.assertOK(lonely.call("person.show", id=person.id, purpose="sales")).rows[0]
                self.assertNotIn("contact", row, "no team is a team of its own")


if __name__ == "__main__":
    unittest.main()
