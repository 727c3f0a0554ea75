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

  /// Whether an index of entries leads to those that are asked for, or all are.
  var isIndexed: Bool {
    person != nil || (verb == nil && outcome == nil && purpose == nil && since == nil && until == nil)
  }

  /// The conditions that the filter adds to a statement over `access_entry`.
  var conditions: SQL {
    var sql: SQL = ""
    if let person { sql += " AND person = \(person)" }
    if let user { sql += " AND employee = \(user)" }
    if let verb { sql += " AND verb = \(verb)" }
    // As a literal: the index of what did not end well is for it only.
    if let outcome { sql += " AND outcome = \(raw: String(outcome.rawValue))" }
    if let purpose { sql += " AND purpose = \(Int16(purpose.rawValue))" }
    return sql + LogTimes(since: since, until: until).conditions
  }
}

/// From when to when entries are asked for.
struct LogTimes: Sendable, Equatable {
  /// The first instant that belongs.
  var since: Instant?
  /// The first instant that does not belong any more.
  var until: Instant?

  /// The conditions that the times add to a statement over `access_entry`; months beyond them are not looked at.
  var conditions: SQL {
    var sql: SQL = ""
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
    let first = min(after, Int64.max - 1) + 1
    var rest: Range<Int64>? = first..<max(first, before)
    var entries: [LoggedEntry] = []
    var epoch: Int64?
    let blocks = filter.isIndexed ? nil : tallies.blocks
    let oldest = blocks == nil ? nil : try await logBegin(deadline: deadline)
    repeat {
      var readings = rest.map { [$0] } ?? []
      let range = rest.take()
      if let blocks, let range {
        (readings, rest) = blocks.places(
          filter, oldest: oldest, within: range, backward: newestFirst, limit: limit - entries.count)
      }
      let (results, asOf) = try await logged(
        readings.map { range in
          """
          SELECT index, entry FROM access_entry
          WHERE index >= \(range.lowerBound) AND index < \(range.upperBound)\(filter.conditions)
          ORDER BY index\(raw: newestFirst ? " DESC" : "") LIMIT \(Int64(limit))
          """
        }, deadline: deadline)
      // What a change of the rules in between makes stale is stale.
      epoch = min(epoch ?? asOf, asOf)
      for row in results.joined().prefix(limit - entries.count) {
        entries.append(try LoggedEntry(index: try row.int64(0), bytes: try row.bytes(1)))
      }
    } while entries.count < limit && rest != nil
    return (entries, epoch ?? 0)
  }

  /// How many entries below an index there are for each value, and the times of the first and the last of them.
  func logCounts(
    _ filter: LogFilter, by grouping: LogGrouping, before: Int64, deadline: Tick
  ) async throws -> (counts: [LogCounted], epoch: Int64) {
    var counts = LogCounts<LogValue>()
    var readings = [0..<max(0, before)]
    if filter.person == nil {
      (counts, readings) = tallies.blocks.count(
        filter, oldest: try await logBegin(deadline: deadline), before: before, by: grouping)
    }
    let (results, epoch) = try await logged(
      readings.map { range in
        """
        SELECT \(grouping.expression), count(*), min(at), max(at) FROM access_entry
        WHERE index >= \(range.lowerBound) AND index < \(range.upperBound)\(filter.conditions)
        GROUP BY 1
        """
      }, deadline: deadline)
    for row in results.joined() {
      counts.add(
        try LogValue(row, grouping), try row.int64(1), first: try row.instant(2), last: try row.instant(3))
    }
    return (Array(counts.sorted(grouping).prefix(Limits.logRowsMax)), epoch)
  }

  /// The verbs that search; the index of the hashes of words is for just them, by this very condition.
  static let searches: SQL = "verb IN ('person.find', 'organisation.find', 'log.person')"

  /// For each month with its hash: how many entries of searches carry the hash, and the first and the last of them.
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
        WHERE at >= \(Instant(day: first)) AND at < \(Instant(day: next)) AND \(Self.searches)
          AND substring(entry FROM octet_length(entry) - \(raw: String(SearchWords.hashBytes))) = \(tail)
        """
    }
    let (results, epoch) = try await logged(statements, deadline: deadline)
    guard results.count == hashes.count else { throw RegisterError.internal }
    return (
      try results.map {
        let row = try $0.single()
        return (try row.int64(0), try row.get(1, as: Int64?.self), try row.get(2, as: Int64?.self))
      }, epoch
    )
  }

  /// The rows of a question to the log, and the rules' epoch of the same moment.
  ///
  /// Its plan is made once and not for its values: over the months of years, planning takes longer than answering.
  func logged(_ statement: SQL, deadline: Tick) async throws -> (rows: Rows, epoch: Int64) {
    let (results, epoch) = try await logged([statement], deadline: deadline)
    guard let rows = results.first else { throw RegisterError.internal }
    return (rows, epoch)
  }

  private func logged(_ statements: [SQL], deadline: Tick) async throws -> (results: [Rows], epoch: Int64) {
    let first: SQL =
      "SELECT (SELECT max(epoch) FROM access_epoch), set_config('plan_cache_mode', 'force_generic_plan', true)"
    let results = try await pool.run([first] + statements, deadline: deadline).results
    guard results.count == statements.count + 1, let epoch = try results[0].first?.int64(0) else {
      throw RegisterError.internal
    }
    return (Array(results.dropFirst()), epoch)
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
        count(i.id), min(i.at) \(Sequencer.waiting)
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

extension Instant {
  /// Midnight of a day in UTC.
  init(day: Day) { self.init(microseconds: Int64(day.number) * 86_400_000_000) }
}
