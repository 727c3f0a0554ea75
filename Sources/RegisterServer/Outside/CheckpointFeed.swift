import AccessLog
import Synchronization

/// Knows the log's newest checkpoint for all who bring it outside: from this server as it signs, from others by
/// looking.
final class CheckpointFeed: Sendable {
  private let log: any OutsideLogging
  private let timing: OutsideTiming
  private let held = Mutex<KeptCheckpoint?>(nil)

  init(log: any OutsideLogging, timing: OutsideTiming) {
    self.log = log
    self.timing = timing
  }

  /// The newest checkpoint; nil before the first, and for a log without entries.
  var newest: KeptCheckpoint? { held.withLock { $0 } }

  /// Goes on until the task is cancelled.
  func run() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { [self] in
        for await note in log.checkpoints { take(try? KeptCheckpoint(note)) }
      }
      group.addTask { [self] in
        while !Task.isCancelled {
          // A database that does not answer is told of elsewhere.
          take(try? await look())
          try? await Task.sleep(for: .milliseconds(timing.pollMilliseconds))
        }
      }
    }
  }

  /// What the database has now.
  func look() async throws -> KeptCheckpoint { try KeptCheckpoint(try await log.newest().note) }

  private func take(_ kept: KeptCheckpoint?) {
    guard let kept, kept.checkpoint.size > 0 else { return }
    held.withLock { $0 = kept }
  }
}
