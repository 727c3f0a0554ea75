import AccessLog
import Model
import Postgres
import Testing
import Wire

@testable import Custody
@testable import Register

/// When somebody leaves, all of their customers go to a colleague in one command, and each is in the log.
@Suite struct ReassignTests {
  private let line = "customer.reassign from=sami to=saara"

  private func managers(_ register: TestRegister, _ table: String = "person") async throws -> [UserID: Int] {
    try await register.database.query(
      "SELECT manager, count(*) FROM \(raw: table) WHERE manager IS NOT NULL GROUP BY 1"
    ).reduce(into: [:]) { $0[try $1.id(0)] = try $1.int(1) }
  }

  private func customers(_ register: TestRegister, _ count: Int, of account: Account) async throws -> [PersonID] {
    var persons: [PersonID] = []
    for number in 0..<count {
      let person = try await register.addPerson(
        "last-name=Asiakas\(number) email=\(account.rawValue)\(number)@example.fi manager=\(account.id)")
      persons.append(person)
    }
    return persons
  }

  private func addOrganisation(_ register: TestRegister, _ name: String, of account: Account) async throws {
    let answer = try await register.run(.maija, "organisation.add name=\"\(name)\" manager=\(account.id)")
    #expect(answer.code == "done")
  }

  @Test(arguments: [Account.ada, .maija]) func everyPersonAndOrganisationChangesHands(_ account: Account) async throws {
    try await withRegister { register in
      let persons = try await customers(register, 3, of: .sami)
      let others = try await customers(register, 2, of: .pirkko)
      try await addOrganisation(register, "Samin Asiakas Oy", of: .sami)
      try await addOrganisation(register, "Toisen Asiakas Oy", of: .pirkko)
      let answer = try await register.run(account, line)
      #expect(answer.code == "done")
      #expect(answer.rows == [["persons": 3, "organisations": 1]])
      #expect(try await managers(register) == [Account.saara.id: 3, Account.pirkko.id: 2])
      #expect(try await managers(register, "organisation") == [Account.saara.id: 1, Account.pirkko.id: 1])
      for person in persons { #expect(try await register.rev(person) == 2) }
      for person in others { #expect(try await register.rev(person) == 1) }

      let entries = try await register.entries(of: answer)
      #expect(Set(entries.compactMap(\.person)) == Set(persons))
      #expect(entries.count == 4)
      for entry in entries where entry.person != nil {
        #expect(entry.subject == Account.saara.id.retyped() && entry.fields.isEmpty && entry.outcome == .ok)
      }
      let history = try await register.run(.maija, "person.history id=\(persons[0]) purpose=customer-care")
      #expect(history.rows.last?["verb"]?.string == "customer.reassign")
      #expect(history.rows.last?["user"]?.string == account.id.description)

      let again = try await register.run(account, line)
      #expect(again.rows == [["persons": 0, "organisations": 0]])
      #expect(try await register.entries(of: again).count == 1)
    }
  }

  @Test func whoGetsThemFindsThemAndWhoGaveThemDoesNotOnEveryServer() async throws {
    try await withRegister { register in
      let persons = try await customers(register, 2, of: .sami)
      let other = try await register.another()
      func found(_ register: TestRegister, _ account: Account) async throws -> [String] {
        try await register.run(account, "person.find text=sami0@example.fi purpose=sales").ids
      }
      let first = [persons[0].description]
      #expect(try await found(register, .sami) == first)
      #expect(await eventually { try await found(other, .sami) == first })
      #expect(try await register.run(.ada, line).code == "done")
      #expect(try await found(register, .sami).isEmpty)
      #expect(try await found(register, .saara) == first)
      #expect(await eventually(seconds: 10) { try await found(other, .saara) == first })
      #expect(await eventually(seconds: 10) { try await found(other, .sami).isEmpty })
      // And by the names, which sales may search for everybody.
      #expect(try await register.run(.sami, "person.find text=Asiakas0 purpose=sales").ids == first)
      await other.close()
    }
  }

  @Test func aDisabledEmployeesCustomersGo() async throws {
    try await withRegister(runs: false) { register in
      let person = try await register.addPerson()
      try await register.setManager(person, .dora)
      let answer = try await register.run(.ada, "customer.reassign from=dora to=\(Account.sami.id)")
      #expect(answer.rows == [["persons": 1, "organisations": 0]])
      #expect(try await managers(register) == [Account.sami.id: 1])
    }
  }

  @Test func toWhomTheyCannotGoIsTold() async throws {
    try await withRegister(runs: false) { register in
      _ = try await customers(register, 1, of: .sami)
      for (parameters, code) in [
        ("from=sami to=dora", "conflict/state"), ("from=sami to=none", "conflict/state"),
        ("from=sami to=ada", "conflict/state"), ("from=sami to=marko", "conflict/state"),
        ("from=sami to=aino", "conflict/state"), ("from=sami to=auli", "conflict/state"),
        ("from=sami to=sami", "invalid/to"), ("from=sami to=\(Account.sami.id)", "invalid/to"),
        ("from=sami to=nobody", "notfound"), ("from=nobody to=sami", "notfound"), ("from=sami", "invalid/to"),
        ("to=sami", "invalid/from"), ("from=SAMI to=saara", "invalid/from"),
        ("from=sami to=saara dry-run=x", "invalid/dry-run"),
      ] {
        for dryRun in ["", " dry-run"] where !parameters.contains("dry-run") || dryRun.isEmpty {
          let answer = try await register.run(.ada, "customer.reassign \(parameters)\(dryRun)")
          #expect(answer.code == code, "\(parameters)")
          #expect(answer.rows.isEmpty)
        }
      }
      #expect(try await managers(register) == [Account.sami.id: 1])
    }
  }

  @Test(arguments: [Account.sami, .marko, .aino, .auli, .none]) func othersMayNot(_ account: Account) async throws {
    try await withRegister(runs: false) { register in
      _ = try await customers(register, 1, of: .sami)
      for parameters in ["", " dry-run"] {
        let answer = try await register.run(account, line + parameters)
        #expect(answer.code == "denied/role")
        #expect(answer.rows.isEmpty)
      }
      #expect(try await managers(register) == [Account.sami.id: 1])
    }
  }

  @Test func aDryRunOnlyCounts() async throws {
    try await withRegister { register in
      _ = try await customers(register, 2, of: .sami)
      try await addOrganisation(register, "Samin Asiakas Oy", of: .sami)
      let answer = try await register.run(.ada, line + " dry-run")
      #expect(answer.rows == [["persons": 2, "organisations": 1]])
      #expect(answer.object["dry-run"]?.bool == true)
      #expect(try await managers(register) == [Account.sami.id: 2])
      let entries = try await register.entries(of: answer)
      #expect(entries.map(\.person) == [nil])
      #expect(entries.first?.subject == Account.sami.id.retyped())
    }
  }

  @Test func twentyThousandPersonsGoInOneTransactionWithAnEntryEach() async throws {
    try await withRegister { register in
      try await register.database.script(
        """
        INSERT INTO person (id, kind, status, manager)
        SELECT gen_random_uuid(), 2, 1, '\(Account.sami.id)' FROM generate_series(1, 20000)
        """)
      let answer = try await register.run(.ada, line)
      #expect(answer.code == "done")
      #expect(answer.rows == [["persons": 20_000, "organisations": 0]])
      #expect(try await managers(register) == [Account.saara.id: 20_000])
      #expect(Set(try await register.entries(of: answer).compactMap(\.person)).count == 20_000)
      #expect(try await register.database.count("directory_change") == 20_000)
    }
  }

  @Test func moreThanTheMostIsRefusedAndNothingChanges() async throws {
    try await withRegister(runs: false) { register in
      try await register.database.script(
        """
        INSERT INTO person (id, kind, status, manager)
        SELECT gen_random_uuid(), 2, 1, '\(Account.sami.id)' FROM generate_series(1, \(Limits.reassignPersonsMax + 1))
        """)
      #expect(try await register.run(.ada, line).code == "limit/quota")
      #expect(try await managers(register) == [Account.sami.id: Limits.reassignPersonsMax + 1])
    }
  }

  @Test func twoAtOnceMoveEachPersonOnce() async throws {
    try await withRegister(runs: false) { register in
      _ = try await customers(register, 30, of: .sami)
      async let one = register.run(.ada, "customer.reassign from=sami to=saara")
      async let two = register.run(.maija, "customer.reassign from=sami to=maija")
      let moved = try await [one, two].reduce(0) { $0 + ($1.rows.first?["persons"]?.int ?? -1000) }
      #expect(moved == 30)
      let after = try await managers(register)
      #expect(after.values.reduce(0, +) == 30)
      #expect(after[Account.sami.id] == nil)
    }
  }

  @Test func anEditAtOnceLosesNothing() async throws {
    try await withRegister(runs: false) { register in
      for round in 0..<8 {
        let person = try await customers(register, 1, of: .sami)[0]
        async let moved = register.run(.ada, line)
        async let edited = register.run(
          .maija, "person.edit id=\(person) rev=1 last-name=Uusi\(round) purpose=customer-care")
        let (movedCode, editedCode) = try await (moved.code, edited.code)
        #expect(movedCode == "done")
        #expect(["done", "conflict/rev"].contains(editedCode))
        let shown = try await register.run(.saara, "person.show id=\(person) purpose=sales").rows.first
        #expect(shown?["manager"]?.string == Account.saara.id.description)
        #expect(shown?["rev"]?.int == (editedCode == "done" ? 3 : 2))
        #expect((shown?["identity"]?["last-name"]?["value"]?.string == "Uusi\(round)") == (editedCode == "done"))
      }
    }
  }

  @Test func aSessionSeesAtOnceThatCustomersWereTakenAway() async throws {
    try await withRegister(runs: false) { register in
      let person = try await customers(register, 1, of: .sami)[0]
      func email(_ account: Account) async throws -> JSON? {
        try await register.run(account, "person.show id=\(person) purpose=sales").rows.first?["contact"]?["email"]
      }
      #expect(try await email(.sami) != nil)
      #expect(try await email(.saara) == nil)
      _ = try await register.run(.ada, line)
      #expect(try await email(.sami) == nil)
      #expect(try await email(.saara) != nil)
    }
  }
}
