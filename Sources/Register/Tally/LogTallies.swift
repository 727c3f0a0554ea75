import Logging
import Model
import Synchronization

/// The blocks of the log that this server has counted. They are kept in memory only: what is in the database is
/// verified against the signed tree, and a table of counts would be one more thing to verify.
final class LogTallies: Sendable {
  /// At most about 64 MB of tallies.
  private static let talliesMax = 2_000_000
  /// Blocks that are counted by one statement.
  private static let blocksAtOnce: Int64 = 16

  private let state: Mutex<LogBlocks>

  init(blockEntries: Int64) {
    state = Mutex(LogBlocks(length: blockEntries, talliesMax: Self.talliesMax))
  }

  /// What is counted now.
  var blocks: LogBlocks { state.withLock { $0 } }

  /// Counts the next blocks that are whole.
  ///
  /// - Returns: Whether there are more.
  func extend(_ store: Store) async throws -> Bool {
    let (end, length) = state.withLock { ($0.end, $0.length) }
    let deadline = Tick.now().adding(milliseconds: Limits.queryMilliseconds)
    let whole = try await store.logSize(deadline: deadline) / length
    let next = min(whole, end + Self.blocksAtOnce)
    guard next > end else { return false }
    let rows = try await store.logBlocks(end..<next, length: length, deadline: deadline)
    try state.withLock { blocks in
      // Another may have counted them meanwhile.
      guard blocks.end == end else { return }
      try blocks.append(upTo: next, rows)
    }
    return next < whole
  }

  /// Goes on counting until the task is cancelled.
  func follow(_ store: Store, logger: Logger) async {
    while !Task.isCancelled {
      var hasMore = false
      do {
        hasMore = try await extend(store)
      } catch {
        logger.debug("the log is not counted", metadata: ["reason": "\(error)"])
      }
      try? await Task.sleep(for: hasMore ? .milliseconds(100) : .seconds(10))
    }
  }
}
