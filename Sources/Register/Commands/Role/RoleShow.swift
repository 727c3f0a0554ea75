import Custody
import Model
import Wire

/// Shows a job role's rules, then who holds it.
struct RoleShow: RegisterCommand {
  static let spec = CommandSpec(
    verb: "role.show",
    summary: Text(
      en: "Show a job role's rules and who holds it.", fi: "Näytä työnkuvan säännöt ja kenellä se on.",
      sv: "Visa en arbetsrolls regler och vilka som har den."),
    parameters: [
      .init("role", .word(JobRole.allCases.map(\.name)), required: true, personal: false, AccountWords.role)
    ],
    columns: GrantRow.columns + [
      .init("user", personal: false), .init("name", personal: true), .init("full-name", personal: true),
      .init("disabled", personal: false),
    ],
    permission: .object(.roles, .read), purpose: .none, effect: .read, log: .one, approval: .never,
    timeLimitMilliseconds: Limits.commandMilliseconds)

  private let role: JobRole

  init(_ arguments: inout Arguments) throws(RegisterError) {
    role = try arguments.requiredWord("role") { JobRole(name: $0) }
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let rules = call.custody.currentRules
    let grants = GrantRow.sorted(rules.grants(of: role)).map(GrantRow.row)
    let holders: [JSONObject] = rules.holders(of: role).map {
      [
        "user": .id($0.id), "name": .string($0.name), "full-name": .string($0.fullName),
        "disabled": .bool($0.isDisabled),
      ]
    }
    return try await call.show(permit, grants + holders, ending: ["title": call.words(role.title)])
  }
}
