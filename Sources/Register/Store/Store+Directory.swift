import Custody
import Model
import Postgres

/// A change that a directory may have to take in.
struct DirectoryChange: Sendable {
  let id: Int64
  let kind: DirectoryChangeKind
  let subject: ID<Named.Request>
}

extension Store {
  private static let longMilliseconds = 60_000
  private static var longDeadline: Tick { Tick.now().adding(milliseconds: longMilliseconds) }

  /// The oldest transaction that is still running: what it will commit is not to be seen yet.
  func snapshotXmin() async throws -> TransactionID {
    let rows = try await pool.query("SELECT pg_snapshot_xmin(pg_current_snapshot())", deadline: Self.longDeadline)
    return try rows.first?.transactionID(0) ?? TransactionID(0)
  }

  /// How many persons there are.
  func personCount() async throws -> Int {
    try await pool.query("SELECT count(*) FROM person", deadline: Self.longDeadline).first?.int(0) ?? 0
  }

  /// Organisations in the order of their ids.
  func organisations(after: OrganisationID?, limit: Int) async throws -> [Organisation] {
    let after = after ?? OrganisationID(high: 0, low: 0)
    return try await pool.query(
      "SELECT \(Organisation.columns) FROM organisation WHERE id > \(after) ORDER BY id LIMIT \(Int64(limit))",
      deadline: Self.longDeadline
    ).map { try Organisation($0) }
  }

  /// Persons in the order of their ids, with what the directory searches in.
  func directoryPage(after: PersonID?, limit: Int) async throws -> [SealedPerson] {
    let after = after ?? PersonID(high: 0, low: 0)
    // By index: else each page may go through everybody, depending on what PostgreSQL has counted.
    return try await PersonFetch.page(after: after, limit: limit) {
      try await self.lane.run($0, milliseconds: Self.longMilliseconds).results
    }
  }

  /// What was committed by transactions from `since` on, and from where to read the next time.
  func directoryChanges(since: TransactionID) async throws -> (rows: [DirectoryChange], xmin: TransactionID) {
    // The bound first: a transaction that commits between the two is read twice rather than never.
    let results = try await pool.run(
      [
        "SELECT pg_snapshot_xmin(pg_current_snapshot())",
        "SELECT id, kind, subject FROM directory_change WHERE xid >= \(since)",
      ], deadline: Self.longDeadline
    ).results
    guard results.count == 2, let bound = results[0].first else { throw RegisterError.internal }
    let rows = try results[1].map { row in
      guard let kind = DirectoryChangeKind(rawValue: try row.int16(1)) else { throw RegisterError.internal }
      return DirectoryChange(id: try row.int64(0), kind: kind, subject: try row.id(2))
    }
    return (rows, try bound.transactionID(0))
  }
}
