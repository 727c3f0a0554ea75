import Custody
import Model
import Wire

/// Tells who is logged in.
struct Whoami: RegisterCommand {
  static let spec = CommandSpec(
    verb: "whoami",
    summary: Text(
      en: "Show who you are here and what your roles are for.", fi: "Näytä kuka olet ja mihin työnkuvasi oikeuttavat.",
      sv: "Visa vem du är här och vad dina roller är till för."),
    parameters: [],
    columns: [
      .init("user", personal: false), .init("name", personal: true), .init("full-name", personal: true),
      .init("roles", personal: false), .init("purposes", personal: false), .init("session", personal: false),
      .init("address", personal: true), .init("since", personal: false),
    ],
    permission: .object(.session, .read), purpose: .none, effect: .read, log: .one, approval: .never,
    timeLimitMilliseconds: Limits.commandMilliseconds)

  init(_ arguments: inout Arguments) throws(RegisterError) {}

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let principal = call.context.principal
    let rules = call.custody.currentRules
    guard let employee = rules.employees[principal.user] else { throw RegisterError.deniedRole }
    let purposes = employee.roles.reduce(into: PurposeSet()) { $0.formUnion(rules.purposes(of: $1)) }
    let session = call.services.sessions.list(of: principal.user).first { $0.id == principal.session }
    return try await call.show(
      permit,
      [
        [
          "user": .id(employee.id), "name": .string(employee.name), "full-name": .string(employee.fullName),
          "roles": .names(employee.roles.map(\.name)), "purposes": .names(purposes.members.map(\.name)),
          "session": .id(principal.session), "address": .text(principal.address),
          "since": .text(session?.since.description),
        ]
      ])
  }
}
