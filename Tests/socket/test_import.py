"""Bulk input (PROTOCOL.md section 2, Bulk input; the sample file)."""

import json
import re
import unicodedata
import unittest

import server
from support import SocketTest, phone, unique

CARE = {"purpose": "customer-service"}
# deploy/samples/customers.csv: the rows that are refused, each for one of seven reasons.
REFUSED = [
    9, 28, 34, 56, 131, 148, 233, 323, 324, 332, 337, 346, 351, 363, 399, 412, 423, 430, 449, 504, 511, 515, 528, 539,
    544, 557, 559, 567, 571, 592, 616, 648, 649, 652, 693, 714, 724, 729, 731, 736, 738, 776, 793, 804, 823, 835, 841,
    846, 864, 874, 877, 931, 932, 934, 940, 952, 955, 969, 1013, 1022, 1052, 1064, 1068, 1073, 1091, 1124, 1126, 1135,
    1156, 1186, 1189, 1206, 1224, 1237, 1246, 1254, 1261, 1301, 1323, 1339, 1351, 1364, 1394, 1445, 1461, 1467, 1471,
    1495, 1500, 1508, 1527, 1551, 1595, 1599, 1622, 1626, 1639, 1683, 1699, 1700, 1744, 1773, 1784, 1804, 1819, 1841,
    1883, 1888, 1924, 1940, 1955, 1967, 1990, 1998,
]


def pieces(text, size=8000):
    return [text[start:start + size] for start in range(0, len(text), size)]


class ImportTests(SocketTest):
    def setUp(self):
        self.client = self.session("customer-service")

    def run_import(self, feeds, client=None, **parameters):
        return (client or self.client).call("person.import", feeds=feeds, timeout=180, **dict(CARE, **parameters))

    def csv(self, text, **parameters):
        return self.run_import(pieces(text), format="csv", **parameters)

    def count(self, table="person"):
        return int(self.server.sql("SELECT count(*) FROM " + table))

    def rows(self, reply):
        return [row["row"] for row in reply.rows]

    # The sample

    def test_the_sample_file_exactly(self):
        with open(server.SAMPLE, encoding="utf-8", newline="") as file:
            text = file.read()
        self.assertTrue(text.startswith("\ufeff"))
        before, companies = self.count(), self.count("organisation")
        dry = self.csv(text, dry_run=True)
        with self.subTest("a dry run changes nothing"):
            self.assertEqual(dry.status, "OK", dry)
            self.assertEqual(self.count(), before)
            self.assertEqual(self.count("organisation"), companies)
            self.assertEqual(sorted(set(self.rows(dry))), REFUSED)
        first = self.csv(text)
        with self.subTest("the first import"):
            self.assertOK(first, "done/partial")
            self.assertEqual(sorted(set(self.rows(first))), REFUSED)
            self.assertEqual(self.count() - before, 1886)
            self.assertEqual(self.count("organisation") - companies, 250)
            self.assertTrue(first.progress, "no progress was reported")
            self.assertTrue(all(set(one) <= {"done", "total"} for one in first.progress))
        with self.subTest("each refused row has its column and why"):
            for row in first.rows:
                self.assertTrue(row["column"], row)
                self.assertRegex(row["code"], r"^invalid/[a-z-]+$")
                self.assertTrue(row["msg"])
            self.assertEqual(self.reasons(first), {
                "business-id": 18, "email": 25, "name": 20, "identity-code": 12, "title": 4, "phone": 20,
                    "columns": 15})
        with self.subTest("nothing of the file is repeated in an answer"):
            raw = "\n".join(self.client.transcript)
            for value in re.findall(r"[\w.]+@[\w.]+", text)[:50]:
                self.assertNotIn(value, raw)
        with self.subTest("the log has one entry a person"):
            entries = self.entries(first, limit=2500, verb="person.import")
            self.assertEqual(len(entries), 1886)
            self.assertEqual(len({entry["person"] for entry in entries}), 1886)
        again = self.csv(text)
        with self.subTest("a second import finds duplicates only"):
            self.assertEqual(self.count() - before, 1886)
            self.assertEqual(self.count("organisation") - companies, 250)
            self.assertEqual(again.object.get("imported"), 0, again)
            duplicates = [row for row in again.rows if row["code"] == "exists"]
            self.assertEqual(len(duplicates), 1886)
        with self.subTest("cells that look like formulas are text"):
            found = self.client.call("person.find", text="tomi.virtanen@example.com", **CARE)
            self.assertIn("=SUM(A1:A9)", [
                self.row(row["id"]).get("other", {}).get("note", {}).get("value") for row in found.rows])

    def reasons(self, reply):
        """The refused rows by the reasons that the sample's own description counts."""
        seen = {}
        for row in reply.rows:
            code, column = row["code"].split("/")[1], row["column"]
            if code == "business-id":
                reason = "business-id"
            elif code in ("first-name", "last-name", "name"):
                reason = "name"
            elif code in ("note", "identity-code") or column == "Huomautus":
                reason = "identity-code"
            elif code == "title" or column == "Titteli":
                reason = "title"
            else:
                reason = code
            seen.setdefault(row["row"], reason)
        counts = {}
        for reason in seen.values():
            counts[reason] = counts.get(reason, 0) + 1
        return counts

    # CSV

    def table(self, *lines, header="Etunimi;Sukunimi;Sähköposti;Puhelin;Lähde", bom=""):
        return bom + header + "\r\n" + "".join(line + "\r\n" for line in lines)

    def line(self, name):
        return "Testi;%s;%s@example.com;%s;rekisteröity" % (name, name.lower(), phone())

    def find(self, text):
        return self.assertOK(self.client.call("person.find", text=text, **CARE)).rows

    def test_a_csv_file_with_and_without_bom(self):
        for bom in ("", "\ufeff"):
            with self.subTest(bool(bom)):
                name = unique()
                self.assertOK(self.csv(self.table(self.line(name), bom=bom)))
                self.assertEqual(len(self.find(name)), 1)

    def test_a_csv_file_in_pieces_of_one_character(self):
        name = unique()
        self.assertOK(self.run_import(list(self.table(self.line(name))), format="csv"))
        self.assertEqual(len(self.find(name)), 1)

    def test_no_duplicate_tells_of_a_person_out_of_reach(self):
        """REGISTER.md section 4: neither a warning nor `exists` does; whoever is told of one is in the log."""
        name, number = unique(), phone()
        text = self.table("Testi;%s;%s@example.com;%s;rekisteröity" % (name, name.lower(), number))
        self.assertOK(self.csv(text))
        person = self.find(name)[0]["id"]
        told = self.csv(text, dry_run=True)
        self.assertEqual(told.object["duplicates"], 1)
        self.assertEqual([entry["person"] for entry in self.entries(told)], [person])
        officer = self.session("privacy-officer")
        self.assertOK(officer.call(
            "person.mark", id=person, mark="protected", purpose="data-subject-rights"))
        hidden = self.csv(text, dry_run=True)
        self.assertEqual(hidden.object["duplicates"], 0)
        self.assertEqual(hidden.object["would-import"], 1)
        self.assertEqual([entry["person"] for entry in self.entries(hidden)], [None])

    def test_no_case_or_reason_holds_an_identity_code(self):
        for case in ("010190-123M", "T-010190-123M"):
            reply = self.client.call("person.find", text="Virtanen", case=case, **CARE)
            self.assertEqual(reply.code, "invalid/case", reply)
        self.assertNotIn("010190", "".join(self.server.sql("SELECT encode(entry, 'escape') FROM access_entry")))

    def test_commas_and_tabs_separate_too(self):
        for separator in (",", "\t"):
            with self.subTest(separator):
                name = unique()
                self.assertOK(self.csv(self.table(self.line(name)).replace(";", separator)))
                self.assertEqual(len(self.find(name)), 1)

    def test_quoted_cells_hold_separators_quotes_and_line_ends(self):
        name = unique()
        text = self.table(
            'Testi;%s;%s@example.com;%s;rekisteröity;"a;b ""c""\r\nd"' % (name, name.lower(), phone()),
            header="Etunimi;Sukunimi;Sähköposti;Puhelin;Lähde;Huomautus")
        self.assertOK(self.csv(text))
        self.assertEqual(self.row(self.find(name)[0]["id"])["other"]["note"]["value"], 'a;b "c"\nd')

    def test_a_missing_and_an_extra_column_refuse_their_row_only(self):
        one, two, three = unique(), unique(), unique()
        reply = self.csv(self.table(self.line(one), "Testi;" + two, self.line(three) + ";liikaa"))
        self.assertOK(reply, "done/partial")
        self.assertEqual(sorted(set(self.rows(reply))), [2, 3])
        self.assertEqual([len(self.find(name)) for name in (one, two, three)], [1, 0, 0])

    def test_an_unknown_header_refuses_the_whole_file(self):
        before = self.count()
        reply = self.csv(self.table(self.line(unique()), header="Etunimi;Sukunimi;Sähköposti;Puhelin;Kengännumero"))
        self.assertEqual((reply.status, reply.code.split("/")[0]), ("NO", "invalid"))
        self.assertEqual(self.count(), before)

    def test_a_column_without_name_holds_nothing(self):
        header = "Etunimi;Sukunimi;Sähköposti;Puhelin;Lähde;"
        lines = [self.line(unique()) + ";", self.line(unique()), self.line(unique()) + ";x"]
        reply = self.csv("\r\n\r\n" + self.table(*lines, header=header))
        self.assertOK(reply, "done/partial")
        self.assertEqual([(row["row"], row["column"], row["code"]) for row in reply.rows], [(3, "#6", "invalid/columns")])
        self.assertEqual(reply.object["imported"], 2)

    def test_a_missing_source_is_told_by_the_files_own_column(self):
        reply = self.csv(self.table("Testi;%s;a@example.com;;" % unique(), "Testi;%s;a@example.com;;muu" % unique()))
        self.assertEqual([row["column"] for row in reply.rows], ["Lähde", "Lähde"])

    def test_an_organisation_is_the_same_however_it_is_written(self):
        name = "Pöytä" + unique() + " Oy"
        before = self.count("organisation")
        for written in (name, unicodedata.normalize("NFD", name), name.upper(), name.replace(" ", "  ")):
            header = "Yritys;Etunimi;Sukunimi;Lähde"
            self.assertOK(self.csv(self.table("%s;Testi;%s;yritys" % (written, unique()), header=header)))
        self.assertEqual(self.count("organisation"), before + 1)
        dry = self.csv(self.table("%s;Testi;%s;yritys" % (name.lower(), unique()), header=header), dry_run=True)
        self.assertEqual(dry.object["would-add-organisations"], 0)

    def test_a_file_without_header_is_invalid(self):
        for text in ("", "\ufeff", "\r\n", self.line(unique())):
            with self.subTest(text[:10]):
                reply = self.csv(text)
                self.assertEqual((reply.status, reply.code.split("/")[0]), ("NO", "invalid"))

    def test_a_quote_that_is_never_closed_is_invalid(self):
        reply = self.csv(self.table('"Testi;' + unique()))
        self.assertEqual((reply.status, reply.code.split("/")[0]), ("NO", "invalid"))

    def test_duplicates_within_the_file(self):
        line = self.line(unique())
        reply = self.csv(self.table(line, line))
        self.assertEqual([(row["row"], row["code"]) for row in reply.rows], [(2, "exists")])

    # NDJSON

    def person(self, name, **more):
        return dict({
            "kind": "private", "first-name": "Testi", "last-name": name, "email": name.lower() + "@example.com",
            "phone": phone(), "source": "subject"}, **more)

    def test_ndjson_takes_an_object_a_row(self):
        names = [unique() for _ in range(5)]
        reply = self.run_import([self.person(name) for name in names], format="ndjson")
        self.assertOK(reply)
        self.assertEqual(reply.object["imported"], 5)
        self.assertEqual([len(self.find(name)) for name in names], [1] * 5)

    def test_ndjson_refuses_bad_rows_only(self):
        good, bad = unique(), unique()
        reply = self.run_import(
            [self.person(good), self.person(bad, email="no"), self.person(unique(), gender="female"),
             self.person(unique(), **{"shoe-size": "43"}), self.person(unique(), email=5)], format="ndjson")
        self.assertOK(reply, "done/partial")
        self.assertEqual(sorted(set(self.rows(reply))), [2, 3, 4, 5])
        self.assertEqual([len(self.find(name)) for name in (good, bad)], [1, 0])

    def test_every_object_is_a_row(self):
        reply = self.run_import(
            [{}, self.person(unique()), {"first-name": None}, {"first-name": "A", "source": "nowhere"}], format="ndjson")
        self.assertOK(reply, "done/partial")
        self.assertEqual(reply.object["total"], 4)
        codes = [(row["row"], row["code"]) for row in reply.rows]
        self.assertIn((1, "invalid/first-name"), codes)
        self.assertIn((3, "invalid/first-name"), codes)
        self.assertIn((4, "invalid/source"), codes)
        self.assertNotIn(2, [row for row, _ in codes])

    def test_what_is_no_object_ends_an_ndjson_import(self):
        before = self.count()
        reply = self.client.submit("person.import", format="ndjson", **CARE)
        self.assertEqual(self.client.next_need(reply), {"need": "rows"})
        self.client.feed(reply, self.person(unique()))
        self.client.feed(reply, "a string")
        self.client.send(reply.tag + " > null")
        self.client.wait(reply)
        self.assertTrue(not reply.ok or reply.code == "done/partial", reply)
        self.assertLessEqual(self.count() - before, 1 if reply.ok else 0)

    def test_a_cancelled_import_leaves_nothing(self):
        before, name = self.count(), unique()
        client = self.fresh()
        reply = client.submit("person.import", format="ndjson", **CARE)
        self.assertEqual(client.next_need(reply), {"need": "rows"})
        for number in range(300):
            client.feed(reply, self.person(name + "abcdefghijklmnopqrst"[number % 20]))
        self.assertOK(client.call("cancel", of=reply.tag))
        client.wait(reply)
        self.assertNO(reply, "cancelled")
        self.assertEqual(self.count(), before)
        self.assertEqual(self.find(name), [])

    def test_an_import_whose_client_goes_away_leaves_nothing(self):
        before = self.count()
        client = self.fresh(cleanup=False)
        reply = client.submit("person.import", format="ndjson", **CARE)
        self.assertEqual(client.next_need(reply), {"need": "rows"})
        for _ in range(50):
            client.feed(reply, self.person(unique()))
        client.abort()
        self.assertOK(self.client.call("ping"))
        self.assertEqual(self.count(), before)

    def test_unknown_formats_are_invalid(self):
        for name in ("xlsx", "vcard", "CSV", ""):
            with self.subTest(name):
                self.assertNO(self.client.call("person.import", format=name, **CARE), "invalid/format")

    def test_repeating_an_import_with_its_key_imports_once(self):
        name, key, before = unique(), unique("k"), self.count()
        row = self.person(name)
        first = self.run_import([row], format="ndjson", once=key)
        again = self.run_import([row], format="ndjson", once=key)
        self.assertOK(first)
        self.assertOK(again)
        self.assertEqual(self.count() - before, 1)
        self.assertEqual(again.object["imported"], first.object["imported"])

    def test_an_import_is_in_the_log_once_a_person(self):
        reply = self.run_import([self.person(unique()) for _ in range(12)], format="ndjson")
        entries = self.entries(reply)
        self.assertEqual(len(entries), 12)
        self.assertEqual(len({entry["person"] for entry in entries}), 12)
        self.assertEqual({(entry["verb"], entry["outcome"], entry["purpose"]) for entry in entries},
                         {("person.import", "ok", "customer-service")})

    def test_rows_come_as_json_and_values_are_limited(self):
        reply = self.run_import([self.person("x" * 1000)], format="ndjson")
        self.assertEqual({row["row"] for row in reply.rows}, {1})
        self.assertLess(len(json.dumps(reply.rows)), 2000)


if __name__ == "__main__":
    unittest.main()
