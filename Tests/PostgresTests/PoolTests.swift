import Model
import Testing

@testable import Postgres

@Suite struct PoolTests {
  @Test func aPoolNeverHasMoreThanItsSize() async throws {
    let configuration = try await TestServer.database()
    let pool = Pool(configuration: configuration, size: 3)
    let backends = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<40 {
        group.addTask {
          try await pool.query("SELECT pg_backend_pid() FROM pg_sleep(0.005)", deadline: soon()).single().int(0)
        }
      }
      return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
    }
    #expect(backends.count <= 3)
    await pool.close()
    #expect(await postgresError { _ = try await pool.query("SELECT 1") }?.kind == .connectionLost)
  }

  @Test func exhaustionIsAnErrorAndPasses() async throws {
    let pool = Pool(configuration: try await TestServer.database(), size: 1, waitersMax: 1)
    try await pool.withConnection { _ in
      #expect(await postgresError { _ = try await pool.query("SELECT 1", deadline: soon(500)) }?.kind == .poolExhausted)
      let waiting = Task {
        while true {
          let error = await postgresError { _ = try await pool.query("SELECT 1", deadline: soon()) }
          if error?.kind != .poolExhausted { return error }
        }
      }
      while await postgresError({ _ = try await pool.query("SELECT 1", deadline: soon(20)) })?.message
        != "too many wait for a connection"
      {}
      waiting.cancel()
      #expect(await waiting.value?.kind == .cancelled)
    }
    #expect(try await pool.query("SELECT 1", deadline: soon()).single().int(0) == 1)
    await pool.close()
  }

  @Test func aTransactionLeftOpenIsNotHandedOn() async throws {
    let pool = Pool(configuration: try await TestServer.database(), size: 1)
    let left = try await pool.withConnection { connection in
      _ = try await connection.query("BEGIN")
      return Int(connection.backendID)
    }
    #expect(try await pool.query("SELECT pg_backend_pid()", deadline: soon()).single().int(0) != left)
    await pool.close()
  }

  @Test func aDeadHostIsPassedOver() async throws {
    let live = try await TestServer.database()
    let database = live.connectionString.split(separator: "dbname=").last.map(String.init) ?? ""
    let socket = live.connectionString.split(separator: " ")[0].dropFirst("host='".count).dropLast()
    let configuration = ConnectionConfiguration(
      "host=127.0.0.1,\(socket) port=1,5432 target_session_attrs=read-write dbname=\(database)")
    let pool = Pool(configuration: configuration, size: 1)
    #expect(try await pool.query("SELECT 1", deadline: soon()).single().int(0) == 1)
    await pool.close()
  }

  @Test func whatCannotBeReachedIsSaid() async throws {
    let pool = Pool(configuration: ConnectionConfiguration("host=127.0.0.1 port=1"), size: 2)
    #expect(await postgresError { _ = try await pool.query("SELECT 1") }?.kind == .cannotConnect)
    #expect(await postgresError { _ = try await pool.query("SELECT 1", deadline: soon(200)) }?.kind == .cannotConnect)
    await pool.close()
    let nonsense = Pool(configuration: ConnectionConfiguration("no such = = thing"), size: 1)
    #expect(await postgresError { _ = try await nonsense.query("SELECT 1") }?.kind == .cannotConnect)
    await nonsense.close()
  }

  @Test func aReadOnlyServerIsLeft() async throws {
    let pool = Pool(configuration: try await TestServer.database(), size: 1)
    let first = try await pool.query("SELECT pg_backend_pid()").single().int(0)
    let error = await postgresError {
      try await pool.transaction(readOnly: true) { _ = try await $0.query("CREATE TABLE t (n int)") }
    }
    #expect(error?.isReadOnly == true)
    #expect(try await pool.query("SELECT pg_backend_pid()", deadline: soon()).single().int(0) != first)
    await pool.close()
  }

  @Test func settingsOfTheSessionAreThere() async throws {
    var configuration = try await TestServer.database()
    configuration.forcesGenericPlans = true
    configuration.applicationName = "pool tests"
    configuration.settings = ["search_path": "one, two\\"]
    let connection = try await Connection.connect(configuration)
    for (name, value) in [
      ("plan_cache_mode", "force_generic_plan"), ("client_min_messages", "warning"), ("jit", "off"),
      ("application_name", "pool tests"),
      ("search_path", "one, two\\"), ("client_encoding", "UTF8"),
    ] {
      #expect(try await connection.query("SELECT current_setting(\(name))").single().string(0) == value)
    }
    await connection.close()
  }
}
