public import Model
import Synchronization

/// How far a transaction is kept from what others do meanwhile.
public enum IsolationLevel: String, Sendable {
  case readCommitted = "READ COMMITTED"
  case repeatableRead = "REPEATABLE READ"
  case serializable = "SERIALIZABLE"
}

/// An open transaction, valid within the body that it was given to. BEGIN goes along with the first statements.
public final class Transaction: Sendable {
  private enum Stage { case fresh, begun, ended }

  /// The connection that it runs on.
  public let connection: Connection
  private let opening: SQL
  private let deadline: Tick?
  private let stage = Mutex(Stage.fresh)

  init(_ connection: Connection, _ isolation: IsolationLevel, readOnly: Bool, deadline: Tick?) {
    self.connection = connection
    self.deadline = deadline
    opening = SQL(raw: "BEGIN ISOLATION LEVEL \(isolation.rawValue) \(readOnly ? "READ ONLY" : "READ WRITE")")
  }

  /// Runs one statement.
  public func query(_ statement: SQL, deadline: Tick? = nil) async throws(PostgresError) -> Rows {
    try await run([statement], deadline: deadline).only()
  }

  /// Runs statements in one pipeline. After an error only a rollback, of all or to a savepoint, is possible.
  public func run(_ statements: [SQL], deadline: Tick? = nil) async throws(PostgresError) -> BatchResult {
    let begins = try enter()
    let all = begins ? [opening] + statements : statements
    let job = Job(.batch(all), role: .inside, deadline: sooner(deadline))
    let result = try await connection.perform(job)
    return begins ? BatchResult(results: Array(result.results.dropFirst()), notices: result.notices) : result
  }

  /// Runs trusted text of any number of statements, without values and results. It must not end the transaction.
  public func script(_ text: String, deadline: Tick? = nil) async throws(PostgresError) {
    if try enter() { _ = try await connection.perform(Job(.batch([opening]), role: .inside, deadline: self.deadline)) }
    _ = try await connection.perform(Job(.script(text), role: .inside, deadline: sooner(deadline)))
    guard !connection.isIdle else {
      throw PostgresError(kind: .server, sqlstate: "2D000", message: "the script ended the transaction")
    }
  }

  /// Reads a `COPY … TO STDOUT` as the transaction sees the data.
  public func copyOut(_ statement: SQL, deadline: Tick? = nil) async throws(PostgresError) -> CopyStream {
    if try enter() { _ = try await connection.perform(Job(.batch([opening]), role: .inside, deadline: self.deadline)) }
    return CopyStream(connection: connection, text: statement.text, role: .inside, deadline: sooner(deadline))
  }

  private func sooner(_ other: Tick?) -> Tick? {
    guard let deadline else { return other }
    return other.map { min($0, deadline) } ?? deadline
  }

  /// Whether BEGIN is still to be sent.
  private func enter() throws(PostgresError) -> Bool {
    let before = stage.withLock { stage in
      defer { if stage == .fresh { stage = .begun } }
      return stage
    }
    guard before != .ended else {
      throw PostgresError(kind: .server, sqlstate: "25P01", message: "the transaction has ended")
    }
    return before == .fresh
  }

  private func end() -> Bool {
    stage.withLock { stage in
      defer { stage = .ended }
      return stage == .begun
    }
  }

  func checkMayCommit() throws(PostgresError) {
    if Task.isCancelled { throw PostgresError(kind: .cancelled, message: "cancelled before COMMIT") }
    if let deadline, deadline <= Tick.now() {
      throw PostgresError(kind: .timeout, message: "the deadline passed before COMMIT")
    }
  }

  /// Commits; from here on cancelling comes too late.
  func commit() async throws(PostgresError) -> [Notice] {
    guard end() else { return [] }
    let result = try await connection.perform(Job(.batch(["COMMIT"]), role: .commit, deadline: deadline))
    guard result.results.first?.commandTag == "COMMIT" else {
      throw PostgresError(kind: .server, sqlstate: "40000", message: "the transaction had failed and was rolled back")
    }
    return result.notices
  }

  /// Rolls back, cancelled or not.
  func rollBack() async {
    guard end(), connection.isOpen else { return }
    let job = Job(.batch(["ROLLBACK"]), role: .commit, deadline: Tick.now().adding(milliseconds: 5000))
    _ = try? await connection.perform(job)
  }
}

/// What a transaction's body gave, with the warnings that came at COMMIT.
public struct Committed<Value> {
  /// What the body returned.
  public let value: Value
  /// Warnings at COMMIT; a wait for a standby that was given up is only a warning.
  public let notices: [Notice]
}

extension Committed: Sendable where Value: Sendable {}

extension Connection {
  /// Runs the body in a transaction: commits when it returns, rolls back when it throws.
  ///
  /// Throws what the body throws; a `PostgresError` with `outcomeUnknown` where the connection was lost after COMMIT was
  /// sent; an error of the server where COMMIT failed or was answered with ROLLBACK, as it is after a failed statement
  /// whose error the body swallowed. The connection runs nothing else meanwhile.
  public func committing<Value>(
    isolation: IsolationLevel = .readCommitted, readOnly: Bool = false, deadline: Tick? = nil,
    on actor: isolated (any Actor)? = #isolation, _ body: (Transaction) async throws -> Value
  ) async throws -> Committed<Value> {
    let transaction = Transaction(self, isolation, readOnly: readOnly, deadline: deadline)
    let value: Value
    do {
      value = try await body(transaction)
      try transaction.checkMayCommit()
    } catch {
      await transaction.rollBack()
      throw error
    }
    return Committed(value: value, notices: try await transaction.commit())
  }
}
