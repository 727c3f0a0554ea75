import AccessLog
import Dispatch
import Model
import NIOCore
import NIOPosix
import Synchronization

/// Keeps the log's checkpoints in one file, and no checkpoint of a log that does not go on from the one kept last.
///
/// The first such checkpoint goes to `PATH.fork` instead, as evidence.
final class CheckpointCopy: Sendable {
  private struct State {
    var isBusy = false
    var again = false
    var hasForked = false
  }

  private let file: CheckpointFile
  private let log: any OutsideLogging
  private let timing: OutsideTiming
  private let queue: DispatchQueue
  private let state = Mutex(State())

  init(path: String, log: any OutsideLogging, timing: OutsideTiming) {
    file = CheckpointFile(path: path)
    self.log = log
    self.timing = timing
    queue = DispatchQueue(label: "rekisteri.outside")
  }

  /// Keeps a checkpoint.
  ///
  /// - Returns: How many entries the file's newest checkpoint is of.
  func keep(_ newest: KeptCheckpoint) async throws(OutsideProblem) -> Int64 {
    let file = file
    let last = try await storing { try file.newest()?.checkpoint }
    if let last, last.origin == newest.checkpoint.origin {
      if last.size > newest.checkpoint.size { return try await ahead(last, newest) }
      guard try await goesOn(last, newest.checkpoint) else { throw await fork(last, newest) }
    }
    let again = state.withLock { $0.again }
    state.withLock { $0.again = true }
    let outcome = try await storing { try file.append(newest.note, again: again) }
    state.withLock { $0.again = false }
    guard case .conflict(let other) = outcome else { return newest.checkpoint.size }
    // Another server was quicker by a moment.
    if other.size > newest.checkpoint.size { return try await ahead(other, newest) }
    throw await fork(other, newest)
  }

  /// The file has more: another server wrote it just now, or the database was put back.
  private func ahead(_ last: Checkpoint, _ newest: KeptCheckpoint) async throws(OutsideProblem) -> Int64 {
    let now = try await reading { try await $0.newest() }.checkpoint
    if now.origin == last.origin, now.size < last.size {
      await keepFork(newest)
      throw .rolledBack(seen: last.size, has: now.size)
    }
    return last.size
  }

  private func goesOn(_ last: Checkpoint, _ new: Checkpoint) async throws(OutsideProblem) -> Bool {
    if last.size == new.size { return last.root == new.root }
    let proof = try await reading { try await $0.consistencyProof(from: last.size, to: new.size) }
    return Merkle.verifyConsistency(
      from: last.size, fromRoot: last.root, to: new.size, toRoot: new.root, proof: proof)
  }

  private func fork(_ last: Checkpoint, _ newest: KeptCheckpoint) async -> OutsideProblem {
    await keepFork(newest)
    return .forked(last.size)
  }

  private func keepFork(_ newest: KeptCheckpoint) async {
    let isFirst = state.withLock { state in
      defer { state.hasForked = true }
      return !state.hasForked
    }
    guard isFirst else { return }
    let file = CheckpointFile(path: file.path + ".fork")
    _ = try? await storing { try file.append(newest.note) }
  }

  private func reading<Value: Sendable>(
    _ body: (any OutsideLogging) async throws -> Value
  ) async throws(OutsideProblem) -> Value {
    do { return try await body(log) } catch { throw .log("\(error)") }
  }

  /// Does what may hang on storage that is away on a thread of its own; gives up the wait, not the work.
  private func storing<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
  ) async throws(OutsideProblem) -> Value {
    let isFree = state.withLock { state in
      defer { state.isBusy = true }
      return !state.isBusy
    }
    guard isFree else { throw .storage("\(file.path) has not answered yet") }
    let loop = MultiThreadedEventLoopGroup.singleton.any()
    let promise = loop.makePromise(of: Value.self)
    let late = ServerFault("\(file.path) does not answer")
    let timeout = loop.scheduleTask(in: .milliseconds(Int64(timing.storageMilliseconds))) { promise.fail(late) }
    queue.async { [self] in
      let result = Result<Value, any Error> { try body() }
      state.withLock { $0.isBusy = false }
      timeout.cancel()
      promise.completeWith(result)
    }
    do { return try await promise.futureResult.get() } catch { throw .storage("\(error)") }
  }
}
