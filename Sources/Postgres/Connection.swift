public import Model
import Synchronization

/// One session with a PostgreSQL server, on a thread of its own, in libpq's pipeline mode.
///
/// May be used by many tasks: batches run in the order in which they come, and later ones are sent before earlier ones
/// are answered. When the last reference goes, it closes.
public final class Connection: Sendable {
  let worker: Worker

  private init(_ worker: Worker) { self.worker = worker }

  deinit { worker.close() }

  /// Connects. Takes at most the connect timeout for each host.
  /// - Parameter onNotification: called on the connection's thread for each NOTIFY; it must not block.
  public static func connect(
    _ configuration: ConnectionConfiguration,
    onNotification: (@Sendable (_ channel: String, _ payload: String) -> Void)? = nil
  ) async throws(PostgresError) -> Connection {
    guard let wakeup = Wakeup() else {
      throw PostgresError(kind: .cannotConnect, message: "no file descriptor is free")
    }
    let worker = Worker(configuration, wakeup: wakeup, onNotification: onNotification)
    let error = await withUnsafeContinuation { (continuation: UnsafeContinuation<PostgresError?, Never>) in
      if !startThread({ worker.run(continuation) }) {
        continuation.resume(returning: PostgresError(kind: .cannotConnect, message: "no thread is free"))
      }
    }
    if let error { throw error }
    return Connection(worker)
  }

  /// Runs statements as one transaction, in one pipeline with one sync. Outside of `transaction` they are committed
  /// when this returns, and none took effect when it throws, unless the error's outcome is unknown.
  public func run(_ statements: [SQL], deadline: Tick? = nil) async throws(PostgresError) -> BatchResult {
    try await perform(Job(.batch(statements), role: .alone, deadline: deadline))
  }

  /// Runs one statement.
  public func query(_ statement: SQL, deadline: Tick? = nil) async throws(PostgresError) -> Rows {
    try await run([statement], deadline: deadline).only()
  }

  /// Runs trusted text of any number of statements, without values and results.
  public func script(_ text: String, deadline: Tick? = nil) async throws(PostgresError) {
    _ = try await perform(Job(.script(text), role: .alone, deadline: deadline))
  }

  /// Reads a `COPY … TO STDOUT`, which can hold no bound values.
  public func copyOut(_ statement: SQL, deadline: Tick? = nil) -> CopyStream {
    CopyStream(connection: self, text: statement.text, role: .inside, deadline: deadline)
  }

  /// Whether batches can still be run.
  public var isOpen: Bool { worker.isOpen }

  /// The process id of the server's side.
  public var backendID: Int32 { worker.backendID }

  /// Ends what is queued, then the session; returns when the session is ended.
  public func close() async {
    worker.close()
    await worker.waitUntilClosed()
  }

  /// Returns when the session has ended, by us or by the server.
  public func waitUntilClosed() async { await worker.waitUntilClosed() }

  /// Whether no transaction is open and nothing under way.
  var isIdle: Bool { worker.isIdle.load(ordering: .acquiring) }

  func perform(_ job: Job) async throws(PostgresError) -> BatchResult {
    let worker = worker
    let outcome = await withTaskCancellationHandler {
      await withUnsafeContinuation { (continuation: UnsafeContinuation<JobOutcome, Never>) in
        job.continuation = continuation
        worker.submit(job)
      }
    } onCancel: {
      guard job.role != .commit else { return }
      job.cancelRequested.store(true, ordering: .relaxed)
      worker.nudge()
    }
    return try outcome.get()
  }
}

extension BatchResult {
  /// The result of the only statement.
  func only() throws(PostgresError) -> Rows {
    guard let rows = results.last else { throw .decoding("the statement gave no result") }
    return rows
  }
}
