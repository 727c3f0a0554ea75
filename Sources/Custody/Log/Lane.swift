public import Logging
import Model
public import Postgres
import Synchronization

/// One connection of its own for batches, opened again by itself when it is lost.
public final class Lane: Sendable {
  private struct State {
    var connection: Connection?
    var opening: Task<Connection, any Error>?
    var failedAt: Tick?
  }

  private let configuration: ConnectionConfiguration
  private let logger: Logger
  private let state = Mutex(State())

  /// A lane; connects when first used.
  public init(configuration: ConnectionConfiguration, logger: Logger) {
    self.configuration = configuration
    self.logger = logger
  }

  /// Runs statements as one transaction; see `Connection.run`.
  public func run(_ statements: [SQL], milliseconds: Int) async throws -> BatchResult {
    let deadline = Tick.now().adding(milliseconds: milliseconds)
    let connection = try await connected()
    do {
      return try await connection.run(statements, deadline: deadline)
    } catch {
      if error.kind != .server || error.outcomeUnknown { drop(connection) }
      throw error
    }
  }

  private func connected() async throws -> Connection {
    let task: Task<Connection, any Error> = try state.withLock { state in
      if let connection = state.connection, connection.isOpen { return Task { connection } }
      if let opening = state.opening { return opening }
      if let failed = state.failedAt, Tick.now().milliseconds(since: failed) < 200 {
        throw PostgresError(kind: .cannotConnect, message: "the database was not reachable a moment ago")
      }
      let opening = Task { try await Connection.connect(configuration) }
      state.opening = opening
      return opening
    }
    do {
      let connection = try await task.value
      state.withLock {
        if $0.opening == task { $0.opening = nil }
        $0.connection = connection
        $0.failedAt = nil
      }
      return connection
    } catch {
      state.withLock {
        if $0.opening == task { $0.opening = nil }
        $0.failedAt = .now()
      }
      throw error
    }
  }

  private func drop(_ connection: Connection) {
    let dropped = state.withLock { state in
      guard state.connection === connection else { return false }
      state.connection = nil
      return true
    }
    if dropped { Task { await connection.close() } }
  }

  /// Closes the connection for good.
  public func close() async { await state.withLock { $0.connection }?.close() }
}
