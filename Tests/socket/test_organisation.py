"""Organisations (PROTOCOL.md section 5, REGISTER.md section 2)."""

import unittest

from support import UUID7, SocketTest, business_id, new_id, unique

WRONG = {
    "business-id": ["1234567-8", "123", "2982077-5", "2982077", "abc"], "status": ["friend", "Customer"],
    "email": ["no-at", "a@", "@b.fi", "a b@example.com"], "phone": ["abc", "12", "+358 50 123 45x", "+"],
    "source": ["gossip"], "manager": ["x", "1"], "postcode": ["1", "ABCDE"], "country": ["Suomi!", "XX"],
}
VALUES = {
    "form": "Oy", "industry": "Rakentaminen", "status": "customer", "phone": "+358491234567",
    "email": "info@example.com", "street": "Esimerkkikatu 1", "postcode": "00100", "town": "Helsinki", "country": "FI",
    "website": "https://example.com", "source": "public-register",
}


class OrganisationTests(SocketTest):
    def setUp(self):
        self.client = self.session("customer-service")

    def test_add_answers_one_row_with_id_and_rev(self):
        reply = self.assertOK(self.client.call("organisation.add", name=unique()))
        self.assertEqual(len(reply.rows), 1)
        self.assertRegex(reply.rows[0]["id"], UUID7)
        self.assertEqual(reply.rows[0]["rev"], 1)
        self.assertEqual(reply.object["rows"], 1)

    def test_show_gives_back_everything_that_was_added(self):
        name, number = unique(), business_id()
        manager = self.client.call("whoami").rows[0]["user"]
        added = self.assertOK(self.client.call(
            "organisation.add", name=name, business_id=number, manager=manager, **VALUES)).rows[0]
        row = self.assertOK(self.client.call("organisation.show", id=added["id"])).rows[0]
        wanted = dict(VALUES, name=name, manager=manager, id=added["id"], rev=1)
        wanted["business-id"] = number
        self.assertEqual({key: row[key] for key in wanted}, wanted)

    def test_values_take_their_normal_form(self):
        added = self.assertOK(self.client.call(
            "organisation.add", name="  " + unique() + " ", phone="(09) 123 4567", country="FI"))
        row = self.client.call("organisation.show", id=added.rows[0]["id"]).rows[0]
        self.assertEqual(row["phone"], "+35891234567")
        self.assertEqual(row["name"], row["name"].strip())

    def test_a_name_is_needed(self):
        self.assertNO(self.client.call("organisation.add", town="Turku"), "invalid/name")
        self.assertNO(self.client.call("organisation.add", name=""), "invalid/name")
        self.assertNO(self.client.call("organisation.add", name="x" * 5000), "invalid/name")

    def test_wrong_values_are_told_by_their_parameter(self):
        for name, values in WRONG.items():
            for value in values:
                with self.subTest(name, value=value):
                    reply = self.client.call("organisation.add", name=unique(), **{name: value})
                    self.assertNO(reply, "invalid/" + name)

    def test_a_sole_trader_is_a_person(self):
        for form in ("Tmi", "tmi.", "Toiminimi", "ENSKILD FIRMA", "sole trader"):
            with self.subTest(form):
                self.assertNO(self.client.call("organisation.add", name=unique(), form=form), "invalid/form")
        added = self.assertOK(self.client.call("organisation.add", name=unique() + " Tmi", form="Oy")).rows[0]
        self.assertNO(self.client.call("organisation.edit", id=added["id"], rev=1, form="tmi"), "invalid/form")

    def test_a_website_is_an_address_on_the_web(self):
        for value in ("javascript:alert(1)", "JavaScript://example.com/%0aalert(1)", "data:text/html,x.y", "a b.fi",
                      "file:///etc/passwd", "mailto:a@example.fi", "example", "http:example.fi"):
            with self.subTest(value):
                reply = self.client.call("organisation.add", name=unique(), website=value)
                self.assertNO(reply, "invalid/website")
        for value in ("https://www.example.fi/sivut?a=b", "www.example.fi", "example.fi:8443/a", "HTTP://åå.fi"):
            with self.subTest(value):
                self.assertOK(self.client.call("organisation.add", name=unique(), website=value))

    def test_a_refusal_repeats_nothing_of_the_value(self):
        reply = self.client.call("organisation.add", name=unique(), email="verysecret-no-at")
        self.assertNotIn("verysecret", reply.final.raw.decode())

    def test_another_source_needs_a_word_on_which(self):
        self.assertNO(self.client.call("organisation.add", name=unique(), source="other"), "invalid/source-note")
        self.assertOK(self.client.call("organisation.add", name=unique(), source="other", source_note="messut"))

    def test_the_same_business_id_exists(self):
        number = business_id()
        self.assertOK(self.client.call("organisation.add", name=unique(), business_id=number))
        self.assertNO(self.client.call("organisation.add", name=unique(), business_id=number), "exists")

    def test_edit_changes_what_is_named_and_nothing_else(self):
        added = self.assertOK(self.client.call("organisation.add", name=unique(), **VALUES)).rows[0]
        before = self.client.call("organisation.show", id=added["id"]).rows[0]
        reply = self.assertOK(self.client.call("organisation.edit", id=added["id"], rev=1, town="Turku"))
        self.assertEqual(reply.rows[0], {"id": added["id"], "rev": 2})
        after = self.client.call("organisation.show", id=added["id"]).rows[0]
        self.assertEqual({key for key in after if after[key] != before[key]}, {"town", "rev"})
        self.assertEqual(after["town"], "Turku")

    def test_an_older_revision_is_a_conflict(self):
        added = self.assertOK(self.client.call("organisation.add", name=unique())).rows[0]
        self.assertOK(self.client.call("organisation.edit", id=added["id"], rev=1, town="Turku"))
        self.assertNO(self.client.call("organisation.edit", id=added["id"], rev=1, town="Oulu"), "conflict/rev")
        self.assertNO(self.client.call("organisation.edit", id=added["id"], rev=9, town="Oulu"), "conflict/rev")
        self.assertEqual(self.client.call("organisation.show", id=added["id"]).rows[0]["town"], "Turku")

    def test_edit_needs_id_and_rev(self):
        self.assertNO(self.client.call("organisation.edit", rev=1, town="Turku"), "invalid/id")
        self.assertNO(self.client.call("organisation.edit", id=new_id(), town="Turku"), "invalid/rev")
        for rev in ("0", "-1", "x", "1.0", "99999999999999999999"):
            with self.subTest(rev):
                self.assertNO(self.client.call("organisation.edit", id=new_id(), rev=rev, town="Turku"), "invalid/rev")

    def test_what_is_not_there_is_not_found(self):
        self.assertNO(self.client.call("organisation.show", id=new_id()), "notfound")
        self.assertNO(self.client.call("organisation.edit", id=new_id(), rev=1, town="Turku"), "notfound")

    def test_what_is_no_id_is_invalid(self):
        for value in ("", "x", "1", new_id() + "0", new_id().replace("-", "")[:31], "' OR 1=1 --"):
            with self.subTest(value):
                self.assertNO(self.client.call("organisation.show", id=value), "invalid/id")

    def test_find_by_name_business_id_email_and_phone(self):
        name, number, place = unique(), business_id(), unique().lower()
        added = self.assertOK(self.client.call(
            "organisation.add", name=name + " Oy", business_id=number, email=place + "@example.com",
            phone="+358 49 8765432")).rows[0]["id"]
        for text in (name, name.lower(), name[:6], number, number.replace("-", ""), "FI" + number.replace("-", ""), place + "@example.com"):
            with self.subTest(text):
                found = self.assertOK(self.client.call("organisation.find", text=text, limit=50))
                self.assertIn(added, [row["id"] for row in found.rows])

    def test_find_forgives_a_typo(self):
        name = unique() + unique().lower()
        added = self.add_organisation(name)
        typo = name[:5] + ("x" if name[5] != "x" else "z") + name[6:]
        found = self.assertOK(self.client.call("organisation.find", text=typo))
        self.assertIn(added, [row["id"] for row in found.rows])

    def test_find_finds_the_new_name_after_an_edit_and_not_the_old_one(self):
        old, new = unique() + "aa", unique() + "oo"
        added = self.add_organisation(old)
        self.assertOK(self.client.call("organisation.edit", id=added, rev=1, name=new))
        self.assertIn(added, [row["id"] for row in self.client.call("organisation.find", text=new).rows])
        rows = self.client.call("organisation.find", text=old).rows
        self.assertNotIn(added, [row["id"] for row in rows])

    def test_lists_are_paged_with_limit_and_after(self):
        seen, after = [], None
        while True:
            page = self.assertOK(self.client.call("organisation.list", limit=20, after=after))
            self.assertLessEqual(len(page.rows), 20)
            self.assertEqual(page.object["rows"], len(page.rows))
            seen += [row["id"] for row in page.rows]
            after = page.object.get("next")
            if after is None:
                break
        self.assertEqual(len(seen), len(set(seen)))
        self.assertEqual(len(seen), int(self.server.sql("SELECT count(*) FROM organisation")))

    def test_limits_out_of_range_are_invalid(self):
        for limit in ("0", "51", "-1", "x", "1e3"):
            with self.subTest(limit):
                self.assertNO(self.client.call("organisation.list", limit=limit), "invalid/limit")
        self.assertNO(self.client.call("organisation.list", after="x"), "invalid/after")

    def test_sql_and_format_strings_are_only_text(self):
        for name in ("Robert'); DROP TABLE organisation;--", "%s%n%x", "${jndi:ldap://x}", "\\x00", "=SUM(A1)",
            "a\\'b"):
            with self.subTest(name):
                added = self.assertOK(self.client.call("organisation.add", name=name)).rows[0]
                self.assertEqual(self.client.call("organisation.show", id=added["id"]).rows[0]["name"], name)



if __name__ == "__main__":
    unittest.main()
