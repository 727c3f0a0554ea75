import Custody
import Model
import Wire

/// Shows what the operator set and the bounds that matter.
struct ServerSettingsShow: RegisterCommand {
  static let spec = CommandSpec(
    verb: "server.settings",
    summary: Text(
      en: "Show the settings and bounds of the server.", fi: "Näytä palvelimen asetukset ja rajat.",
      sv: "Visa serverns inställningar och gränser."),
    parameters: [],
    columns: ["name", "value"].map { ColumnSpec($0, personal: false) },
    permission: .object(.server, .read), purpose: .none, effect: .read, log: .one, approval: .never,
    timeLimitMilliseconds: Limits.commandMilliseconds)

  init(_ arguments: inout Arguments) throws(RegisterError) {}

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let settings = call.services.settings
    let shown = settings.shown + [("import-approval-above", String(settings.importApprovalAbove))] + Self.bounds
    var seen: Set<String> = []
    let rows: [JSONObject] = shown.filter { seen.insert($0.name).inserted }.map {
      ["name": .string($0.name), "value": .string($0.value)]
    }
    return try await call.show(permit, rows)
  }

  /// The bounds that people meet, by name.
  static let bounds: [(name: String, value: String)] = [
    ("line-bytes-max", String(Limits.lineBytesMax)), ("inflight-max", String(Limits.inflightMax)),
    ("idle-seconds", String(Limits.idleSeconds)), ("auth-tries-max", String(Limits.authTriesMax)),
    ("connections-max", String(Limits.connectionsMax)),
    ("connections-per-address-max", String(Limits.connectionsPerAddressMax)),
    ("page-rows-max", String(Limits.pageRowsMax)), ("log-rows-max", String(Limits.logRowsMax)),
    ("command-milliseconds", String(Limits.commandMilliseconds)),
    ("import-milliseconds", String(Limits.importMilliseconds)), ("import-rows-max", String(Limits.importRowsMax)),
    ("import-bytes-max", String(Limits.importBytesMax)),
    ("password-characters-min", String(Limits.passwordScalarsMin)),
    ("password-with-one-time-characters-min", String(Limits.passwordWithOneTimeScalarsMin)),
    ("password-iterations-min", String(Limits.passwordIterationsMin)), ("once-hours", String(Limits.onceHours)),
    ("replaced-value-days", String(Limits.replacedValueDays)),
    ("search-hash-months", String(Limits.searchHashMonths)),
    ("sequencer-behind-seconds-max", String(Limits.sequencerBehindSecondsMax)),
  ]
}
