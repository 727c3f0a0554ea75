import AccessLog
import Model
import Postgres
import Testing
import Wire

@testable import Custody
@testable import Register

/// Stored rules are not taken on trust: a row that was written by hand, removed or rolled back is told, and named.
@Suite struct RuleStoreTests {
  /// Statements of the database's owner, and what the fault names.
  struct Tampering: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let statements: String
    let names: String
  }

  static let tamperings: [Tampering] = [
    Tampering(
      testDescription: "an account enabled by hand",
      statements: "UPDATE employee SET disabled = false WHERE name = 'dora'",
      names: "employee \(Account.dora.id)"),
    Tampering(
      testDescription: "a password put in by hand",
      statements: "UPDATE employee SET verifier = '\\x00' WHERE name = 'maija'", names: "employee \(Account.maija.id)"),
    Tampering(
      testDescription: "an account's name changed by hand",
      statements: "UPDATE employee SET unix_user = 'root' WHERE name = 'ada'", names: "employee \(Account.ada.id)"),
    Tampering(
      testDescription: "the row of another account copied",
      statements: """
        UPDATE employee SET (rev, disabled, verifier, epoch, mac) =
          (SELECT rev, disabled, verifier, epoch, mac FROM employee WHERE name = 'ada') WHERE name = 'sami'
        """, names: "employee \(Account.sami.id)"),
    Tampering(
      testDescription: "a role given by hand",
      statements: """
        INSERT INTO employee_role SELECT '\(Account.marko.id)', 1, epoch, mac FROM employee_role
        WHERE employee = '\(Account.maija.id)'
        """, names: "employee_role \(Account.marko.id)"),
    Tampering(
      testDescription: "a role exchanged by hand",
      statements: "UPDATE employee_role SET role = 6 WHERE employee = '\(Account.sami.id)'",
      names: "employee_role \(Account.sami.id)"),
    Tampering(
      testDescription: "a grant widened by hand",
      statements: "UPDATE policy_grant SET scope = 1 WHERE role = 2 AND object = 'contact'", names: "policy_grant"),
    Tampering(
      testDescription: "an ended grant put in force again",
      statements: "UPDATE policy_grant SET until_epoch = 1 WHERE role = 2 AND object = 'contact'", names: "policy_grant"
    ),
    Tampering(
      testDescription: "a deleted role", statements: "DELETE FROM employee_role WHERE employee = '\(Account.sami.id)'",
      names: "employee_role \(Account.sami.id) sales was removed"),
    Tampering(
      testDescription: "a deleted grant", statements: "DELETE FROM policy_grant WHERE object = 'log'",
      names: "policy_grant"),
    Tampering(
      testDescription: "an epoch made by hand",
      statements: "INSERT INTO access_epoch (epoch, digest, mac) SELECT 9, digest, mac FROM access_epoch",
      names: "access_epoch 9"),
    Tampering(
      testDescription: "an epoch's digest changed", statements: "UPDATE access_epoch SET digest = sha256('x')",
      names: "access_epoch"),
    Tampering(testDescription: "no epoch", statements: "DELETE FROM access_epoch", names: "access_epoch"),
  ]

  @Test(arguments: tamperings) func theServerRefusesToOpenAndSaysWhichRow(_ tampering: Tampering) async throws {
    try await withRegister(runs: false) { register in
      try await register.database.script(tampering.statements)
      let fault = await #expect(throws: RuleFault.self) { _ = try await register.another(runs: false) }
      #expect(fault?.description.contains(tampering.names) == true, "\(fault?.description ?? "")")
    }
  }

  @Test(arguments: tamperings) func aRunningServerReleasesNothingAfterItsNextLook(_ tampering: Tampering) async throws {
    try await withRegister(runs: false) { register in
      let person = try await register.addPerson()
      try await register.database.script(tampering.statements)
      await #expect(throws: RegisterError.unavailableLog) { try await register.custody.reloadRules() }
      #expect(register.custody.ledger.blockedReasons.contains { $0.contains(tampering.names) })
      let answer = try await register.run(.maija, "person.show id=\(person) purpose=customer-care")
      #expect(answer.code == "unavailable/log")
      #expect(answer.rows.isEmpty)
    }
  }

  /// Tables of the rules as they are, to be put back later.
  private let keep = """
    CREATE TABLE old_employee AS TABLE employee; CREATE TABLE old_role AS TABLE employee_role;
    CREATE TABLE old_grant AS TABLE policy_grant
    """
  private let putBack = """
    DELETE FROM employee_role; DELETE FROM one_time_used; DELETE FROM employee; DELETE FROM policy_grant;
    INSERT INTO employee SELECT * FROM old_employee; INSERT INTO employee_role SELECT * FROM old_role;
    INSERT INTO policy_grant SELECT * FROM old_grant
    """

  @Test func rowsRolledBackToAnOlderStateAreTold() async throws {
    try await withRegister(runs: false) { register in
      try await register.database.script(keep)
      #expect(try await register.run(.ada, "role.revoke user=sami role=sales").code == "done")
      try await register.database.script(putBack)
      await #expect(throws: RuleFault.self) { _ = try await register.another(runs: false) }
      await #expect(throws: RegisterError.self) { try await register.custody.reloadRules() }
    }
  }

  /// The epoch stands in the access log too, so a whole older state with its own epoch is told.
  @Test func aWholeOlderStateWithItsEpochIsTold() async throws {
    try await withRegister(runs: false) { register in
      try await register.database.script(keep)
      #expect(try await register.run(.ada, "role.revoke user=sami role=sales").code == "done")
      // The log has entries of the new epoch.
      #expect(try await register.run(.maija, "organisation.list").code == "done")
      try await register.custody.sequencer.catchUp(deadline: soon())
      try await register.database.script(putBack + "; DELETE FROM access_epoch WHERE epoch > 1")
      await #expect(throws: RuleFault.self) { _ = try await register.another(runs: false) }
    }
  }

  @Test func aRunningServerIsNotTakenBackToAnOlderEpoch() async throws {
    try await withRegister(runs: false) { register in
      try await register.database.script(keep)
      #expect(try await register.run(.ada, "role.revoke user=sami role=sales").code == "done")
      try await register.database.script(putBack + "; DELETE FROM access_epoch WHERE epoch > 1")
      await #expect(throws: RegisterError.self) { try await register.custody.reloadRules() }
      #expect(!register.custody.ledger.blockedReasons.isEmpty)
      #expect(register.custody.currentRules.employees[Account.sami.id]?.roles.isEmpty == true)
      let answer = try await register.run(.sami, "person.list purpose=sales")
      #expect(answer.status == .no)
      #expect(answer.rows.isEmpty)
    }
  }

  @Test func rulesThatVerifyAgainAreServedAgain() async throws {
    try await withRegister(runs: false) { register in
      try await register.database.script("UPDATE employee SET disabled = false WHERE name = 'dora'")
      await #expect(throws: RegisterError.self) { try await register.custody.reloadRules() }
      try await register.database.script("UPDATE employee SET disabled = true WHERE name = 'dora'")
      try await register.custody.reloadRules()
      #expect(try await register.run(.maija, "organisation.list").code == "done")
    }
  }

  @Test func twoAdministratorsCannotDisableEachOther() async throws {
    try await withRegister { register in
      async let one = register.run(.ada, "user.disable id=\(Account.aarne.id)")
      async let two = register.run(.aarne, "user.disable id=\(Account.ada.id)")
      let codes = try await [one.code, two.code]
      #expect(codes.count { $0 == "done" } == 1, "\(codes)")
      try await register.custody.reloadRules()
    }
  }
}
