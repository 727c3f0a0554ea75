"""The auditor's part of the tour: what the access log proves, who saw whom, and what stands out."""

import json
import os

PAGE = 7


class LogPart:
    """What the parts share: the files that the client writes, and their verification without the server."""

    def __init__(self, tour, key):
        """`tour` has played the other roles; `key` is the line of log.vkey, which the auditor got from the operator."""
        self.tour, self.key, self.asa = tour, key, tour.asa
        self.part, self.check, self.done, self.refused = tour.part, tour.check, tour.done, tour.refused

    def path(self, name):
        return os.path.join(self.tour.program.folder, name)

    def read(self, name):
        with open(self.path(name), encoding="utf-8", newline="") as file:
            return file.read()

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def verify(self, name, what, said="", code=0):
        """Verifies a file with the log's key alone; there is no server in the program's settings."""
        got, text = self.tour.offline("verify", name, "--key", self.key)
        verdict = "GOOD" if code == 0 else "BAD"
        self.check(what, got == code and text.startswith(verdict) and said in text, (got, text))


class LogTour(LogPart):
    """Questions the access log as `tarja`, and verifies its checkpoints and proofs."""

    def run(self):
        for part in (
            self.checkpoints, self.proofs, self.viewers, self.pages, self.stands_out, self.disposes, self.persons_view):
            part()

    # --- The tree -----------------------------------------------------------------------------------------------------

    def checkpoints(self):
        self.part("Auditor (tarkastaja), the log only grows: tarja")
        answer = self.done("tarja", "log.checkpoint", "the log's signed checkpoint is shown")
        early = answer.row
        lines = early.get("note", "").split("\n")
        self.check(
            "its note holds origin, size and root", lines[:3] == [early["origin"], str(early["size"]), early["root"]],
            lines)
        self.check("its key is the one that the operator gave", early.get("key") == self.key, early.get("key"))
        self.write("checkpoint", early["note"])
        self.verify("checkpoint", "the signature is verified without the server", "a checkpoint")
        remembered = [
            json.loads(self.read(os.path.join(folder, name)))
            for folder, _, names in os.walk(self.path(".local/state/rekisteri/log")) for name in names
            if name.endswith(".json")]
        self.check(
            "her client remembers this log, to compare at the next log-in",
            [log.get("key") for log in remembered] == [self.key], remembered)
        late = self.done("tarja", "log.checkpoint", "a moment later").row
        self.check("it has grown: a question is an entry too", late["size"] > early["size"], late["size"])
        answer = self.done(
            "tarja", f"log.consistency from={early['size']} to={late['size']}", "that it only grew is proved")
        self.check(
            "from the first checkpoint's root to the other's",
            (answer.row.get("root-from"), answer.row.get("root-to")) == (early["root"], late["root"]), answer.row)
        self.write("consistency.json", json.dumps(answer.row) + "\n")
        self.verify("consistency.json", "the proof is verified without the server", "begins with the whole log")

    def proofs(self):
        self.part("Auditor, an entry is in the log: tarja")
        answer = self.done("tarja", "log.find outcome=break-glass newest", "the uses of break-glass are found")
        used = [row for row in answer.rows if row["user-name"] == "sami" and row["person"] == self.asa]
        self.check("sami's look at Åsa Meinander among them", used, answer.rows)
        index = used[0]["index"]
        answer = self.done("tarja", f"log.prove index={index}", "that his entry is in the log is proved")
        self.check("by its bytes and a tlog-proof", answer.row["proof"].startswith("c2sp.org/tlog-proof@"), answer.row)
        code, _ = self.tour.once("tarja", "--json", "log.prove", f"index={index}", "--out", "proof.json")
        self.check("the proof is written to a file", code == 0, code)
        self.verify("proof.json", "and verified without the server", f"The entry stands in the log, at index {index}.")
        row = json.loads(self.read("proof.json"))
        row["entry"] = row["entry"][:10] + ("A" if row["entry"][10] != "A" else "B") + row["entry"][11:]
        self.write("changed.json", json.dumps(row) + "\n")
        self.verify("changed.json", "the same proof with a changed entry is bad", code=1)
        self.refused(
            "tarja", f"log.prove index={index} size={index}", "invalid/size", "a proof for a log that was shorter")
        self.refused("maija", f"log.prove index={index}", "denied/role", "a proof for customer service")

    # --- Who saw whom -------------------------------------------------------------------------------------------------

    def viewers(self):
        self.part("Auditor, who saw whom: tarja")
        answer = self.done("tarja", "log.person text=Meinander", "which person a name matches")
        self.check(
            "the id is told and nothing else", all(list(row) == ["person"] for row in answer.rows), answer.rows)
        self.check("it is Åsa's", self.asa in [row["person"] for row in answer.rows], answer.rows)
        answer = self.done("tarja", "log.find user=tarja verb=log.person newest limit=1", "that question is in the log")
        self.check(
            "with the person and the words' hash", answer.row.get("person") == self.asa and answer.row.get("hash"),
            answer.row)
        answer = self.done("tarja", f"log.viewers person={self.asa}", "who has seen Åsa Meinander")
        seen = {(row["user-name"], row["role"]): row for row in answer.rows}
        expected = {("maija", "customer-service"), ("sami", "sales"), ("paula", "privacy-officer")}
        self.check("everybody who has, in their role", expected <= set(seen), list(seen))
        self.check("the auditor has not: she saw an id", "tarja" not in [name for name, _ in seen], list(seen))
        sami = seen.get(("sami", "sales"), {})
        self.check(
            "with how often, for what and by which commands",
            sami.get("accesses", 0) > 1 and sami["purposes"] == ["sales"] and "person.show" in sami["verbs"], sami)
        own = [
            row["index"] for outcome in ("ok", "break-glass")
            for row in self.done(
                "tarja", f"log.find person={self.asa} outcome={outcome} limit=1000",
                f"Åsa's entries that ended {outcome}").rows
            if row["role"] != "auditor"]
        # Those of the record that was merged into hers count as well.
        total = answer.object.get("total")
        self.check("her viewers were counted from no fewer", 0 < len(own) <= total, (len(own), total))
        answer = self.done("tarja", "log.viewed user=sami", "whom has sami seen")
        rows = {row["person"]: row for row in answer.rows}
        self.check(
            "Åsa too, as often as her viewers say",
            rows.get(self.asa, {}).get("accesses") == sami.get("accesses"), rows.get(self.asa))
        self.refused("maija", "log.viewed user=sami", "denied/role", "the same for customer service")

    def pages(self):
        self.part("Auditor, page by page: tarja")
        answer = self.done("tarja", "log.find outcome=denied limit=1000", "all refusals at once")
        whole = [row["index"] for row in answer.rows]
        found, after = [], ""
        for _ in range(len(whole) + 1):
            answer = self.tour.ask("tarja", f"log.find outcome=denied limit={PAGE}{after}")
            found += [row["index"] for row in answer.rows]
            if "next" not in answer.object:
                break
            after = f" after={answer.object['next']}"
        self.check(f"{PAGE} at a time they are the same, none skipped and none twice", found == whole, (found, whole))
        answer = self.done("tarja", f"log.find outcome=denied newest limit={PAGE}", "the newest, the last first")
        found = [row["index"] for row in answer.rows]
        self.check("are the end of the same", found == whole[::-1][:PAGE], (found, whole))
        answer = self.tour.ask("tarja", f"log.find outcome=denied newest limit=1000 after={answer.object.get('next')}")
        found += [row["index"] for row in answer.rows]
        self.check("and go on backwards to the first", found == whole[::-1], (found, whole))
        answer = self.done("tarja", "log.count by=outcome outcome=denied", "they are counted")
        self.check("as many", answer.row.get("count") == len(whole), (answer.row, len(whole)))

    # --- What stands out ----------------------------------------------------------------------------------------------

    def stands_out(self):
        self.part("Auditor, what stands out: anna, maija, tarja")
        for _ in range(5):
            answer = self.tour.ask("anna", "person.list purpose=analysis")
        self.check("anna is refused again and again", answer.code == "denied/role", answer.code)
        answer = self.tour.ask("maija", "person.list purpose=customer-service limit=10")
        persons = sorted(row["id"] for row in answer.rows)
        print("maija> person.show id=… purpose=customer-service   (ten in the order of their ids)", flush=True)
        shown = [self.tour.session("maija").run(f"person.show id={id} purpose=customer-service") for id in persons]
        self.check("maija looks at one person after another", len(shown) == 10 and all(answer.ok for answer in shown))

        answer = self.done("tarja", "log.anomaly.settings", "from where on something stands out")
        bounds = {row["name"]: row["value"] for row in answer.rows}
        self.check("refusals and walks have their bounds", {"refusals-min", "walk-min"} <= set(bounds), bounds)
        answer = self.done("tarja", "log.anomalies kind=refusals user=anna", "anna's refusals stand out")
        finding = self.finding = answer.row
        self.check("against a baseline: her own days before", finding.get("baseline", {}).get("days", 0) > 0, finding)
        evidence = finding.get("evidence", {})
        self.check(
            "with entries as evidence", evidence.get("count", 0) >= int(bounds["refusals-min"]) and evidence["samples"],
            evidence)
        entry = self.done("tarja", f"log.show index={evidence['samples'][0]}", "the first of them is shown").row
        self.check(
            "it is a refusal of hers", (entry.get("user-name"), entry.get("outcome")) == ("anna", "denied"), entry)
        self.check("and with a reason that is no verdict", "may be" in finding.get("reason", ""), finding.get("reason"))
        answer = self.done("tarja", "log.anomalies kind=walk user=maija", "so does maija's walk through the register")
        self.check("of ten persons", answer.row.get("evidence", {}).get("count", 0) >= 10, answer.row)
        answer = self.done("tarja", "log.anomalies kind=dormant", "accounts that woke after months")
        self.check(
            "there are none, and none is made up", not answer.rows and answer.object.get("total") == 0, answer.row)
        answer = self.done("tarja", "log.anomaly.summary", "what each night counted")
        self.check(
            "is a number for every kind of every day before, zeros too",
            answer.rows and all(isinstance(row["count"], int) for row in answer.rows), answer.rows)

    def disposes(self):
        self.part("Auditor, what it came to: tarja, and another who signs: paula")
        id = self.finding["id"]
        self.refused(
            "maija", f'log.anomaly.dispose id={id} disposition=explained note="no matter"', "denied/role",
            "customer service says what it came to")
        self.refused("paula", f"log.anomaly.sign id={id}", "conflict/state", "a signature before anybody said it")
        self.done(
            "tarja", f'log.anomaly.dispose id={id} disposition=explained note="A new task, said the superior"',
            "the auditor says what it came to")
        self.refused("tarja", f"log.anomaly.sign id={id}", "conflict/state", "signing what one said oneself")
        answer = self.done("paula", "log.anomalies state=disposed", "the privacy officer sees it")
        row = next((row for row in answer.rows if row["id"] == id), {})
        self.check("and why", (row.get("by"), row.get("note")) == ("tarja", "A new task, said the superior"), row)
        self.done("paula", f"log.anomaly.sign id={id}", "and signs")
        self.refused("paula", f"log.anomaly.sign id={id}", "conflict/state", "signing once more")
        answer = self.done("tarja", "log.anomalies state=signed", "what is signed is listed")
        row = next((row for row in answer.rows if row["id"] == id), {})
        self.check("as explained", row.get("disposition") == "explained", answer.rows)
        answer = self.done("tarja", "log.find verb=log.anomaly.dispose outcome=ok newest limit=1", "it is in the log")
        self.check(
            "with the finding, what it came to and the note's hash",
            answer.row.get("subject") == id and answer.row.get("code") == "explained" and answer.row.get("hash"),
            answer.row)
        self.tour.ask("anna", "person.list purpose=analysis")
        answer = self.done("tarja", "log.anomalies kind=refusals user=anna", "after one more refusal it is open again")
        self.check("the same finding", [row["id"] for row in answer.rows] == [id], answer.rows)

    # --- The person ---------------------------------------------------------------------------------------------------

    def persons_view(self):
        self.part("Privacy officer, what the person is told: paula")
        ask = f"person.accesses person={self.asa} purpose=data-subject-rights"
        answer = self.done("paula", ask, "Åsa asks who looked at her data")
        self.check(
            "when, in what role, for what", answer.rows and all(row["at"] and row["role"] for row in answer.rows),
            answer.rows)
        outcomes = {row["outcome"] for row in answer.rows}
        self.check("break-glass too, and no refusal", outcomes == {"ok", "break-glass"}, outcomes)
        self.check("in words to read", all("by " in row["text"] for row in answer.rows), answer.row)
        text = json.dumps(answer.rows, ensure_ascii=False)
        self.check(
            "the employees' names are left out",
            not any(key in row for row in answer.rows for key in ("user", "user-name", "full-name"))
            and not any(name in text for name in self.tour.accounts))
        self.refused("paula", ask + " names", "invalid/reason", "the names without a reason")
        answer = self.done(
            "paula", ask + ' names reason="She suspects an acquaintance" limit=3', "with a reason they are told")
        self.check("maija first", answer.row.get("user-name") == "maija", answer.row)
        answer = self.done("tarja", "log.find verb=person.accesses newest limit=1", "that is in the log")
        self.check(
            "with the person and the reason's hash", answer.row.get("person") == self.asa and answer.row.get("hash"),
            answer.row)
        self.refused("tarja", ask, "denied/role", "the person's view for the auditor")
