import AccessLog
import Model
import Postgres
import Sealing
import Testing
import Wire

@testable import Custody
@testable import Register

/// What a receipt names, what the vault opens for it, and that a refusal has its entry.
@Suite struct ReceiptTests {
  private func fetch(_ register: TestRegister, _ ids: [PersonID]) async throws -> (
    persons: [SealedPerson], epoch: Int64
  ) {
    try await register.register.store.persons(ids, .all)
  }

  @Test func rowsOutsideTheScopeAreNotInTheReceipt() async throws {
    try await withRegister { register in
      let own = try await register.addPerson(#"first-name=A last-name=Oma phone="+358401234567""#)
      let other = try await register.addPerson(#"first-name=B last-name=Vieras phone="+358401234568""#)
      try await register.setManager(own, .sami)
      let (persons, epoch) = try await fetch(register, [own, other])
      let disclosure = register.custody.disclosure(try register.permit(.sami, "person.list", purpose: .sales))
      let receipt = try await disclosure.record(persons.map(\.header), fields: FieldSet(.phone), epoch: epoch)
      #expect(receipt.fields(of: own) == FieldSet(.phone))
      #expect(receipt.fields(of: other).isEmpty)
      for person in persons {
        let opened = try register.custody.vault.open(person, receipt)
        #expect(opened.map(\.field) == (person.header.id == own ? [.phone] : []))
      }
      let logged = try await register.entries().filter { $0.verb == "person.list" }
      #expect(logged.map(\.person) == [own])
      #expect(logged.first?.fields == FieldSet(.phone))
    }
  }

  @Test func theVaultOpensNoPersonAndNoFieldThatTheReceiptDoesNotName() async throws {
    try await withRegister { register in
      let named = try await register.addPerson(#"first-name=A last-name=Yksi email=a@example.fi note=hei"#)
      let unnamed = try await register.addPerson(#"first-name=B last-name=Kaksi"#)
      let (persons, epoch) = try await fetch(register, [named, unnamed])
      let receipt = try await register.custody.disclosure(try register.permit(.maija, "person.show"))
        .record([persons[0].header], fields: FieldSet([.lastName, .email]), epoch: epoch)
      #expect(try Set(register.custody.vault.open(persons[0], receipt).map(\.field)) == [.lastName, .email])
      #expect(try register.custody.vault.open(persons[1], receipt).isEmpty)
      // A receipt of a refusal, and one of a write, open nothing at all.
      let refusal = try await register.custody.recordEvent(verb: "test", outcome: .ok)
      #expect(try persons.allSatisfy { try register.custody.vault.open($0, refusal).isEmpty })
    }
  }

  @Test func aPartMovedToAnotherPersonOrCategoryDoesNotOpen() async throws {
    try await withRegister { register in
      let one = try await register.addPerson(#"first-name=A last-name=Yksi email=a@example.fi"#)
      let two = try await register.addPerson(#"first-name=B last-name=Kaksi email=b@example.fi"#)
      try await register.database.script(
        """
        UPDATE person_part p SET sealed = q.sealed, slot = q.slot + 100000 FROM person_part q
          WHERE p.person = '\(one)' AND q.person = '\(two)' AND p.category = 1 AND q.category = 1;
        UPDATE person_part SET slot = slot - 100000 WHERE slot > 100000 AND person = '\(two)';
        """)
      let moved = try await register.run(.maija, "person.show id=\(one) fields=identity purpose=customer-care")
      #expect(moved.status == .no)
      #expect(moved.rows.isEmpty)
      #expect(try await register.run(.maija, "person.show id=\(two) purpose=customer-care").code == "done")
    }
  }

  @Test func aRefusalLeavesOneEntryThatSaysWhoAndWhatAndWhy() async throws {
    try await withRegister { register in
      let person = try await register.addPerson()
      let answer = try await register.run(.marko, "person.show id=\(person) purpose=marketing")
      #expect(answer.code == "denied/role")
      let entries = try await register.entries(of: answer)
      #expect(entries.count == 1)
      #expect(entries.first?.outcome == .denied)
      #expect(entries.first?.code == "denied/role")
      #expect(entries.first?.user == Account.marko.id)
      #expect(entries.first?.verb == "person.show")
    }
  }

  @Test func whatIsAbsentAndWhatIsOutOfReachLookTheSame() async throws {
    try await withRegister { register in
      let restricted = try await register.addPerson()
      try await register.mark(restricted, .restricted)
      let absent = PersonID.new()
      for line in [
        "person.show id=%", "person.history id=%", "person.edit id=% rev=1 last-name=X",
        "person.mark id=% mark=deceased", "person.contact.add id=% phone=+358401234567",
      ] {
        let there = try await register.run(
          .maija, line.replacing("%", with: restricted.description) + " purpose=customer-care")
        let gone = try await register.run(
          .maija, line.replacing("%", with: absent.description) + " purpose=customer-care")
        #expect(there.code == "notfound", "\(line)")
        #expect(gone.code == "notfound", "\(line)")
        #expect(there.object["msg"] == gone.object["msg"])
        #expect(there.rows.isEmpty && gone.rows.isEmpty)
        #expect(try await register.entries(of: there).count == 1, "\(line)")
        #expect(try await register.entries(of: gone).count == 1, "\(line)")
      }
    }
  }

  @Test func whoHasNoFieldToShowIsRefusedWithOneEntry() async throws {
    try await withRegister { register in
      let other = try await register.addPerson(#"first-name=A last-name=B phone=+358401234567"#)
      let answer = try await register.run(.sami, "person.show id=\(other) fields=phone purpose=sales")
      #expect(answer.status == .no)
      #expect(answer.rows.isEmpty)
      let entries = try await register.entries(of: answer)
      #expect(entries.count == 1)
      #expect(entries.allSatisfy { $0.outcome == .denied || $0.outcome == .failed })
    }
  }

  @Test func aRestrictedPersonIsKnownToThePrivacyOfficerOnly() async throws {
    try await withRegister { register in
      let person = try await register.addPerson(#"first-name=Rajattu last-name=Henkinen"#)
      try await register.mark(person, .restricted)
      for (account, purpose) in [(Account.maija, "customer-care"), (.sami, "sales")] {
        let show = try await register.run(account, "person.show id=\(person) purpose=\(purpose)")
        #expect(show.code == "notfound")
        #expect(try await register.run(account, "person.list purpose=\(purpose)").rows.isEmpty)
      }
      let officer = try await register.run(.pirkko, "person.show id=\(person) purpose=data-subject-rights")
      #expect(officer.rows.count == 1)
    }
  }

  @Test func addressAndPhoneOfAProtectedPersonAreShownToThePrivacyOfficerOnly() async throws {
    try await withRegister { register in
      let person = try await register.addPerson(
        #"first-name=Salattu last-name=Henkinen phone=+358401234567 email=s@example.fi street="Salatie 1" postcode=00100 town=Helsinki"#
      )
      let marked = try await register.run(
        .pirkko, "person.mark id=\(person) mark=protected purpose=data-subject-rights")
      #expect(marked.code == "done")
      try await register.setManager(person, .sami)
      for (account, purpose) in [(Account.maija, "customer-care"), (.sami, "sales")] {
        let show = try await register.run(account, "person.show id=\(person) purpose=\(purpose)")
        let contact = show.rows.first?["contact"]?.object
        #expect(contact?.keys == ["email"])
        for word in ["0401234567", "401234567", "+358401234567"] {
          let found = try await register.run(account, "person.find text=\"\(word)\" purpose=\(purpose)")
          #expect(found.rows.isEmpty)
        }
        let edit = try await register.run(
          account,
          "person.edit id=\(person) rev=\(try await register.rev(person)) phone=+358401112233 purpose=\(purpose)")
        #expect(edit.code == "denied/role")
      }
      let officer = try await register.run(.pirkko, "person.show id=\(person) purpose=data-subject-rights")
      let shown = Set(officer.rows.first?["contact"]?.object?.keys ?? [])
      #expect(shown.isSuperset(of: ["phone", "email", "street", "postcode", "town"]))
    }
  }

  @Test func aCommandThatShowsTwentyPersonsWritesTwentyEntries() async throws {
    try await withRegister { register in
      for number in 0..<20 { _ = try await register.addPerson("first-name=Aino last-name=Sama\(number)") }
      let answer = try await register.run(.maija, "person.list purpose=customer-care case=T-123")
      #expect(answer.rows.count == 20)
      let entries = try await register.entries(of: answer)
      #expect(Set(entries.compactMap { $0.person?.description }) == Set(answer.ids))
      #expect(entries.count == 20)
      #expect(
        entries.allSatisfy { $0.purpose == .customerCare && $0.caseReference == "T-123" && $0.role == .customerService }
      )
    }
  }
}
