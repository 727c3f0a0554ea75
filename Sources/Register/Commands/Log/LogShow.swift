import AccessLog
import Custody
import Model
import Wire

/// Shows one entry of the access log with the bytes that the log's proofs are over.
struct LogShow: RegisterCommand {
  static let spec = CommandSpec(
    verb: "log.show",
    summary: Text(
      en: "Show one entry of the access log with its bytes.", fi: "Näytä yksi käyttölokin merkintä tavuineen.",
      sv: "Visa en post i åtkomstloggen med dess byte."),
    parameters: [
      .init(
        "index", .int(0...Int.max), required: true, personal: false,
        Text(en: "the entry's number", fi: "merkinnän numero", sv: "postens nummer"))
    ],
    columns: LogRow.columns + [.init("salt", personal: false), .init("entry", personal: false)],
    permission: .object(.log, .read), purpose: .none, effect: .read, log: .one, approval: .never,
    timeLimitMilliseconds: Limits.commandMilliseconds)

  private let index: Int64

  init(_ arguments: inout Arguments) throws(RegisterError) {
    _ = try arguments.required("index")
    index = Int64(try arguments.int("index", in: 0...Int.max - 1, default: 0))
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let deadline = call.context.deadline
    try await call.custody.sequencer.catchUp(deadline: deadline)
    let (entries, epoch) = try await call.store.logEntries(
      LogFilter(), after: index - 1, before: index + 1, newestFirst: false, limit: 1, deadline: deadline)
    guard let found = entries.first else { throw RegisterError.notFound }
    return try await call.show(
      permit, [Self.row(found, call.custody.currentRules)], epoch: epoch, subject: found.entry.person?.retyped())
  }

  static func row(_ logged: LoggedEntry, _ rules: AccessRules) -> JSONObject {
    var row = LogRow.row(logged, rules)
    let salt = [logged.entry.salt.high, logged.entry.salt.low].flatMap { word in
      (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) }
    }
    row["salt"] = .string(Hex.encode(salt))
    row["entry"] = .string(Base64.encode(logged.bytes))
    return row
  }
}
