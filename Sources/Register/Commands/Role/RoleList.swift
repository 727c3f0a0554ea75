import Custody
import Model
import Wire

/// Lists the job roles.
struct RoleList: RegisterCommand {
  static let spec = CommandSpec(
    verb: "role.list",
    summary: Text(en: "List the job roles.", fi: "Luettele työnkuvat.", sv: "Lista arbetsrollerna."),
    parameters: [],
    columns: [
      .init("role", personal: false), .init("title", personal: false), .init("purposes", personal: false),
      .init("employees", personal: false),
    ],
    permission: .object(.roles, .read), purpose: .none, effect: .read, log: .one, approval: .never,
    timeLimitMilliseconds: Limits.commandMilliseconds)

  init(_ arguments: inout Arguments) throws(RegisterError) {}

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let rules = call.custody.currentRules
    return try await call.show(
      permit,
      JobRole.allCases.map { role in
        [
          "role": .string(role.name), "title": call.words(role.title),
          "purposes": .names(rules.purposes(of: role).members.map(\.name)),
          "employees": .int(Int64(rules.holders(of: role).count { !$0.isDisabled })),
        ]
      })
  }
}
