#!/usr/bin/env python3
"""Plays every job role once against a new demonstration register, with the real client, and checks each answer.

Started by `deploy/demo --tour`. Ends with 0 only where every answer was right.
"""

import argparse
import json
import os
import shlex
import sys
import tempfile

from tour_client import Account, App, ClientEnded, Program
from tour_export import ExportTour
from tour_log import LogTour

ROWS_SHOWN = 3
WIDTH = 200
# A personal identity code of the kind that is given to nobody.
IDENTITY_CODE = "010190-901R"


def quoted(text):
    return '"' + str(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def short(text):
    return text if len(text) <= WIDTH else text[: WIDTH - 1] + "…"


class Tour:
    def __init__(self, program, accounts, samples, log_key):
        self.program, self.accounts, self.samples, self.log_key = program, accounts, samples, log_key
        self.passed, self.wrong, self.sessions = 0, [], {}

    # --- Telling and checking -----------------------------------------------------------------------------------------

    def part(self, title):
        print(f"\n── {title}", flush=True)

    def check(self, what, holds, got=""):
        if holds:
            self.passed += 1
            print(f"  ✓ {what}", flush=True)
        else:
            self.wrong.append(what)
            print(f"  ✗ {what}   GOT: {short(str(got))}", flush=True)

    def show(self, answer):
        for row in answer.rows[:ROWS_SHOWN]:
            print("  " + short(json.dumps(row, ensure_ascii=False)))
        if len(answer.rows) > ROWS_SHOWN:
            print(f"  … and {len(answer.rows) - ROWS_SHOWN} more")
        for line in answer.said:
            print("  " + short(line))
        if answer.status:
            told = {key: value for key, value in answer.object.items() if key != "rid"}
            print("  " + short(f"{answer.status} {answer.code} {json.dumps(told, ensure_ascii=False)}"), flush=True)

    # --- Asking -------------------------------------------------------------------------------------------------------

    def session(self, name):
        if name not in self.sessions:
            self.sessions[name] = self.program.log_in(self.accounts[name])
        return self.sessions[name]

    def ask(self, name, line, seconds=120, app=None):
        """Runs a line at somebody's prompt and shows the answer."""
        print(f"{name}> {line}", flush=True)
        answer = self.session(name).run(line, seconds, app)
        self.show(answer)
        return answer

    def done(self, name, line, what, seconds=120, app=None):
        """Runs a line that is to succeed."""
        answer = self.ask(name, line, seconds, app)
        self.check(what, answer.ok and answer.code != "pending/approval", answer.code)
        return answer

    def waits(self, name, line, what):
        """Runs a line that is to wait for a second person; gives the approval's id."""
        answer = self.ask(name, line)
        self.check(f"{what}: pending/approval", answer.code == "pending/approval" and not answer.rows, answer.code)
        return answer.object.get("approval")

    def given(self, name, approval, what):
        """Gives an approval that carries out what it is for."""
        answer = self.done(name, f"approval.give id={approval}", what)
        self.check("and it is carried out", answer.row.get("state") == "executed", answer.row)
        return answer

    def hears(self, name, word, what):
        """Waits for an event that says a word."""
        said = self.session(name).hear()
        for line in said:
            print("  " + short(line))
        self.check(what, any(word in line for line in said), said)

    def refused(self, name, line, code, what):
        """Runs a line that is to be refused with a code, and without a row."""
        answer = self.ask(name, line)
        self.check(f"{what}: {code}", answer.code == code and not answer.rows, f"{answer.code}, {len(answer.rows)} rows")
        return answer

    def once(self, name, *words):
        """Runs one command without the prompt and shows the answer; gives the exit code too."""
        print(f"{name}$ rekisteri {short(shlex.join(words))}", flush=True)
        code, answer = self.program.once(self.accounts[name], *words)
        self.show(answer)
        return code, answer

    def offline(self, *words):
        """Runs what needs neither server nor account, and shows what it said; gives the exit code too."""
        print(f"$ rekisteri {short(shlex.join(words))}", flush=True)
        code, text = self.program.offline(*words)
        for line in text.splitlines():
            print("  " + short(line))
        print(f"  exit code {code}", flush=True)
        return code, text

    def close(self):
        for session in self.sessions.values():
            session.close()

    # --- The roles ----------------------------------------------------------------------------------------------------

    def customer_service(self):
        self.part("Customer service (asiakaspalvelu): maija")
        answer = self.done("maija", "whoami", "logged in")
        self.check("her role is customer service", answer.row.get("roles") == ["customer-service"], answer.row)
        answer = self.done("maija", "describe", "told which commands she has")
        verbs = {row["verb"] for row in answer.rows}
        self.check("her commands are on persons, not on the log", "person.find" in verbs and "log.find" not in verbs, verbs)

        answer = self.done(
            "maija", 'organisation.add name="Merituuli Oy" town=Porvoo status=customer', "an organisation is added")
        self.organisation = answer.row.get("id")
        answer = self.done(
            "maija",
            f"person.add kind=contact first-name=Åsa last-name=Meinander organisation={self.organisation} "
            'phone="040 123 4567" email=asa@merituuli.example title=ekonomichef purpose=customer-service case=T-12',
            "a contact person is added")
        self.asa = answer.row.get("id")
        answer = self.done("maija", "person.find text=Mei purpose=customer-service case=T-12", 'the beginning "Mei" finds')
        self.check("Åsa Meinander", self.asa in [row["id"] for row in answer.rows], answer.rows)
        answer = self.done("maija", "person.find text=virtnen purpose=customer-service", 'the typing error "virtnen" finds')
        self.check("a Virtanen", any("Virtanen" in row["name"] for row in answer.rows), answer.rows)
        answer = self.done("maija", 'person.find text="+358 40 1234567" purpose=customer-service', "a phone number finds")
        self.check("its owner", [row["id"] for row in answer.rows] == [self.asa], answer.rows)

        answer = self.done("maija", f"person.show id={self.asa} purpose=customer-service", "a person is shown")
        name = answer.row.get("identity", {}).get("last-name", {})
        self.check("each value with source and date", name.get("source") == "subject" and name.get("at"), name)
        rev = answer.row.get("rev")
        answer = self.done(
            "maija", f"person.edit id={self.asa} rev={rev} title=talousjohtaja purpose=customer-service", "an edit is stored")
        self.check("the revision has moved on", answer.row.get("rev") == rev + 1, answer.row)
        self.refused(
            "maija", f"person.edit id={self.asa} rev={rev} title=toimitusjohtaja purpose=customer-service",
            "conflict/rev", "an edit of what somebody changed meanwhile")
        answer = self.done(
            "maija",
            f'person.contact.add id={self.asa} label=koti street="Mannerheiminkatu 1" postcode=06100 town=Porvoo '
            "purpose=customer-service", "a second address is added")
        self.check("it has its number", answer.row.get("entry", 0) > 0, answer.row)
        self.refused(
            "maija", f'person.edit id={self.asa} rev={rev + 2} note="hetu {IDENTITY_CODE}" purpose=customer-service',
            "invalid/note", "a personal identity code in a note")
        self.refused(
            "maija", "person.add kind=private first-name=Eero last-name=Esimerkki title=johtaja purpose=customer-service",
            "invalid/title", "a title for a private customer")
        self.refused("maija", "person.find text=Mei", "denied/purpose", "a search without a purpose")
        self.refused("maija", "person.find text=Mei purpose=marketing", "denied/purpose", "a purpose that is not hers")
        self.refused(
            "maija", f"person.mark id={self.asa} mark=protected purpose=customer-service", "denied/role",
            "a mark that is not hers to set")
        self.refused(
            "maija", "person.show id=01900000-0000-7000-8000-000000000000 purpose=customer-service", "notfound",
            "somebody who does not exist")
        code, answer = self.once("maija", "--json", "person.find", "text=Meinander", "purpose=customer-service")
        self.check("one command without the prompt ends with 0", code == 0 and answer.rows, (code, answer.code))

    def imports(self):
        self.part("A file from the old system: maija")
        file = quoted(os.path.join(self.samples, "customers.csv"))
        line = f"person.import format=csv source=organisation purpose=customer-service file={file}"
        first = self.ask("maija", line, 600).object
        got = [first.get(key) for key in ("total", "imported", "refused", "organisations", "duplicates")]
        self.check(
            "of 2000 rows 1886 are taken and 114 refused, with 250 organisations", got == [2000, 1886, 114, 250, 0], got)
        again = self.ask("maija", line, 600).object
        got = [again.get(key) for key in ("total", "imported", "refused", "organisations", "duplicates")]
        self.check("the same file again brings nobody twice", got == [2000, 0, 114, 0, 1886], got)

    def sales(self):
        self.part("Sales (myynti): sami")
        answer = self.done("sami", "person.find text=Mei purpose=sales", "sales finds everybody by name")
        self.check("Åsa Meinander too", self.asa in [row["id"] for row in answer.rows], answer.rows)
        answer = self.done("sami", f"person.show id={self.asa} purpose=sales", "another's customer is shown")
        self.check("without contact data", "identity" in answer.row and "contact" not in answer.row, list(answer.row))
        answer = self.ask("sami", 'person.find text="+358 40 1234567" purpose=sales')
        self.check("nor can she be found by her phone", answer.ok and not answer.rows, answer.rows)
        self.refused(
            "sami", f"person.edit id={self.asa} rev={answer.row.get('rev', 3)} last-name=Muu purpose=sales", "denied/role",
            "a change of another's customer")
        answer = self.done(
            "sami",
            "person.add kind=private first-name=Oona last-name=Omanen phone=0407654321 email=oona@omanen.example "
            "purpose=sales", "a new customer is added")
        own = answer.row.get("id")
        answer = self.done("sami", f"person.show id={own} purpose=sales", "the own customer is shown")
        self.check("with contact data", "contact" in answer.row, list(answer.row))
        self.done(
            "sami", f"person.edit id={own} rev={answer.row.get('rev')} phone=0407654322 purpose=sales",
            "and can be changed")
        self.refused(
            "sami", f"person.import format=csv purpose=sales file={quoted(os.path.join(self.samples, 'customers.csv'))}",
            "denied/role", "an import of persons")

    def marketing_and_analyst(self):
        self.part("Marketing (markkinointi): marko")
        self.done("marko", "organisation.list limit=3", "marketing sees organisations")
        self.refused("marko", "person.find text=Mei purpose=marketing", "denied/role", "a search for persons")
        self.refused("marko", f"person.show id={self.asa} purpose=marketing", "denied/role", "a person's data")
        self.part("Analyst (analyytikko): anna")
        self.done("anna", "organisation.find text=Merituuli", "the analyst sees organisations")
        self.refused("anna", "person.find text=Mei purpose=analysis", "denied/role", "a search for persons")
        self.refused("anna", "person.list purpose=analysis", "denied/role", "a list of persons")
        code, answer = self.program.once(self.accounts["anna"], "--json", "person.list", "purpose=analysis")
        self.check("the same without the prompt ends with 1", code == 1 and not answer.rows, (code, answer.code))

    def emergency(self):
        self.part("Break-glass (hätäkäyttö): sami, paula, petri")
        app, show = App(), f"person.show id={self.asa} purpose=sales"
        answer = self.done("sami", "session.otp", "sami sets up a one-time password", app=app)
        codes = [row["recovery-code"] for row in answer.rows if "recovery-code" in row]
        self.check("with ten recovery codes", len(codes) == 10, answer.rows)
        answer = self.done("sami", show, "another's customer is shown")
        self.check("without contact data", "contact" not in answer.row, list(answer.row))
        self.done("petri", "watch", "petri wants to hear of events")
        self.done(
            "sami", 'breakglass.take reason="A customer had an accident here" minutes=10',
            "with a reason and a code sami takes a wider read", app=app)
        self.hears("petri", "sami", "the privacy officers hear of it at once")
        answer = self.done("sami", show, "the same customer is shown")
        self.check("with contact data", "contact" in answer.row, list(answer.row))
        answer = self.done("tarja", "log.find outcome=break-glass", "it is marked in the log")
        seen = [(row["user-name"], row["person"]) for row in answer.rows]
        self.check("that sami saw her", ("sami", self.asa) in seen, seen)
        answer = self.done("paula", "breakglass.list open", "an officer lists what is to be reviewed")
        self.check("with its reason", "accident" in answer.row.get("reason", ""), answer.row)
        approval = self.waits(
            "paula", f"breakglass.review id={answer.row.get('id')} verdict=justified", "reviewing it alone")
        self.hears("petri", "breakglass.review", "the other officer hears that an approval waits")
        self.given("petri", approval, "the other officer agrees")
        answer = self.done("sami", show, "after the review the customer is shown")
        self.check("without contact data again", "contact" not in answer.row, list(answer.row))

    def privacy_officer(self):
        self.part("Privacy officer (tietosuojavastaava), with a one-time password: paula")
        answer = self.done(
            "paula", f"person.show id={self.asa} purpose=data-subject-rights case=TSV-7", "everything on a person is shown")
        self.check(
            "contact and professional data too", {"identity", "contact", "professional"} <= set(answer.row), list(answer.row))
        self.done("paula", f"person.history id={self.asa} purpose=data-subject-rights", "so is who changed what")
        self.done(
            "paula", f"person.mark id={self.asa} mark=protected purpose=data-subject-rights case=TSV-7",
            "a non-disclosure for safety (turvakielto) is set")
        answer = self.done("maija", f"person.show id={self.asa} purpose=customer-service", "customer service is shown the person")
        contact = answer.row.get("contact", {})
        self.check("without phone and address from now on", "phone" not in contact and "street" not in contact, contact)
        answer = self.ask("maija", 'person.find text="+358 40 1234567" purpose=customer-service')
        self.check("nor by that phone", answer.ok and not answer.rows, answer.rows)
        answer = self.done("paula", f"person.show id={self.asa} purpose=data-subject-rights", "the officer sees")
        contact = answer.row.get("contact", {})
        self.check("phone and address", "phone" in contact and "street" in contact, contact)
        answer = self.done(
            "paula", f"policy.explain user=maija verb=person.show purpose=customer-service person={self.asa}",
            "why somebody sees a person can be asked")
        self.check("and is answered", answer.row.get("allowed") is True and answer.row.get("because"), answer.row)
        twin = self.done(
            "maija",
            f"person.add kind=contact first-name=Åsa last-name=Meinander organisation={self.organisation} "
            "email=asa.meinander@merituuli.example purpose=customer-service", "the same person is added once more")
        approval = self.waits(
            "paula", f"person.merge id={self.asa} other={twin.row.get('id')} purpose=data-subject-rights case=TSV-7",
            "joining two records alone")
        self.hears("petri", "person.merge", "petri, who still watches, hears of it")
        self.given("petri", approval, "and agrees")
        self.refused(
            "paula", f"person.show id={twin.row.get('id')} purpose=data-subject-rights", "notfound",
            "the record that went")

    def administrator(self):
        self.part("Administrator (pääkäyttäjä), with a one-time password: aino")
        answer = self.done("aino", "user.list", "the accounts are listed")
        users = {row["name"]: row for row in answer.rows}
        self.check("all nine", len(users) == 9 and "tarja" in users, list(users))
        answer = self.done("aino", 'user.add name=ville full-name="Ville Vieras"', "an account is made")
        self.check("with a random password that is shown once", len(answer.row.get("password", "")) > 20, list(answer.row))
        self.accounts["ville"] = Account({"user": "ville", "password": answer.row.get("password"), "roles": []})
        self.waits(
            "aino", 'user.add name=veera full-name="Veera Virta" roles=sales', "an account with a role, alone")
        approval = self.waits("aino", "role.grant user=ville role=sales", "giving a role alone")
        self.refused("aino", f"approval.give id={approval}", "denied/approval", "agreeing to one's own request")
        answer = self.done("arto", f"approval.show id={approval}", "the other administrator sees what is asked")
        self.check(
            "by whom and for whom",
            answer.row.get("requester") == "aino" and answer.row["parameters"] == {"user": "ville", "role": "sales"},
            answer.row)
        self.given("arto", approval, "and agrees")
        answer = self.done("ville", "whoami", "ville logs in")
        self.check("and is in sales", answer.row.get("roles") == ["sales"], answer.row)
        self.done("ville", "person.find text=Mei purpose=sales", "he works as such")
        self.refused("arto", f"approval.give id={approval}", "denied/approval", "agreeing once more")
        self.refused("aino", f"person.show id={self.asa}", "denied/role", "a person's data")
        self.refused("aino", "person.find text=Mei purpose=customer-service", "denied/role", "a search for persons")
        self.refused("aino", "log.find limit=1", "denied/role", "the access log")
        answer = self.done("aino", "server.health", "the server's state is shown")
        self.check("and is good", answer.object.get("status") == "ok", answer.object)
        self.done("sami", "person.find text=Virtanen limit=1 purpose=sales", "sami's session works")
        self.done("aino", "role.revoke user=sami role=sales", "his role is taken away")
        self.refused("sami", "person.find text=Virtanen limit=1 purpose=sales", "denied/role", "his very next command")
        self.done("aino", f"user.disable id={users['marko']['id']}", "marko's account is closed")
        self.check("he is out", self.is_shut_out("marko"))

    def is_shut_out(self, name):
        """Whether neither the open session nor a new one works any more."""
        try:
            answer = self.ask(name, "organisation.list limit=1")
            if answer.rows or answer.ok:
                return False
        except ClientEnded:
            self.sessions.pop(name)
        code, answer = self.program.once(self.accounts[name], "--json", "whoami")
        self.show(answer)
        return code == 4 and not answer.rows

    def auditor(self):
        self.part("Auditor (tarkastaja): tarja")
        answer = self.done("tarja", f"log.find person={self.asa} limit=100", "who looked at Åsa Meinander is in the log")
        seen = {(row["user-name"], row["verb"]) for row in answer.rows if row["outcome"] == "ok"}
        expected = {
            ("maija", "person.add"), ("maija", "person.find"), ("maija", "person.show"), ("maija", "person.edit"),
            ("maija", "person.contact.add"), ("sami", "person.find"), ("sami", "person.show"), ("paula", "person.show"),
            ("paula", "person.mark"), ("paula", "policy.explain")}
        self.check("everybody who did", expected <= seen, expected - seen)
        shows = [row for row in answer.rows if row["verb"] == "person.show" and row["user-name"] == "sami"]
        self.check(
            "with what was shown: sami saw the name and no contact data",
            shows and "last-name" in shows[0]["fields"] and shows[0]["categories"] == ["identity"], shows)
        text = json.dumps(answer.rows, ensure_ascii=False)
        self.check("but without a name or a search word", "Meinander" not in text and "Mei" not in text)
        index = answer.row.get("index")
        answer = self.done("tarja", "log.find outcome=denied limit=200", "so is every refusal")
        seen = {(row["user-name"], row["verb"], row.get("code")) for row in answer.rows}
        expected = {
            ("maija", "person.find", "denied/purpose"), ("sami", "person.edit", "denied/role"),
            ("marko", "person.find", "denied/role"), ("anna", "person.list", "denied/role"),
            ("aino", "person.show", "denied/role"), ("sami", "person.find", "denied/role")}
        self.check("each of those above", expected <= seen, expected - seen)
        answer = self.done("tarja", "log.find verb=role.grant", "so is who asked for ville's role")
        codes = [(row["user-name"], row["outcome"], row.get("code")) for row in answer.rows]
        self.check(
            "and that it waited before it was done", codes == [("aino", "ok", "pending/approval"), ("aino", "ok", None)],
            codes)
        answer = self.done("tarja", "log.find verb=approval.give user=arto outcome=ok", "and who agreed")
        self.check("arto, once", len(answer.rows) == 1, answer.rows)
        answer = self.done("tarja", "log.count by=outcome", "entries are counted by how they ended")
        counts = {row["value"]: row["count"] for row in answer.rows}
        self.check("most ended well, some were denied", counts.get("ok", 0) > counts.get("denied", 0) > 10, counts)
        answer = self.done("tarja", "log.count by=user verb=person.import", "who brought in how many persons")
        self.check("maija, all of the file", answer.row.get("user-name") == "maija" and answer.row["count"] >= 1886, answer.row)
        answer = self.done("tarja", f"log.show index={index}", "an entry is shown with its bytes")
        self.check("which begin with their version", answer.row.get("entry", "").startswith("A"), answer.row)
        answer = self.done("tarja", "log.hash text=Mei", 'how the search for "Mei" looks in the log')
        self.check("it was searched for", answer.row.get("entries", 0) >= 2, answer.row)
        self.done("tarja", "policy.show", "the auditor reads the policy")
        self.refused("tarja", "person.find text=Mei purpose=customer-service", "denied/role", "a search for persons")
        self.refused("tarja", "role.revoke user=maija role=customer-service", "denied/role", "a change of roles")

    def access_log(self):
        for part in (LogTour, ExportTour):
            part(self, self.log_key).run()

    def strangers(self):
        self.part("Somebody with a wrong password")
        code, answer = self.program.once(self.accounts["maija"], "--json", "whoami", password="wrong-wrong-wrong")
        self.show(answer)
        self.check("is not let in, and the client ends with 4", code == 4 and not answer.rows, (code, answer.code))
        answer = self.ask("tarja", "log.find verb=auth outcome=denied newest limit=5")
        self.check("and is in the log", answer.row.get("code") == "auth/failed", answer.row)

    def run(self):
        for part in (
            self.customer_service, self.imports, self.sales, self.marketing_and_analyst, self.emergency,
            self.privacy_officer, self.administrator, self.auditor, self.access_log, self.strangers):
            part()


def accounts(data):
    with open(os.path.join(data, "demo-users.json"), encoding="utf-8") as file:
        return {entry["user"]: Account(entry) for entry in json.load(file)}


def log_key(data):
    with open(os.path.join(data, "log.vkey"), encoding="utf-8") as file:
        return file.read().strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--client", required=True, help="the program rekisteri")
    parser.add_argument("--server", required=True, help="HOST:PORT")
    parser.add_argument("--data", required=True, help="the folder of rekisterid dev")
    parser.add_argument("--samples", required=True, help="the folder of customers.csv")
    options = parser.parse_args()
    # The client runs in a folder of its own.
    client, data, samples = (os.path.abspath(path) for path in (options.client, options.data, options.samples))
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    with tempfile.TemporaryDirectory(prefix="rekisteri-tour-") as folder:
        program = Program(client, options.server, os.path.join(data, "tls", "ca.pem"), folder)
        tour = Tour(program, accounts(data), samples, log_key(data))
        stopped = None
        try:
            tour.run()
        except (ClientEnded, TimeoutError, OSError, KeyError, TypeError) as error:
            stopped = f"{type(error).__name__}: {error}"
        finally:
            tour.close()
    for wrong in tour.wrong:
        print(f"wrong: {wrong}")
    if stopped:
        print(f"the tour could not go on: {stopped}")
    print(f"\nTour: {tour.passed} passed, {len(tour.wrong) + (1 if stopped else 0)} failed")
    return 1 if tour.wrong or stopped else 0


if __name__ == "__main__":
    sys.exit(main())
