import Model
import Testing

@testable import Postgres

@Suite struct TransactionTests {
  private struct Stop: Error {}

  private func pool() async throws -> Pool {
    let pool = Pool(configuration: try await TestServer.database(), size: 4)
    try await pool.withConnection { try await $0.script("CREATE TABLE t (n int PRIMARY KEY)") }
    return pool
  }

  @Test func theBodyDecidesBetweenCommitAndRollback() async throws {
    let pool = try await pool()
    let value = try await pool.transaction(deadline: soon()) { transaction in
      _ = try await transaction.query("INSERT INTO t VALUES (\(1))")
      let result = try await transaction.run(["INSERT INTO t VALUES (\(2))", "SELECT count(*) FROM t"])
      #expect(result.results.count == 2)
      return try result.results[1].single().int(0)
    }
    #expect(value == 2)
    await #expect(throws: Stop.self) {
      try await pool.transaction { transaction in
        _ = try await transaction.query("INSERT INTO t VALUES (\(3))")
        throw Stop()
      }
    }
    #expect(try await pool.query("SELECT count(*) FROM t").single().int(0) == 2)
    await pool.close()
  }

  @Test func theFirstAnswerIsNotThatOfBegin() async throws {
    let pool = try await pool()
    let first = try await pool.transaction(isolation: .serializable, readOnly: true) { transaction in
      try await transaction.query(
        "SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only')"
      ).single()
    }
    #expect(try first.string(0) == "serializable")
    #expect(try first.string(1) == "on")
    await pool.close()
  }

  @Test func aSwallowedErrorDoesNotLookLikeACommit() async throws {
    let pool = try await pool()
    let error = await postgresError {
      try await pool.transaction { transaction in
        _ = try await transaction.query("INSERT INTO t VALUES (\(1))")
        _ = try? await transaction.query("INSERT INTO t VALUES (\(1))")
      }
    }
    #expect(error?.sqlstate == "40000")
    #expect(error?.outcomeUnknown == false)
    #expect(try await pool.query("SELECT count(*) FROM t").single().int(0) == 0)
    await pool.close()
  }

  @Test func aTransactionCannotBeUsedAfterItsEnd() async throws {
    let pool = try await pool()
    let kept = try await pool.transaction { transaction in
      _ = try await transaction.query("SELECT 1")
      return transaction
    }
    #expect(await postgresError { _ = try await kept.query("SELECT 1") }?.sqlstate == "25P01")
    await pool.close()
  }

  @Test func serializationFailuresAreToldApart() async throws {
    let pool = try await pool()
    _ = try await pool.run(["INSERT INTO t VALUES (1)"])
    let error = await postgresError {
      try await pool.transaction(isolation: .repeatableRead) { transaction in
        _ = try await transaction.query("SELECT * FROM t")
        _ = try await pool.query("UPDATE t SET n = n + 10")
        _ = try await transaction.query("UPDATE t SET n = n + 100")
      }
    }
    #expect(error?.isSerializationFailure == true)
    #expect(error?.isRetryable == true)
    await pool.close()
  }

  @Test func warningsOfTheCommitAreGiven() async throws {
    let pool = try await pool()
    try await pool.withConnection {
      try await $0.script(
        """
        CREATE FUNCTION warn() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE WARNING ''late''; RETURN NULL; END';
        CREATE CONSTRAINT TRIGGER warn AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED
          FOR EACH ROW EXECUTE FUNCTION warn();
        """)
    }
    let committed = try await pool.committing { transaction in
      let notices = try await transaction.run(["INSERT INTO t VALUES (1)"]).notices
      #expect(notices.isEmpty)
    }
    #expect(committed.notices.map(\.message) == ["late"])
    await pool.close()
  }

  @Test func aKilledSessionIsALostConnectionAndThePoolGoesOn() async throws {
    let pool = try await pool()
    let error = await postgresError {
      try await pool.transaction { transaction in
        _ = try await transaction.query("INSERT INTO t VALUES (1)")
        _ = try await pool.query("SELECT pg_terminate_backend(\(transaction.connection.backendID), 10000)")
        _ = try await transaction.query("INSERT INTO t VALUES (2)")
      }
    }
    #expect(error?.kind == .connectionLost)
    #expect(error?.outcomeUnknown == false)
    #expect(try await pool.query("SELECT count(*) FROM t", deadline: soon()).single().int(0) == 0)
    await pool.close()
  }

  @Test func aSessionKilledDuringCommitLeavesTheOutcomeUnknown() async throws {
    let pool = try await pool()
    try await pool.withConnection {
      try await $0.script(
        """
        CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql
          AS 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(10); RETURN NULL; END';
        CREATE CONSTRAINT TRIGGER die AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED
          FOR EACH ROW EXECUTE FUNCTION die();
        """)
    }
    let error = await postgresError {
      try await pool.transaction { _ = try await $0.query("INSERT INTO t VALUES (1)") }
    }
    #expect(error?.kind == .connectionLost)
    #expect(error?.outcomeUnknown == true)
    let batch = await postgresError { _ = try await pool.run(["INSERT INTO t VALUES (2)"], deadline: soon()) }
    #expect(batch?.outcomeUnknown == true)
    let earlier = await postgresError {
      _ = try await pool.run(["SELECT pg_terminate_backend(pg_backend_pid())", "SELECT pg_sleep(10)"])
    }
    #expect(earlier?.kind == .connectionLost)
    #expect(earlier?.outcomeUnknown == false)
    await pool.close()
  }

  @Test func aScriptThatEndsTheTransactionIsRefused() async throws {
    let pool = try await pool()
    let error = await postgresError { try await pool.transaction { try await $0.script("COMMIT") } }
    #expect(error?.sqlstate == "2D000")
    await pool.close()
  }
}
