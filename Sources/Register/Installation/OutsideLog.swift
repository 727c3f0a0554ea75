public import AccessLog
import Custody
import Logging
import Model
import Postgres
import Synchronization

/// What leaves the access log for places outside of the database: checkpoints, for copies and witnesses, and entries, for
/// a system that gathers logs.
public final class OutsideLog: Sendable {
  private let custody: Custody
  private let pool: Pool
  private let lane: ConnectionConfiguration
  private let logger: Logger
  /// The connections that hold a lease, by its name.
  private let leases = Mutex<[String: Connection]>([:])
  /// The notes of new checkpoints, the newest only.
  public let checkpoints: AsyncStream<String>
  private let continuation: AsyncStream<String>.Continuation

  init(custody: Custody, pool: Pool, lane: ConnectionConfiguration, logger: Logger) {
    self.custody = custody
    self.pool = pool
    self.lane = lane
    self.logger = logger
    (checkpoints, continuation) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingNewest(1))
    custody.sequencer.onCheckpoint { [continuation] _, note in continuation.yield(note) }
  }

  /// The newest checkpoint and its note as it was signed, without witnesses' lines.
  public func newest() async throws -> (checkpoint: Checkpoint, note: String) {
    let (checkpoint, note) = try await custody.logTree.checkpoint()
    guard let signed = try? SignedNote(note), let own = signed.only(custody.logTree.verifierKey) else {
      return (checkpoint, note)
    }
    return (checkpoint, own)
  }

  /// Keeps what a witness signed; its line as it stands in a note.
  public func cosign(size: Int64, name: String, keyHash: [UInt8], line: String) async throws {
    _ = try await pool.query(
      """
      INSERT INTO cosignature (size, name, key_hash, line) VALUES (\(size), \(name), \(keyHash), \(line))
      ON CONFLICT DO NOTHING
      """, deadline: deadline)
  }

  /// The hashes that prove that the log of `to` entries goes on from that of `from`.
  public func consistencyProof(from: Int64, to: Int64) async throws -> [TreeHash] {
    guard let nodes = Merkle.consistencyNodes(from: from, to: to) else { throw RegisterError.notFound }
    let hashes = try await custody.logTree.hashes(nodes, size: to)
    return try Merkle.consistencyProof(from: from, to: to) { node throws(RegisterError) in
      guard let hash = hashes[node] else { throw .internal }
      return hash
    } ?? []
  }

  /// Entries after an index, in order; only those that a checkpoint covers.
  public func entries(after: Int64, limit: Int) async throws -> [(index: Int64, bytes: [UInt8])] {
    let rows = try await pool.query(
      "SELECT index, entry FROM access_entry WHERE index > \(after) ORDER BY index LIMIT \(Int64(limit))",
      deadline: deadline)
    return try rows.map { (try $0.int64(0), try $0.bytes(1)) }
  }

  /// How far something outside has come; nil where it has not begun.
  public func position(_ name: String) async throws -> Int64? {
    try await pool.query("SELECT position FROM outside_position WHERE name = \(name)", deadline: deadline).first?
      .int64(0)
  }

  /// Remembers how far something outside has come.
  public func setPosition(_ name: String, _ position: Int64) async throws {
    _ = try await pool.query(
      """
      INSERT INTO outside_position (name, position) VALUES (\(name), \(position))
      ON CONFLICT (name) DO UPDATE SET position = excluded.position, at = clock_timestamp()
      """, deadline: deadline)
  }

  /// Whether this server is the one of all on the database that does what `name` says. Held until its connection ends.
  public func lease(_ name: String) async -> Bool {
    if let held = leases.withLock({ $0[name] }), held.isOpen { return true }
    do {
      let connection = try await Connection.connect(lane)
      let rows = try await connection.query(
        "SELECT pg_try_advisory_lock(7625010, hashtext(\(name)))", deadline: deadline)
      if try rows.first?.bool(0) == true {
        leases.withLock { $0[name] = connection }
        return true
      }
      await connection.close()
    } catch {
      logger.debug("no lease", metadata: ["name": "\(name)"])
    }
    return false
  }

  func close() async {
    continuation.finish()
    let connections = leases.withLock { leases in
      defer { leases = [:] }
      return Array(leases.values)
    }
    for connection in connections { await connection.close() }
  }

  private var deadline: Tick { Tick.now().adding(milliseconds: Limits.queryMilliseconds) }
}

extension SignedNote {
  /// The note with the signature of one key and no other; nil where that has not signed it.
  func only(_ key: VerifierKey) -> String? {
    guard let own = signatures.first(where: { $0.isBy(key) }) else { return nil }
    return "\(text)\n\(own)\n"
  }
}
