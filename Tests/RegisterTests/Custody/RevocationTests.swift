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
      let before = try await register.run(.mikko, "whoami")
      #expect(before.code == "done")
      #expect(try await register.run(.ada, "user.disable id=\(Account.mikko.id)").code == "done")
      #expect(try await register.run(.mikko, "whoami").code == "denied/role")
      #expect(try await register.run(.dora, "whoami").code == "denied/role")
    }
  }

  /// Each line on a server of its own that has no upkeep tasks: nothing tells it of the change but its own fetch.
  @Test func whatAnotherServerRevokedHoldsForTheVeryNextCommandHere() async throws {
    try await withRegister(runs: false) { one in
      let person = try await one.addPerson()
      let organisation = try await one.addOrganisation()
      let lines = [
        "person.show id=\(person) purpose=customer-care", "person.list purpose=customer-care",
        "person.find text=Virtanen purpose=customer-care", "person.history id=\(person) purpose=customer-care",
        "person.edit id=\(person) rev=1 last-name=Muu purpose=customer-care",
        "organisation.show id=\(organisation)", "organisation.list", "organisation.find text=Testi",
        "organisation.add name=Uusi", "whoami", "session.list", "use purpose=customer-care",
      ]
      var servers: [TestRegister] = []
      for _ in lines { servers.append(try await one.another(runs: false)) }
      #expect(try await one.run(.ada, "user.disable id=\(Account.mikko.id)").code == "done")
      for (server, line) in zip(servers, lines) {
        let answer = try await server.run(.mikko, line)
        #expect(answer.rows.isEmpty, "\(line)")
        #expect(answer.code == "denied/role", "\(line)")
        #expect(try await server.entries(of: answer).map(\.outcome) == [.denied], "\(line)")
        await server.close()
      }
      #expect(try await one.rev(person) == 1)
    }
  }

  @Test func aServerWithUpkeepHearsOfAChangeByItself() async throws {
    try await withRegister { one in
      let two = try await one.another()
      #expect(try await one.run(.ada, "user.disable id=\(Account.mikko.id)").code == "done")
      #expect(
        await eventually(seconds: 60) { two.custody.currentRules.employees[Account.mikko.id]?.isDisabled == true })
      await two.close()
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
        let disabled = try await one.run(.ada, "user.disable id=\(Account.auli.id)")
        #expect(disabled.code == "done")
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
