import CPostgres
import Model
import Synchronization

/// What a connection's thread and everybody else share, and the state that is the thread's alone.
///
/// The thread sleeps in poll on the socket and an eventfd. Others put jobs into the inbox; only the thread calls libpq
/// (but for `PQcancel`, which is made for other threads).
final class Worker: @unchecked Sendable {
  // @unchecked: `PGconn*` and every `var` below belong to the connection's thread; what is shared is behind `inbox` or
  // atomic.

  struct Inbox {
    var jobs: [Job] = []
    var isSleeping = false
    var needsAttention = false
    var cancelReturned = false
    var isClosing = false
    var isClosed = false
    var queued = 0
    var closeWaiters: [UnsafeContinuation<Void, Never>] = []
  }

  /// What the server will answer next.
  enum Expectation {
    case parse(PreparedStatement)
    case execute(PreparedStatement)
    case deallocate
    case sync
  }

  let configuration: ConnectionConfiguration
  let wakeup: Wakeup
  let inbox = Mutex(Inbox())
  /// Whether no transaction is open and nothing is under way.
  let isIdle = Atomic<Bool>(true)
  /// Whether a server said that it is read only: it is a standby now.
  let sawReadOnly = Atomic<Bool>(false)
  let onNotification: (@Sendable (_ channel: String, _ payload: String) -> Void)?

  var connection: OpaquePointer?
  var cancelHandle: OpaquePointer?
  var pending = Fifo<Job>()
  var inflight = Fifo<Job>()
  var expected = Fifo<Expectation>()
  /// The job that runs outside of the pipeline.
  var plain: Job?
  var plainIsCopying = false
  /// Whether the statement at the head of `expected` has given its result.
  var headIsAnswered = false
  var cache: StatementCache
  var cancelIsUnderWay = false
  var nextLook: Tick?
  var finishedCount: UInt64 = 0
  var isLost = false
  var lostKind = PostgresError.Kind.connectionLost
  var isClosing = false
  var backendID: Int32 = 0

  init(
    _ configuration: ConnectionConfiguration, wakeup: Wakeup,
    onNotification: (@Sendable (_ channel: String, _ payload: String) -> Void)?
  ) {
    self.configuration = configuration
    self.wakeup = wakeup
    self.onNotification = onNotification
    cache = StatementCache(countMax: configuration.preparedStatementsMax)
  }

  deinit { PQfreeCancel(cancelHandle) }

  // MARK: From other threads

  /// Queues a job, whose continuation is set; it is finished at once where the connection takes no more.
  func submit(_ job: Job) {
    var wakes = false
    let refusal: PostgresError? = inbox.withLock { inbox in
      if inbox.isClosing || inbox.isClosed { return .closed }
      if inbox.queued >= configuration.queuedBatchesMax {
        return PostgresError(kind: .poolExhausted, message: "too many batches wait on the connection")
      }
      inbox.queued += 1
      inbox.jobs.append(job)
      wakes = inbox.isSleeping
      inbox.isSleeping = false
      return nil
    }
    // With the lock let go, so that the thread that wakes does not wait for it.
    if wakes { wakeup.signal() }
    if let refusal { job.finish(.failure(refusal)) }
  }

  /// Makes the thread look at cancelled jobs and copy buffers.
  func nudge() {
    inbox.withLock { inbox in
      inbox.needsAttention = true
      wake(&inbox)
    }
  }

  func close() {
    inbox.withLock { inbox in
      inbox.isClosing = true
      wake(&inbox)
    }
  }

  var isOpen: Bool { inbox.withLock { !$0.isClosing && !$0.isClosed } }

  func waitUntilClosed() async {
    await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
      let isClosed = inbox.withLock { inbox in
        if !inbox.isClosed { inbox.closeWaiters.append(continuation) }
        return inbox.isClosed
      }
      if isClosed { continuation.resume() }
    }
  }

  private func wake(_ inbox: inout Inbox) {
    guard inbox.isSleeping else { return }
    inbox.isSleeping = false
    wakeup.signal()
  }
}
