import AccessLog
import Model
import Postgres
import Synchronization
import Testing
import Wire

@testable import Custody
@testable import Register

/// Search finds what the register holds now, on every server, and tells nobody of what they may not see.
@Suite struct DirectoryCurrencyTests {
  private func find(_ register: TestRegister, _ text: String, _ account: Account = .maija) async throws -> [String] {
    let purpose =
      account.roles == [.sales] ? "sales" : account.roles == [.privacyOfficer] ? "data-subject-rights" : "customer-care"
    return try await register.run(account, "person.find text=\"\(text)\" purpose=\(purpose)").ids
  }

  @Test func aNewPersonIsFoundBeforeTheCommandsFinalLine() async throws {
    try await withRegister(runs: false) { register in
      let found = Mutex<[String]>([])
      let port = FakePort(onRow: { _ in
        let ids = try await find(register, "Ensikertalainen")
        found.withLock { $0 = ids }
      })
      let answer = try await register.run(
        .maija, "person.add kind=private last-name=Ensikertalainen purpose=customer-care", port: port)
      #expect(found.withLock { $0 } == answer.ids)
    }
  }

  @Test func anEditedPersonIsFoundByTheNewNameAndNotByTheOld() async throws {
    try await withRegister(runs: false) { register in
      let person = try await register.addPerson("last-name=Vanhanimi email=vanha@example.fi phone=+358401234567")
      _ = try await register.run(
        .maija, "person.edit id=\(person) rev=1 last-name=Toisenlainen email=uusi@example.fi purpose=customer-care")
      #expect(try await find(register, "Vanhanimi").isEmpty)
      #expect(try await find(register, "vanha@example.fi").isEmpty)
      #expect(try await find(register, "Toisenlainen") == [person.description])
      #expect(try await find(register, "uusi@example.fi") == [person.description])
      #expect(try await find(register, "0401234567") == [person.description])
    }
  }

  @Test func whatOneServerWroteTheOtherFinds() async throws {
    try await withRegister { one in
      let two = try await one.another()
      let person = try await one.addPerson("last-name=Kaukainen")
      #expect(await eventually { try await find(two, "Kaukainen") == [person.description] })
      _ = try await two.run(.maija, "person.edit id=\(person) rev=1 last-name=Likeinen purpose=customer-care")
      #expect(await eventually { try await find(one, "Likeinen") == [person.description] })
      #expect(await eventually { try await find(one, "Kaukainen").isEmpty })
      let organisation = try await one.addOrganisation("Kaukomaan Kauppa Oy")
      #expect(
        await eventually {
          try await two.run(.maija, "organisation.find text=Kaukomaan").ids == [organisation.description]
        })
      await two.close()
    }
  }

  @Test func partsOfNamesAndTyposAndFinnishLettersFind() async throws {
    try await withRegister(runs: false) { register in
      let person = try await register.addPerson(
        #"first-name=Mei last-name=Virtanen email=mei.virtanen@example.fi phone="+358 40 123 4567""#)
      let other = try await register.addPerson(#"first-name=Åke last-name=Hämäläinen"#)
      for text in ["Mei", "virt", "virtnen", "VIRTANEN", "Wirtanen", "mei virtanen", "mei.virtanen@", "040 1234567"] {
        #expect(try await find(register, text).first == person.description, "\(text)")
      }
      for text in ["hamalainen", "Hämäl", "ake"] {
        #expect(try await find(register, text).first == other.description, "\(text)")
      }
    }
  }

  @Test func salesCannotAskWhetherAnAddressIsAnothersCustomers() async throws {
    try await withRegister(runs: false) { register in
      let other = try await register.addPerson(
        "last-name=Salainen email=harvinainen@example.fi phone=+358509998877")
      let own = try await register.addPerson("last-name=Omainen email=tavallinen@example.fi")
      try await register.setManager(own, .sami)
      try await register.setManager(other, .saara)
      let server = try await register.another(runs: false)
      #expect(try await find(server, "harvinainen@example.fi", .sami).isEmpty)
      #expect(try await find(server, "harvinainen", .sami).isEmpty)
      #expect(try await find(server, "0509998877", .sami).isEmpty)
      #expect(try await find(server, "tavallinen@example.fi", .sami) == [own.description])
      #expect(try await find(server, "harvinainen@example.fi", .saara) == [other.description])
      // The name is theirs to see of everybody.
      #expect(try await find(server, "Salainen", .sami) == [other.description])
      await server.close()
    }
  }

  @Test func aRestrictedPersonIsFoundByThePrivacyOfficerOnly() async throws {
    try await withRegister(runs: false) { register in
      let person = try await register.addPerson("last-name=Rajoitettu")
      try await register.mark(person, .restricted)
      let server = try await register.another(runs: false)
      #expect(try await find(server, "Rajoitettu").isEmpty)
      #expect(try await find(server, "Rajoitettu", .pirkko) == [person.description])
      await server.close()
    }
  }

  @Test func anIndexBuiltAnewAnswersAsTheOneThatWasKept() async throws {
    try await withRegister(runs: false) { kept in
      var persons: [PersonID] = []
      for number in 0..<30 {
        persons.append(
          try await kept.addPerson("first-name=Etu\(number % 7) last-name=Suku\(number) email=e\(number)@example.fi"))
      }
      for (number, person) in persons.enumerated() where number % 3 == 0 {
        _ = try await kept.run(
          .maija,
          "person.edit id=\(person) rev=1 last-name=Vaihtunut\(number) email=v\(number)@example.fi purpose=customer-care"
        )
      }
      for (number, person) in persons.enumerated() where number % 5 == 0 {
        _ = try await kept.run(.maija, "person.mark id=\(person) mark=deceased purpose=customer-care")
      }
      let built = try await kept.another(runs: false)
      for text in [
        "suku1", "suku", "Vaihtunut", "vaihtunt3", "etu4", "e7@example.fi", "v9@example.fi", "e9@example.fi",
        "Etu2 Suku2",
      ] {
        let one = try await kept.run(.maija, "person.find text=\"\(text)\" limit=50 purpose=customer-care")
        let two = try await built.run(.maija, "person.find text=\"\(text)\" limit=50 purpose=customer-care")
        #expect(Set(one.ids) == Set(two.ids), "\(text)")
        #expect(one.rows.first?["name"] == two.rows.first?["name"] || one.ids.count > 1, "\(text)")
      }
      await built.close()
    }
  }

  @Test func searchWordsAreInTheLogAsAKeyedHashOnly() async throws {
    try await withRegister { register in
      _ = try await register.addPerson()
      let answer = try await register.run(.maija, "person.find text=Virtanen purpose=customer-care")
      let entries = try await register.entries(of: answer)
      #expect(entries.count == 1)
      #expect(entries.first?.textHash.count == SearchWords.hashBytes)
      let nothing = try await register.run(.maija, "person.find text=Olematon purpose=customer-care")
      #expect(try await register.entries(of: nothing).count == 1)
    }
  }
}
