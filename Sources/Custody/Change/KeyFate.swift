import Logging
public import Model
public import Postgres
import Sealing

/// Keys on their way to destruction: rows of `key_fate` and the work that carries them out. Killed at any point it goes on
/// at the next run, and a row says `destroyed` only after every mirror was overwritten, synced and read back.
public struct KeyFate: Sendable {
  /// `hold.set` and the step that marks a destruction take this lock, for under READ COMMITTED both would commit.
  static let lock: Int64 = 7_625_004

  let pool: Pool
  let keys: KeyStore
  let logger: Logger

  /// Notes that keys were replaced by an edit: they end once every standby has the new ones, at the latest after
  /// `Limits.replacedValueDays`.
  static func replaced(_ keys: [(person: PersonID, category: Category, slot: Int64)]) -> SQL {
    """
    INSERT INTO key_fate (slot, person, category, state, due_at)
    SELECT s, p, c, 1::smallint, now() + make_interval(days => \(Int32(Limits.replacedValueDays)))
    FROM unnest(\(keys.map(\.slot)), \(keys.map(\.person)), \(keys.map { Int16($0.category.rawValue) })) AS k (s, p, c)
    """
  }

  /// Marks every key of some categories of a person for destruction at once, and removes their rows. The caller has
  /// locked the person's row `FOR UPDATE`, so that nothing is sealed for it meanwhile.
  public static func mark(_ person: PersonID, _ categories: CategorySet, in transaction: Transaction) async throws {
    let codes = categories.members.map { Int16($0.rawValue) }
    _ = try await transaction.run([
      "SELECT pg_advisory_xact_lock(\(lock))",
      """
      WITH gone AS (DELETE FROM person_part WHERE person = \(person) AND category = ANY (\(codes))
        RETURNING slot, person, category)
      INSERT INTO key_fate (slot, person, category, state, due_at) SELECT slot, person, category, 2, now() FROM gone
      """,
      """
      UPDATE key_fate SET state = 2, due_at = now()
      WHERE person = \(person) AND category = ANY (\(codes)) AND state = 1
      """,
    ])
  }

  /// Marks the key of a text of the register's own for destruction at once; the caller removes it from its row.
  static func end(_ record: SealedRecord, of id: PersonID) -> SQL {
    """
    INSERT INTO key_fate (slot, person, category, state, due_at)
    VALUES (\(record.slot), \(id), \(RecordSeal.category), 2, now()) ON CONFLICT DO NOTHING
    """
  }

  /// Overwrites the keys whose time has come; returns how many. Run at start, each minute and after each erasure.
  @discardableResult
  public func run() async throws -> Int {
    var count = 0
    while true {
      let due = try await pool.query(
        """
        SELECT slot FROM key_fate WHERE state < 3 AND (state = 2 OR due_at <= now()) ORDER BY due_at LIMIT 1000
        """)
      let slots = try due.map { try $0.int64(0) }
      guard !slots.isEmpty else { return count }
      let keys = keys
      try await Blocking.run { try keys.destroyMany(slots) }
      _ = try await pool.query(
        "UPDATE key_fate SET state = 3, destroyed_at = now() WHERE slot = ANY (\(slots)) AND state < 3")
      count += slots.count
    }
  }

  /// Overwrites keys that no row names: what transactions that never committed left behind. A key is an orphan only when
  /// every transaction that ran when the highest number was taken has ended.
  @discardableResult
  public func sweepOrphans(patienceSeconds: Int = 60) async throws -> Int {
    let top = try await pool.query(
      "SELECT last_value, is_called, pg_current_xact_id() FROM key_slot")
    guard let row = top.first, try row.bool(1) else { return 0 }
    let highest = try row.int64(0)
    let bound = try row.transactionID(2)
    let until = Tick.now().adding(milliseconds: patienceSeconds * 1000)
    while true {
      let now = try await pool.query("SELECT pg_snapshot_xmin(pg_current_snapshot()) > \(bound)")
      if try now.first?.bool(0) == true { break }
      guard Tick.now() < until else { return 0 }
      try await Task.sleep(for: .milliseconds(200))
    }
    return try await sweep(upTo: highest)
  }

  private func sweep(upTo highest: Int64) async throws -> Int {
    var swept = 0
    var first = KeyStore.firstPersonSlot
    while first <= highest {
      let last = min(first + 9999, highest)
      let rows = try await pool.query(
        """
        SELECT s FROM generate_series(\(first), \(last)) AS s
        WHERE NOT EXISTS (SELECT FROM person_part p WHERE p.slot = s)
          AND NOT EXISTS (SELECT FROM key_fate f WHERE f.slot = s)
          AND NOT EXISTS (SELECT FROM approval a WHERE a.slot = s)
          AND NOT EXISTS (SELECT FROM break_glass b WHERE b.slot = s)
          AND NOT EXISTS (SELECT FROM anomaly_disposition d WHERE d.slot = s)
        """)
      let orphans = try rows.map { try $0.int64(0) }
      let keys = keys
      swept += try await Blocking.run {
        let live = try orphans.filter { try keys.state(slot: $0).contains(.live) }
        if !live.isEmpty { try keys.destroyMany(live) }
        return live.count
      }
      first = last + 1
    }
    if swept > 0 { logger.notice("orphaned keys overwritten", metadata: ["keys": "\(swept)"]) }
    return swept
  }
}
