import Wire

/// How far an answer from the log has come: batch after batch without skipping or repeating an entry.
struct LogWalk: Sendable, Equatable {
  /// Rows in one batch: decided anew and in the log before it leaves.
  static let batchRows = 500

  /// Whether the highest index comes first.
  let newestFirst: Bool
  /// Only indexes above this one are left.
  private(set) var after: Int64
  /// Only indexes below this one are left.
  private(set) var before: Int64
  /// How many rows were taken.
  private(set) var rows = 0
  private var remaining: Int
  private var isExhausted = false

  /// A walk over at most `limit` entries of a log of `size`, which goes on after the entry that a page before ended with.
  init(after: Int64? = nil, size: Int64, newestFirst: Bool, limit: Int) {
    self.after = newestFirst ? -1 : after ?? -1
    before = newestFirst ? min(after ?? size, size) : size
    self.newestFirst = newestFirst
    remaining = limit
  }

  /// How many entries to fetch next.
  var batch: Int { min(Self.batchRows, remaining) }

  /// Whether nothing is left to fetch.
  var isDone: Bool { isExhausted || remaining == 0 || before <= after + 1 }

  /// Takes note of the entries that a fetch of `asked` gave, in their order; of `batch` where it is left out.
  mutating func take(_ indexes: [Int64], of asked: Int? = nil) {
    isExhausted = indexes.count < asked ?? batch
    rows += indexes.count
    remaining -= indexes.count
    guard let last = indexes.last else { return }
    if newestFirst { before = last } else { after = last }
  }

  /// What the final line says; with `next` where the limit, not the log, ended the answer.
  var summary: JSONObject {
    var object: JSONObject = ["rows": .int(Int64(rows))]
    if !isExhausted, before > after + 1, rows > 0 { object["next"] = .string(String(newestFirst ? before : after)) }
    return object
  }
}
