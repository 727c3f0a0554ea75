import Custody
import Model
import Wire

/// Lists the job roles.
struct RoleList: RegisterCommand {
  static let spec = CommandSpec(
    verb: "role.list",
    summary: Text(en: "List the job roles.", fi: "Luettele työnkuvat.", sv: "Lista arbetsrollerna."),
    parameters: [
      .init("after", .word(JobRole.allCases.map(\.name)), required: false, personal: false, Words.after),
      .init("limit", .int(1...Limits.listRowsMax), required: false, personal: false, Words.limit),
    ],
    columns: [
      .init("role", personal: false), .init("title", personal: false), .init("purposes", personal: false),
      .init("employees", personal: false),
    ],
    permission: .object(.roles, .read), purpose: .none, effect: .read, log: .one, approval: .never,
    timeLimitMilliseconds: Limits.commandMilliseconds)

  private let page: ListPage

  init(_ arguments: inout Arguments) throws(RegisterError) {
    page = try ListPage(arguments) { JobRole(name: $0)?.name }
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let rules = call.custody.currentRules
    let (roles, next) = try page.cut(JobRole.allCases, by: \.name)
    let rows: [JSONObject] = roles.map { role in
      [
        "role": .string(role.name), "title": call.words(role.title),
        "purposes": .names(rules.purposes(of: role).members.map(\.name)),
        "employees": .int(Int64(rules.holders(of: role).count { !$0.isDisabled })),
      ]
    }
    return try await call.show(permit, rows, ending: ListPage.ending(next))
  }
}
