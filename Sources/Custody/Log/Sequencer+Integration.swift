import AccessLog
import Crypto
import Model
import Postgres
import Synchronization

/// One transaction: what is committed and not in the log yet is verified, numbered, hashed and signed.
extension Sequencer {
  /// How an attempt to integrate ended.
  enum Step { case more, done, elsewhere }

  /// What a transaction wrote; nothing of it counts before its commit.
  struct Integrated {
    var step: Step
    var months: Set<Int> = []
    var edge: TreeEdge?
    var signed: (checkpoint: Checkpoint, note: String)?
  }

  /// Integrates up to `rowsMax` rows.
  func integrate() async throws -> Step {
    let deadline = Tick.now().adding(milliseconds: 20_000)
    let done: Integrated
    do {
      done = try await pool.transaction(deadline: deadline) { try await self.integrate($0) }
    } catch {
      state.withLock { $0.edge = nil }
      throw error
    }
    // Not before the commit: a month that was rolled back must be made again, and so the tree's edge.
    state.withLock { state in
      state.months.formUnion(done.months)
      if let edge = done.edge {
        state.edge = edge
        state.longest = max(state.longest, edge.size)
      }
    }
    if let signed = done.signed {
      for listener in listeners.withLock({ $0 }) { listener(signed.checkpoint, signed.note) }
    }
    return done.step
  }

  private func integrate(_ transaction: Transaction) async throws -> Integrated {
    let results = try await transaction.run([
      "SELECT pg_try_advisory_xact_lock(\(Self.lock))",
      """
      SELECT \(TreeHead.columns), pg_snapshot_xmin(pg_current_snapshot()) FROM checkpoint ORDER BY size DESC LIMIT 1
      """,
      Self.candidates,
    ]).results
    guard results.count == 3, try results[0].first?.bool(0) == true else { return Integrated(step: .elsewhere) }
    guard let row = results[1].first else { throw LogFault(reason: "the log has no checkpoint") }
    let head = try TreeHead(row)
    let candidates = try results[2].map { try Self.candidate($0) }
    try ensureNotShorter(head)
    guard !candidates.isEmpty else { return Integrated(step: .done) }
    var (edge, grown) = try await edge(at: head, transaction)
    var verifier = try await self.verifier(transaction, for: candidates)
    let checked = try verifier.verify(candidates)
    let isWhole = candidates.count < Self.rowsMax
    let next = try isWhole ? row.transactionID(4) : head.xminNext
    var done = try await write(checked, after: &edge, grown, next: next, transaction)
    done.step = isWhole ? .done : .more
    return done
  }

  /// A log never gets shorter: one that does was put back.
  private func ensureNotShorter(_ head: TreeHead) throws(LogFault) {
    let longest = state.withLock { $0.longest }
    guard head.size >= longest else {
      throw LogFault(
        reason: "the log had \(longest) entries and now has \(head.size)",
        index: head.size)
    }
  }

  /// The edge of the signed tree that the head names: kept since this server's last commit, or read and compared; and
  /// the tiles of a log that is older than its tree.
  private func edge(at head: TreeHead, _ transaction: Transaction) async throws -> (edge: TreeEdge, tiles: [Tile]) {
    let kept = state.withLock { $0.edge }
    if let kept, kept.size == head.size {
      guard kept.root == head.root || (kept.size == 0 && head.root == nil) else {
        throw LogFault(reason: "the checkpoint of size \(head.size) is not the one that this server signed")
      }
      return (kept, [])
    }
    let root = try head.verifiedRoot(identity)
    let (edge, tiles) = try await TreeRows(transaction: transaction).edge(size: head.size, isNew: root == nil)
    guard root == nil || edge.root == root else {
      throw LogFault(reason: "the log's entries and tiles are not those of the signed checkpoint of size \(head.size)")
    }
    return (edge, tiles)
  }

  /// Those that wait are found first: an order and a limit beside the condition have the planner walk all rows by their
  /// ids, an hour's, to find the few at the end.
  private static let candidates: SQL = """
    SELECT id, header, bytes, mac FROM access_intake WHERE id = ANY (ARRAY(
      SELECT id FROM (SELECT i.id \(waiting) OFFSET 0) AS waits ORDER BY id LIMIT \(Int64(rowsMax))))
    ORDER BY id
    """

  private static func candidate(_ row: Row) throws -> IntakeVerifier.Candidate {
    IntakeVerifier.Candidate(
      id: try row.int64(0), header: try row.bytes(1), bytes: try row.bytes(2), mac: try row.bytes(3))
  }

  private func verifier(_ transaction: Transaction, for candidates: [IntakeVerifier.Candidate]) async throws
    -> IntakeVerifier
  {
    let references = IntakeVerifier.references(candidates)
    var positions: [ID<IntakeHeader>: IntakeVerifier.Position] = [:]
    let results = try await transaction.run([
      """
      SELECT \(IntegratedRow.columns(of: "g")) FROM unnest(\(references.chains)) AS c (chain)
      CROSS JOIN LATERAL (SELECT * FROM integrated WHERE chain = c.chain ORDER BY counter DESC LIMIT 1) g
      """,
      "SELECT \(IntegratedRow.columns(of: "g")) FROM integrated g WHERE intake = ANY (\(references.names))",
    ]).results
    guard results.count == 2 else { throw LogFault(reason: "the log's answer is missing") }
    for row in results[0] {
      let last = try IntegratedRow(row, key: key)
      positions[last.chain] = .init(counter: UInt64(bitPattern: last.counter), mac: last.mac)
    }
    var integrated: [Int64: [UInt8]] = [:]
    for row in results[1] {
      let named = try IntegratedRow(row, key: key)
      integrated[named.intake] = named.mac
    }
    return IntakeVerifier(key: key, positions: positions, integrated: integrated)
  }

  /// Writes the rows, the tiles that they finish, and the signed checkpoint over them.
  private func write(
    _ checked: [(candidate: IntakeVerifier.Candidate, header: IntakeHeader)], after edge: inout TreeEdge,
    _ grown: [Tile], next: TransactionID, _ transaction: Transaction
  ) async throws -> Integrated {
    let size = edge.size
    var columns = EntryColumns(firstIndex: size)
    for (candidate, header) in checked {
      let entries: [ArraySlice<UInt8>]
      do { entries = try EntryBundle.split(candidate.bytes) } catch { throw LogFault(reason: error.reason) }
      guard entries.count == Int(header.entries) else {
        throw LogFault(reason: "intake row \(candidate.id) does not hold the entries it counts")
      }
      for bytes in entries {
        do { try columns.append(bytes) } catch { throw LogFault(reason: error.reason) }
        edge.append(TreeHash.leaf(bytes))
      }
    }
    for month in columns.months where !state.withLock({ $0.months.contains(month) }) {
      guard let day = Day(year: month / 12, month: month % 12 + 1, day: 1) else { continue }
      _ = try await transaction.query("SELECT log_month_add(\(day))")
    }
    var done = Integrated(step: .done, months: columns.months)
    var statements: [SQL] = []
    let tiles = grown + edge.takeFinished()
    if !tiles.isEmpty { statements.append(TreeRows.insert(tiles)) }
    if columns.count > 0 {
      let root = edge.root
      let note = identity.sign(size: edge.size, root: root)
      statements.append(columns.statement)
      statements.append(
        """
        INSERT INTO checkpoint (size, previous, xmin_next, root, note)
        VALUES (\(edge.size), \(size), \(next), \(root.bytes), \(note))
        """)
      done.edge = edge
      done.signed = (Checkpoint(origin: identity.origin, size: edge.size, root: root), note)
    }
    statements.append(IntegratedRow.insert(checked.map { IntegratedRow($0.candidate, $0.header, key: key) }))
    _ = try await transaction.run(statements)
    return done
  }
}
