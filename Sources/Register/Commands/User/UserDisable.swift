import Custody
import Model
import Wire

/// Closes an account at once, its open sessions included.
struct UserDisable: RegisterCommand {
  static let spec = CommandSpec(
    verb: "user.disable",
    summary: Text(
      en: "Close an account at once, its open sessions too.",
      fi: "Sulje käyttäjätili heti, myös sen avoimet istunnot.",
      sv: "Stäng ett konto genast, även dess öppna sessioner."),
    parameters: [.init("id", .id, required: true, personal: false, AccountWords.id)],
    columns: [.init("id", personal: false), .init("rev", personal: false)],
    permission: .object(.users, .write), purpose: .none, effect: .write, log: .one, approval: .never,
    timeLimitMilliseconds: Limits.commandMilliseconds)

  private let id: UserID

  init(_ arguments: inout Arguments) throws(RegisterError) { id = try arguments.id("id") }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let final = try await call.commitRules(permit) { rules, _ in
      let stored = rules.stored
      guard var employee = stored.rules.employees[id] else { throw RegisterError.notFound }
      guard id != call.context.principal.user else { throw RegisterError.conflictState(AccountWords.oneself) }
      guard !employee.isDisabled else { throw RegisterError.conflictState(AccountWords.disabled) }
      try AccountRules.ensureNotLastAdministrator(employee, in: stored.rules)
      employee.rev += 1
      employee.isDisabled = true
      try await rules.put(employee, stored.secrets[id] ?? .init())
      return RuleResult(user: id, rev: employee.rev)
    }
    await call.endSessions(of: id)
    return final
  }
}
