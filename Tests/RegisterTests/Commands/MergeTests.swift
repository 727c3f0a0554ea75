import AccessLog
import Model
import Postgres
import Sealing
import Testing
import Wire

@testable import Custody
@testable import Register

/// Two records of one human being become one: nothing of either is shown, nothing that is kept is lost, and the keys of
/// the one that goes are overwritten.
@Suite struct MergeTests {
  // MARK: What is kept

  @Test func theRecordThatStaysHoldsTheDataOfBothAndTheOtherIsGone() async throws {
    try await withRegister(mirrors: 2, runs: false) { register in
      let stays = try await register.addPerson(
        "last-name=Virtanen phone=+358401111111 email=yksi@example.fi source=subject")
      let goes = try await register.addPerson(
        "first-name=Mei last-name=Wirtanen phone=+358402222222 email=yksi@example.fi note=hei source=stakeholder")
      let before = try await Merging.parts(register, goes)
      #expect(before.count == 3)

      let answer = try await Merging.merge(register, stays, goes)
      #expect(answer.code == "done", "\(answer.object)")
      #expect(Merging.row(answer)?["id"]?.string == stays.description)
      #expect(Merging.row(answer)?["rev"]?.int == 2)
      #expect(Merging.dropped(answer) == ["last-name"])

      let shown = try await Merging.show(register, stays).rows.first
      #expect(Merging.values(shown, "identity", "first-name") == ["Mei"])
      #expect(Merging.values(shown, "identity", "last-name") == ["Virtanen"])
      #expect(Merging.values(shown, "contact", "phone") == ["+358401111111", "+358402222222"])
      #expect(Merging.values(shown, "contact", "email") == ["yksi@example.fi"])
      #expect(Merging.values(shown, "other", "note") == ["hei"])
      let sources = (shown?["contact"]?["phone"]?.array ?? []).compactMap { $0["source"]?.string }
      #expect(Set(sources) == ["subject", "stakeholder"])
      #expect(shown?["rev"]?.int == 2)
      #expect(try await Merging.show(register, goes).code == "notfound")

      #expect(try await register.database.count("person", "id = \(goes)") == 0)
      #expect(try await register.database.count("person_part", "person = \(goes)") == 0)
      let fates = try await register.database.query("SELECT slot, state FROM key_fate WHERE person = \(goes)")
      #expect(fates.count == 3)
      for fate in fates { #expect(try fate.int16(1) == 3) }
      for part in before {
        #expect(try register.keys.state(slot: part.slot) == [.destroyed, .destroyed])
        #expect(throws: RegisterError.notFound) { try register.custody.vault.open(part, of: goes) }
      }
      // What was replaced in the record that stays waits, as after an edit.
      #expect(try await register.database.count("key_fate", "person = \(stays) AND state = 1") == 2)
    }
  }

  @Test func marksManagerAndTheDayOfBeingToldAreNotLost() async throws {
    try await withRegister(runs: false) { register in
      let stays = try await register.addPerson("last-name=Yksi language=sv")
      let goes = try await register.addPerson("last-name=Yksi status=customer phone=+358403333333")
      try await register.setManager(goes, .sami)
      _ = try await register.run(.maija, "person.mark id=\(stays) mark=do-not-contact purpose=customer-care")
      _ = try await register.run(.pirkko, "person.mark id=\(goes) mark=protected purpose=data-subject-rights")
      _ = try await register.run(.maija, "person.inform id=\(stays) channel=email at=2026-03-01 purpose=customer-care")
      _ = try await register.run(
        .pirkko, "person.inform id=\(goes) channel=letter at=2026-02-01 purpose=data-subject-rights")
      let answer = try await Merging.merge(register, stays, goes)
      #expect(answer.code == "done")
      #expect(Set(Merging.dropped(answer)) == ["status", "language"])
      let shown = try await Merging.show(register, stays).rows.first
      #expect(shown?["marks"]?.array == ["do-not-contact", "protected"])
      #expect(shown?["manager"]?.string == Account.sami.id.description)
      #expect(shown?["informed"]?.string == "2026-02-01")
      #expect(shown?["status"]?.string == "prospect")
      let how = try await register.database.query("SELECT informed_how FROM person WHERE id = \(stays)").single()
      #expect(try how.int16(0) == 1)
      // The other's phone is now the phone of somebody who is protected.
      let care = try await register.run(.maija, "person.show id=\(stays) purpose=customer-care")
      #expect(care.rows.count == 1)
      #expect(care.rows.first?["contact"]?["phone"] == nil)
    }
  }

  @Test func organisationsAndTitlesOfBothAreKept() async throws {
    try await withRegister(runs: false) { register in
      let (one, two) = (try await register.addOrganisation("Yksi Oy"), try await register.addOrganisation("Kaksi Oy"))
      func add(_ organisation: OrganisationID, _ data: String) async throws -> PersonID {
        try await register.run(
          .maija, "person.add kind=contact organisation=\(organisation) \(data) purpose=customer-care"
        ).id()
      }
      let stays = try await add(one, "last-name=Yhteys title=johtaja")
      let goes = try await add(one, "last-name=Yhteys title=päällikkö position=myynti gender=female")
      let added = try await register.run(
        .maija, "person.affiliation.add id=\(goes) organisation=\(two) title=jäsen purpose=customer-care")
      #expect(added.code == "done")
      let answer = try await Merging.merge(register, stays, goes)
      #expect(answer.code == "done", "\(answer.object)")
      #expect(Merging.dropped(answer) == ["title"])
      let shown = try await Merging.show(register, stays).rows.first
      let links = shown?["organisations"]?.array ?? []
      #expect(links.compactMap { $0["id"]?.string } == [one.description, two.description])
      #expect(Merging.values(shown, "professional", "title") == ["johtaja", "jäsen"])
      #expect(Merging.values(shown, "professional", "position") == ["myynti"])
      #expect(Merging.values(shown, "demographic", "gender") == ["female"])
      let titles = shown?["professional"]?["title"]?.array ?? []
      let member = titles.first { $0["value"]?.string == "jäsen" }
      #expect(member?["entry"] == links.last?["entry"])
      #expect(try await register.database.count("affiliation", "person = \(goes)") == 0)
      let found = try await register.run(
        .pirkko, "person.list organisation=\(two) purpose=data-subject-rights")
      #expect(found.ids == [stays.description])
    }
  }

  @Test func historyAndLogTellOfBoth() async throws {
    try await withRegister { register in
      let stays = try await register.addPerson("last-name=Yksi")
      let goes = try await register.addPerson("last-name=Yksi email=toinen@example.fi")
      _ = try await register.run(.maija, "person.edit id=\(goes) rev=1 note=hei purpose=customer-care")
      #expect(try await Merging.merge(register, stays, goes).code == "done")
      let history = try await register.run(.pirkko, "person.history id=\(stays) purpose=data-subject-rights")
      #expect(
        history.rows.compactMap { $0["verb"]?.string } == ["person.add", "person.add", "person.edit", "person.merge"])
      #expect(history.rows.last?["fields"]?.array == ["email", "note"])
      #expect(try await register.database.count("person_history", "person = \(goes)") == 1)
      let entries = try await register.entries().filter { $0.verb == "person.merge" && $0.outcome == .ok }
      let named = entries.filter { $0.person != nil }
      #expect(Set(named.compactMap(\.person)) == [stays, goes])
      #expect(named.count == 2)
      #expect(named.first { $0.person == stays }?.fields == FieldSet([.email, .note]))
      #expect(named.first { $0.person == goes }?.fields == FieldSet([.lastName, .email, .note]))
    }
  }

  @Test func twoRecordsWithTheSameDataBecomeOneWithoutANewKey() async throws {
    try await withRegister(runs: false) { register in
      let stays = try await register.addPerson()
      let goes = try await register.addPerson()
      let before = try await Merging.parts(register, stays).map(\.slot)
      let answer = try await Merging.merge(register, stays, goes)
      #expect(answer.code == "done")
      #expect(Merging.dropped(answer).isEmpty)
      #expect(try await Merging.parts(register, stays).map(\.slot) == before)
      #expect(try await register.database.count("key_fate", "person = \(goes) AND state = 3") == 1)
    }
  }

  // MARK: Refusals

  @Test func whatCannotBeMergedIsToldBeforeAnybodyIsAsked() async throws {
    try await withRegister(runs: false) { register in
      let organisation = try await register.addOrganisation()
      let contact: PersonID = try await register.run(
        .maija, "person.add kind=contact organisation=\(organisation) last-name=K purpose=customer-care"
      ).id()
      let (one, two) = (try await register.addPerson(), try await register.addPerson("last-name=Toinen"))
      let absent = PersonID.new()
      for (stays, goes, more, code) in [
        (one, contact, "", "conflict/state"), (contact, one, "", "conflict/state"), (one, one, "", "invalid/other"),
        (one, absent, "", "notfound"), (absent, one, "", "notfound"), (one, two, "rev=2", "conflict/rev"),
        (one, two, "rev=1 other-rev=7", "conflict/rev"), (one, two, "other-rev=0", "invalid/other-rev"),
      ] {
        let answer = try await Merging.merge(register, stays, goes, more)
        #expect(answer.code == code, "\(more)")
        #expect(answer.rows.isEmpty)
      }
      #expect(try await register.database.count("person") == 3)
      #expect(try await register.database.count("key_fate") == 0)
      #expect(try await Merging.merge(register, one, two, "rev=1 other-rev=1").code == "done")
    }
  }

  @Test(arguments: [Account.maija, .sami, .marko, .aino, .ada, .auli]) func onlyAPrivacyOfficerMayAsk(
    _ account: Account
  )
    async throws
  {
    try await withRegister(runs: false) { register in
      let (one, two) = (try await register.addPerson(), try await register.addPerson("last-name=Toinen"))
      let purpose = account == .sami ? "sales" : account == .marko ? "marketing" : "customer-care"
      let answer = try await register.run(account, "person.merge id=\(one) other=\(two) purpose=\(purpose)")
      #expect(answer.code == "denied/role")
      #expect(try await register.database.count("person") == 2)
    }
  }

  @Test func aRestrictedRecordIsMergedAndStaysRestricted() async throws {
    try await withRegister(runs: false) { register in
      let (stays, goes) = (try await register.addPerson(), try await register.addPerson("last-name=Toinen"))
      try await register.mark(goes, .restricted)
      #expect(try await Merging.merge(register, stays, goes).code == "done")
      #expect(try await Merging.show(register, stays).rows.first?["marks"]?.array == ["restricted"])
      let care = try await register.run(.maija, "person.show id=\(stays) purpose=customer-care")
      #expect(care.code == "notfound")
    }
  }

  @Test func tooManyAddressesTogetherAreRefused() async throws {
    try await withRegister(runs: false) { register in
      func person(_ digit: Int) async throws -> PersonID {
        let id = try await register.addPerson("last-name=Monta")
        for number in 0..<11 {
          let added = try await register.run(
            .maija, "person.contact.add id=\(id) email=e\(digit)x\(number)@example.fi purpose=customer-care")
          #expect(added.code == "done")
        }
        return id
      }
      let answer = try await Merging.merge(register, person(1), person(2))
      #expect(answer.code == "conflict/state")
      #expect(try await register.database.count("person") == 2)
    }
  }

  // MARK: The directory

  @Test func searchFindsTheOneThatStaysByWhatBothHadOnEveryServer() async throws {
    try await withRegister { register in
      let other = try await register.another()
      let stays = try await register.addPerson("last-name=Pysyvä")
      let goes = try await register.addPerson("last-name=Pysyvä email=lähtevä@example.fi phone=+358409998877")
      #expect(await eventually(seconds: 10) { try await Merging.find(other, "0409998877") == [goes.description] })
      #expect(try await Merging.merge(register, stays, goes).code == "done")
      #expect(try await Merging.find(register, "0409998877") == [stays.description])
      #expect(try await Merging.find(register, "Pysyvä") == [stays.description])
      #expect(await eventually(seconds: 10) { try await Merging.find(other, "Pysyvä") == [stays.description] })
      #expect(await eventually(seconds: 10) { try await Merging.find(other, "0409998877") == [stays.description] })
      await other.close()
    }
  }

  @Test func whatIsTakenInLateDoesNotBringBackWhoIsGone() async throws {
    try await withRegister(runs: false) { register in
      let stays = try await register.addPerson("last-name=Pysyvä")
      let goes = try await register.addPerson("last-name=Lähtevä")
      let late = DirectoryRecord(
        header: PersonHeader(id: goes, rev: 900, kind: .private, status: .prospect), organisations: [],
        data: [Datum(field: .lastName, entry: 1, value: "Aave", source: .subject, at: .today())])
      #expect(try await Merging.merge(register, stays, goes).code == "done")
      let directory = register.register.engine.services.directory
      directory.apply([late], announced: [])
      #expect(directory.persons("Aave", organisation: nil, limit: 5) { _ in .all }.isEmpty)
      try await directory.refresh(store: register.register.store, custody: register.custody)
      directory.apply([late], announced: [])
      #expect(directory.persons("Aave", organisation: nil, limit: 5) { _ in .all }.isEmpty)
    }
  }
}
