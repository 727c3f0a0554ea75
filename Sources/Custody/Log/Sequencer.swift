import AccessLog
import Crypto
import Logging
public import Model
import Postgres
import Synchronization

/// Brings committed intake rows into the log: verifies them, gives each entry its index without gaps, and writes the
/// indexed rows, all in one transaction. Of several servers on one database one at a time does it, by an advisory lock.
public final class Sequencer: Sendable {
  /// Serialises integration over all servers.
  static let lock: Int64 = 7_625_001
  /// Intake rows in one transaction.
  static let rowsMax = 256
  /// The beat while there is work, and while there is none.
  static let beatMilliseconds = 200

  private struct State {
    var lastPass: Tick = .now()
    var months: Set<Int> = []
    var rounds: UInt64 = 0
  }

  private let pool: Pool
  private let ledger: Ledger
  private let key: SymmetricKey
  private let logger: Logger
  private let state = Mutex(State())

  init(pool: Pool, ledger: Ledger, key: SymmetricKey, logger: Logger) {
    self.pool = pool
    self.ledger = ledger
    self.key = key
    self.logger = logger
  }

  /// Runs until the task is cancelled.
  func run() async {
    while !Task.isCancelled {
      await ledger.flushNames()
      await pass()
      try? await Task.sleep(for: .milliseconds(Self.beatMilliseconds))
    }
  }

  /// One pass: everything that is committed now. Blocks releases where a row does not verify or it lags too far.
  func pass() async {
    do {
      var step = Step.more
      while step == .more { step = try await integrate() }
      if step == .done {
        state.withLock { $0.lastPass = .now() }
        ledger.block("sequencer", nil)
      } else {
        try await lookAtOthers()
      }
    } catch let fault as LogFault {
      ledger.block("sequencer", fault.reason)
    } catch {
      logger.warning("sequencer", metadata: ["reason": "\(error)"])
      let behind = Tick.now().milliseconds(since: state.withLock { $0.lastPass })
      if behind > Limits.sequencerBehindSecondsMax * 1000 {
        ledger.block("sequencer", "the sequencer is \(behind / 1000) s behind")
      }
    }
  }

  /// Another server integrates now, or should: what it has not brought in for long blocks releases here too. A block
  /// stays until a pass of this server's own finds all in order.
  private func lookAtOthers() async throws {
    let rows = try await pool.query(
      """
      SELECT coalesce(extract(epoch FROM clock_timestamp() - min(i.at)), 0)::bigint FROM access_intake i
      WHERE i.xid >= (SELECT xmin_next FROM checkpoint ORDER BY size DESC LIMIT 1)
        AND NOT EXISTS (SELECT FROM integrated g WHERE g.intake = i.id)
      """, deadline: Tick.now().adding(milliseconds: Limits.queryMilliseconds))
    let behind = try rows.first?.int(0) ?? 0
    if behind > Limits.sequencerBehindSecondsMax {
      ledger.block("sequencer", "the sequencer is \(behind) s behind")
    } else {
      state.withLock { $0.lastPass = .now() }
    }
  }

  /// Waits until every entry that was committed before the call can be read.
  public func catchUp(deadline: Tick) async throws {
    let rows = try await pool.query("SELECT coalesce(max(id), 0) FROM access_intake", deadline: deadline)
    let newest = try rows.first?.int64(0) ?? 0
    while true {
      await pass()
      let open = try await pool.query(
        """
        SELECT FROM access_intake i WHERE i.id <= \(newest)
          AND i.xid >= (SELECT xmin_next FROM checkpoint ORDER BY size DESC LIMIT 1)
          AND NOT EXISTS (SELECT FROM integrated g WHERE g.intake = i.id) LIMIT 1
        """, deadline: deadline)
      if open.isEmpty { return }
      try ledger.ensureOpen()
      guard Tick.now() < deadline else { throw RegisterError.timeout }
      try await Task.sleep(for: .milliseconds(10))
    }
  }

  /// How an attempt to integrate ended.
  private enum Step { case more, done, elsewhere }

  /// Integrates up to `rowsMax` rows.
  private func integrate() async throws -> Step {
    let deadline = Tick.now().adding(milliseconds: 20_000)
    let (step, months) = try await pool.transaction(deadline: deadline) { transaction -> (Step, Set<Int>) in
      let got = try await transaction.query("SELECT pg_try_advisory_xact_lock(\(Self.lock))")
      guard try got.first?.bool(0) == true else { return (.elsewhere, []) }
      let head = try await transaction.query(
        """
        SELECT size, xmin_next, pg_snapshot_xmin(pg_current_snapshot())
        FROM checkpoint ORDER BY size DESC LIMIT 1
        """)
      guard let head = head.first else { throw LogFault(reason: "the log has no checkpoint") }
      let size = try head.int64(0)
      let candidates = try await self.candidates(transaction, since: try head.transactionID(1))
      guard !candidates.isEmpty else { return (.done, []) }
      var verifier = try await self.verifier(transaction, for: candidates)
      let checked = try verifier.verify(candidates)
      let isWhole = candidates.count < Self.rowsMax
      let next = try isWhole ? head.transactionID(2) : head.transactionID(1)
      return (isWhole ? .done : .more, try await self.write(checked, size: size, next: next, transaction))
    }
    // Not before the commit: a month that was rolled back must be made again.
    state.withLock { $0.months.formUnion(months) }
    return step
  }

  private func candidates(_ transaction: Transaction, since xmin: TransactionID) async throws
    -> [IntakeVerifier.Candidate]
  {
    let rows = try await transaction.query(
      """
      SELECT i.id, i.header, i.bytes, i.mac FROM access_intake i
      WHERE i.xid >= \(xmin) AND NOT EXISTS (SELECT FROM integrated g WHERE g.intake = i.id)
      ORDER BY i.id LIMIT \(Int64(Self.rowsMax))
      """)
    return try rows.map {
      IntakeVerifier.Candidate(
        id: try $0.int64(0), header: try $0.bytes(1), bytes: try $0.bytes(2), mac: try $0.bytes(3))
    }
  }

  private func verifier(_ transaction: Transaction, for candidates: [IntakeVerifier.Candidate]) async throws
    -> IntakeVerifier
  {
    let references = IntakeVerifier.references(candidates)
    var positions: [ID<IntakeHeader>: IntakeVerifier.Position] = [:]
    let chains = try await transaction.query(
      """
      SELECT c.chain, g.counter, g.mac FROM unnest(\(references.chains)) AS c (chain)
      CROSS JOIN LATERAL (SELECT counter, mac FROM integrated WHERE chain = c.chain ORDER BY counter DESC LIMIT 1) g
      """)
    for row in chains {
      positions[try row.id(0)] = .init(counter: UInt64(bitPattern: try row.int64(1)), mac: try row.bytes(2))
    }
    var integrated: [Int64: [UInt8]] = [:]
    if !references.names.isEmpty {
      let rows = try await transaction.query(
        "SELECT intake, mac FROM integrated WHERE intake = ANY (\(references.names))")
      for row in rows { integrated[try row.int64(0)] = try row.bytes(1) }
    }
    return IntakeVerifier(key: key, positions: positions, integrated: integrated)
  }

  /// Writes the rows; returns the months that they are in.
  private func write(
    _ checked: [(candidate: IntakeVerifier.Candidate, header: IntakeHeader)], size: Int64, next: TransactionID,
    _ transaction: Transaction
  ) async throws -> Set<Int> {
    var columns = EntryColumns(firstIndex: size)
    for (candidate, header) in checked {
      let entries: [ArraySlice<UInt8>]
      do { entries = try EntryBundle.split(candidate.bytes) } catch { throw LogFault(reason: error.reason) }
      guard entries.count == Int(header.entries) else {
        throw LogFault(reason: "intake row \(candidate.id) does not hold the entries it counts")
      }
      for bytes in entries {
        do { try columns.append(bytes) } catch { throw LogFault(reason: error.reason) }
      }
    }
    for month in columns.months where !state.withLock({ $0.months.contains(month) }) {
      guard let day = Day(year: month / 12, month: month % 12 + 1, day: 1) else { continue }
      _ = try await transaction.query("SELECT log_month_add(\(day))")
    }
    var statements: [SQL] = []
    if columns.count > 0 {
      statements.append(columns.statement)
      statements.append(
        """
        INSERT INTO checkpoint (size, previous, xmin_next) VALUES (\(size + Int64(columns.count)), \(size), \(next))
        """)
    }
    statements.append(
      """
      INSERT INTO integrated (intake, kind, chain, counter, mac)
      SELECT * FROM unnest(\(checked.map(\.candidate.id)), \(checked.map { Int16($0.header.kind.rawValue) }),
        \(checked.map(\.header.chain)),
        \(checked.map { Int64(bitPattern: $0.header.counter) }), \(checked.map(\.candidate.mac)))
      """)
    _ = try await transaction.run(statements)
    return columns.months
  }
}

/// Entries laid out as the columns of `access_entry`, for one `unnest`.
struct EntryColumns {
  private var index: [Int64] = []
  private var at: [Instant] = []
  private var employee: [UserID?] = []
  private var person: [PersonID?] = []
  private var role: [Int16] = []
  private var purpose: [Int16] = []
  private var outcome: [Int16] = []
  private var verb: [String] = []
  private var bytes: [[UInt8]] = []
  private let firstIndex: Int64
  /// The months of the entries, as year × 12 + month − 1.
  private(set) var months: Set<Int> = []
  private var lastDay = Int.min

  init(firstIndex: Int64) { self.firstIndex = firstIndex }

  var count: Int { index.count }

  mutating func append(_ slice: ArraySlice<UInt8>) throws(EntryFault) {
    let entry = try Entry.decode(slice)
    index.append(firstIndex + Int64(index.count))
    at.append(entry.at)
    employee.append(entry.user)
    person.append(entry.person)
    role.append(Int16(entry.role?.rawValue ?? 0))
    purpose.append(Int16(entry.purpose?.rawValue ?? 0))
    outcome.append(Int16(entry.outcome.rawValue))
    verb.append(entry.verb)
    bytes.append(Array(slice))
    let day = entry.at.day
    if day.number != lastDay {
      lastDay = day.number
      let civil = day.civil
      months.insert(civil.year * 12 + civil.month - 1)
    }
  }

  var statement: SQL {
    """
    INSERT INTO access_entry (index, at, employee, person, role, purpose, outcome, verb, entry)
    SELECT * FROM unnest(\(index), \(at), \(employee), \(person), \(role), \(purpose), \(outcome), \(verb), \(bytes))
    """
  }
}
