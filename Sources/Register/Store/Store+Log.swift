import AccessLog
import Custody
import Model
import Postgres

/// Which entries of the access log are asked for.
struct LogFilter: Sendable, Equatable {
  var person: PersonID?
  var user: UserID?
  var verb: String?
  var outcome: Outcome?
  var purpose: Purpose?
  /// The first instant that belongs.
  var since: Instant?
  /// The first instant that does not belong any more.
  var until: Instant?

  /// The conditions that the filter adds to a statement over `access_entry`.
  var conditions: SQL {
    var sql: SQL = ""
    if let person { sql += " AND person = \(person)" }
    if let user { sql += " AND employee = \(user)" }
    if let verb { sql += " AND verb = \(verb)" }
    if let outcome { sql += " AND outcome = \(Int16(outcome.rawValue))" }
    if let purpose { sql += " AND purpose = \(Int16(purpose.rawValue))" }
    if let since { sql += " AND at >= \(since)" }
    if let until { sql += " AND at < \(until)" }
    return sql
  }
}

/// An entry of the log with its place and its canonical bytes.
struct LoggedEntry: Sendable {
  let index: Int64
  let entry: Entry
  let bytes: [UInt8]

  init(index: Int64, bytes: [UInt8]) throws(RegisterError) {
    self.index = index
    self.bytes = bytes
    do { entry = try Entry.decode(bytes) } catch { throw .internal }
  }
}

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

  /// The order of the rows: time as it went, everything else by how often.
  var order: SQL {
    switch self {
    case .day, .hour: " ORDER BY 1"
    default: " ORDER BY 2 DESC, 1"
    }
  }
}

extension Store {
  /// How many entries the log has: every index is below it.
  func logSize(deadline: Tick) async throws -> Int64 {
    try await pool.query("SELECT max(size) FROM checkpoint", deadline: deadline).first?.int64(0) ?? 0
  }

  /// Entries between two indexes, neither included, in the order of their indexes or in the reverse, with the rules'
  /// epoch of the same moment.
  func logEntries(
    _ filter: LogFilter, after: Int64, before: Int64, newestFirst: Bool, limit: Int, deadline: Tick
  ) async throws -> (entries: [LoggedEntry], epoch: Int64) {
    let statement: SQL = """
      SELECT index, entry FROM access_entry WHERE index > \(after) AND index < \(before)\(filter.conditions)
      ORDER BY index\(raw: newestFirst ? " DESC" : "") LIMIT \(Int64(limit))
      """
    let results = try await pool.run([Self.epochStatement, statement], deadline: deadline).results
    guard results.count == 2, let epoch = try results[0].first?.int64(0) else { throw RegisterError.internal }
    return (try results[1].map { try LoggedEntry(index: try $0.int64(0), bytes: try $0.bytes(1)) }, epoch)
  }

  /// How many entries below an index there are for each value.
  func logCounts(
    _ filter: LogFilter, by grouping: LogGrouping, before: Int64, deadline: Tick
  ) async throws -> (counts: [(value: LogValue, count: Int64)], epoch: Int64) {
    let statement: SQL = """
      SELECT \(grouping.expression), count(*) FROM access_entry WHERE index < \(before)\(filter.conditions)
      GROUP BY 1\(grouping.order) LIMIT \(Int64(Limits.logRowsMax))
      """
    let results = try await pool.run([Self.epochStatement, statement], deadline: deadline).results
    guard results.count == 2, let epoch = try results[0].first?.int64(0) else { throw RegisterError.internal }
    let counts = try results[1].map { (try LogValue($0, grouping), try $0.int64(1)) }
    return (counts, epoch)
  }

  /// For each month with its hash: how many entries carry the hash, and the first and the last of them. What `log.hash`
  /// itself left is not counted.
  func logHashes(_ hashes: [(month: Int, hash: [UInt8])], deadline: Tick) async throws -> (
    found: [(count: Int64, first: Int64?, last: Int64?)], epoch: Int64
  ) {
    let statements: [SQL] = hashes.compactMap { month, hash in
      guard let first = SearchWords.firstDay(of: month), let next = SearchWords.firstDay(of: month + 1) else {
        return nil
      }
      // The hash is the last thing in an entry's canonical bytes, its length before it.
      let tail = [UInt8(hash.count)] + hash
      return """
        SELECT count(*), min(index), max(index) FROM access_entry
        WHERE at >= \(Instant(day: first)) AND at < \(Instant(day: next)) AND verb <> 'log.hash'
          AND substring(entry FROM octet_length(entry) - \(Int32(tail.count - 1))) = \(tail)
        """
    }
    let results = try await pool.run([Self.epochStatement] + statements, deadline: deadline).results
    guard results.count == hashes.count + 1, let epoch = try results[0].first?.int64(0) else {
      throw RegisterError.internal
    }
    return (
      try results.dropFirst().map {
        let row = try $0.single()
        return (try row.int64(0), try row.get(1, as: Int64?.self), try row.get(2, as: Int64?.self))
      }, epoch
    )
  }

  /// Since when each rule in force has been.
  func grantTimes(deadline: Tick) async throws -> [ID<Grant>: Instant] {
    let rows = try await pool.query(
      """
      SELECT g.id, e.at FROM policy_grant g JOIN access_epoch e ON e.epoch = g.since_epoch WHERE g.until_epoch IS NULL
      """, deadline: deadline)
    return Dictionary(try rows.map { (try $0.id(0), try $0.instant(1)) }) { first, _ in first }
  }

  /// How the log's sequencing stands, and the database's own word on itself.
  func health(deadline: Tick) async throws -> StoreHealth {
    let row = try await pool.query(
      """
      SELECT current_setting('server_version'), pg_database_size(current_database()),
        (SELECT max(size) FROM checkpoint), (SELECT max(at) FROM checkpoint WHERE size > 0),
        count(i.id), min(i.at)
      FROM access_intake i
      WHERE i.xid >= (SELECT xmin_next FROM checkpoint ORDER BY size DESC LIMIT 1)
        AND NOT EXISTS (SELECT FROM integrated g WHERE g.intake = i.id)
      """, deadline: deadline
    ).single()
    return StoreHealth(
      version: try row.string(0), bytes: try row.int64(1), logSize: try row.int64(2),
      logAt: try row.get(3, as: Instant?.self), waiting: try row.int64(4),
      waitingSince: try row.get(5, as: Instant?.self))
  }

  static var epochStatement: SQL { "SELECT max(epoch) FROM access_epoch" }
}

/// What `server.health` tells of the database and of the log's order.
struct StoreHealth: Sendable {
  let version: String
  let bytes: Int64
  let logSize: Int64
  let logAt: Instant?
  let waiting: Int64
  let waitingSince: Instant?
}

/// A value that entries were counted by.
enum LogValue: Sendable, Equatable {
  case none
  case user(UserID)
  case word(String)

  init(_ row: Row, _ grouping: LogGrouping) throws {
    switch grouping {
    case .user: self = try row.get(0, as: UserID?.self).map { .user($0) } ?? .none
    case .role: self = .init(word: JobRole(rawValue: UInt8(clamping: try row.int16(0)))?.name)
    case .purpose: self = .init(word: Purpose(rawValue: UInt8(clamping: try row.int16(0)))?.name)
    case .outcome: self = .init(word: Outcome(rawValue: UInt8(clamping: try row.int16(0)))?.name)
    case .verb: self = .word(try row.string(0))
    case .day: self = .word(try row.instant(0).day.description)
    case .hour: self = .word(try row.instant(0).description)
    }
  }

  private init(word: String?) { self = word.map { .word($0) } ?? .none }
}

extension Instant {
  /// Midnight of a day in UTC.
  init(day: Day) { self.init(microseconds: Int64(day.number) * 86_400_000_000) }
}
