import Testing

@testable import Postgres

@Suite struct CopyTests {
  @Test func everyRowComesInWholeRows() async throws {
    let connection = try await TestServer.connection()
    var text: [UInt8] = []
    for try await chunk in connection.copyOut("COPY (SELECT n, 'row' FROM generate_series(1, 200000) n) TO STDOUT") {
      #expect(chunk.last == 0x0A)
      text += chunk
    }
    let lines = text.split(separator: 0x0A)
    #expect(lines.count == 200_000)
    #expect(lines.last.map { String(decoding: $0, as: UTF8.self) } == "200000\trow")
    #expect(try await connection.query("SELECT 1").single().int(0) == 1)
    await connection.close()
  }

  @Test func leavingEarlyEndsItAndTheConnectionGoesOn() async throws {
    let connection = try await TestServer.connection()
    for try await chunk in connection.copyOut("COPY (SELECT generate_series(1, 1000000000)) TO STDOUT") {
      #expect(!chunk.isEmpty)
      break
    }
    #expect(try await connection.query("SELECT 1", deadline: soon()).single().int(0) == 1)
    await connection.close()
  }

  @Test func aSlowReaderHoldsTheServerBack() async throws {
    let connection = try await TestServer.connection()
    var chunks = 0
    for try await _ in connection.copyOut("COPY (SELECT repeat('x', 1000) FROM generate_series(1, 5000)) TO STDOUT") {
      if chunks == 0 { try await Task.sleep(nanoseconds: 50_000_000) }
      chunks += 1
    }
    #expect(chunks > CopyBuffer.chunksMax)
    await connection.close()
  }

  @Test func errorsBeforeAndInTheMiddleAreThrown() async throws {
    let connection = try await TestServer.connection()
    let missing = await postgresError { for try await _ in connection.copyOut("COPY nothing TO STDOUT") {} }
    #expect(missing?.isUndefinedTable == true)
    let middle = await postgresError {
      for try await _ in connection.copyOut("COPY (SELECT 1 / (50000 - n) FROM generate_series(1, 100000) n) TO STDOUT")
      {}
    }
    #expect(middle?.sqlstate == "22012")
    let late = await postgresError {
      for try await _ in connection.copyOut("COPY (SELECT pg_sleep(600)) TO STDOUT", deadline: soon(50)) {}
    }
    #expect(late?.kind == .timeout)
    #expect(try await connection.query("SELECT 1", deadline: soon()).single().int(0) == 1)
    await connection.close()
  }

  @Test func aCopyInATransactionSeesItsData() async throws {
    let pool = Pool(configuration: try await TestServer.database(), size: 1)
    let text = try await pool.transaction { transaction in
      try await transaction.script("CREATE TEMPORARY TABLE t AS SELECT 'inside' AS a")
      var bytes: [UInt8] = []
      for try await chunk in try await transaction.copyOut("COPY t TO STDOUT") { bytes += chunk }
      return String(decoding: bytes, as: UTF8.self)
    }
    #expect(text == "inside\n")
    await pool.close()
  }
}
