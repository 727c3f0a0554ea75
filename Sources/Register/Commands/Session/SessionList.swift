import Custody
import Model
import Wire

/// Lists open sessions on this server: one's own, or for who manages sessions everybody's.
struct SessionList: RegisterCommand {
  static let spec = CommandSpec(
    verb: "session.list",
    summary: Text(
      en: "List your open sessions on this server.", fi: "Luettele avoimet istuntosi tällä palvelimella.",
      sv: "Lista dina öppna sessioner på denna server."),
    parameters: [
      .init(
        "all", .flag, required: false, personal: false,
        Text(en: "everybody's", fi: "kaikkien istunnot", sv: "allas sessioner"))
    ],
    columns: [
      .init("id", personal: false), .init("user", personal: false), .init("user-name", personal: true),
      .init("address", personal: true), .init("since", personal: false), .init("current", personal: false),
    ],
    permission: .object(.session, .read), purpose: .none, effect: .read, log: .one, approval: .never,
    timeLimitMilliseconds: Limits.commandMilliseconds)

  private let all: Bool

  init(_ arguments: inout Arguments) throws(RegisterError) { all = try arguments.flag("all") }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    if all, !call.mayAlso(.sessions, .read) { throw RegisterError.deniedRole }
    let principal = call.context.principal
    let rules = call.custody.currentRules
    let rows: [JSONObject] = call.services.sessions.list(of: all ? nil : principal.user).map { session in
      [
        "id": .id(session.id), "user": .id(session.user), "user-name": .text(rules.employees[session.user]?.name),
        "address": .text(session.address), "since": .string(session.since.description),
        "current": .bool(session.id == principal.session),
      ]
    }
    return try await call.show(permit, rows)
  }
}
