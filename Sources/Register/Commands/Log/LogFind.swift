import Custody
import Model
import Wire

/// Finds entries of the access log.
struct LogFind: RegisterCommand {
  static let spec = CommandSpec(
    verb: "log.find",
    summary: Text(
      en: "Find entries of the access log, in the order of their numbers.",
      fi: "Hae käyttölokin merkintöjä numerojärjestyksessä.", sv: "Sök poster i åtkomstloggen i nummerordning."),
    parameters: LogQuestion.parameters + [
      .init("after", .int(0...Int.max), required: false, personal: false, Words.after),
      .init("limit", .int(1...Limits.logRowsMax), required: false, personal: false, Words.limit),
      .init(
        "newest", .flag, required: false, personal: false,
        Text(en: "the newest, the last first", fi: "uusimmat, viimeisin ensin", sv: "de nyaste, den sista först")),
    ],
    columns: LogRow.columns, permission: .object(.log, .read), purpose: .none, effect: .read, log: .one,
    approval: .never, timeLimitMilliseconds: Limits.importMilliseconds)

  private let question: LogQuestion
  private let after: Int?
  private let limit: Int
  private let newestFirst: Bool

  init(_ arguments: inout Arguments) throws(RegisterError) {
    question = try LogQuestion(arguments)
    after = try arguments.text("after") != nil ? arguments.int("after", in: 0...Int.max, default: 0) : nil
    limit = try arguments.int("limit", in: 1...Limits.logRowsMax, default: Limits.pageRowsMax)
    newestFirst = try arguments.flag("newest")
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let filter = try question.filter(call.custody.currentRules)
    let deadline = call.context.deadline
    try await call.custody.sequencer.catchUp(deadline: deadline)
    // What is written from now on, this answer's own entries too, is not in it.
    let size = try await call.store.logSize(deadline: deadline)
    var walk = LogWalk(after: after.map(Int64.init), size: size, newestFirst: newestFirst, limit: limit)
    var receipt = try await Self.batch(call, permit, filter, &walk)
    while !walk.isDone { receipt = try await Self.nextBatch(call, filter, &walk) }
    return Reply.done(walk.summary, receipt)
  }

  /// Fetches, records and sends a batch.
  private static func batch(
    _ call: Call, _ permit: consuming Permit, _ filter: LogFilter, _ walk: inout LogWalk, atMost room: Int = Int.max
  ) async throws -> Receipt {
    let rows = min(walk.batch, room)
    let (entries, epoch) = try await call.store.logEntries(
      filter, after: walk.after, before: walk.before, newestFirst: walk.newestFirst, limit: rows,
      deadline: call.context.deadline)
    let receipt = try await call.custody.disclosure(permit).record(
      rows: entries.count, epoch: epoch, subject: LogQuestion.subject(filter))
    let rules = call.custody.currentRules
    for entry in entries { try await call.port.send(Reply.row(LogRow.row(entry, rules), receipt)) }
    walk.take(entries.map(\.index), of: rows)
    return receipt
  }

  /// A later batch, decided anew once the client takes it; a change of the rules meanwhile does not begin the answer again.
  private static func nextBatch(_ call: Call, _ filter: LogFilter, _ walk: inout LogWalk) async throws -> Receipt {
    for _ in 0..<5 {
      do {
        let room = try await call.port.room()
        return try await batch(call, try call.permitAgain(), filter, &walk, atMost: room)
      } catch is StaleEpoch {
        try await call.custody.reloadRules()
      }
    }
    throw RegisterError.conflictState(
      Text(en: "The rules are changing.", fi: "Säännöt muuttuvat.", sv: "Reglerna ändras."))
  }
}
