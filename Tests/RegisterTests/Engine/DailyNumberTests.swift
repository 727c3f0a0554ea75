import AccessLog
import Model
import Testing
import Wire

@testable import Custody
@testable import Register

/// More distinct persons a day than the setting only with a privacy officer's agreement.
@Suite struct DailyNumberTests {
  private func settings(_ persons: Int) -> ServerSettings {
    var settings = ServerSettings()
    settings.access.dailyPersons = persons
    return settings
  }

  private func show(_ register: TestRegister, _ person: PersonID, approval: String = "") async throws -> Answered {
    try await register.run(.maija, "person.show id=\(person) purpose=customer-care\(approval)")
  }

  @Test func beyondTheNumberASecondPersonIsNeeded() async throws {
    try await withRegister(settings: settings(2)) { register in
      var persons: [PersonID] = []
      for _ in 0..<4 { persons.append(try await register.addPerson()) }
      #expect(try await show(register, persons[0]).code == "done")
      #expect(try await show(register, persons[1]).code == "done")
      let third = try await show(register, persons[2])
      #expect(third.code == "pending/approval" && third.rows.isEmpty)
      #expect(try await show(register, persons[0]).code == "done")
      #expect(try await register.run(.maija, "person.list purpose=customer-care").code == "pending/approval")
      let id = third.object["approval"]?.string ?? ""
      #expect(try await register.run(.pirkko, "approval.give id=\(id)").code == "done")
      #expect(try await show(register, persons[3], approval: " approval=\(id)").code == "denied/approval")
      let shown = try await show(register, persons[2], approval: " approval=\(id)")
      #expect(shown.code == "done" && shown.rows.count == 1)
      #expect(try await register.entries(of: shown).contains { $0.person == persons[2] && $0.outcome == .ok })
      #expect(try await show(register, persons[3], approval: " approval=\(id)").code == "denied/approval")
    }
  }

  @Test func itHoldsForAnotherServerAndAfterARestart() async throws {
    try await withRegister(settings: settings(1)) { register in
      let (one, two) = (try await register.addPerson(), try await register.addPerson())
      #expect(try await show(register, one).code == "done")
      let other = try await TestRegister(
        register.database, keyFiles: register.keyFiles, master: register.master, settings: settings(1))
      #expect(try await show(other, two).code == "pending/approval")
      #expect(try await show(other, one).code == "done")
      await other.close()
    }
  }

  @Test func aRaisedNumberCountsForTheDay() async throws {
    try await withRegister(settings: settings(1)) { register in
      let (one, two) = (try await register.addPerson(), try await register.addPerson())
      #expect(try await show(register, one).code == "done")
      let asked = try await register.run(.maija, "quota.raise persons=1 reason=kampanja")
      let id = asked.object["approval"]?.string ?? ""
      #expect(try await register.run(.ada, "approval.give id=\(id)").code == "denied/role")
      #expect(try await register.run(.pirkko, "approval.give id=\(id)").code == "done")
      #expect(try await show(register, two).code == "done")
    }
  }
}
