import AccessLog
import Model
import Testing
import Wire

@testable import Custody
@testable import Register

/// Who has seen whom: `log.person`, `log.viewers`, `log.viewed` and `person.accesses`.
struct LogAccessesTests {
  private let care = "purpose=customer-care"
  private let rights = "purpose=data-subject-rights"

  private func persons(_ answer: Answered) -> [PersonID] {
    answer.rows.compactMap { $0["person"]?.string.flatMap { PersonID($0) } }
  }

  // MARK: log.person

  @Test func idsAreFoundByNameTypoEmailAndPhoneAndNothingElseIsShown() async throws {
    try await withRegister { register in
      let person = try await register.addPerson(
        #"first-name="Aamu" last-name="Koivuniemi" email=aamu@koivu.example phone="+358401234567""#)
      _ = try await register.addPerson(#"last-name="Ojala""#)
      for text in ["Koivuniemi", "koivunieni", "aamu koivuniemi", "aamu@koivu.example", "0401234567"] {
        let answer = try await register.run(.auli, "log.person text=\"\(text)\"")
        #expect(persons(answer) == [person], "\(text)")
        #expect(answer.rows == [["person": .string(person.description)]])
        let entries = try await register.entries(of: answer)
        #expect(entries.map(\.person) == [person])
        #expect(entries.first?.fields == [] && entries.first?.role == .auditor && entries.first?.outcome == .ok)
        let hash = try SearchWords.hash(text, keys: register.keys, month: SearchWords.month(of: .now()))
        #expect(entries.first?.textHash == hash)
      }
    }
  }

  @Test func whoIsRestrictedOrProtectedIsFoundToo() async throws {
    try await withRegister { register in
      let person = try await register.addPerson(#"last-name="Kuusamo" phone="+358407654321""#)
      try await register.mark(person, [.restricted, .protected])
      try await register.register.directory.build(store: register.register.store, custody: register.custody)
      for text in ["Kuusamo", "0407654321"] {
        #expect(persons(try await register.run(.auli, "log.person text=\(text)")) == [person])
      }
    }
  }

  @Test func organisationsAreNotAmongThemNorTheirContactPersons() async throws {
    try await withRegister { register in
      let organisation = try await register.addOrganisation("Harvinainen Oy")
      try await register.run(
        .maija, "person.add kind=contact organisation=\(organisation) last-name=Salo purpose=customer-care")
      let answer = try await register.run(.auli, "log.person text=Harvinainen")
      #expect(answer.rows.isEmpty && answer.code == "done")
      #expect(try await register.entries(of: answer).map(\.person) == [nil])
    }
  }

  @Test func noMoreThanTheLimitAreNamedAndWhetherThereAreMoreIsTold() async throws {
    try await withRegister { register in
      for number in 0..<4 { _ = try await register.addPerson("last-name=Lehtonen first-name=A\(number)") }
      let some = try await register.run(.auli, "log.person text=Lehtonen limit=3")
      #expect(some.rows.count == 3 && some.object["more"] == true)
      #expect(try await register.entries(of: some).count == 3)
      let all = try await register.run(.auli, "log.person text=Lehtonen")
      #expect(all.rows.count == 4 && all.object["more"] == nil)
      #expect(try await register.run(.auli, "log.person text=Lehtonen limit=51").code == "invalid/limit")
      #expect(try await register.run(.auli, "log.person text=\"--\"").code == "invalid/text")
    }
  }

  // MARK: log.viewers and log.viewed

  @Test func whoHasSeenAPersonIsToldByEmployeeAndRole() async throws {
    try await withRegister { register in
      let person = try await register.addPerson()
      for _ in 0..<3 { try await register.run(.mikko, "person.show id=\(person) \(care)") }
      try await register.run(.mikko, "person.show id=\(person) purpose=feedback")
      // Not accesses: a refusal, a question to the log, the search for the id.
      try await register.run(.aino, "person.show id=\(person) purpose=analysis")
      try await register.run(.auli, "log.find person=\(person)")
      try await register.run(.auli, "log.person text=Virtanen")
      let answer = try await register.run(.auli, "log.viewers person=\(person)")
      #expect(answer.rows.map { $0["user-name"] } == ["mikko", "maija"])
      let row = try #require(answer.rows.first)
      #expect(row["user"] == .string(Account.mikko.id.description) && row["role"] == "customer-service")
      #expect(row["accesses"] == 4)
      #expect(row["purposes"] == ["customer-care", "feedback"])
      #expect(row["verbs"] == ["person.show"])
      let (first, last) = (row["first"]?.string.flatMap { Instant($0) }, row["last"]?.string.flatMap { Instant($0) })
      #expect(try #require(first) < #require(last))
      #expect(answer.object["total"] == 5)
      let entry = try #require(try await register.entries(of: answer).first)
      #expect(entry.person == nil && entry.subject == person.retyped())
      let later = try await register.run(.auli, "log.viewers person=\(person) since=2100-01-01")
      #expect(later.rows.isEmpty && later.object["total"] == 0)
    }
  }

  @Test func whatAnEmployeeHasSeenIsPagedByPersonWithoutSkippingOrRepeating() async throws {
    try await withRegister { register in
      var all: [PersonID] = []
      for number in 0..<7 { all.append(try await register.addPerson("last-name=Laine\(number)")) }
      for person in all.dropLast(2) { try await register.run(.mikko, "person.show id=\(person) \(care)") }
      var seen: [PersonID] = []
      var after = ""
      while true {
        let page = try await register.run(.auli, "log.viewed user=mikko limit=2\(after)")
        #expect(page.code == "done")
        seen += persons(page)
        // Entries arrive meanwhile, of persons before and after the page.
        for person in all { try await register.run(.mikko, "person.show id=\(person) \(care)") }
        guard let next = page.object["next"]?.string else { break }
        after = " after=\(next)"
      }
      #expect(seen == all.sorted { $0.description < $1.description })
      let one = try await register.run(.auli, "log.viewed user=\(Account.maija.id)")
      #expect(persons(one).count == 7)
      #expect(one.rows.allSatisfy { $0["accesses"] == 1 && $0["purposes"] == ["customer-care"] })
      let entry = try #require(try await register.entries(of: one).first)
      #expect(entry.subject == Account.maija.id.retyped())
      #expect(try await register.run(.auli, "log.viewed user=nobody").code == "invalid/user")
    }
  }

  // MARK: person.accesses

  @Test func aPersonsOwnViewHasNoEmployees() async throws {
    try await withRegister { register in
      let person = try await register.addPerson(#"first-name="Mei" last-name="Virtanen" phone="+358401234567""#)
      try await register.run(.mikko, "person.show id=\(person) fields=phone \(care)")
      try await register.run(.aino, "person.show id=\(person) purpose=analysis")
      try await register.run(.auli, "log.person text=Virtanen")
      let answer = try await register.run(.pirkko, "person.accesses person=\(person) \(rights)", language: .finnish)
      #expect(answer.rows.map { $0["verb"] } == ["person.add", "person.show"])
      let row = try #require(answer.rows.last)
      #expect(row["purpose"] == "customer-care" && row["role"] == "customer-service" && row["outcome"] == "ok")
      #expect(row["fields"] == ["phone"])
      #expect(row["text"] == "katsottu: asiakaspalvelu, tarkoituksena asiakassuhteen hoitaminen")
      for row in answer.rows {
        #expect(row["user"] == nil && row["user-name"] == nil && row["full-name"] == nil)
        #expect(row["address"] == nil && row["session"] == nil && row["rid"] == nil)
      }
      let entry = try #require(try await register.entries(of: answer).first)
      #expect(entry.person == person && entry.rows == 2 && entry.textHash.isEmpty && entry.outcome == .ok)
      // It is itself an access to them.
      let again = try await register.run(.pirkko, "person.accesses person=\(person) \(rights)")
      #expect(again.rows.last?["verb"] == "person.accesses")
      #expect(
        again.rows.last?["text"] == "looked at by privacy officer, for rights of data subjects")
    }
  }

  @Test func namesNeedAReasonWhichLeavesItsHash() async throws {
    try await withRegister { register in
      let person = try await register.addPerson()
      let line = "person.accesses person=\(person) \(rights)"
      #expect(try await register.run(.pirkko, line + " names").code == "invalid/reason")
      #expect(try await register.run(.pirkko, line + " names reason=\"\"").code == "invalid/reason")
      let answer = try await register.run(.pirkko, line + " names reason=\"court of appeal S 25/1\" case=T-7")
      #expect(answer.rows.first?["user-name"] == "maija" && answer.rows.first?["full-name"] == "maija")
      #expect(answer.rows.first?["user"] == .string(Account.maija.id.description))
      let entry = try #require(try await register.entries(of: answer).first)
      #expect(entry.caseReference == "T-7" && entry.textHash.count == SearchWords.hashBytes)
      let asked = try await register.run(.auli, "log.hash text=\"court of appeal S 25/1\"")
      #expect(asked.rows.first?["hash"] == .string(Hex.encode(entry.textHash)))
      #expect(asked.rows.first?["entries"] == 0)
    }
  }

  @Test func pagesGoOnWhereTheyEndedWhileEntriesArrive() async throws {
    try await withRegister { register in
      let person = try await register.addPerson()
      for _ in 0..<6 { try await register.run(.mikko, "person.show id=\(person) \(care)") }
      var times: [String] = []
      var after = ""
      for _ in 0..<4 {
        let page = try await register.run(.pirkko, "person.accesses person=\(person) \(rights) limit=2\(after)")
        times += page.rows.compactMap { $0["at"]?.string }
        after = " after=\(try #require(page.object["next"]?.string))"
      }
      let entries = try await register.entries().filter { $0.person == person }
      #expect(times == entries.prefix(8).map { $0.at.description })
    }
  }

  @Test func whatWasReadOfARecordThatWasMergedIsAmongThem() async throws {
    try await withRegister { register in
      let (stays, goes) = (try await register.addPerson(), try await register.addPerson("last-name=Toinen"))
      try await register.run(.mikko, "person.show id=\(goes) \(care)")
      let asked = try await register.run(.pirkko, "person.merge id=\(stays) other=\(goes) \(rights)")
      let approval = try #require(asked.object["approval"]?.string)
      #expect(try await register.run(.paavo, "approval.give id=\(approval)").code == "done")
      let answer = try await register.run(.pirkko, "person.accesses person=\(stays) \(rights)")
      #expect(
        answer.rows.map { $0["verb"] } == [
          "person.add", "person.add", "person.show", "person.merge", "person.merge",
        ])
      let viewers = try await register.run(.auli, "log.viewers person=\(stays)")
      #expect(viewers.rows.contains { $0["user-name"] == "mikko" })
      // The record that is gone still has its own.
      let gone = try await register.run(.pirkko, "person.accesses person=\(goes) \(rights)")
      #expect(gone.rows.map { $0["verb"] } == ["person.add", "person.show", "person.merge"])
    }
  }

  @Test func whoIsInNeitherRegisterNorLogIsNotFound() async throws {
    try await withRegister { register in
      let answer = try await register.run(.pirkko, "person.accesses person=\(PersonID.new()) \(rights)")
      #expect(answer.code == "notfound")
      #expect(try await register.run(.pirkko, "person.accesses person=x \(rights)").code == "invalid/person")
    }
  }

  @Test func onlyThePrivacyOfficerSeesThePersonsOwnView() async throws {
    try await withRegister { register in
      let person = try await register.addPerson()
      for account in [Account.maija, .sami, .marko, .aino, .ada, .auli] {
        let answer = try await register.run(account, "person.accesses person=\(person) \(rights)")
        #expect(answer.code == "denied/role", "\(account)")
      }
      #expect(try await register.run(.pirkko, "person.accesses person=\(person)").code == "denied/purpose")
      for line in ["log.person text=Virtanen", "log.viewers person=\(person)", "log.viewed user=maija"] {
        #expect(try await register.run(.pirkko, line).code == "denied/role", "\(line)")
      }
    }
  }

  @Test func anAccessIsToldInWords() {
    var entry = Entry(
      at: Instant(microseconds: 0), user: nil, role: nil, purpose: nil, verb: "gone.verb", outcome: .ok,
      request: .new(), epoch: 1)
    #expect(AccessWords.sentence(entry).en == "used by the system itself")
    entry.verb = "person.edit"
    entry.role = .sales
    entry.purpose = .sales
    entry.outcome = .breakGlass
    let text = AccessWords.sentence(entry)
    #expect(text.en == "changed by sales, for sales, by a wider right in an emergency")
    #expect(text.fi == "muutettu: myynti, tarkoituksena myynti, laajemmalla lukuoikeudella hätätilanteessa")
    #expect(text.sv == "ändrat: försäljning, för försäljning, med vidare läsrätt i ett nödläge")
  }
}
