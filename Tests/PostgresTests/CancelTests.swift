import Model
import Testing

@testable import Postgres

@Suite struct CancelTests {
  @Test func aPassedDeadlineCancelsOnTheServer() async throws {
    let connection = try await TestServer.connection()
    let error = await postgresError { _ = try await connection.query("SELECT pg_sleep(600)", deadline: soon(100)) }
    #expect(error?.kind == .timeout)
    #expect(error?.outcomeUnknown == false)
    #expect(try await connection.query("SELECT 1").single().int(0) == 1)
    await connection.close()
  }

  @Test func aCancelledTaskCancelsOnTheServer() async throws {
    let connection = try await TestServer.connection()
    try await connection.script("CREATE TABLE t (n int)")
    let task = Task {
      await postgresError { _ = try await connection.run(["INSERT INTO t VALUES (1)", "SELECT pg_sleep(600)"]) }
    }
    try await Task.sleep(nanoseconds: 100_000_000)
    task.cancel()
    #expect(await task.value?.kind == .cancelled)
    #expect(try await connection.query("SELECT count(*) FROM t").single().int(0) == 0)
    await connection.close()
  }

  @Test func whatIsCancelledBeforeItIsSentNeverRuns() async throws {
    let connection = try await TestServer.connection()
    try await connection.script("CREATE TABLE t (n int)")
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return await postgresError { _ = try await connection.run(["INSERT INTO t VALUES (1)"]) }
    }
    #expect(await task.value?.kind == .cancelled)
    let late = await postgresError { _ = try await connection.run(["INSERT INTO t VALUES (2)"], deadline: soon(0)) }
    #expect(late?.kind == .timeout)
    #expect(try await connection.query("SELECT count(*) FROM t").single().int(0) == 0)
    await connection.close()
  }

  @Test func aBatchBehindALongOneTimesOutWithoutHarmToIt() async throws {
    var configuration = try await TestServer.database()
    configuration.cancelGraceMilliseconds = 4000
    let connection = try await Connection.connect(configuration)
    let other = try await Connection.connect(configuration)
    func sleep(_ seconds: Double, _ deadline: Tick? = nil) async throws {
      _ = try await connection.query("SELECT pg_sleep(\(seconds))", deadline: deadline)
    }
    // Parsed before, so that it is sent behind the long one and not kept until that has ended.
    try await sleep(0)
    _ = try await other.query("SELECT pg_advisory_lock(1)")
    async let long = connection.query("SELECT pg_advisory_lock(1)")
    try await untilOneWaits(for: "advisory", seenBy: other)
    let error = await postgresError { try await sleep(600, soon(100)) }
    #expect(error?.kind == .timeout)
    #expect(error?.outcomeUnknown == true)
    _ = try await other.query("SELECT pg_advisory_unlock(1)")
    #expect(try await long.count == 1)
    // What was given up is cancelled now that it runs, in a grace of its own: the connection stays.
    #expect(try await connection.query("SELECT 1").single().int(0) == 1)
    await connection.close()
    await other.close()
  }

  /// Returns once a session of the database waits for a lock.
  private func untilOneWaits(for kind: String, seenBy connection: Connection) async throws {
    while try await connection.query(
      """
      SELECT FROM pg_locks WHERE locktype = \(kind) AND NOT granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      """, deadline: soon()
    ).isEmpty {
      try await Task.sleep(nanoseconds: 5_000_000)
    }
  }

  @Test func manyTimeoutsLeaveTheConnectionWhole() async throws {
    let connection = try await TestServer.connection()
    for round in 0..<20 {
      let error = await postgresError {
        _ = try await connection.query("SELECT pg_sleep(60)", deadline: soon(5 + round % 7))
      }
      #expect(error?.kind == .timeout)
      #expect(try await connection.query("SELECT \(round)").single().int(0) == round)
    }
    await connection.close()
  }

  @Test func anUncooperativeServerIsGivenUp() async throws {
    var configuration = try await TestServer.database()
    configuration.cancelGraceMilliseconds = 200
    let connection = try await Connection.connect(configuration)
    let other = try await Connection.connect(configuration)
    _ = try await other.query("SELECT pg_advisory_lock(1)")
    try await connection.script(
      """
      CREATE FUNCTION stubborn() RETURNS int LANGUAGE plpgsql AS $$
      BEGIN
        LOOP
          BEGIN PERFORM pg_advisory_lock(1); RETURN 1; EXCEPTION WHEN query_canceled THEN NULL; END;
        END LOOP;
      END $$
      """)
    let stubborn = Task { await postgresError { _ = try await connection.query("SELECT stubborn()") } }
    try await untilOneWaits(for: "advisory", seenBy: other)
    stubborn.cancel()
    let error = await stubborn.value
    #expect(error?.kind == .cancelled)
    #expect(error?.outcomeUnknown == true)
    await connection.waitUntilClosed()
    #expect(!connection.isOpen)
    await other.close()
  }

  @Test func sessionTimeoutsAreTimeoutsAndLockTimeoutsAreSaid() async throws {
    var configuration = try await TestServer.database()
    let pool = Pool(configuration: configuration, size: 1)
    try await pool.withConnection { try await $0.script("CREATE TABLE t (n int); INSERT INTO t VALUES (1)") }
    configuration.lockTimeoutMilliseconds = 50
    let locking = try await Connection.connect(configuration)
    try await pool.transaction { transaction in
      _ = try await transaction.query("SELECT * FROM t FOR UPDATE")
      let error = await postgresError { _ = try await locking.query("UPDATE t SET n = 2") }
      #expect(error?.isLockNotAvailable == true)
    }
    configuration.statementTimeoutMilliseconds = 400
    let sleeping = try await Connection.connect(configuration)
    #expect(await postgresError { _ = try await sleeping.query("SELECT pg_sleep(60)") }?.kind == .timeout)
    for connection in [locking, sleeping] { await connection.close() }
    await pool.close()
  }

  @Test func aDeadlineInATransactionRollsBackAndLeavesThePoolWhole() async throws {
    let pool = Pool(configuration: try await TestServer.database(), size: 1)
    try await pool.withConnection { try await $0.script("CREATE TABLE t (n int)") }
    let error = await postgresError {
      try await pool.transaction(deadline: soon(150)) { transaction in
        _ = try await transaction.query("INSERT INTO t VALUES (1)")
        _ = try await transaction.query("SELECT pg_sleep(60)")
      }
    }
    #expect(error?.kind == .timeout)
    #expect(error?.outcomeUnknown == false)
    let cancelled = Task {
      await postgresError {
        try await pool.transaction { transaction in
          _ = try await transaction.query("INSERT INTO t VALUES (1)")
          withUnsafeCurrentTask { $0?.cancel() }
        }
      }
    }
    #expect(await cancelled.value?.kind == .cancelled)
    #expect(try await pool.query("SELECT count(*) FROM t").single().int(0) == 0)
    await pool.close()
  }
}
