import Custody
import Model
import Wire

/// Takes a job role from an employee; the next command of an open session is decided without it.
struct RoleRevoke: RegisterCommand {
  static let spec = CommandSpec(
    verb: "role.revoke",
    summary: Text(
      en: "Take a job role from an employee at once.", fi: "Ota työnkuva työntekijältä heti pois.",
      sv: "Ta en arbetsroll från en anställd genast."),
    parameters: [
      .init("user", .text, required: true, personal: true, AccountWords.user),
      .init("role", .word(JobRole.allCases.map(\.name)), required: true, personal: false, AccountWords.role),
    ],
    columns: [.init("id", personal: false), .init("rev", personal: false)],
    permission: .object(.roles, .write), purpose: .none, effect: .write, log: .one, approval: .never,
    timeLimitMilliseconds: Limits.commandMilliseconds)

  private let user: UserReference
  private let role: JobRole

  init(_ arguments: inout Arguments) throws(RegisterError) {
    user = try UserReference(try arguments.required("user"), "user")
    role = try arguments.requiredWord("role") { JobRole(name: $0) }
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    try await call.commitRules(permit) { rules, _ in
      let stored = rules.stored
      guard var employee = user.find(in: stored.rules), employee.roles.contains(role) else {
        throw RegisterError.notFound
      }
      if role == .administrator { try AccountRules.ensureNotLastAdministrator(employee, in: stored.rules) }
      employee.rev += 1
      employee.roles.removeAll { $0 == role }
      try await rules.revoke(role, from: employee.id)
      try await rules.put(employee, stored.secrets[employee.id] ?? .init())
      return RuleResult(user: employee.id, rev: employee.rev)
    }
  }
}
