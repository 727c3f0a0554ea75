import Model
import Testing

@testable import Postgres

@Suite struct BatchTests {
  @Test func queuedBatchesRunInTheirOrder() async throws {
    let connection = try await TestServer.connection()
    try await connection.script("CREATE TABLE t (n int PRIMARY KEY, at bigserial)")
    let counts = try await withThrowingTaskGroup(of: Int.self) { group in
      for number in 0..<500 {
        group.addTask {
          let result = try await connection.run([
            "INSERT INTO t (n) VALUES (\(number))", "SELECT n FROM t WHERE n = \(number)", "SELECT \("\(number)")",
          ])
          #expect(result.results.count == 3)
          #expect(result.results[0].affected == 1)
          #expect(try result.results[1].single().int(0) == number)
          #expect(try result.results[2].single().string(0) == "\(number)")
          return 1
        }
      }
      return try await group.reduce(0, +)
    }
    #expect(counts == 500)
    #expect(try await connection.query("SELECT count(*) FROM t").single().int(0) == 500)
    await connection.close()
  }

  @Test func aFailingStatementUndoesItsBatchOnly() async throws {
    let connection = try await TestServer.connection()
    try await connection.script("CREATE TABLE t (n int PRIMARY KEY)")
    async let before = connection.run(["INSERT INTO t VALUES (\(1))"])
    async let broken = postgresError {
      _ = try await connection.run([
        "INSERT INTO t VALUES (\(2))", "INSERT INTO t VALUES (\(2))", "INSERT INTO t VALUES (\(3))",
      ])
    }
    async let unparsable = postgresError { _ = try await connection.run(["INSERT INTO t VALUES (\(4))", "SELEKT"]) }
    _ = try await before
    let error = await broken
    #expect(error?.isUniqueViolation == true)
    #expect(error?.constraint == "t_pkey")
    #expect(error?.outcomeUnknown == false)
    #expect(await unparsable?.sqlstate == "42601")
    for number in 5...6 { _ = try await connection.run(["INSERT INTO t VALUES (\(number))"]) }
    let rows = try await connection.query("SELECT n FROM t ORDER BY n")
    #expect(try rows.map { try $0.int(0) } == [1, 5, 6])
    await connection.close()
  }

  @Test func aDeferredConstraintFailsTheBatchAtItsSync() async throws {
    let connection = try await TestServer.connection()
    try await connection.script(
      """
      CREATE TABLE p (n int PRIMARY KEY);
      CREATE TABLE c (n int REFERENCES p DEFERRABLE INITIALLY DEFERRED);
      """)
    for _ in 0..<3 {
      let error = await postgresError {
        _ = try await connection.run(["INSERT INTO c VALUES (\(1)) RETURNING n", "SELECT 1"])
      }
      #expect(error?.isForeignKeyViolation == true)
      #expect(error?.outcomeUnknown == false)
      #expect(try await connection.query("SELECT count(*) FROM c").single().int(0) == 0)
    }
    await connection.close()
  }

  @Test func aTriggerThatReturnsNothingIsSeen() async throws {
    let connection = try await TestServer.connection()
    try await connection.script(
      """
      CREATE TABLE t (n int);
      CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
      CREATE TRIGGER nothing BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION nothing();
      """)
    let rows = try await connection.query("INSERT INTO t VALUES (\(1)) RETURNING n")
    #expect(rows.isEmpty)
    #expect(rows.affected == 0)
    #expect(rows.commandTag == "INSERT 0 0")
    await connection.close()
  }

  @Test func warningsBelongToTheirBatch() async throws {
    let connection = try await TestServer.connection()
    try await connection.script(
      "CREATE FUNCTION warn(t text) RETURNS int LANGUAGE plpgsql AS 'BEGIN RAISE WARNING ''%'', t; RETURN 1; END'")
    async let first = connection.run(["SELECT warn('one')"])
    async let second = connection.run(["SELECT 1"])
    async let third = connection.run(["SELECT warn('two')", "SELECT warn('three')"])
    let messages = try await [first, second, third].map { $0.notices.map(\.message) }
    #expect(messages == [["one"], [], ["two", "three"]])
    let notice = try await connection.run(["SELECT warn('x')"]).notices.first
    #expect(notice == Notice(severity: "WARNING", sqlstate: "01000", message: "x"))
    await connection.close()
  }

  @Test func errorsQuoteNoValues() async throws {
    let connection = try await TestServer.connection()
    try await connection.script(
      "CREATE TABLE t (n int PRIMARY KEY, name text UNIQUE CHECK (name <> 'Mei-Secret'), d date NOT NULL)")
    let secret = "Mei-Secret"
    _ = try await connection.run(["INSERT INTO t VALUES (1, 'Liisa-Secret', '2020-01-01')"])
    let statements: [SQL] = [
      "SELECT \(secret)::integer", "SELECT \(secret)::date", "SELECT \(secret)::uuid", "SELECT \(secret)::jsonb",
      "INSERT INTO t VALUES (2, \(secret), now())", "INSERT INTO t VALUES (2, \("Liisa-Secret"), now())",
      "INSERT INTO t VALUES (2, \(secret + "x"), NULL)", "SELECT \(secret)::timestamptz", "SELECT \("\0Secret")",
    ]
    for statement in statements {
      let error = await postgresError { _ = try await connection.query(statement) }
      #expect(error != nil)
      #expect(error.map { "\($0)".contains("Secret") } == false)
    }
    await connection.close()
  }

  @Test func preparedStatementsAreBoundedAndSurviveChangesOfTheSchema() async throws {
    var configuration = try await TestServer.database()
    configuration.preparedStatementsMax = 8
    let connection = try await Connection.connect(configuration)
    for number in 0..<60 { #expect(try await connection.query("SELECT \(raw: "\(number)")").single().int(0) == number) }
    let kept = try await connection.query("SELECT count(*) FROM pg_prepared_statements").single().int(0)
    #expect(kept <= 9)
    try await connection.script("CREATE TABLE t (a int); INSERT INTO t VALUES (1)")
    #expect(try await connection.query("SELECT * FROM t").columnCount == 1)
    try await connection.script("ALTER TABLE t ADD b int")
    _ = await postgresError { _ = try await connection.query("SELECT * FROM t") }
    #expect(try await connection.query("SELECT * FROM t").columnCount == 2)
    await connection.close()
  }

  @Test func largeResultsAndParametersPass() async throws {
    let connection = try await TestServer.connection()
    let blobs = (0..<200).map { [UInt8](repeating: UInt8($0), count: 20_000) }
    async let one = connection.query("SELECT b FROM unnest(\(blobs)) WITH ORDINALITY AS u(b, n) ORDER BY n")
    async let two = connection.query("SELECT b FROM unnest(\(blobs)) WITH ORDINALITY AS u(b, n) ORDER BY n")
    for rows in try await [one, two] { #expect(try rows.map { try $0.bytes(0) } == blobs) }
    await connection.close()
  }

  @Test func copyInABatchEndsTheConnectionAndNothingElse() async throws {
    let connection = try await TestServer.connection()
    let error = await postgresError { _ = try await connection.run(["COPY (SELECT 1) TO STDOUT"], deadline: soon()) }
    #expect(error != nil)
    await connection.waitUntilClosed()
    let later = await postgresError { _ = try await connection.query("SELECT 1") }
    #expect(later?.kind == .connectionLost)
    #expect(later?.isRetryable == true)
  }

  @Test func emptyBatchesAndStatementsAreFine() async throws {
    let connection = try await TestServer.connection()
    #expect(try await connection.run([]).results.isEmpty)
    #expect(try await connection.run(["", "SELECT 1"]).results.count == 2)
    await connection.close()
  }
}
