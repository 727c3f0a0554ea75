import AccessLog
import Wire

extension LogWatch {
  /// The verb of the entry that a log of a new origin begins with.
  private static let verb = "log.continue"
  /// Entries of that verb that are looked at, the newest first.
  private static let entriesMax = 8

  /// What a log of a new origin says, proved under its own checkpoint, of the checkpoint that was seen before.
  func continuation(of earlier: Checkpoint, in shown: ShownLog) async -> LogContinuation {
    let parameters = [
      Parameter(name: "verb", value: Self.verb), Parameter(name: "limit", value: String(Self.entriesMax)),
    ]
    guard let running = try? connection.run(Command(verb: "log.find", parameters: parameters)),
      let found = try? await running.collect(), found.final.status == .ok
    else { return .unsaid }
    var best = LogContinuation.unsaid
    for row in found.rows.prefix(Self.entriesMax) {
      guard let index = row.value["index"]?.int, let entry = await entry(index, shown),
        let size = Self.size(entry, origin: earlier.origin)
      else { continue }
      let isSame = size > earlier.size || (size == earlier.size && entry.textHash == earlier.root.bytes)
      if isSame { return .acknowledged(size) }
      best = .short(size)
    }
    return best
  }

  /// An entry of the log, proved to be under the checkpoint that was shown.
  private func entry(_ index: Int64, _ shown: ShownLog) async -> Entry? {
    let parameters = [("index", index), ("size", shown.checkpoint.size)]
      .map { Parameter(name: $0.0, value: String($0.1)) }
    guard let running = try? connection.run(Command(verb: "log.prove", parameters: parameters)),
      let row = try? await running.collect().rows.first?.value,
      let proof = row["proof"]?.string, let bytes = row["entry"]?.string.flatMap({ Base64.decode($0) }),
      let report = try? ProofVerifier.verify(tlogProof: proof, entry: bytes, keys: [shown.key]),
      report.checkpoint.size == shown.checkpoint.size, report.checkpoint.root == shown.checkpoint.root,
      report.index == index, let entry = try? Entry.decode(bytes), entry.verb == Self.verb
    else { return nil }
    return entry
  }

  /// How many entries the log of an origin had that an entry goes on from; nil where it is of another log.
  private static func size(_ entry: Entry, origin: String) -> Int64? {
    let words = entry.caseReference.split(separator: " ")
    guard words.count == 2, words[0].utf8.elementsEqual(origin.utf8) else { return nil }
    return Int64(words[1])
  }
}
