import AccessLog
import Custody
import Model
import Wire

/// An export of the whole log as a directory of tiles, a few files at a time: each time decided anew, and in the log
/// before they leave. The checkpoint comes last.
struct LogTileExport {
  /// Files in one batch; a bundle takes up to 0.4 MB.
  static let batchFiles = 16

  private let call: Call
  private let head: ExportHead
  private var files: LogTiles
  private var evidence = ExportEvidence()
  private var missing: Int64 = 0
  private var isDone = false

  init(call: Call, head: ExportHead) {
    self.call = call
    self.head = head
    files = LogTiles(size: head.size)
  }

  mutating func run(_ permit: consuming Permit) async throws -> Reply.Final {
    var next = take(Self.batchFiles)
    var receipt = try await batch(permit, next)
    while !isDone {
      next = take(min(Self.batchFiles, try await call.port.room()))
      receipt = try await nextBatch(next)
    }
    let source = ExportEvidence.Source(call, .tiles, head, filter: LogFilter(), missingBundles: missing)
    return Reply.done(
      [
        "rows": .int(evidence.rows), "missing-bundles": .int(missing), "evidence": .object(evidence.object(source)),
      ], receipt)
  }

  /// The next files; none where only the checkpoint is left.
  private mutating func take(_ count: Int) -> [TilePath] {
    var taken: [TilePath] = []
    while taken.count < count, let file = files.next() { taken.append(file) }
    return taken
  }

  /// Fetches, records and sends a batch; the checkpoint where nothing else is left.
  private mutating func batch(_ permit: consuming Permit, _ files: [TilePath]) async throws -> Receipt {
    let deadline = call.context.deadline
    let (bundles, epoch) = try await call.store.entryRanges(files.compactMap(\.entries), deadline: deadline)
    let missing = bundles.count { $0 == nil }
    let rows = files.isEmpty ? 1 : files.count - missing
    let receipt = try await call.custody.disclosure(permit).record(rows: rows, epoch: epoch)
    self.missing += Int64(missing)
    var rest = bundles[...]
    for file in files {
      if let range = file.entries {
        guard let entries = rest.popFirst() ?? nil else { continue }
        evidence.take(first: range.lowerBound, last: range.upperBound - 1)
        try await send(file.description, Self.bundle(entries), receipt)
      } else {
        try await send(file.description, try await hashes(file), receipt)
      }
    }
    if files.isEmpty {
      try await send("checkpoint", Array(head.note.utf8), receipt)
      isDone = true
    }
    return receipt
  }

  /// A tile's bytes; every tile of a size that the log has reached is there.
  private func hashes(_ path: TilePath) async throws -> [UInt8] {
    guard let bytes = try await call.custody.logTree.tile(path) else {
      throw RegisterError.internal
    }
    return bytes
  }

  /// Entries one after another, each with its length before it.
  private static func bundle(_ entries: [[UInt8]]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(entries.reduce(0) { $0 + $1.count + 2 })
    for entry in entries {
      bytes.append(UInt8(truncatingIfNeeded: entry.count >> 8))
      bytes.append(UInt8(truncatingIfNeeded: entry.count))
      bytes.append(contentsOf: entry)
    }
    return bytes
  }

  private mutating func send(_ path: String, _ data: [UInt8], _ receipt: borrowing Receipt) async throws {
    evidence.take(path: path, data: data)
    try await call.port.send(
      Reply.row(["path": .string(path), "data": .string(Base64.encode(data))], receipt))
  }

  /// A later batch, decided anew; a change of the rules meanwhile does not begin the answer again.
  private mutating func nextBatch(_ files: [TilePath]) async throws -> Receipt {
    for _ in 0..<5 {
      do {
        return try await batch(try call.permitAgain(), files)
      } catch is StaleEpoch {
        try await call.custody.reloadRules()
      }
    }
    throw RegisterError.conflictState(
      Text(en: "The rules are changing.", fi: "Säännöt muuttuvat.", sv: "Reglerna ändras."))
  }
}
