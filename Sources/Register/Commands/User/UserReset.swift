import Custody
import Model
import Wire

/// Gives an account a new password; a second person approves it.
struct UserReset: RegisterCommand {
  static let spec = CommandSpec(
    verb: "user.reset",
    summary: Text(
      en: "Give an account a new password, with another person's approval.",
      fi: "Anna tilille uusi salasana toisen henkilön hyväksynnällä.",
      sv: "Ge ett konto ett nytt lösenord med en annan persons godkännande."),
    parameters: [.init("id", .id, required: true, personal: false, AccountWords.id)],
    columns: [
      .init("id", personal: false), .init("rev", personal: false), .init("password", personal: true),
      .init("one-time-secret", personal: true),
    ],
    permission: .object(.users, .write), purpose: .none, effect: .write, log: .one, approval: .always(.sentAgain),
    timeLimitMilliseconds: Limits.commandMilliseconds)

  private let id: UserID

  init(_ arguments: inout Arguments) throws(RegisterError) { id = try arguments.id("id") }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let rules = call.custody.currentRules
    guard let present = rules.employees[id] else { throw RegisterError.notFound }
    try permit.requireApproval(ApprovalNeeded(.users, barred: id, showing: AccountAccess.shown(present, in: rules)))
    let password = AccountRules.newPassword()
    let secret = present.hasOneTimePassword ? OneTimePassword.newSecret() : nil
    let sealed = try await call.sealSecrets(password: password, oneTimeSecret: secret, of: id)
    let final = try await call.commitRules(permit) { rules, change in
      guard var employee = rules.stored.rules.employees[id] else { throw RegisterError.notFound }
      employee.rev += 1
      employee.hasOneTimePassword = secret != nil
      try await rules.put(employee, sealed)
      _ = try await Store.clearGuesses(of: id, in: change.transaction)
      var result = RuleResult(user: id, rev: employee.rev)
      result.secrets["password"] = .string(password)
      if let secret { result.secrets["one-time-secret"] = .string(Base32.encode(secret, padding: false)) }
      return result
    }
    await call.endSessions(of: id)
    return final
  }
}
