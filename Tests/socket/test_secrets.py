"""Nothing of a person's data, no search word and no password lies anywhere in clear."""

import base64
import os
import re
import time
import unittest

from support import SocketTest, phone, unique

CARE = {"purpose": "customer-service"}


def forms(mark):
    """A mark as it might lie somewhere: plain, UTF-16, hex, base64 at each of its three offsets."""
    found = set()
    for text in {mark, mark.lower(), mark.upper()}:
        for data in (text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be")):
            found.add(data)
            found.add(data.hex().encode())
            found.add(data.hex().upper().encode())
            for shift in range(3):
                encoded = base64.b64encode(b"\0" * shift + data)
                # Only what does not depend on the neighbours.
                start = 0 if shift == 0 else 4
                inner = encoded[start:len(encoded) - 4]
                if len(inner) >= 10:
                    found.add(inner)
    return found


class SecretTests(SocketTest):
    def plant(self):
        """Values in every field and search word that there is, all beginning alike; gives the marks by name."""
        marks = {}
        prefix = unique("Qx") + unique("jw").lower()

        def mark(name):
            marks[name] = prefix + "%02d" % len(marks) + unique("k").lower()
            return marks[name]

        client = self.session("customer-service")
        number = phone()
        marks["phone"] = number[1:]
        organisation = self.add_organisation()
        person = self.assertOK(client.call(
            "person.add", kind="contact", organisation=organisation, first_name=mark("first-name"),
            last_name=mark("last-name"), phone=number, email=mark("email").lower() + "@example.com",
            street=mark("street"), town=mark("town"), title=mark("title"), position=mark("position"), note=mark("note"),
            source="other", source_note=mark("source-note"), **CARE)).rows[0]["id"]
        rev = 1
        for field in ("first-name", "note"):
            self.assertOK(client.call("person.edit", id=person, rev=rev, **dict(CARE,
                **{field: mark("edited " + field)})))
            rev += 1
        self.assertOK(client.call("person.contact.add", id=person, email=mark("second email").lower() + "@example.com",
                                  label=mark("label"), **CARE))
        self.assertOK(client.call("person.find", text=marks["last-name"], **CARE))
        self.assertOK(client.call("person.find", text=mark("search word"), **CARE))
        client.call("person.find", text=mark("refused search word"), purpose="sales")
        client.call("person.add", kind="private", last_name=mark("refused name"), gender="female", **CARE)
        client.call("person.edit", id=person, rev=999, note=mark("conflicting note"), **CARE)
        client.call("person.show", id=mark("wrong id"), **CARE)
        client.raw('person.add kind=private %s=1' % mark("unknown parameter").lower())
        client.raw('person.find text="%s" text=b' % mark("bad line"))
        self.session("analyst").call("person.find", text=mark("denied search word"), purpose="analysis")
        self.session("auditor").call("log.hash", text=mark("hashed word"))
        rows = [{"kind": "private", "last-name": mark("imported name"),
            "email": mark("imported email").lower() + "@example.com",
                 "phone": phone(), "note": mark("imported note"), "source": "subject"},
                {"kind": "private", "last-name": mark("refused row"), "email": mark("refused cell"),
                    "source": "subject"},
                {mark("unknown key").lower(): mark("unknown value")}]
        client.call("person.import", feeds=rows, format="ndjson", **CARE)
        client.call("person.add", kind="private", last_name=mark("once name"), once=unique("k"), **CARE)
        self.connect().auth(mark("wrong user").lower(), mark("wrong password"), wrong=True)
        self.session("administrator").call(
            "user.add", name=unique().lower(), full_name="Testi", password=mark("new password"))
        aborted = self.fresh(cleanup=False)
        reply = aborted.submit("person.import", format="ndjson", **CARE)
        aborted.next_need(reply)
        aborted.feed(reply, {"kind": "private", "last-name": mark("cancelled import"), "source": "subject"})
        aborted.abort()
        return marks

    def test_planted_values_are_found_nowhere(self):
        marks = self.plant()
        time.sleep(3)
        self.server.sql("CHECKPOINT")
        prefix = os.path.commonprefix([mark for name, mark in marks.items() if name != "phone"])
        self.assertGreater(len(prefix), 12)
        wanted = {form: "text" for form in forms(prefix)}
        wanted.update((form, "phone") for form in forms(marks["phone"]))
        places = [(path, self.read(path)) for path in self.files()] + [("pg_dump", self.server.dump())]
        self.assertGreater(len(places), 100)
        self.assertTrue(any(path.endswith("demo-users.json") for path, _ in places))
        found = {}
        for path, data in places:
            for form, name in wanted.items():
                position = data.find(form)
                if position >= 0:
                    context = data[position:position + 2 * len(form) + 20]
                    found.setdefault(re.sub(r"^.*/data/", "", path), []).append(self.which(marks, context) or name)
        self.assertEqual(found, {}, "in clear: %r" % found)

    def which(self, marks, context):
        """The mark whose number stands in what was found."""
        text = context.replace(b"\0", b"").decode("latin-1").lower()
        return next((name for name, mark in marks.items() if mark[:-15].lower() in text), None)

    def files(self):
        for folder, _, names in os.walk(self.server.folder):
            for name in names:
                path = os.path.join(folder, name)
                if os.path.isfile(path) and not os.path.islink(path):
                    yield path

    def read(self, path):
        try:
            with open(path, "rb") as file:
                return file.read()
        except FileNotFoundError:
            return b""

    def test_the_search_would_find_what_lies_in_clear(self):
        # An organisation's name is in clear by design: the same search must find it.
        mark = unique("Qx") + unique("jw").lower()
        self.add_organisation(mark)
        self.server.sql("CHECKPOINT")
        wanted = forms(mark)
        self.assertTrue(any(any(form in data for form in wanted) for data in map(self.read, self.files())))
        self.assertIn(mark.encode(), self.server.dump())

    def test_base64_and_hex_forms_are_searched_for(self):
        for data in (b"xxQxabcdefjwghijklyy", b"xQxabcdefjwghijkly", b"QxabcdefjwghijklZ"):
            encoded = base64.b64encode(data)
            self.assertTrue(any(form in encoded for form in forms("Qxabcdefjwghijkl")), encoded)
        self.assertTrue(any(form in b"Qxabcdef".hex().encode() for form in forms("Qxabcdef")))

    def test_what_the_database_tells_of_itself_holds_no_values(self):
        mark = unique("Qx") + unique("jw").lower()
        client = self.session("customer-service")
        self.assertOK(client.call("person.add", kind="private", last_name=mark, note=mark, **CARE))
        self.assertOK(client.call("person.find", text=mark, **CARE))
        self.server.sql("ANALYZE")
        for statement in ("SELECT query FROM pg_stat_activity", "SELECT * FROM pg_stats",
                          "SELECT statement FROM pg_prepared_statements"):
            self.assertNotIn(mark, self.server.sql(statement))

    def test_files_with_secrets_are_closed_to_others(self):
        for path in self.files():
            relative = os.path.relpath(path, self.server.data)
            if relative.startswith(("keys", "master", "demo-users", "tls")) and not relative.endswith((".crt",
                "ca.pem")):
                with self.subTest(relative):
                    mode = os.stat(path).st_mode & 0o777
                    if not relative.endswith(".pem") or "key" in relative:
                        self.assertEqual(mode & 0o077, 0, oct(mode))

    def test_the_servers_role_can_only_append_to_the_log(self):
        for table in ("access_intake", "access_entry", "checkpoint", "integrated"):
            for right in ("UPDATE", "DELETE", "TRUNCATE", "TRIGGER"):
                with self.subTest(table=table, right=right):
                    self.assertEqual(self.server.sql(
                        "SELECT has_table_privilege('rekisteri_server', '%s', '%s')" % (table, right)), "f")
        self.assertEqual(self.server.sql(
            "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls FROM pg_roles"
            " WHERE rolname = 'rekisteri_server'"), "f")

    def test_passwords_are_kept_as_sealed_verifiers(self):
        dump = self.server.dump()
        for account in self.server.accounts:
            self.assertFalse([form for form in forms(account.password) if form in dump])
            if account.secret:
                self.assertNotIn(account.secret.encode(), dump)
                raw = base64.b32decode(account.secret + "=" * (-len(account.secret) % 8))
                self.assertNotIn(raw.hex().encode(), dump)


if __name__ == "__main__":
    unittest.main()
