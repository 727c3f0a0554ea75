import AccessLog
import Synchronization

/// Has one witness cosign the log's checkpoints.
final class Witness: Sendable {
  /// What became of a round.
  enum Outcome: Sendable, Equatable {
    /// The witness has cosigned the log of so many entries; nil where there is no entry yet.
    case has(Int64?)
    /// Another server asks it.
    case isAnothers
  }

  private let settings: WitnessSettings
  private let log: any OutsideLogging
  private let post: HTTPPost
  private let exchange: WitnessExchange
  /// What the database remembers, as long as the lease is held.
  private let position = Mutex<Int64?>(nil)

  init(settings: WitnessSettings, log: any OutsideLogging, timing: OutsideTiming) {
    self.settings = settings
    self.log = log
    post = HTTPPost(
      address: settings.url, name: "add-checkpoint", authorities: settings.authorities, timing: timing)
    exchange = WitnessExchange(key: settings.key)
  }

  /// Has a checkpoint cosigned, unless the witness has cosigned it or a newer one.
  func cosign(_ newest: KeptCheckpoint?) async throws(OutsideProblem) -> Outcome {
    guard await log.lease(settings.name) else {
      position.withLock { $0 = nil }
      return .isAnothers
    }
    guard let newest else { return .has(nil) }
    // A witness knows a log by its origin.
    let name = "\(settings.name) \(newest.checkpoint.origin)"
    let (old, size) = (try await remembered(name), newest.checkpoint.size)
    if size == old { return .has(old) }
    guard size > old, let signature = try await ask(newest, old) else {
      try await checkNewest(hasSeen: old)
      return .has(old > 0 ? old : nil)
    }
    try await keeping {
      try await $0.cosign(size: size, name: signature.name, keyHash: signature.id, line: "\(signature)")
      try await $0.setPosition(name, size)
    }
    position.withLock { $0 = size }
    return .has(size)
  }

  /// Ends the connection.
  func close() async { await post.close() }

  private func remembered(_ name: String) async throws(OutsideProblem) -> Int64 {
    if let known = position.withLock({ $0 }) { return known }
    let stored = max(0, try await keeping { try await $0.position(name) } ?? 0)
    position.withLock { $0 = stored }
    return stored
  }

  /// Asks with a proof from what is remembered; where the witness has another size, once more with one from there. Nil
  /// where it has seen a newer checkpoint, of another server.
  private func ask(_ newest: KeptCheckpoint, _ old: Int64) async throws(OutsideProblem) -> NoteSignature? {
    switch try await send(newest, from: old) {
    case .cosigned(let signature): return signature
    case .has(let size):
      guard size <= newest.checkpoint.size else {
        try await checkNewest(hasSeen: size)
        return nil
      }
      switch try await send(newest, from: size) {
      case .cosigned(let signature): return signature
      // It has that size and does not take it: as many entries under another root.
      case .has(size) where size == newest.checkpoint.size: throw .forked(size)
      case .has: throw .malformed
      }
    }
  }

  /// More entries were seen than the checkpoint is of: another server was quicker, or the database was put back.
  private func checkNewest(hasSeen size: Int64) async throws(OutsideProblem) {
    let now = try await keeping { try await $0.newest() }.checkpoint
    if now.size < size { throw .rolledBack(seen: size, has: now.size) }
  }

  private func send(_ newest: KeptCheckpoint, from old: Int64) async throws(OutsideProblem) -> WitnessExchange.Answer {
    let size = newest.checkpoint.size
    let proof = try await keeping { old == 0 ? [] : try await $0.consistencyProof(from: old, to: size) }
    let answer: HTTPPost.Answer
    do {
      answer = try await post.send(WitnessExchange.body(old: old, proof: proof, note: newest.note))
    } catch {
      throw .away("\(error)")
    }
    return try exchange.read(answer, old: old, note: newest.note)
  }

  private func keeping<Value: Sendable>(
    _ body: (any OutsideLogging) async throws -> Value
  ) async throws(OutsideProblem) -> Value {
    do { return try await body(log) } catch { throw .log("\(error)") }
  }
}
