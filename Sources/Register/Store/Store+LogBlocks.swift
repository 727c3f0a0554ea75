import Model
import Postgres

/// Entries counted for a block of the log.
struct LogBlockRow: Sendable {
  let block: Int64
  let user: UserID?
  let verb: String
  let role: UInt8
  let purpose: UInt8
  let outcome: UInt8
  let count: Int64
  let first: Instant
  let last: Instant
}

extension LogBlockRow {
  init(_ row: Row) throws {
    block = try row.int64(0)
    user = try row.get(1, as: UserID?.self)
    verb = try row.string(2)
    role = UInt8(clamping: try row.int16(3))
    purpose = UInt8(clamping: try row.int16(4))
    outcome = UInt8(clamping: try row.int16(5))
    count = try row.int64(6)
    first = try row.instant(7)
    last = try row.instant(8)
  }
}

extension Store {
  /// Counts whole blocks of the log, in their order.
  func logBlocks(_ blocks: Range<Int64>, length: Int64, deadline: Tick) async throws -> [LogBlockRow] {
    try await logged(
      """
      SELECT index / \(length), employee, verb, role, purpose, outcome, count(*), min(at), max(at) FROM access_entry
      WHERE index >= \(blocks.lowerBound * length) AND index < \(blocks.upperBound * length)
      GROUP BY 1, 2, 3, 4, 5, 6, date_trunc('hour', at, 'UTC') ORDER BY 1
      """, deadline: deadline
    ).rows.map { try LogBlockRow($0) }
  }

  /// The first instant of the oldest month that is kept; what was before is gone. Nil where nothing is kept.
  func logBegin(deadline: Tick) async throws -> Instant? {
    try await pool.query(
      """
      SELECT min(to_date(right(c.relname, 6), 'YYYYMM')) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent = 'access_entry'::regclass
      """, deadline: deadline
    ).single().get(0, as: Day?.self).map { Instant(day: $0) }
  }
}
