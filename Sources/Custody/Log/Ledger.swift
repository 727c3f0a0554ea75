import AccessLog
import Crypto
import Logging
import Model
import Postgres
import Sealing
import Synchronization

/// Writes the access log for all sessions: gathers the entries of every request that is ready and commits them as one
/// row a batch. There is no timer: while one commit is under way the next batch gathers.
///
/// State: the batch that gathers belongs to whoever appends under the lock; the batch that is written belongs to the one
/// driver task. A batch fails as a whole, and then a new chain begins, since its outcome may be unknown.
public final class Ledger: Sendable {
  private struct State: ~Copyable {
    var gathering = Batch()
    var isDriving = false
    /// Why nothing may be released now, by who says so.
    var blocks: [String: String] = [:]
    var names: [IntakeHeader.Name] = []
  }

  private struct Batch {
    var bytes: [UInt8] = []
    var saltOffsets: [Int] = []
    var waiters: [UnsafeContinuation<Result<Void, RegisterError>, Never>] = []
    /// For batches that only name rows already written.
    var isEmpty: Bool { waiters.isEmpty }
  }

  private let state = Mutex(State())
  private let chain: Mutex<IntakeChain>
  private let lane: Lane
  private let key: SymmetricKey
  private let server: ServerID
  private let logger: Logger

  init(lane: Lane, key: SymmetricKey, server: ServerID, logger: Logger) {
    self.lane = lane
    self.key = key
    self.server = server
    self.logger = logger
    chain = Mutex(IntakeChain(server: server))
  }

  /// Writes entries; returns once they are committed.
  ///
  /// - Throws: `unavailable/log` where they are not, or it is not known that they are.
  ///
  /// - Parameter source: Who may say that nothing is released, and is passed over: the review of the rules goes on.
  func record(_ entries: [Entry], but source: String? = nil) async throws(RegisterError) {
    let result = await withUnsafeContinuation {
      (continuation: UnsafeContinuation<Result<Void, RegisterError>, Never>) in
      let drives = state.withLock { state in
        guard state.blocks.allSatisfy({ $0.key == source }), state.gathering.bytes.count < Self.batchBytesMax else {
          continuation.resume(returning: .failure(.unavailableLog))
          return false
        }
        for entry in entries {
          state.gathering.saltOffsets.append(EntryBundle.append(entry, to: &state.gathering.bytes))
        }
        state.gathering.waiters.append(continuation)
        defer { state.isDriving = true }
        return !state.isDriving
      }
      if drives { Task { await drive() } }
    }
    try result.get()
  }

  /// More than this gathers only where commits have all but stopped.
  private static let batchBytesMax = 64 * 1024 * 1024

  private func drive() async {
    while true {
      let batch: Batch? = state.withLock { state in
        guard !state.gathering.isEmpty else {
          state.isDriving = false
          return nil
        }
        let batch = state.gathering
        state.gathering = Batch()
        return batch
      }
      guard let batch else { return }
      let result = await write(batch)
      for waiter in batch.waiters { waiter.resume(returning: result) }
    }
  }

  private func write(_ batch: Batch) async -> Result<Void, RegisterError> {
    var bytes = batch.bytes
    Salts.fill(&bytes, at: batch.saltOffsets)
    do {
      try await commit(bytes, entries: batch.saltOffsets.count)
      return .success(())
    } catch {
      logger.error("access log not written", metadata: ["reason": "\(error)"])
      return .failure(.unavailableLog)
    }
  }

  private func commit(_ bytes: [UInt8], entries: Int) async throws {
    let names = state.withLock { state in
      let taken = Array(state.names.prefix(1024))
      state.names.removeFirst(taken.count)
      return taken
    }
    let header = chain.withLock { $0.next(entries: entries, names: names) }
    let mac = IntakeStatement.mac(header, bytes: bytes, key: key)
    do {
      let result = try await lane.run(
        [IntakeStatement.insert(header, bytes: bytes, mac: mac)], milliseconds: Limits.receiptMilliseconds / 2)
      guard result.notices.isEmpty else { throw LogFault(reason: "the commit came with a warning") }
      guard let rows = result.results.first else { throw LogFault(reason: "the log's answer is missing") }
      _ = try IntakeStatement.written(rows)
      chain.withLock { $0.confirm(header, mac: mac) }
    } catch {
      chain.withLock { $0.restart() }
      state.withLock { $0.names.insert(contentsOf: names, at: 0) }
      throw error
    }
  }

  /// Commits what names written rows but has no entries of its own; for the sequencer's beat.
  func flushNames() async {
    let isIdle = state.withLock { !$0.names.isEmpty && !$0.isDriving }
    guard isIdle else { return }
    let result = await withUnsafeContinuation {
      (continuation: UnsafeContinuation<Result<Void, RegisterError>, Never>) in
      let drives = state.withLock { state in
        state.gathering.waiters.append(continuation)
        defer { state.isDriving = true }
        return !state.isDriving
      }
      if drives { Task { await drive() } }
    }
    _ = result
  }

  // MARK: Writing commands

  /// The row that a writing command inserts within its own transaction.
  func row(of entries: [Entry]) -> (statement: SQL, mac: [UInt8]) {
    var bytes: [UInt8] = []
    var offsets: [Int] = []
    for entry in entries { offsets.append(EntryBundle.append(entry, to: &bytes)) }
    Salts.fill(&bytes, at: offsets)
    let header = IntakeHeader(
      kind: .write, server: server, chain: .new(), counter: 0, entries: UInt32(entries.count),
      previous: [UInt8](repeating: 0, count: 32), continued: .none, names: [])
    let mac = IntakeStatement.mac(header, bytes: bytes, key: key)
    return (IntakeStatement.insert(header, bytes: bytes, mac: mac), mac)
  }

  /// Takes note of a writing command's row after its commit: the next batch names it.
  func committed(intake: Int64, mac: [UInt8]) {
    state.withLock { $0.names.append(IntakeHeader.Name(intake: intake, mac: mac)) }
  }

  func close() async { await lane.close() }

  // MARK: Blocking

  /// Throws while something says that the log is not in order.
  func ensureOpen(but source: String? = nil) throws(RegisterError) {
    guard state.withLock({ $0.blocks.allSatisfy { $0.key == source } }) else { throw .unavailableLog }
  }

  /// Blocks (a reason) or unblocks (nil) every release on behalf of `source`.
  func block(_ source: String, _ reason: String?) {
    let changed = state.withLock { state in
      defer { state.blocks[source] = reason }
      return state.blocks[source] != reason
    }
    guard changed else { return }
    if let reason {
      logger.error("nothing is released", metadata: ["source": "\(source)", "reason": "\(reason)"])
    } else {
      logger.notice("released again", metadata: ["source": "\(source)"])
    }
  }

  /// Why nothing is released now; empty where all is well.
  public var blockedReasons: [String] { state.withLock { $0.blocks.values.sorted() } }
}

/// Where the ledger's chain of batch rows stands.
struct IntakeChain: Sendable {
  private let server: ServerID
  private var id: ID<IntakeHeader> = .new()
  private var counter: UInt64 = 0
  private var last: IntakeHeader.Link = .none
  private var previous = [UInt8](repeating: 0, count: 32)

  init(server: ServerID) { self.server = server }

  /// The header of the next row.
  func next(entries: Int, names: [IntakeHeader.Name]) -> IntakeHeader {
    IntakeHeader(
      kind: .batch, server: server, chain: id, counter: counter, entries: UInt32(entries), previous: previous,
      continued: counter == 0 ? last : .none, names: names)
  }

  /// The row was committed.
  mutating func confirm(_ header: IntakeHeader, mac: [UInt8]) {
    counter = header.counter + 1
    previous = mac
    last = IntakeHeader.Link(chain: header.chain, counter: header.counter, mac: mac)
  }

  /// The row's outcome is bad or unknown: a new chain begins, vouching for the last row that was confirmed.
  mutating func restart() {
    id = .new()
    counter = 0
    previous = [UInt8](repeating: 0, count: 32)
  }
}

/// Random salts, many at a time.
enum Salts {
  static func fill(_ bytes: inout [UInt8], at offsets: [Int]) {
    let random = Randomness.bytes(16 * offsets.count)
    for (index, offset) in offsets.enumerated() {
      for byte in 0..<16 { bytes[offset + byte] = random[16 * index + byte] }
    }
  }
}
