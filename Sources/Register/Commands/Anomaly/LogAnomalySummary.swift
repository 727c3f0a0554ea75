import Custody
import Model
import Wire

/// Shows how many findings each day had, as counted in the night after it.
struct LogAnomalySummary: RegisterCommand {
  static let spec = CommandSpec(
    verb: "log.anomaly.summary",
    summary: Text(
      en: "Show how many findings a day had, as counted in the night after it.",
      fi: "Näytä, montako havaintoa päivältä kertyi seuraavan yön laskennassa.",
      sv: "Visa hur många fynd en dag hade, enligt räkningen natten efter."),
    parameters: [.init("day", .day, required: false, personal: false, AnomalyWords.day)],
    columns: ["day", "kind", "count", "at"].map { ColumnSpec($0, personal: false) },
    permission: .object(.logReview, .read), purpose: .none, effect: .read, log: .one, approval: .never,
    timeLimitMilliseconds: Limits.commandMilliseconds)

  private let day: Day?

  init(_ arguments: inout Arguments) throws(RegisterError) { day = try arguments.instant("day")?.day }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let today = LocalCalendar(settings: call.services.settings.anomalies).day(of: .now())
    let counts = try await call.store.anomalySummaries(
      day ?? Day(number: today.number - 7), through: day ?? today, deadline: call.context.deadline)
    // Of a day without any, one row that says so.
    var told: Set<Day> = Set(counts.filter { $0.count > 0 }.map(\.day))
    let rows: [JSONObject] = counts.compactMap {
      guard $0.count > 0 || told.insert($0.day).inserted else { return nil }
      return [
        "day": .string($0.day.description), "kind": $0.count > 0 ? .string($0.kind) : .null, "count": .int($0.count),
        "at": .string($0.at.description),
      ]
    }
    return try await call.show(permit, rows)
  }
}

/// Shows from where on something stands out.
struct LogAnomalySettings: RegisterCommand {
  static let spec = CommandSpec(
    verb: "log.anomaly.settings",
    summary: Text(
      en: "Show from where on something in the access log stands out.",
      fi: "Näytä, mistä alkaen jokin käyttölokissa poikkeaa.", sv: "Visa från och med när något i loggen sticker ut."),
    parameters: [], columns: ["name", "value"].map { ColumnSpec($0, personal: false) },
    permission: .object(.logReview, .read), purpose: .none, effect: .read, log: .one, approval: .never,
    timeLimitMilliseconds: Limits.commandMilliseconds)

  init(_ arguments: inout Arguments) throws(RegisterError) {}

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let shown = call.services.settings.anomalies.shown
    return try await call.show(permit, shown.map { ["name": .string($0.name), "value": .string($0.value)] })
  }
}
