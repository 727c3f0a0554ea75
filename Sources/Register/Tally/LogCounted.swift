import Model
import Postgres

/// How many entries have a value, and the times of the first and the last of them.
struct LogCounted: Sendable, Equatable {
  let value: LogValue
  let count: Int64
  let first: Instant
  let last: Instant
}

/// Entries counted by something, from several sources.
struct LogCounts<Key: Hashable & Sendable>: Sendable {
  /// How many, and the times of the first and the last.
  struct Count {
    var count: Int64
    var first: Instant
    var last: Instant
  }

  private(set) var counted: [Key: Count] = [:]

  mutating func add(_ key: Key, _ count: Int64, first: Instant, last: Instant) {
    var sum = counted[key] ?? Count(count: 0, first: first, last: last)
    sum.count += count
    sum.first = min(sum.first, first)
    sum.last = max(sum.last, last)
    counted[key] = sum
  }
}

extension LogCounts<LogValue> {
  /// Time as it went, everything else by how often.
  func sorted(_ grouping: LogGrouping) -> [LogCounted] {
    let all = counted.map { value, sum in
      LogCounted(value: value, count: sum.count, first: sum.first, last: sum.last)
    }
    switch grouping {
    case .day, .hour: return all.sorted { $0.value < $1.value }
    default: return all.sorted { ($1.count, $0.value) < ($0.count, $1.value) }
    }
  }
}
