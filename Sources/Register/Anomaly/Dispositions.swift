import Custody
import Model
import Postgres

/// What somebody found out about a finding.
enum Disposition: String, CaseIterable, Sendable {
  case explained
  case followedUp = "followed-up"
  case incident
}

/// Where a finding stands.
enum FindingState: String, CaseIterable, Sendable {
  case open, disposed, signed
}

/// What became of a finding, up to an entry of the log: what comes after it opens the finding again.
struct Disposed: Sendable, Equatable {
  let id: ID<FindingName>
  let last: Int64
  let user: UserID
  let disposition: Disposition
  let by: UserID
  let note: FindingNote
  let signer: UserID?

  static func state(of finding: Finding, _ disposed: Disposed?) -> FindingState {
    guard let disposed, disposed.last >= finding.evidence.last else { return .open }
    return disposed.signer == nil ? .disposed : .signed
  }
}

extension Store {
  private static let dispositionColumns: SQL = """
    SELECT DISTINCT ON (d.id) d.id, d.last_index, d.employee, d.disposition, d.by, s.by,
      d.note_id, d.slot, d.note
    FROM anomaly_disposition d LEFT JOIN anomaly_signature s USING (id, last_index)
    """

  private static func disposed(_ row: Row) throws -> Disposed? {
    guard let disposition = Disposition(rawValue: try row.string(3)) else { return nil }
    return Disposed(
      id: try row.id(0), last: try row.int64(1), user: try row.id(2), disposition: disposition, by: try row.id(4),
      note: FindingNote(id: try row.id(6), sealed: SealedRecord(slot: try row.int64(7), bytes: try row.bytes(8))),
      signer: try row.get(5, as: UserID?.self))
  }

  /// What last became of some findings.
  func disposed(_ ids: [ID<FindingName>], deadline: Tick) async throws -> [ID<FindingName>: Disposed] {
    let rows = try await pool.query(
      "\(Self.dispositionColumns) WHERE d.id = ANY(\(ids)) ORDER BY d.id, d.last_index DESC", deadline: deadline)
    return Dictionary(try rows.compactMap { try Self.disposed($0) }.map { ($0.id, $0) }) { first, _ in first }
  }

  /// What last became of a finding, for a change.
  static func disposed(_ id: ID<FindingName>, in transaction: Transaction) async throws -> Disposed? {
    try await transaction.query("\(dispositionColumns) WHERE d.id = \(id) ORDER BY d.id, d.last_index DESC").first
      .flatMap { try disposed($0) }
  }

  /// Keeps what somebody found out; false where somebody else was first.
  static func dispose(
    of finding: Finding, _ disposition: Disposition, _ note: FindingNote, by user: UserID, in transaction: Transaction
  ) async throws -> Bool {
    try await transaction.query(
      """
      INSERT INTO anomaly_disposition
        (id, last_index, kind, employee, day, disposition, note_id, slot, note, by)
      VALUES (\(finding.id), \(finding.evidence.last), \(finding.kind.rawValue), \(finding.user), \(finding.day),
        \(disposition.rawValue), \(note.id), \(note.sealed.slot), \(note.sealed.bytes), \(user))
      ON CONFLICT DO NOTHING RETURNING 1
      """
    ).first != nil
  }

  /// Signs what somebody found out; false where somebody else was first.
  static func sign(_ disposed: Disposed, by user: UserID, in transaction: Transaction) async throws -> Bool {
    try await transaction.query(
      """
      INSERT INTO anomaly_signature (id, last_index, by) VALUES (\(disposed.id), \(disposed.last), \(user))
      ON CONFLICT DO NOTHING RETURNING 1
      """
    ).first != nil
  }

  /// The stored summaries of some days, in order.
  func anomalySummaries(
    _ first: Day, through last: Day, deadline: Tick
  ) async throws -> [(day: Day, kind: String, count: Int64, at: Instant)] {
    try await pool.query(
      """
      SELECT day, kind, count, at FROM anomaly_summary WHERE day >= \(first) AND day <= \(last) ORDER BY day, kind
      """, deadline: deadline
    ).map { (try $0.day(0), try $0.string(1), try $0.int64(2), try $0.instant(3)) }
  }
}
