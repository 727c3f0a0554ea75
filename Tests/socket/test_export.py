"""Exports of the access log: every form of file with its evidence, and the tiles that anybody verifies."""

import base64
import csv
import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest

import server
import transparency
from support import OwnServerTest, PURPOSE, ROLES, eventually

TEXTS = ("ndjson", "csv", "cef", "ocsf")
# What schema.ocsf.io/1.5.0 requires of every event, and of each class besides.
EVENT = {"activity_id", "category_uid", "class_uid", "metadata", "severity_id", "time", "type_uid"}
CLASSES = {3001: {"user"}, 3002: {"user", "service"}, 3005: {"user", "privileges"}, 3006: {"group"}, 6002: {"app"},
           6005: {"actor", "src_endpoint", "database"}}


def pairs(text):
    """Name and value of a CEF extension."""
    found = {}
    names = list(re.finditer(r"(?:^| )([A-Za-z0-9]+)=", re.sub(r"\\.", "..", text)))
    for match, following in zip(names, names[1:] + [None]):
        value = text[match.end():following.start() if following else None]
        found[match[1]] = re.sub(
            r"\\(.)", lambda escape: {"n": "\n", "r": "\r"}.get(escape[1], escape[1]), value)
    return found


class ExportTest(OwnServerTest):
    persons = 60

    def fill(self, entries):
        """Brings so many entries about, and more."""
        client = self.session("customer-service")
        rounds = (entries + 49) // 50
        replies = []
        for _ in range(rounds):
            replies.append(client.submit("person.list", limit=50, purpose="customer-service"))
            if len(replies) == 20:
                replies = [self.assertOK(client.wait(reply)) for reply in replies][:0]
        for reply in replies:
            self.assertOK(client.wait(reply))

    def export(self, format, **parameters):
        return self.assertOK(self.session("auditor").call("log.export", format=format, timeout=120, **parameters))

    def key(self):
        with open(self.own.data + "/log.vkey", encoding="ascii") as file:
            return file.read().strip()

    def found(self, size, **filters):
        """What log.find gives of the first so many entries."""
        rows = self.assertOK(self.session("auditor").call("log.find", limit=1_000_000, timeout=120, **filters)).rows
        return [row for row in rows if row["index"] < size]


class TextExportTests(ExportTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls("fill").fill(5500)

    def assertWhole(self, reply, format, **filters):
        """The evidence is that of the rows that came."""
        evidence = reply.object["evidence"]
        lines = [row["text"] for row in reply.rows]
        data = "".join(line + "\n" for line in lines).encode()
        self.assertEqual(evidence["sha256"], hashlib.sha256(data).hexdigest())
        self.assertEqual(evidence["bytes"], len(data))
        indexes = [row["index"] for row in reply.rows]
        if format == "csv":
            self.assertIsNone(indexes.pop(0))
        self.assertEqual(indexes, sorted(set(indexes)))
        self.assertEqual(evidence["rows"], len(indexes))
        self.assertEqual(reply.object["rows"], len(indexes))
        self.assertEqual(evidence["first"], indexes[0] if indexes else None)
        self.assertEqual(evidence["last"], indexes[-1] if indexes else None)
        self.assertEqual(evidence["command"], "log.export")
        self.assertEqual(evidence["by"], self.user_id("auditor"))
        self.assertEqual(evidence["parameters"]["format"], format)
        self.assertEqual(evidence["parameters"]["size"], str(evidence["size"]))
        origin, size, _ = transparency.read_checkpoint(evidence["checkpoint"], self.key())
        self.assertEqual((origin, size), (evidence["origin"], evidence["size"]))
        self.assertTrue(all("\n" not in line and "\r" not in line for line in lines))
        return evidence

    def test_every_form_has_every_entry_and_its_evidence(self):
        for format in TEXTS:
            with self.subTest(format):
                reply = self.export(format)
                evidence = self.assertWhole(reply, format)
                self.assertGreater(evidence["rows"], 5000)
                indexes = [row["index"] for row in reply.rows if row["index"] is not None]
                self.assertEqual(indexes, list(range(evidence["size"])))

    def test_json_lines_are_the_rows_of_the_log_without_names(self):
        reply = self.export("ndjson")
        rows = [json.loads(row["text"]) for row in reply.rows]
        wanted = self.found(reply.object["evidence"]["size"])
        for row in wanted:
            row.pop("user-name", None)
        self.assertEqual(rows, wanted)

    def test_the_table_is_read_by_a_program_for_tables(self):
        reply = self.export("csv")
        text = "".join(row["text"] + "\n" for row in reply.rows)
        rows = list(csv.DictReader(text.splitlines(keepends=True), strict=True))
        wanted = self.found(reply.object["evidence"]["size"])
        self.assertEqual(len(rows), len(wanted))
        for row, entry in zip(rows, wanted):
            for name in ("index", "at", "user", "verb", "outcome", "person", "rows", "rid"):
                self.assertEqual(row[name], "" if entry[name] is None else str(entry[name]))
            self.assertEqual(row["fields"].split(), entry["fields"])
            self.assertNotIn(None, row)

    def test_common_event_format_has_its_fields(self):
        reply = self.export("cef")
        for row, entry in zip(reply.rows, self.found(reply.object["evidence"]["size"])):
            fields = re.split(r"(?<!\\)\|", row["text"], maxsplit=7)
            self.assertEqual(fields[:3], ["CEF:0", "Rekisteri", "rekisterid"])
            self.assertEqual(fields[4], entry["verb"])
            self.assertIn(fields[6], ("3", "4", "6", "8"))
            found = pairs(fields[7])
            self.assertEqual(found["externalId"], str(entry["index"]))
            self.assertEqual(found.get("suid"), entry["user"])
            self.assertEqual(found["outcome"], entry["outcome"])
            self.assertEqual((found["cs6Label"], found["cs6"]), ("rid", entry["rid"]))
            self.assertEqual(found.get("cs4"), entry["person"])

    def test_events_of_the_schema_have_what_their_classes_require(self):
        reply = self.export("ocsf")
        seen = set()
        for row, entry in zip(reply.rows, self.found(reply.object["evidence"]["size"])):
            event = json.loads(row["text"])
            seen.add(event["class_uid"])
            self.assertLessEqual(EVENT | CLASSES[event["class_uid"]], set(event))
            self.assertEqual(event["type_uid"], event["class_uid"] * 100 + event["activity_id"])
            self.assertEqual(event["category_uid"], event["class_uid"] // 1000)
            self.assertEqual(event["metadata"]["sequence"], entry["index"])
            self.assertEqual(event["metadata"]["correlation_uid"], entry["rid"])
            self.assertEqual(event["metadata"]["version"], "1.5.0")
            if event["class_uid"] != 6002:
                self.assertEqual(event["actor"].get("user", {}).get("uid"), entry["user"])
            self.assertEqual(event["unmapped"].get("person"), entry["person"])
        self.assertLessEqual({3002, 6002, 6005}, seen)

    @unittest.skipUnless(shutil.which("lnav"), "there is no lnav")
    def test_lnav_reads_the_lines_with_its_format_file(self):
        reply = self.export("ndjson", size=3000)
        with tempfile.TemporaryDirectory() as folder:
            formats = os.path.join(folder, ".lnav", "formats", "installed")
            os.makedirs(formats)
            shutil.copy(os.path.join(server.HERE, "..", "..", "deploy", "lnav", "rekisteri_log.json"), formats)
            path = os.path.join(folder, "log.ndjson")
            with open(path, "w", encoding="utf-8") as file:
                file.writelines(row["text"] + "\n" for row in reply.rows)
            run = subprocess.run(
                ["lnav", "-n", "-c", ";SELECT log_level, outcome, verb, rid FROM rekisteri_log", "-c",
                 ":write-csv-to -", path], env={"HOME": folder, "TERM": "dumb", "PATH": os.environ["PATH"]},
                capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
        rows = list(csv.DictReader(run.stdout.splitlines()))
        self.assertEqual(len(rows), 3000, run.stderr)
        levels = {"ok": "info", "denied": "warning", "failed": "notice", "break-glass": "critical"}
        for row, line in zip(rows, reply.rows):
            entry = json.loads(line["text"])
            self.assertEqual((row["verb"], row["rid"], row["outcome"]), (entry["verb"], entry["rid"], entry["outcome"]))
            self.assertEqual(row["log_level"], levels[entry["outcome"]])

    def test_filters_are_those_of_log_find(self):
        person = self.found(1 << 40, verb="person.list")[0]["person"]
        user = self.user_id("customer-service")
        middle = self.found(1 << 40)[2000]["at"]
        for filters in ({"verb": "person.list"}, {"person": person}, {"user": user},
                        {"user": self.own.account("customer-service").name}, {"outcome": "denied"},
                        {"purpose": "customer-service"}, {"since": middle}, {"until": middle},
                        {"verb": "auth", "outcome": "ok"}, {"verb": "no.such.verb"}):
            with self.subTest(str(filters)):
                reply = self.export("ndjson", **filters)
                evidence = self.assertWhole(reply, "ndjson")
                wanted = self.found(evidence["size"], **filters)
                self.assertEqual([row["index"] for row in reply.rows], [row["index"] for row in wanted])
                named = {name: value for name, value in evidence["parameters"].items() if name in filters}
                self.assertEqual(set(named), set(filters))
                if "user" in filters:
                    self.assertEqual(named["user"], user)

    def test_an_older_size_is_the_log_as_it_was(self):
        now = self.export("ndjson")
        reply = self.export("ndjson", size=1000)
        self.assertWhole(reply, "ndjson")
        self.assertEqual(reply.rows, now.rows[:1000])
        self.assertEqual(self.export("csv", size=0).object["rows"], 0)

    def test_an_export_is_in_the_log_with_its_rows(self):
        for format in TEXTS:
            reply = self.export(format)
            entries = self.entries(reply, verb="log.export")
            with self.subTest(format):
                self.assertEqual(sum(entry["rows"] for entry in entries), reply.object["rows"])
                self.assertGreaterEqual(len(entries), 11)
                self.assertEqual({(entry["role"], entry["outcome"]) for entry in entries}, {("auditor", "ok")})

    def test_nobody_but_an_auditor_exports(self):
        for role in ROLES:
            if role == "auditor":
                continue
            for format in TEXTS + ("tiles",):
                with self.subTest(role, format=format):
                    reply = self.session(role).call("log.export", format=format, purpose=None)
                    self.assertNO(reply, "denied/role")
                    self.assertEqual(reply.rows, [])

    def test_wrong_parameters_are_refused(self):
        auditor = self.session("auditor")
        for name, value in (("format", "pdf"), ("size", "-1"), ("size", str(1 << 50)), ("person", "x"),
                            ("since", "yesterday"), ("user", "nobody-like-this")):
            parameters = {"format": "csv", name: value}
            with self.subTest(name, value=value):
                reply = auditor.call("log.export", **parameters)
                self.assertNO(reply, "invalid/" + name)
                self.assertEqual(reply.rows, [])
        self.assertNO(auditor.call("log.export"), "invalid/format")
        self.assertNO(auditor.call("log.export", format="tiles", verb="auth"), "invalid/verb")

    def test_rows_wait_for_credit(self):
        client = self.fresh("auditor")
        reply = client.submit("log.export", format="csv")
        while not reply.needs:
            client.step()
        self.assertEqual(reply.needs, [{"need": "credit"}])
        self.assertEqual(len(reply.rows), 500)
        with self.assertRaises(TimeoutError):
            client.step(1)
        client.credit(reply, 700)
        reply.needs.clear()
        while not reply.needs:
            client.step()
        self.assertEqual(len(reply.rows), 1200)
        reply.needs.clear()
        client.credit(reply, 1_000_000)
        client.wait(reply)
        self.assertOK(reply)
        self.assertEqual(reply.object["rows"], len(reply.rows) - 1)


class TileExportTests(ExportTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls("fill").fill(5200)

    def files(self, reply):
        files = {}
        for row in reply.rows:
            self.assertNotIn(row["path"], files)
            files[row["path"]] = base64.b64decode(row["data"], validate=True)
        self.assertEqual(reply.rows[-1]["path"], "checkpoint")
        return files

    def assertEvidence(self, reply, files):
        evidence = reply.object["evidence"]
        lines = "".join("%s %s\n" % (path, hashlib.sha256(data).hexdigest()) for path, data in files.items())
        self.assertEqual(evidence["sha256"], hashlib.sha256(lines.encode()).hexdigest())
        self.assertEqual(evidence["rows"], len(files))
        self.assertEqual(evidence["bytes"], sum(map(len, files.values())))
        self.assertEqual(evidence["checkpoint"].encode(), files["checkpoint"])
        return evidence

    def test_1_the_tiles_are_a_log_that_anybody_verifies(self):
        reply = self.export("tiles")
        files = self.files(reply)
        evidence = self.assertEvidence(reply, files)
        origin, entries = transparency.verify(files, self.key())
        self.assertEqual(origin, evidence["origin"])
        self.assertGreater(len(entries), 5000)
        self.assertEqual((evidence["first"], evidence["last"]), (0, len(entries) - 1))
        self.assertEqual((reply.object["missing-bundles"], evidence["missing-bundles"]), (0, 0))
        for index in (0, 255, 256, len(entries) - 1):
            shown = self.assertOK(self.session("auditor").call("log.show", index=index)).rows[0]
            self.assertEqual(base64.b64decode(shown["entry"]), entries[index])

    def test_2_older_sizes_verify_too(self):
        for size in (0, 1, 255, 256, 257, 511, 512, 1000, 4096):
            with self.subTest(size):
                files = self.files(self.export("tiles", size=size))
                self.assertEqual(len(transparency.verify(files, self.key())[1]), size)

    def test_3_a_changed_file_does_not_verify(self):
        files = self.files(self.export("tiles", size=600))
        for path in files:
            changed = dict(files)
            data = bytearray(changed[path])
            data[len(data) // 2] ^= 1
            changed[path] = bytes(data)
            with self.subTest(path), self.assertRaises(ValueError):
                transparency.verify(changed, self.key())

    def test_4_an_export_of_tiles_is_in_the_log_with_its_files(self):
        reply = self.export("tiles", size=5000)
        entries = self.entries(reply, verb="log.export")
        self.assertEqual(sum(entry["rows"] for entry in entries), len(reply.rows))
        self.assertGreaterEqual(len(entries), 3)

    def test_5_the_log_grows_on_while_it_is_exported(self):
        client = self.fresh("auditor")
        self.fill(50)
        reply = client.submit("log.export", format="tiles")
        self.fill(300)
        client.wait(reply)
        files = self.files(self.assertOK(reply))
        transparency.verify(files, self.key())


class RevocationTests(ExportTest):
    def test_a_role_that_is_taken_ends_an_export_under_way(self):
        self.fill(2000)
        client = self.fresh("auditor")
        reply = client.submit("log.export", format="ndjson")
        while not reply.needs:
            client.step()
        name = self.own.account("auditor").name
        self.assertOK(self.session("administrator").call("role.revoke", user=name, role="auditor"))
        reply.needs.clear()
        client.credit(reply, 1_000_000)
        try:
            client.wait(reply)
        except ConnectionError:
            pass
        self.assertEqual(len(reply.rows), 500)
        if reply.done:
            self.assertNO(reply, "denied/role", "auth/expired", "auth/required", "cancelled")
            self.assertNotIn("evidence", reply.object)


class DroppedEntriesTests(ExportTest):
    def test_bundles_whose_entries_are_dropped_are_left_out_and_counted(self):
        self.fill(1200)
        before = self.export("tiles")
        self.own.sql("ALTER TABLE access_entry DISABLE TRIGGER USER; DELETE FROM access_entry WHERE index < 512;"
                     "ALTER TABLE access_entry ENABLE TRIGGER USER")
        reply = eventually(lambda: self.export("tiles"))
        self.assertEqual(reply.object["missing-bundles"], 2)
        files = {row["path"]: base64.b64decode(row["data"]) for row in reply.rows}
        self.assertNotIn("tile/entries/000", files)
        self.assertIn("tile/0/000", files)
        entries = transparency.verify(files, self.key(), missing=2)[1]
        self.assertEqual(entries[:512], [None] * 512)
        self.assertNotIn(None, entries[512:])
        evidence = reply.object["evidence"]
        self.assertEqual((evidence["first"], evidence["missing-bundles"]), (512, 2))
        self.assertEqual(before.object["missing-bundles"], 0)


if __name__ == "__main__":
    unittest.main()
