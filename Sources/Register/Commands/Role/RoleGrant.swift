import Custody
import Model
import Wire

/// Gives an employee a job role; a second person approves it.
struct RoleGrant: RegisterCommand {
  // Refused by the command itself rather than by the engine, so that what cannot be granted at all is told first.
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
    permission: .object(.roles, .write), purpose: .none, effect: .write, log: .one, approval: .sometimes,
    timeLimitMilliseconds: Limits.commandMilliseconds)

  private let user: UserReference
  private let role: JobRole

  init(_ arguments: inout Arguments) throws(RegisterError) {
    user = try UserReference(try arguments.required("user"), "user")
    role = try arguments.requiredWord("role") { JobRole(name: $0) }
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    try Self.check(user, role, call.custody.currentRules)
    throw RegisterError.deniedApproval
  }

  /// Throws where the role cannot be granted at all, whoever approves.
  static func check(_ user: UserReference, _ role: JobRole, _ rules: AccessRules) throws(RegisterError) {
    guard let employee = user.find(in: rules) else { throw .notFound }
    guard !employee.isDisabled else { throw .conflictState(AccountWords.disabled) }
    guard !employee.roles.contains(role) else { throw .conflictState(AccountWords.held) }
    guard JobRole.areCompatible(employee.roles + [role]) else { throw .conflictState(AccountWords.apart) }
  }
}
