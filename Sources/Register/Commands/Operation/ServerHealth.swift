import Custody
import Model
import Wire

/// Shows how the server is doing.
struct ServerHealth: RegisterCommand {
  static let spec = CommandSpec(
    verb: "server.health",
    summary: Text(
      en: "Show how the server is doing.", fi: "Näytä palvelimen tila.", sv: "Visa hur servern mår."),
    parameters: [],
    columns: ["name", "status", "detail"].map { ColumnSpec($0, personal: false) },
    permission: .object(.server, .read), purpose: .none, effect: .read, log: .one, approval: .never,
    timeLimitMilliseconds: Limits.commandMilliseconds)

  init(_ arguments: inout Arguments) throws(RegisterError) {}

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let (custody, started) = (call.custody, Tick.now())
    let health = try await call.store.health(deadline: call.context.deadline)
    let took = Tick.now().milliseconds(since: started)
    let keys = try await Blocking.run { try custody.keyStoreState() }
    let checks =
      [
        HealthCheck.database(health, milliseconds: took), .log(custody.ledger.blockedReasons),
        .sequencer(health, at: .now()),
        .keys(keys.slots, repaired: keys.repaired, open: keys.failed + keys.conflicting),
        .directory(persons: try await call.store.personCount()),
        .sessions(call.services.sessions.list().count),
        .uptime(since: call.services.settings.startedAt, at: .now()),
      ] + call.services.outside.checks
    let rows: [JSONObject] = checks.map {
      ["name": .string($0.name), "status": .string($0.status.rawValue), "detail": call.words($0.detail)]
    }
    let worst = checks.map(\.status).max() ?? .ok
    return try await call.show(permit, rows, ending: ["status": .string(worst.rawValue)])
  }
}
