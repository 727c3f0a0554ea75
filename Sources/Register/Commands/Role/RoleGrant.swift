import Custody
import Model
import Wire

/// Gives an employee a job role; a second person approves it.
struct RoleGrant: RegisterCommand {
  static let spec = CommandSpec(
    verb: "role.grant",
    summary: Text(
      en: "Give an employee a job role, with another person's approval.",
      fi: "Anna työntekijälle työnkuva toisen henkilön hyväksynnällä.",
      sv: "Ge en anställd en arbetsroll med en annan persons godkännande."),
    parameters: [
      .init("user", .text, required: true, personal: true, AccountWords.user),
      .init("role", .word(JobRole.allCases.map(\.name)), required: true, personal: false, AccountWords.role),
    ],
    columns: [.init("id", personal: false), .init("rev", personal: false)],
    permission: .object(.roles, .write), purpose: .none, effect: .write, log: .one, approval: .always(.given),
    timeLimitMilliseconds: Limits.commandMilliseconds)

  private let user: UserReference
  private let role: JobRole

  init(_ arguments: inout Arguments) throws(RegisterError) {
    user = try UserReference(try arguments.required("user"), "user")
    role = try arguments.requiredWord("role") { JobRole(name: $0) }
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    try await call.commitRules(permit) { rules, change in
      let stored = rules.stored
      try Self.check(user, role, stored.rules)
      guard var employee = user.find(in: stored.rules) else { throw RegisterError.notFound }
      try change.requireApproval(
        .roles, barred: employee.id, showing: AccountAccess.shown(employee, in: stored.rules),
        inputDigest: AccountAccess.digest(employee))
      employee.rev += 1
      try await rules.grant(role, to: employee.id)
      try await rules.put(employee, stored.secrets[employee.id] ?? .init())
      return RuleResult(user: employee.id, rev: employee.rev)
    }
  }

  /// Throws where the role cannot be granted at all, whoever approves.
  static func check(_ user: UserReference, _ role: JobRole, _ rules: AccessRules) throws(RegisterError) {
    guard let employee = user.find(in: rules) else { throw .notFound }
    guard !employee.isDisabled else { throw .conflictState(AccountWords.disabled) }
    guard !employee.roles.contains(role) else { throw .conflictState(AccountWords.held) }
    guard JobRole.areCompatible(employee.roles + [role]) else { throw .conflictState(AccountWords.apart) }
    try AccountRules.ensureApart(employee, with: [role], in: rules)
  }
}
