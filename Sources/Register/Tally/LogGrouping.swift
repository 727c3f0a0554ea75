import Model
import Postgres

/// How the entries of the log can be counted.
enum LogGrouping: String, CaseIterable, Sendable {
  case user, role, verb, purpose, outcome, day, hour

  /// The expression that is grouped by; days and hours are those of UTC.
  var expression: SQL {
    switch self {
    case .user: "employee"
    case .role: "role"
    case .verb: "verb"
    case .purpose: "purpose"
    case .outcome: "outcome"
    case .day: "date_trunc('day', at, 'UTC')"
    case .hour: "date_trunc('hour', at, 'UTC')"
    }
  }
}

/// A value that entries were counted by.
enum LogValue: Hashable, Sendable {
  case none
  case user(UserID)
  case word(String)

  init(_ row: Row, _ grouping: LogGrouping) throws {
    switch grouping {
    case .user: self = try row.get(0, as: UserID?.self).map { .user($0) } ?? .none
    case .role: self = .role(UInt8(clamping: try row.int16(0)))
    case .purpose: self = .purpose(UInt8(clamping: try row.int16(0)))
    case .outcome: self = .outcome(UInt8(clamping: try row.int16(0)))
    case .verb: self = .word(try row.string(0))
    case .day: self = .day(try row.instant(0).day)
    case .hour: self = .hour(try row.instant(0))
    }
  }

  static func role(_ number: UInt8) -> LogValue { JobRole(rawValue: number).map { .word($0.name) } ?? .none }
  static func purpose(_ number: UInt8) -> LogValue { Purpose(rawValue: number).map { .word($0.name) } ?? .none }
  static func outcome(_ number: UInt8) -> LogValue { Outcome(rawValue: number).map { .word($0.name) } ?? .none }
  static func day(_ day: Day) -> LogValue { .word(day.description) }
  static func hour(_ begin: Instant) -> LogValue { .word(begin.description) }
}

extension LogValue: Comparable {
  /// Ids, then words, then nothing.
  static func < (left: LogValue, right: LogValue) -> Bool {
    switch (left, right) {
    case (.user(let left), .user(let right)): left < right
    case (.word(let left), .word(let right)): left < right
    case (.none, _), (.word, .user): false
    case (.user, _), (.word, .none): true
    }
  }
}
