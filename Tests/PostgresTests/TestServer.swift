import Foundation
import Model
import Postgres

/// One cluster for the whole run, ended with the process.
actor TestServer {
  static let shared = TestServer()

  private var starting: Task<Cluster, any Error>?
  private var databases = 0

  /// A new empty database.
  static func database() async throws -> ConnectionConfiguration { try await shared.newDatabase() }

  /// A session in a new empty database.
  static func connection() async throws -> Connection { try await Connection.connect(try await database()) }

  private func newDatabase() async throws -> ConnectionConfiguration {
    let cluster = try await cluster()
    databases += 1
    let name = "test\(databases)"
    let connection = try await Connection.connect(ConnectionConfiguration(cluster.connectionString()))
    try await connection.script("CREATE DATABASE \(name)")
    await connection.close()
    return ConnectionConfiguration(cluster.connectionString(database: name))
  }

  private func cluster() async throws -> Cluster {
    if let starting { return try await starting.value }
    let task = Task { () async throws -> Cluster in
      let directory = temporaryDirectory("run")
      let cluster = try Cluster(directory: directory, settings: testSettings)
      try await cluster.start()
      endsWithProcess(directory, await cluster.processID)
      return cluster
    }
    starting = task
    return try await task.value
  }
}

/// Small, and not durable: tests lose nothing.
let testSettings: ClusterSettings = {
  var settings = ClusterSettings()
  settings.sharedBuffersMegabytes = 32
  settings.other = ["fsync": "off", "full_page_writes": "off", "max_wal_size": "256MB"]
  return settings
}()

func temporaryDirectory(_ name: String) -> String {
  "/tmp/postgres-tests-\(getpid())-\(name)-\(UInt32.random(in: 0...UInt32.max))"
}

func removeDirectory(_ path: String) { try? FileManager.default.removeItem(atPath: path) }

nonisolated(unsafe) private var endingDirectory = ""
nonisolated(unsafe) private var endingProcess: Int32 = 0

private func endsWithProcess(_ directory: String, _ process: Int32?) {
  endingDirectory = directory
  endingProcess = process ?? 0
  atexit {
    guard endingProcess > 1 else { return }
    kill(endingProcess, SIGINT)
    for _ in 0..<500 where waitpid(endingProcess, nil, WNOHANG) == 0 { usleep(10_000) }
    removeDirectory(endingDirectory)
  }
}

/// The error that the body throws, if it throws one of PostgreSQL.
func postgresError(_ body: () async throws -> Void) async -> PostgresError? {
  do { try await body() } catch { return error as? PostgresError }
  return nil
}

func soon(_ milliseconds: Int = 20_000) -> Tick { Tick.now().adding(milliseconds: milliseconds) }
