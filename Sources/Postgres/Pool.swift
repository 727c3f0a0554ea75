public import Logging
public import Model
import Synchronization

/// A bounded set of connections, made when needed and replaced when broken.
public final class Pool: Sendable {
  static let cancelled = PostgresError(kind: .cancelled, message: "cancelled while waiting for a connection")

  /// How its connections are made.
  public let configuration: ConnectionConfiguration
  private let logger: Logger
  private let state: Mutex<PoolState>

  /// A pool of at most `size` connections, none made yet. At most `waitersMax` tasks wait for one; more are refused.
  public init(
    configuration: ConnectionConfiguration, size: Int, waitersMax: Int = 1024,
    logger: Logger = Logger(label: "postgres")
  ) {
    self.configuration = configuration
    self.logger = logger
    state = Mutex(PoolState(size: size, waitersMax: waitersMax))
  }

  /// Runs one statement as a transaction of its own.
  public func query(_ statement: SQL, deadline: Tick? = nil) async throws(PostgresError) -> Rows {
    try await run([statement], deadline: deadline).only()
  }

  /// Runs statements as one transaction, in one pipeline (`Connection.run`).
  public func run(_ statements: [SQL], deadline: Tick? = nil) async throws(PostgresError) -> BatchResult {
    let connection = try await acquire(deadline)
    defer { release(connection) }
    return try await connection.run(statements, deadline: deadline)
  }

  /// Runs the body in a transaction (`Connection.committing`).
  public func transaction<Value>(
    isolation: IsolationLevel = .readCommitted, readOnly: Bool = false, deadline: Tick? = nil,
    on actor: isolated (any Actor)? = #isolation, _ body: (Transaction) async throws -> Value
  ) async throws -> Value {
    try await committing(isolation: isolation, readOnly: readOnly, deadline: deadline, body).value
  }

  /// Runs the body in a transaction, and gives the warnings of its COMMIT too (`Connection.committing`).
  public func committing<Value>(
    isolation: IsolationLevel = .readCommitted, readOnly: Bool = false, deadline: Tick? = nil,
    on actor: isolated (any Actor)? = #isolation, _ body: (Transaction) async throws -> Value
  ) async throws -> Committed<Value> {
    let connection = try await acquire(deadline)
    defer { release(connection) }
    return try await connection.committing(isolation: isolation, readOnly: readOnly, deadline: deadline, body)
  }

  /// Lends a connection to the body. A transaction left open is rolled back.
  public func withConnection<Value>(
    deadline: Tick? = nil, on actor: isolated (any Actor)? = #isolation, _ body: (Connection) async throws -> Value
  ) async throws -> Value {
    let connection = try await acquire(deadline)
    defer { release(connection) }
    return try await body(connection)
  }

  /// Closes the idle connections now and the lent ones when they come back; who waits is refused.
  public func close() async {
    let (waiters, connections) = state.withLock { $0.close() }
    for waiter in waiters { waiter.continuation.resume(returning: .failure(.closed)) }
    for connection in connections { await connection.close() }
  }

  // MARK: Lending

  private func acquire(_ deadline: Tick?) async throws(PostgresError) -> Connection {
    let (connection, number) = state.withLock { ($0.isClosed ? nil : $0.takeIdle(), $0.newNumber()) }
    if let connection { return connection }
    // However long the work may take, a connection is there soon or not at all.
    let patience = Tick.now().adding(milliseconds: configuration.waitMillisecondsMax)
    let timer = deadline.map { min($0, patience) }.map { deadline in
      Task {
        let now = Tick.now()
        if deadline > now { try await Task.sleep(nanoseconds: deadline.nanoseconds - now.nanoseconds) }
        self.giveUp(number) {
          .failure($0.lastError ?? PostgresError(kind: .poolExhausted, message: "no free connection"))
        }
      }
    }
    defer { timer?.cancel() }
    let result = await withTaskCancellationHandler {
      await withUnsafeContinuation { (continuation: UnsafeContinuation<Result<Connection, PostgresError>, Never>) in
        let waiter = PoolWaiter(number: number, hasDeadline: deadline != nil, continuation: continuation)
        if let ready = state.withLock({ $0.wait(waiter) }) { return continuation.resume(returning: ready) }
        openMore()
      }
    } onCancel: {
      giveUp(number) { _ in .failure(Self.cancelled) }
    }
    state.withLock { $0.forget(number) }
    return try result.get()
  }

  private func giveUp(_ number: UInt64, _ outcome: (PoolState) -> Result<Connection, PostgresError>) {
    let (waiter, result) = state.withLock { ($0.giveUp(number, early: true), outcome($0)) }
    waiter?.continuation.resume(returning: result)
  }

  private func release(_ connection: Connection) {
    guard connection.isOpen, connection.isIdle, !connection.worker.sawReadOnly.load(ordering: .relaxed) else {
      connection.worker.close()
      state.withLock { $0.discard() }
      return openMore()
    }
    hand(connection, to: state.withLock { $0.put(connection) })
  }

  private func hand(_ connection: Connection, to waiter: PoolWaiter?) {
    waiter?.continuation.resume(returning: .success(connection))
  }

  // MARK: Connecting

  private func openMore() {
    while state.withLock({ $0.beginOpening() }) {
      Task.detached { await self.open() }
    }
  }

  /// Makes one connection, trying again while somebody waits for it.
  private func open() async {
    repeat {
      let (now, nextTry) = (Tick.now(), state.withLock { $0.nextTry })
      if nextTry > now { try? await Task.sleep(nanoseconds: nextTry.nanoseconds - now.nanoseconds) }
      do {
        let connection = try await Connection.connect(configuration)
        return hand(connection, to: state.withLock { $0.opened(connection) })
      } catch {
        logger.warning("cannot connect to the database", metadata: ["reason": "\(error.message)"])
        for waiter in state.withLock({ $0.failed(error, now: .now()) }) {
          waiter.continuation.resume(returning: .failure(error))
        }
      }
    } while state.withLock { $0.keepsOpening() }
  }
}
