import Custody
import Model
import Wire

/// Lists the sessions that are open on any server or can be resumed: one's own, or for who manages sessions everybody's.
struct SessionList: RegisterCommand {
  static let spec = CommandSpec(
    verb: "session.list",
    summary: Text(
      en: "List your sessions that are open or can be resumed.",
      fi: "Luettele istuntosi, jotka ovat avoinna tai joita voi jatkaa.",
      sv: "Lista dina sessioner som är öppna eller kan återupptas."),
    parameters: [
      .init(
        "all", .flag, required: false, personal: false,
        Text(en: "everybody's", fi: "kaikkien istunnot", sv: "allas sessioner"))
    ] + ListPage.parameters,
    columns: [
      .init("id", personal: false), .init("user", personal: false), .init("user-name", personal: true),
      .init("address", personal: true), .init("since", personal: false), .init("open", personal: false),
      .init("expires", personal: false), .init("current", personal: false),
    ],
    permission: .object(.session, .read), purpose: .none, effect: .read, log: .one, approval: .never,
    timeLimitMilliseconds: Limits.commandMilliseconds)

  private let all: Bool
  private let page: ListPage

  init(_ arguments: inout Arguments) throws(RegisterError) {
    all = try arguments.flag("all")
    page = try ListPage(arguments)
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    if all, !call.mayAlso(.sessions, .read) { throw RegisterError.deniedRole }
    let principal = call.context.principal
    let rules = call.custody.currentRules
    let epoch = try await call.store.epoch()
    let (sessions, next) = try page.cut(try await SessionRows.all(of: all ? nil : principal.user, call)) {
      $0.session.description
    }
    let rows: [JSONObject] = sessions.map { session in
      [
        "id": .id(session.session), "user": .id(session.user),
        "user-name": .text(rules.employees[session.user]?.name), "address": .text(session.address),
        "since": .string(session.since.description), "open": .bool(session.isOpen),
        "expires": .text(session.expires?.description), "current": .bool(session.session == principal.session),
      ]
    }
    return try await call.show(permit, rows, ending: ListPage.ending(next), epoch: epoch)
  }
}
