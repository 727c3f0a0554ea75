"""Who may do what, from the table of REGISTER.md section 4 alone: written apart from the program that it judges.

`TABLE` is the paper's table. `decide` says what a role may expect of a command, for a purpose, on a person of a kind,
in a scope, with a mark. Nothing here asks the server.
"""

CS, SALES, MARKETING, ANALYST, OFFICER, ADMIN, AUDITOR = ROLES = (
    "customer-service", "sales", "marketing", "analyst", "privacy-officer", "administrator", "auditor")
PURPOSES = (
    "customer-care", "customer-service", "marketing", "communication", "sales", "analysis", "feedback", "research",
    "data-subject-rights", "legal-obligation", "security")
HELD = {
    CS: {"customer-care", "customer-service", "feedback"}, SALES: {"sales", "customer-care"},
    MARKETING: {"marketing", "communication"}, ANALYST: {"analysis", "research"},
    OFFICER: {"data-subject-rights", "legal-obligation"}, ADMIN: set(), AUDITOR: set(),
}

# R read, W write; all, own (assigned). What is by list or segment only opens no single person, so it is not here.
TABLE = """
what                 | customer-service | sales        | marketing | analyst | privacy-officer
organisation         | R all, W all     | R all, W all | R all     | R all   | R all
identity             | R all, W all     | R all, W own | -         | -       | R all, W all
contact              | R all, W all     | R own, W own | -         | -       | R all, W all
demographic          | R all, W all     | R own        | -         | -       | R all, W all
professional         | R all, W all     | R own, W own | -         | -       | R all, W all
other                | R all, W all     | R own, W own | -         | -       | R all, W all
protected            | -                | -            | -         | -       | R all, W all
mark-deceased        | W all            | -            | -         | -       | W all
mark-do-not-contact  | W all            | W own        | -         | -       | W all
mark-protected       | -                | -            | -         | -       | W all
informing            | W all            | W own        | -         | -       | W all
merge                | -                | -            | -         | -       | W all
access-history       | -                | -            | -         | -       | R all
import               | W all            | -            | -         | -       | -
export               | -                | -            | W all     | -       | -
"""

FIELDS = {
    "identity": ("first-name", "last-name", "business-id"),
    "contact": ("phone", "email", "street", "postcode", "town", "country"),
    "demographic": ("gender",), "professional": ("title", "position"), "other": ("note",),
}
CONTACT_ONLY = ("demographic", "professional")
# Turvakielto: address and phone.
SHIELDED = ("phone", "street", "postcode", "town", "country")
REACH = {"all": {"own", "deputy", "team", "stranger"}, "team": {"own", "deputy", "team"}, "own": {"own", "deputy"}}


def parse(table):
    """The table as {(role, what, R or W): scope}."""
    lines = [[cell.strip() for cell in line.split("|")] for line in table.strip().split("\n")]
    grants = {}
    for line in lines[1:]:
        for role, cell in zip(lines[0][1:], line[1:]):
            for grant in cell.split(", "):
                if grant != "-":
                    action, scope = grant.split()
                    grants[role, line[0], action] = scope
    return grants


SHIPPED = parse(TABLE)


class Person:
    """What the oracle knows of a person: kind, whose customer it is, and its mark."""

    def __init__(self, kind, scope, mark=None):
        self.kind, self.scope, self.mark = kind, scope, mark

    def __repr__(self):
        return "%s, %s, %s" % (self.kind, self.scope, self.mark or "no mark")


def reaches(grants, role, what, action, person=None):
    """Whether a grant is held at all, or, for a person, whether it reaches that one."""
    scope = grants.get((role, what, action))
    if scope is None or person is None:
        return scope is not None
    return person.scope in REACH[scope] and not (what in CONTACT_ONLY and person.kind == "private")


def category_of(field):
    return next(category for category, fields in FIELDS.items() if field in fields)


def field_allowed(grants, role, field, action, person):
    """Whether a single field of a person may be read or written."""
    if not reaches(grants, role, category_of(field), action, person):
        return False
    if person.mark == "protected" and field in SHIELDED:
        return reaches(grants, role, "protected", action, person)
    return True


def readable(grants, role, person):
    """The fields of a person that person.show may show."""
    return {field for fields in FIELDS.values() for field in fields if field_allowed(grants, role, field, "R", person)}


# -- verbs ------------------------------------------------------------------------------------------------------------

class Verb:
    """A verb as it is tried.

    parameters: what is sent; `{…}` is filled in. passes: codes that mean that it was allowed. roles: for verbs that
    need no purpose. Else base: what the role must hold for anybody at all; needs, fields: what for the person.
    """

    def __init__(self, name, parameters=None, passes=("done",), roles=None, base=None, needs=(), fields=(), action="R",
                 purpose="none"):
        self.name, self.parameters, self.passes, self.roles = name, parameters or {}, passes, roles
        self.base, self.needs, self.fields, self.action, self.purpose = base, needs, fields, action, purpose

    def __repr__(self):
        return " ".join([self.name] + ["%s=%s" % pair for pair in self.parameters.items()])

    @property
    def on_person(self):
        return "{person}" in self.parameters.values()


def decide(verb, role, purpose=None, person=None, grants=SHIPPED):
    """`allowed`, `denied/role`, `denied/purpose` or `notfound`."""
    if verb.roles is not None:
        return "allowed" if role in verb.roles else "denied/role"
    if not reaches(grants, role, *verb.base):
        return "denied/role"
    if purpose not in HELD[role] and not (purpose is None and verb.purpose == "may"):
        return "denied/purpose"
    if person is None:
        return "allowed"
    if person.mark == "restricted" and role != OFFICER:
        return "notfound"
    if not all(reaches(grants, role, what, action, person) for what, action in verb.needs):
        return "denied/role"
    if not all(field_allowed(grants, role, field, verb.action, person) for field in verb.fields):
        return "denied/role"
    return "allowed"


def _person(name, parameters, **more):
    """A write on a person, sent with a revision that is never current: allowed is a conflict, and changes nothing."""
    parameters = dict({"id": "{person}", "rev": "999999"}, **parameters)
    return Verb(
        name, parameters, passes=("conflict/rev",), action="W", purpose="needed", base=("identity", "W"), **more)


EVERYBODY = ROLES
READERS = (CS, SALES, MARKETING, ANALYST, OFFICER)
VALUES = {
    "first-name": "A", "last-name": "B", "business-id": "{business}", "phone": "+358491234567", "note": "teksti",
    "email": "a@example.com", "street": "Katu 1", "postcode": "00100", "town": "Turku", "country": "FI",
    "gender": "female", "title": "johtaja", "position": "ostaja",
}
NOBODY = {"id": "{nobody}"}
# What an approval's or an account's id that nobody has answers to one who may ask.
ABSENT = ("notfound", "denied/approval", "conflict/state")

PERSON_VERBS = (
    [Verb("person.show", {"id": "{person}"}, base=("identity", "R"), needs=[("identity", "R")], purpose="needed"),
     Verb("person.history", {"id": "{person}"}, base=("identity", "R"), needs=[("identity", "R")], purpose="needed")]
    + [_person("person.edit", {field: VALUES[field]}, fields=[field]) for field in VALUES]
    + [_person("person.edit", {"first-name": "A", "phone": VALUES["phone"]}, fields=["first-name", "phone"]),
       _person("person.edit", {"status": "former"}, needs=[("identity", "W")]),
       _person("person.edit", {"language": "sv"}, needs=[("identity", "W")])]
    + [_person("person.contact.add", {field: VALUES[field]}, fields=[field]) for field in ("phone", "email", "street")]
    + [_person("person.contact.remove", {"entry": "2"}, fields=["email"]),
       _person("person.affiliation.add", {"organisation": "{organisation}"}, needs=[("professional", "W")]),
       _person("person.affiliation.remove", {"organisation": "{organisation}"}, needs=[("professional", "W")]),
       _person("person.inform", {"channel": "letter"}, needs=[("informing", "W")])]
    + [_person("person.mark", {"mark": mark}, needs=[("mark-" + mark, "W")])
       for mark in ("deceased", "do-not-contact", "protected")]
)

OTHER_VERBS = [
    Verb("organisation.list", {"limit": "1"}, base=("organisation", "R"), purpose="may"),
    Verb("organisation.find", {"text": "oy", "limit": "1"}, base=("organisation", "R"), purpose="may"),
    Verb("organisation.show", {"id": "{organisation}"}, base=("organisation", "R"), purpose="may"),
    Verb("organisation.add", {"name": "Oy", "business-id": "x"}, ("invalid/business-id",),
         base=("organisation", "W"), purpose="may"),
    Verb("organisation.edit", {"id": "{organisation}", "rev": "999999", "town": "Turku"}, ("conflict/rev",),
         base=("organisation", "W"), purpose="may"),
    Verb("person.list", {"limit": "1"}, base=("identity", "R"), purpose="needed"),
    Verb("person.find", {"text": "virtanen", "limit": "1"}, base=("identity", "R"), purpose="needed"),
    Verb("person.add", {"kind": "private"}, ("invalid/last-name",), base=("identity", "W"), purpose="needed"),
    Verb("person.import", {"format": "ndjson"}, ("need", "invalid/rows"), base=("import", "W"), purpose="needed"),
    Verb("person.merge", {"id": "{nobody}", "other": "{other}"}, ABSENT + ("pending/approval",), base=("merge", "W"),
         purpose="needed"),
    Verb("person.export", {"processor": "x"}, ("pending/approval", "notfound", "invalid/processor"),
         base=("export", "W"), purpose="needed"),
    # The session's own
    Verb("describe", roles=EVERYBODY), Verb("ping", roles=EVERYBODY), Verb("whoami", roles=EVERYBODY),
    Verb("watch", roles=EVERYBODY), Verb("use", {"purpose": "", "case": ""}, roles=EVERYBODY),
    Verb("hello", {"proto": "rek/1"}, roles=EVERYBODY), Verb("cancel", {"of": "nosuch"}, ("done", "notfound"),
                                                              roles=EVERYBODY),
    Verb("session.list", roles=EVERYBODY), Verb("session.list", {"all": True}, roles=[ADMIN]),
    Verb("session.end", NOBODY, ("notfound",), roles=EVERYBODY),
    Verb("session.password", {"old": "x", "new": "short"}, ("invalid/new", "invalid/old", "auth/failed"),
         roles=EVERYBODY),
    Verb("session.token", roles=EVERYBODY), Verb("session.otp", passes=("need",), roles=EVERYBODY),
    # Access
    Verb("user.list", {"limit": "1"}, roles=[ADMIN, AUDITOR]), Verb("role.list", roles=[ADMIN, AUDITOR]),
    Verb("role.show", {"role": "sales"}, roles=[ADMIN, AUDITOR]), Verb("policy.show", roles=[ADMIN, AUDITOR]),
    Verb("user.add", {"name": "A B", "full-name": "x"}, ("invalid/name",), roles=[ADMIN]),
    Verb("user.edit", {"id": "{nobody}", "rev": "1", "full-name": "x y"}, ABSENT, roles=[ADMIN]),
    Verb("user.disable", NOBODY, ABSENT, roles=[ADMIN]),
    Verb("user.reset", NOBODY, ABSENT, roles=[ADMIN]), Verb("user.unlock", NOBODY, ABSENT, roles=[ADMIN]),
    Verb("role.grant", {"user": "{nobody}", "role": "sales"}, ABSENT + ("invalid/user",), roles=[ADMIN]),
    Verb("role.revoke", {"user": "{nobody}", "role": "sales"}, ABSENT + ("invalid/user",), roles=[ADMIN]),
    Verb("policy.explain", {"user": "{user}", "verb": "person.show"}, roles=[ADMIN, AUDITOR]),
    Verb("policy.explain", {"user": "{user}", "verb": "person.show", "person": "{someone}"}, roles=[OFFICER]),
    # Breakglass and approvals
    Verb("breakglass.take", {"reason": "hätä", "minutes": "5"}, ("need", "auth/otp"), roles=READERS),
    Verb("breakglass.list", roles=[OFFICER]),
    Verb("breakglass.review", {"id": "{nobody}", "verdict": "justified", "note": "x"}, ABSENT, roles=[OFFICER]),
    Verb("breakglass.end", NOBODY, ABSENT, roles=READERS),
    Verb("approval.list", roles=EVERYBODY), Verb("approval.show", NOBODY, ABSENT, roles=EVERYBODY),
    Verb("approval.give", NOBODY, ABSENT, roles=EVERYBODY),
    Verb("approval.refuse", {"id": "{nobody}", "reason": "ei"}, ABSENT, roles=EVERYBODY),
    Verb("quota.raise", {"persons": "0", "reason": "x"}, ("invalid/persons",), roles=READERS),
    # Who stands in for whom, and whose customers go to whom: accounts, and no person's data.
    Verb("deputy.list", roles=[ADMIN, AUDITOR]), Verb("deputy.remove", NOBODY, ABSENT, roles=[ADMIN]),
    Verb("deputy.add", {"user": "{nobody}", "deputy": "{other}", "from": "2026-01-01", "until": "2026-01-02"},
         ABSENT + ("invalid/user", "invalid/deputy", "invalid/until"), roles=[ADMIN]),
    Verb("customer.reassign", {"from": "{nobody}", "to": "{other}"}, ABSENT + ("invalid/from", "invalid/to"),
         roles=[CS, ADMIN]),
    Verb("policy.set", {"text": "x", "dry-run": True}, ("invalid/text",), roles=[ADMIN]),
    Verb("policy.accept", passes=("conflict/state",), roles=[ADMIN, AUDITOR]),
    # The log
    Verb("log.find", {"limit": "1"}, roles=[AUDITOR]), Verb("log.show", {"index": "0"}, roles=[AUDITOR]),
    Verb("log.count", {"by": "verb"}, roles=[AUDITOR]), Verb("log.hash", {"text": "virtanen"}, roles=[AUDITOR]),
    Verb("log.checkpoint", roles=[AUDITOR]), Verb("log.prove", {"index": "0"}, roles=[AUDITOR]),
    Verb("log.consistency", {"from": "1", "to": "2"}, roles=[AUDITOR]),
    Verb("log.export", {"format": "csv", "verb": "no.such"}, roles=[AUDITOR]),
    Verb("log.person", {"text": "virtanen"}, roles=[AUDITOR]),
    Verb("log.viewers", {"person": "{nobody}"}, roles=[AUDITOR]),
    Verb("log.viewed", {"user": "{user}"}, roles=[AUDITOR]),
    Verb("log.anomalies", roles=[AUDITOR, OFFICER]), Verb("log.anomaly.summary", roles=[AUDITOR, OFFICER]),
    Verb("log.anomaly.settings", roles=[AUDITOR, OFFICER]),
    Verb("log.anomaly.dispose", {"id": "{nobody}", "disposition": "explained", "note": "x"}, ABSENT, roles=[AUDITOR]),
    Verb("log.anomaly.sign", NOBODY, ABSENT, roles=[AUDITOR, OFFICER]),
    Verb("person.accesses", {"person": "{nobody}"}, ("notfound",), base=("access-history", "R"), purpose="needed"),
    # Operation
    Verb("server.health", roles=[ADMIN]), Verb("server.settings", roles=[ADMIN]), Verb("keys.verify", roles=[ADMIN]),
    Verb("keys.rotate", passes=("done", "pending", "conflict/state"), roles=[ADMIN]),
]

BEFORE_LOGIN = {"auth"}
LEAVES = {"quit"}


def verbs():
    return {verb.name for verb in PERSON_VERBS + OTHER_VERBS} | BEFORE_LOGIN | LEAVES
