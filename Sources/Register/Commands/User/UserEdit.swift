import Custody
import Model
import Wire

/// Changes what an account says of its employee.
struct UserEdit: RegisterCommand {
  static let spec = CommandSpec(
    verb: "user.edit",
    summary: Text(
      en: "Change an employee's account.", fi: "Muuta työntekijän käyttäjätiliä.", sv: "Ändra en anställds konto."),
    parameters: [
      .init("id", .id, required: true, personal: false, AccountWords.id),
      .init("rev", .int(1...Int(Int32.max)), required: true, personal: false, Words.rev),
      .init("full-name", .text, required: false, personal: true, AccountWords.fullName),
      .init("unix-user", .text, required: false, personal: true, AccountWords.unixUser),
    ],
    columns: [.init("id", personal: false), .init("rev", personal: false)],
    permission: .object(.users, .write), purpose: .none, effect: .write, log: .one, approval: .sometimes,
    timeLimitMilliseconds: Limits.commandMilliseconds)

  private let id: UserID
  private let rev: Int32
  private let fullName: String?
  private let unixUser: String?

  init(_ arguments: inout Arguments) throws(RegisterError) {
    id = try arguments.id("id")
    rev = try arguments.rev()
    if let text = arguments.text("full-name") {
      fullName = try ShortText.parse(text, parameter: "full-name").description
    } else {
      fullName = nil
    }
    if let text = arguments.text("unix-user") { unixUser = try AccountRules.unixUser(text) } else { unixUser = nil }
    guard fullName != nil || unixUser != nil else { throw .invalid("full-name", Arguments.missing) }
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    try await call.commitRules(permit) { rules, _ in
      let stored = rules.stored
      guard var employee = stored.rules.employees[id] else { throw RegisterError.notFound }
      guard employee.rev == rev else { throw RegisterError.conflictRev }
      try AccountRules.ensureFree(name: nil, unixUser: unixUser, besides: id, in: stored.rules)
      // Another way into an account that can do something is as good as its roles.
      if let unixUser, !unixUser.isEmpty, unixUser != employee.unixUser, !employee.roles.isEmpty {
        throw RegisterError.deniedApproval
      }
      employee.rev += 1
      employee.fullName = fullName ?? employee.fullName
      employee.unixUser = unixUser ?? employee.unixUser
      try await rules.put(employee, stored.secrets[id] ?? .init())
      return RuleResult(user: id, rev: employee.rev)
    }
  }
}
