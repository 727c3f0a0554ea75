import Custody
import Model
import Wire

/// Counts entries of the access log.
struct LogCount: RegisterCommand {
  static let spec = CommandSpec(
    verb: "log.count",
    summary: Text(
      en: "Count entries of the access log by one thing.", fi: "Laske käyttölokin merkinnät yhden asian mukaan.",
      sv: "Räkna poster i åtkomstloggen efter en sak."),
    parameters: [
      .init(
        "by", .word(LogGrouping.allCases.map(\.rawValue)), required: true, personal: false,
        Text(
          en: "what to count by; days and hours are in UTC", fi: "minkä mukaan; päivät ja tunnit ovat UTC-aikaa",
          sv: "efter vad; dagar och timmar är i UTC"))
    ] + LogQuestion.parameters,
    columns: ["value", "count", "first", "last", "user-name"].map { ColumnSpec($0, personal: $0 == "user-name") },
    permission: .object(.log, .read), purpose: .none, effect: .read, log: .one, approval: .never,
    timeLimitMilliseconds: 6 * Limits.commandMilliseconds)

  private let grouping: LogGrouping
  private let question: LogQuestion

  init(_ arguments: inout Arguments) throws(RegisterError) {
    grouping = try arguments.requiredWord("by") { LogGrouping(rawValue: $0) }
    question = try LogQuestion(arguments)
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let rules = call.custody.currentRules
    let filter = try question.filter(rules)
    let deadline = call.context.deadline
    try await call.custody.sequencer.catchUp(deadline: deadline)
    let size = try await call.store.logSize(deadline: deadline)
    let (counts, epoch) = try await call.store.logCounts(filter, by: grouping, before: size, deadline: deadline)
    return try await call.show(
      permit, counts.map { Self.row($0, rules) },
      ending: ["total": .int(counts.reduce(0) { $0 + $1.count })], epoch: epoch,
      subject: LogQuestion.subject(filter))
  }

  static func row(_ counted: LogCounted, _ rules: AccessRules) -> JSONObject {
    var row: JSONObject = [
      "value": .null, "count": .int(counted.count), "first": .string(counted.first.description),
      "last": .string(counted.last.description),
    ]
    switch counted.value {
    case .none: break
    case .word(let word): row["value"] = .string(word)
    case .user(let id):
      row["value"] = .id(id)
      if let name = rules.employees[id]?.name { row["user-name"] = .string(name) }
    }
    return row
  }
}
