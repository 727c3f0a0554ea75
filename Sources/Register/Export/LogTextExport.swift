import AccessLog
import Custody
import Model
import Wire

/// An export of entries as lines, batch after batch: each decided anew, and in the log before it leaves.
struct LogTextExport {
  private let call: Call
  private let filter: LogFilter
  private let format: LogTextFormat
  private let head: ExportHead
  private var walk: LogWalk
  private var evidence = ExportEvidence()

  init(call: Call, filter: LogFilter, format: LogTextFormat, head: ExportHead) {
    self.call = call
    self.filter = filter
    self.format = format
    self.head = head
    walk = LogWalk(size: head.size, newestFirst: false, limit: Int.max)
  }

  mutating func run(_ permit: consuming Permit) async throws -> Reply.Final {
    var receipt = try await batch(permit, atMost: Int.max)
    while !walk.isDone { receipt = try await nextBatch() }
    let source = ExportEvidence.Source(call, .text(format), head, filter: filter, missingBundles: nil)
    return Reply.done(
      ["rows": .int(evidence.rows), "evidence": .object(evidence.object(source))], receipt)
  }

  /// Fetches, records and sends a batch.
  private mutating func batch(_ permit: consuming Permit, atMost room: Int) async throws -> Receipt {
    let rows = min(walk.batch, room)
    let (entries, epoch) = try await call.store.logEntries(
      filter, after: walk.after, before: walk.before, newestFirst: false, limit: rows, deadline: call.context.deadline)
    let receipt = try await call.custody.disclosure(permit).record(
      rows: entries.count, epoch: epoch, subject: LogQuestion.subject(filter))
    if evidence.bytes == 0, let header = format.header {
      try await send(header, index: nil, receipt)
    }
    for entry in entries { try await send(format.line(entry), index: entry.index, receipt) }
    walk.take(entries.map(\.index), of: rows)
    return receipt
  }

  private mutating func send(_ line: String, index: Int64?, _ receipt: borrowing Receipt) async throws {
    evidence.take(line: line, index: index)
    let row = Reply.row(receipt) { writer in
      writer.beginObject()
      writer.key("index")
      if let index { writer.int(index) } else { writer.null() }
      writer.key("text")
      writer.string(line)
      writer.endObject()
    }
    try await call.port.send(row)
  }

  /// A later batch, decided anew once the client takes it; a change of the rules meanwhile does not begin the answer again.
  private mutating func nextBatch() async throws -> Receipt {
    for _ in 0..<5 {
      do {
        let room = try await call.port.room()
        return try await batch(try call.permitAgain(), atMost: room)
      } catch is StaleEpoch {
        try await call.custody.reloadRules()
      }
    }
    throw RegisterError.conflictState(
      Text(en: "The rules are changing.", fi: "Säännöt muuttuvat.", sv: "Reglerna ändras."))
  }
}

extension ExportEvidence.Source {
  /// What a command exported.
  init(_ call: Call, _ form: ExportForm, _ head: ExportHead, filter: LogFilter, missingBundles: Int64?) {
    let parameters = [("format", form.name), ("size", String(head.size))] + filter.parameters
    self.init(
      command: call.context.verb, parameters: JSONObject(parameters.map { ($0, .string($1)) }), format: form.version,
      origin: head.origin, size: head.size, note: head.note, user: call.context.principal.user, at: .now(),
      missingBundles: missingBundles)
  }
}
