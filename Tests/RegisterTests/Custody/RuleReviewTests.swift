import Model
import Testing
import Wire

@testable import Custody
@testable import Register

/// Rows that were changed by hand are named, and stand again only when three human beings agree.
@Suite struct RuleReviewTests {
  private static func reviewing() -> ServerSettings {
    var settings = ServerSettings()
    settings.reviewsRules = true
    return settings
  }

  @Test func aRowThatWasRolledBackIsNamed() async throws {
    try await withRegister(runs: false) { register in
      try await register.database.script("CREATE TABLE old AS TABLE employee_role")
      #expect(try await register.run(.ada, "role.revoke user=sami role=sales").code == "done")
      try await register.database.script(
        "INSERT INTO employee_role SELECT * FROM old WHERE employee = '\(Account.sami.id)'")
      let fault = await #expect(throws: RuleFault.self) { _ = try await register.another(runs: false) }
      #expect(fault?.rows.contains { $0.contains("employee_role \(Account.sami.id) sales was put back") } == true)
    }
  }

  @Test func anOlderStateOfAnAccountIsNamed() async throws {
    try await withRegister(runs: false) { register in
      try await register.database.script("CREATE TABLE old AS TABLE employee")
      #expect(try await register.run(.ada, "user.disable id=\(Account.sami.id)").code == "done")
      try await register.database.script(
        """
        UPDATE employee e SET (rev, disabled, epoch, mac) = (o.rev, o.disabled, o.epoch, o.mac)
        FROM old o WHERE o.id = e.id AND e.id = '\(Account.sami.id)'
        """)
      let fault = await #expect(throws: RuleFault.self) { _ = try await register.another(runs: false) }
      #expect(fault?.rows.count == 1)
      #expect(
        fault?.rows.first?.hasPrefix(
          "the row employee \(Account.sami.id) was rolled back to an earlier state (now: name sami")
          == true)
    }
  }

  @Test func theJournalTellsEveryRowAfterManyChanges() async throws {
    try await withRegister(runs: false) { register in
      for name in ["uno", "duo", "tre"] {
        #expect(
          try await register.run(.ada, "user.add name=\(name) full-name=\(name) password=\"kolme vihreää kettua\"").code
            == "done")
      }
      try await register.database.script("DELETE FROM employee WHERE name = 'duo'")
      let fault = await #expect(throws: RuleFault.self) { _ = try await register.another(runs: false) }
      #expect(fault?.rows.count == 1)
      #expect(fault?.rows.first?.hasSuffix("was removed") == true)
    }
  }

  @Test func twoAdministratorsAndTheAuditorLetTheRowsStand() async throws {
    try await withRegister(runs: false) { register in
      try await register.database.script("UPDATE policy_grant SET scope = 1 WHERE role = 2 AND object = 'contact'")
      await #expect(throws: RegisterError.unavailableLog) { try await register.custody.reloadRules() }
      #expect(try await register.run(.maija, "organisation.list").code == "unavailable/log")
      let asked = try await register.run(.ada, "policy.accept")
      #expect(asked.code == "pending/approval")
      #expect(asked.rows.contains { $0["row"]?.string?.contains("policy_grant") == true })
      let id = asked.object["approval"]?.string ?? ""
      #expect(try await register.run(.ada, "approval.give id=\(id)").code == "pending/approval")
      #expect(try await register.run(.pirkko, "approval.give id=\(id)").code == "denied/role")
      #expect(try await register.run(.aarne, "approval.give id=\(id)").code == "pending/approval")
      #expect(try await register.run(.maija, "organisation.list").code == "unavailable/log")
      let last = try await register.run(.auli, "approval.give id=\(id)")
      #expect(last.code == "done" && last.object["state"]?.string == "executed")
      #expect(try await register.run(.maija, "organisation.list").code == "done")
      // What was accepted is what the rules say from now on, also at the next start.
      #expect(register.custody.currentRules.grants(of: .sales).contains { $0.object == .contact && $0.scope == .all })
      let other = try await register.another(runs: false)
      await other.close()
    }
  }

  @Test func aForgedAccountHasNoPartInTheReview() async throws {
    try await withRegister(runs: false) { register in
      let forged = UserID.new()
      try await register.database.script(
        """
        INSERT INTO employee (id, name, full_name, epoch, mac) SELECT '\(forged)', 'eve', 'Eve', epoch, mac FROM employee LIMIT 1;
        INSERT INTO employee_role SELECT '\(forged)', 6, epoch, mac FROM employee_role LIMIT 1
        """)
      let other = try await TestRegister(
        register.database, keyFiles: register.keyFiles, master: register.master, settings: Self.reviewing(), runs: false
      )
      #expect(other.custody.ruleReview?.rows.contains { $0.contains("employee \(forged)") } == true)
      #expect(other.custody.currentRules.employees[forged] == nil)
      #expect(other.custody.currentRules.employees[Account.ada.id] != nil)
      await other.close()
    }
  }

  @Test func withoutTheReviewItDoesNotStart() async throws {
    try await withRegister(runs: false) { register in
      try await register.database.script("DELETE FROM employee_role WHERE employee = '\(Account.sami.id)'")
      await #expect(throws: RuleFault.self) { _ = try await register.another(runs: false) }
      #expect(try await Custody.ruleFault(pool: register.custody.pool, keys: register.keys)?.rows.count == 1)
    }
  }
}
