import Model
import Synchronization

typealias JobOutcome = Result<BatchResult, PostgresError>

/// One thing that a connection is asked to do.
final class Job: @unchecked Sendable {
  // @unchecked: made by the asking task, then handed to the connection's thread, which alone touches what is `var`.

  enum Work {
    /// Statements in one pipeline, with one sync.
    case batch([SQL])
    /// Statements in one text, by the simple protocol, outside of the pipeline.
    case script(String)
    /// A COPY … TO STDOUT.
    case copy(String, CopyBuffer)
    /// Frees a prepared statement; nobody waits for it.
    case deallocate(PreparedStatement)
  }

  /// What a lost connection means for it.
  enum Role {
    /// A transaction of its own: once sent it may have been committed.
    case alone
    /// Part of a transaction that is open: that is rolled back.
    case inside
    /// The COMMIT: once sent it is not cancelled, and it may have been done.
    case commit
  }

  let work: Work
  let role: Role
  let deadline: Tick?
  let cancelRequested = Atomic<Bool>(false)

  var continuation: UnsafeContinuation<JobOutcome, Never>?
  var results: [Rows] = []
  var notices: [Notice] = []
  var failure: PostgresError?
  var isSent = false
  /// Why the server is asked to cancel it, and when it is given up.
  var cancelReason: PostgresError.Kind?
  var cancelSent = false
  /// Whether a cancel request was under way while it ran, perhaps for another.
  var exposedToCancel = false
  var graceEnds: Tick?

  init(_ work: Work, role: Role, deadline: Tick?) {
    self.work = work
    self.role = role
    self.deadline = deadline
  }

  /// Whether nobody asked for it from outside.
  var isInternal: Bool {
    if case .deallocate = work { true } else { false }
  }

  func finish(_ outcome: JobOutcome) {
    if case .copy(_, let buffer) = work {
      if case .failure(let error) = outcome { buffer.finish(error) } else { buffer.finish(nil) }
    }
    continuation?.resume(returning: outcome)
    continuation = nil
  }

  /// The outcome when nothing can be heard any more.
  func finishLost(_ kind: PostgresError.Kind = .connectionLost, syncAwaited: Bool = true) {
    let mayBeDone: Bool
    switch role {
    case .inside: mayBeDone = false
    case .commit: mayBeDone = isSent && failure?.kind != .server
    case .alone: mayBeDone = isSent && (failure == nil || failure?.kind == .connectionLost && syncAwaited)
    }
    let error = failure ?? PostgresError.lost(outcomeUnknown: false)
    let final: PostgresError.Kind = failure.map { $0.kind == .server ? .server : kind } ?? kind
    finish(.failure(error.with(kind: final, outcomeUnknown: mayBeDone)))
  }
}
