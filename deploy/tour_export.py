"""The auditor's part of the tour: what leaves the access log as files, and how anybody verifies it."""

import json
import os
import re
import shutil
from datetime import datetime, timedelta, timezone

from tour_log import LogPart

BUNDLE_ENTRIES = 256
# Whatever in a page of HTML names something else.
REFERENCE = re.compile(
    r"""(?:src|srcset|href|action|poster|data)\s*=\s*["']?([^"'\s>]*)|url\(\s*["']?([^"')]*)""", re.I)


def flip_bit(bundle, number):
    """Flips a bit of an entry's salt in an entry bundle (C2SP tlog-tiles: a length of two bytes before each entry)."""
    with open(bundle, "r+b") as file:
        for _ in range(number):
            file.seek(int.from_bytes(file.read(2), "big"), os.SEEK_CUR)
        place = file.tell() + 2 + 1
        file.seek(place)
        byte = file.read(1)[0]
        file.seek(place)
        file.write(bytes([byte ^ 1]))


class ExportTour(LogPart):
    """Exports the access log as `tarja`, and verifies what was written; makes the report."""

    def run(self):
        for part in (self.tiles, self.exports, self.report):
            part()

    def export(self, form, name, *filters):
        """Exports to a file, or to a folder; gives the evidence that is written beside it."""
        code, _ = self.tour.once("tarja", "log.export", f"format={form}", *filters, "--out", name)
        self.check(f"an export as {form} is written", code == 0 and os.path.exists(self.path(name)), code)
        return json.loads(self.read(name + ".evidence.json"))

    def tiles(self):
        self.part("Auditor, the whole log for anybody who verifies: tarja")
        evidence = self.export("tiles", "log-tiles")
        size = evidence["size"]
        self.verify(
            "log-tiles", "every hash is verified up to the signed root, with neither server nor database",
            f"{size} entries were looked at")
        shutil.copytree(self.path("log-tiles"), self.path("log-flipped"))
        number = 44
        flip_bit(self.path("log-flipped/tile/entries/001"), number)
        print(f"  (one bit of entry {BUNDLE_ENTRIES + number} is flipped in a copy)")
        self.verify(
            "log-flipped", "the first bad index is named",
            f"The first bad entry has the index {BUNDLE_ENTRIES + number}.", code=1)
        self.verify("log-tiles", "the export itself is still good")

    def exports(self):
        self.part("Auditor, what she found as files: tarja")
        filters = [f"person={self.asa}"]
        evidence = self.export("csv", "asa.csv", *filters)
        self.verify("asa.csv", "it is verified with its evidence", f"{evidence['rows']} rows")
        text = self.read("asa.csv")
        lines = text.splitlines()
        self.check(
            "a header and a line an entry",
            lines[0].startswith("index,at,user,") and len(lines) == evidence["rows"] + 1 > 20, (lines[0], len(lines)))
        self.check("without a name", "Meinander" not in text and "maija" not in text)
        self.check(
            "the evidence holds command, filter, first and last index and who exported",
            evidence["command"] == "log.export" and evidence["parameters"]["person"] == self.asa
            and evidence["first"] < evidence["last"] < evidence["size"] and evidence["by"], evidence)
        self.write("changed.csv", text.replace(",ok,", ",failed,", 1))
        shutil.copy(self.path("asa.csv.evidence.json"), self.path("changed.csv.evidence.json"))
        self.verify("changed.csv", "a changed line is found", "sha256", code=1)
        for form, good in (
            ("ndjson", lambda line: json.loads(line)["person"] == self.asa),
            ("cef", lambda line: line.startswith("CEF:0|Rekisteri|")),
            ("ocsf", lambda line: json.loads(line)["class_uid"] in (3001, 3002, 3003, 3004, 3005, 6003, 6005))):
            evidence = self.export(form, f"asa.{form}", *filters)
            lines = self.read(f"asa.{form}").splitlines()
            self.check(
                "a line an entry, in its form", len(lines) == evidence["rows"] and all(good(line) for line in lines),
                lines[:1])
            self.verify(f"asa.{form}", "verified")
        code, answer = self.tour.once("maija", "--json", "log.export", "format=csv", "--out", "maija.csv")
        self.check(
            "customer service gets no export, nor a file",
            code == 1 and answer.code == "denied/role" and not os.path.exists(self.path("maija.csv")),
            (code, answer.code))

    def report(self):
        self.part("Auditor, a page about the accesses: tarja")
        since = datetime.now(timezone.utc).date() - timedelta(days=1)
        code, answer = self.tour.once("tarja", "log", "report", "--since", str(since), "--out", "report.html")
        self.check("a report is written", code == 0, (code, answer.said))
        self.check("its verification is good", "Log: checks passed" in answer.said, answer.said)
        page = self.read("report.html")
        self.check("one page of HTML with charts", page.startswith("<!DOCTYPE html>") and "<svg" in page, page[:100])
        named = {first or second for first, second in REFERENCE.findall(page)}
        self.check(
            "that names nothing outside of itself", named and all(name.startswith(("#", "data:")) for name in named),
            named)
        self.check(
            "no script, no other page's style, no address of the web",
            not re.search(r"<script|@import|<link|<iframe|https?://", page, re.I))
        self.check("nor a person's name", "Meinander" not in page)
