import AccessLog
import Model
import Postgres
import Testing
import Wire

@testable import Custody
@testable import Register

/// Taking something away works on the very next command, wherever it was done.
@Suite struct RevocationTests {
  @Test func aRevokedRoleEndsWithTheNextCommand() async throws {
    try await withRegister { register in
      let person = try await register.addPerson()
      #expect(try await register.run(.mikko, "person.show id=\(person) purpose=customer-care").code == "done")
      #expect(try await register.run(.ada, "role.revoke user=mikko role=customer-service").code == "done")
      let after = try await register.run(.mikko, "person.show id=\(person) purpose=customer-care")
      #expect(after.code == "denied/role")
      #expect(after.rows.isEmpty)
    }
  }

  @Test func aDisabledUserCannotEvenAskWhoTheyAre() async throws {
    try await withRegister { register in
      #expect(try await register.run(.mikko, "whoami").code == "done")
      #expect(try await register.run(.ada, "user.disable id=\(Account.mikko.id)").code == "done")
      #expect(try await register.run(.mikko, "whoami").code == "denied/role")
      #expect(try await register.run(.dora, "whoami").code == "denied/role")
    }
  }

  /// Two servers without upkeep tasks: nothing tells the second one but the epoch of its own fetch.
  @Test func whatAnotherServerRevokedHoldsForTheVeryNextCommandHere() async throws {
    try await withRegister(runs: false) { one in
      let two = try await one.another(runs: false)
      let person = try await one.addPerson()
      let organisation = try await one.addOrganisation()
      let before = try await two.run(.mikko, "person.show id=\(person) purpose=customer-care")
      #expect(before.rows.count == 1)
      #expect(try await one.run(.ada, "role.revoke user=mikko role=customer-service").code == "done")
      for line in [
        "person.show id=\(person) purpose=customer-care", "person.list purpose=customer-care",
        "person.find text=Virtanen purpose=customer-care", "organisation.show id=\(organisation)", "organisation.list",
        "person.history id=\(person) purpose=customer-care",
        "person.edit id=\(person) rev=1 last-name=Muu purpose=customer-care", "whoami",
      ] {
        let fresh = try await one.another(runs: false)
        let stale = try await two.run(.mikko, line)
        #expect(stale.rows.isEmpty, "\(line)")
        #expect(stale.code == "denied/role", "\(line)")
        await fresh.close()
        // So that the next line meets the old rules again.
        _ = try await one.run(.ada, "session.list")
      }
      await two.close()
    }
  }

  @Test func eachCommandMeetsARevocationByAnotherServerOnItsOwn() async throws {
    for line in ["person.list purpose=customer-care", "organisation.list", "person.find text=Virtanen purpose=customer-care"] {
      try await withRegister(runs: false) { one in
        _ = try await one.addPerson()
        _ = try await one.addOrganisation()
        let two = try await one.another(runs: false)
        #expect(try await one.run(.ada, "user.disable id=\(Account.mikko.id)").code == "done")
        let stale = try await two.run(.mikko, line)
        #expect(stale.rows.isEmpty, "\(line)")
        #expect(stale.code == "denied/role", "\(line)")
        await two.close()
      }
    }
  }

  @Test func aCommandThatShowsNoRowsMeetsARevocationByAnotherServerToo() async throws {
    for line in ["whoami", "session.list", "use purpose=customer-care"] {
      try await withRegister(runs: false) { one in
        let two = try await one.another(runs: false)
        #expect(try await one.run(.ada, "user.disable id=\(Account.mikko.id)").code == "done")
        #expect(try await two.run(.mikko, line).code == "denied/role", "\(line)")
        await two.close()
      }
    }
  }

  @Test func aRevocationReachesALongAnswerBetweenItsBatches() async throws {
    try await withRegister { register in
      for _ in 0..<30 { try await self.fillLog(register, 50) }
      try await register.custody.sequencer.catchUp(deadline: soon())
      let port = FakePort(onRow: { count in
        guard count == 100 else { return }
        let revoked = try await register.run(.ada, "role.revoke user=auli role=auditor")
        #expect(revoked.code == "done")
      })
      let answer = try await register.run(.auli, "log.find limit=100000", port: port)
      #expect(answer.code == "denied/role")
      // The batch under way had its receipt; the next one has none.
      #expect(answer.rows.count == LogWalk.batchRows)
    }
  }

  @Test func aRevocationByAnotherServerReachesALongAnswerBetweenItsBatches() async throws {
    try await withRegister { one in
      for _ in 0..<30 { try await self.fillLog(one, 50) }
      let two = try await one.another(runs: false)
      let port = FakePort(onRow: { count in
        guard count == 100 else { return }
        #expect(try await one.run(.ada, "user.disable id=\(Account.auli.id)").code == "done")
      })
      let answer = try await two.run(.auli, "log.find limit=100000", port: port)
      #expect(answer.code == "denied/role")
      #expect(answer.rows.count == LogWalk.batchRows)
      await two.close()
    }
  }

  private func fillLog(_ register: TestRegister, _ count: Int) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<count {
        group.addTask { _ = try await register.custody.recordEvent(verb: "test.fill", outcome: .ok) }
      }
      try await group.waitForAll()
    }
  }
}
