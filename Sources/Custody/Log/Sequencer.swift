public import AccessLog
import Crypto
import Logging
public import Model
public import Postgres
import Synchronization

/// Brings committed intake rows into the log: verifies them, gives each entry its index without gaps, extends the Merkle
/// tree, writes the indexed rows and the tiles, and signs a checkpoint, all in one transaction. Of several servers on one
/// database one at a time does it, by an advisory lock; the others leave it to the one who did it last, until that is
/// `takeoverMilliseconds` behind.
public final class Sequencer: Sendable {
  /// SQL: committed rows `i` that are not in the log yet, by what the newest checkpoint says was looked at before.
  public static let waiting: SQL = "FROM access_intake i WHERE i.xid >= \(TreeHead.since) AND \(isOutside)"
  /// SQL: the row `i` is not in the log. A subquery of a value is looked up by the index; NOT EXISTS becomes a join with
  /// all that was integrated in the last hour.
  static let isOutside: SQL = "(SELECT g.intake FROM integrated g WHERE g.intake = i.id) IS NULL"
  /// Serialises integration over all servers.
  static let lock: Int64 = 7_625_001
  /// Intake rows in one transaction.
  static let rowsMax = 256
  /// From the beginning of one pass to that of the next, and what is left of it at least for what is served.
  static let beatMilliseconds = 150
  static let pauseMilliseconds = 20
  /// How far another server's sequencing may be behind before this one takes over.
  static let takeoverMilliseconds = 700

  struct State {
    var lastPass: Tick = .now()
    var months: Set<Int> = []
    /// The tree as this server last signed it; nil where it is to be read.
    var edge: TreeEdge?
    /// The size of the longest log that this server has seen.
    var longest: Int64 = 0
  }

  let pool: Pool
  let key: SymmetricKey
  let identity: LogIdentity
  let state = Mutex(State())
  private let ledger: Ledger
  private let logger: Logger
  let listeners = Mutex<[@Sendable (Checkpoint, String) -> Void]>([])

  init(pool: Pool, ledger: Ledger, key: SymmetricKey, identity: LogIdentity, logger: Logger) {
    self.pool = pool
    self.ledger = ledger
    self.key = key
    self.identity = identity
    self.logger = logger
  }

  /// Has something called with each checkpoint that this server signed, once it is stored.
  public func onCheckpoint(_ listener: @escaping @Sendable (_ checkpoint: Checkpoint, _ note: String) -> Void) {
    listeners.withLock { $0.append(listener) }
  }

  /// Runs until the task is cancelled.
  func run() async {
    while !Task.isCancelled {
      let begun = Tick.now()
      await ledger.flushNames()
      if await isMine() { await pass() }
      let took = Tick.now().milliseconds(since: begun)
      try? await Task.sleep(for: .milliseconds(max(Self.pauseMilliseconds, Self.beatMilliseconds - took)))
    }
  }

  /// One pass: everything that is committed now. Blocks releases where a row does not verify or it lags too far.
  ///
  /// - Returns: Whether all that was committed before is in the log now.
  @discardableResult
  func pass() async -> Bool {
    do {
      var step = Step.more
      while step == .more { step = try await integrate() }
      if step == .done {
        state.withLock { $0.lastPass = .now() }
        ledger.block("sequencer", nil)
        return true
      }
      try await lookAtOthers()
    } catch let fault as LogFault {
      ledger.block("sequencer", fault.reason)
    } catch {
      logger.warning("sequencer", metadata: ["reason": "\(error)"])
      let behind = Tick.now().milliseconds(since: state.withLock { $0.lastPass })
      if behind > Limits.sequencerBehindSecondsMax * 1000 {
        ledger.block("sequencer", "the sequencer is \(behind / 1000) s behind")
      }
    }
    return false
  }

  /// Whether this server is to integrate now: it did so last, or the one who did is behind.
  private func isMine() async -> Bool {
    guard let edge = state.withLock({ $0.edge }), ledger.blockedReasons.isEmpty else { return true }
    let rows = try? await pool.query(
      """
      SELECT (SELECT size FROM checkpoint ORDER BY size DESC LIMIT 1) = \(edge.size) OR EXISTS (
        SELECT \(Self.waiting)
          AND i.at < clock_timestamp() - make_interval(secs => \(Double(Self.takeoverMilliseconds) / 1000)))
      """, deadline: Tick.now().adding(milliseconds: Limits.queryMilliseconds))
    guard let isMine = try? rows?.first?.bool(0) else { return true }
    if !isMine { state.withLock { $0.lastPass = .now() } }
    return isMine
  }

  /// Another server integrates now, or should: what it has not brought in for long blocks releases here too. A block
  /// stays until a pass of this server's own finds all in order.
  private func lookAtOthers() async throws {
    let rows = try await pool.query(
      """
      SELECT coalesce(extract(epoch FROM clock_timestamp() - min(i.at)), 0)::bigint \(Self.waiting)
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
    while await !pass() {
      try ledger.ensureOpen()
      guard Tick.now() < deadline else { throw RegisterError.timeout }
      try await Task.sleep(for: .milliseconds(10))
    }
  }
}
