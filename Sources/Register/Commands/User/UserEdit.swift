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
      .init("team", .text, required: false, personal: false, AccountWords.team),
      .init("certificate", .text, required: false, personal: false, AccountWords.certificate),
      .init("same-as", .text, required: false, personal: true, AccountWords.sameAs),
    ],
    columns: [.init("id", personal: false), .init("rev", personal: false)],
    permission: .object(.users, .write), purpose: .none, effect: .write, log: .one, approval: .sometimes(.given),
    timeLimitMilliseconds: Limits.commandMilliseconds)

  private let id: UserID
  private let rev: Int32
  private let fullName: String?
  private let access: AccountAccess

  init(_ arguments: inout Arguments) throws(RegisterError) {
    id = try arguments.id("id")
    rev = try arguments.rev()
    if let text = arguments.text("full-name") {
      fullName = try ShortText.parse(text, parameter: "full-name").description
    } else {
      fullName = nil
    }
    access = try AccountAccess(arguments)
    guard fullName != nil || !access.isEmpty else { throw .invalid("full-name", Arguments.missing) }
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    try await call.commitRules(permit) { rules, change in
      let stored = rules.stored
      guard let present = stored.rules.employees[id] else { throw RegisterError.notFound }
      guard present.rev == rev else { throw RegisterError.conflictRev }
      var employee = present
      employee.rev += 1
      employee.fullName = fullName ?? employee.fullName
      try access.apply(to: &employee, in: stored.rules)
      try AccountRules.ensureFree(
        name: nil, unixUser: employee.unixUser, certificate: employee.certificate, besides: id, in: stored.rules)
      try AccountRules.ensureApart(employee, with: [], in: stored.rules)
      if AccountAccess.needsApproval(employee, present, in: stored.rules) {
        try change.requireApproval(.users, barred: id, showing: AccountAccess.shown(present, in: stored.rules))
      }
      try await rules.put(employee, stored.secrets[id] ?? .init())
      return RuleResult(user: id, rev: employee.rev)
    }
  }
}
