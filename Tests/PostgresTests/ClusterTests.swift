import Foundation
import Model
import Testing

@testable import Postgres

@Suite struct ClusterTests {
  private func withCluster(_ name: String, _ body: (Cluster, String) async throws -> Void) async throws {
    let directory = temporaryDirectory(name)
    defer { removeDirectory(directory) }
    let cluster = try Cluster(directory: directory, settings: testSettings)
    do {
      try await cluster.start()
      try await body(cluster, directory)
    } catch {
      await cluster.stop()
      throw error
    }
    await cluster.stop()
    let data = directory + "/data"
    #expect(Postmaster.running(on: data) == nil)
    #expect(try await isLeft(data))
  }

  /// Waits until nothing works in a folder: sessions and the log's writer may outlive their postmaster by a moment.
  private func isLeft(_ data: String) async throws -> Bool {
    let end = soon()
    while !Processes.working(in: data).isEmpty {
      guard Tick.now() < end else { return false }
      try await Task.sleep(nanoseconds: 10_000_000)
    }
    return true
  }

  @Test func aClusterKeepsItsDataAndIsSetSafely() async throws {
    let directory = temporaryDirectory("safe")
    defer { removeDirectory(directory) }
    let cluster = try Cluster(directory: directory)
    try await cluster.start()
    let configuration = ConnectionConfiguration(cluster.connectionString())
    var connection = try await Connection.connect(configuration)
    try await connection.script("CREATE TABLE t (n int); INSERT INTO t VALUES (7)")
    for (name, value) in [
      ("fsync", "on"), ("synchronous_commit", "on"), ("data_checksums", "on"), ("listen_addresses", ""),
      ("log_statement", "none"), ("log_min_error_statement", "panic"), ("log_error_verbosity", "terse"),
      ("log_parameter_max_length", "0"), ("log_parameter_max_length_on_error", "0"), ("server_encoding", "UTF8"),
      ("lc_collate", "C"), ("unix_socket_permissions", "0700"), ("log_min_duration_statement", "-1"),
    ] {
      #expect(try await connection.query("SELECT current_setting(\(name))").single().string(0) == value, "\(name)")
    }
    await connection.close()
    await cluster.stop()
    try await cluster.start()
    connection = try await Connection.connect(configuration)
    #expect(try await connection.query("SELECT n FROM t").single().int(0) == 7)
    await connection.close()
    await cluster.stop()
  }

  @Test func theServersLogHoldsNoValues() async throws {
    try await withCluster("log") { cluster, directory in
      let connection = try await Connection.connect(ConnectionConfiguration(cluster.connectionString()))
      try await connection.script("CREATE TABLE t (name text UNIQUE)")
      for _ in 0..<2 { _ = try? await connection.query("INSERT INTO t VALUES (\("Mei-Secret"))") }
      _ = try? await connection.query("SELECT 'Mei-Secret' FROM missing_table")
      await connection.close()
      await cluster.stop()
      #expect(try await isLeft(directory + "/data"))
      let log = Files.names(in: directory + "/log").compactMap { Files.read(directory + "/log/" + $0) }.joined()
      #expect(log.contains("missing_table"))
      #expect(!log.contains("Mei-Secret"))
    }
  }

  @Test func aSecondProgramIsRefused() async throws {
    try await withCluster("lock") { _, directory in
      let second = try Cluster(directory: directory, settings: testSettings)
      await #expect(throws: ClusterError.self) { try await second.start() }
    }
  }

  @Test func aLeftoverServerIsEndedAndReplaced() async throws {
    try await withCluster("leftover") { cluster, directory in
      let first = await cluster.processID
      let data = try #require(Files.absolute(directory + "/data"))
      let lock = directory + "/lock"
      // What a killed program leaves: its server runs on, its lock is gone.
      unlink(lock)
      let next = try Cluster(directory: directory, settings: testSettings)
      try await next.start()
      let second = await next.processID
      #expect(second != nil)
      #expect(first != second)
      #expect(Postmaster.running(on: data)?.pid == second)
      let connection = try await Connection.connect(ConnectionConfiguration(next.connectionString()))
      #expect(try await connection.query("SELECT 1").single().int(0) == 1)
      await connection.close()
      await next.stop()
    }
  }

  @Test func aStrangersProcessNumberIsNotTakenForOurs() async throws {
    try await withCluster("stranger") { cluster, directory in
      await cluster.stop()
      let data = directory + "/data"
      try Files.write("\(getpid())\n\(data)\n1\n5432\n\n\n\nready\n", to: data + "/postmaster.pid", owner: nil)
      #expect(Postmaster.running(on: data) == nil)
      try await cluster.start()
      #expect(await cluster.processID != nil)
    }
  }

  @Test func aKilledServerIsALostConnectionAndThePoolRecovers() async throws {
    try await withCluster("killed") { cluster, _ in
      var configuration = ConnectionConfiguration(cluster.connectionString())
      // However long the server takes to come back.
      configuration.waitMillisecondsMax = 60_000
      let pool = Pool(configuration: configuration, size: 2)
      try await pool.withConnection { try await $0.script("CREATE TABLE t (n int)") }
      let process = try #require(await cluster.processID)
      let error = await postgresError {
        try await pool.transaction { transaction in
          _ = try await transaction.query("INSERT INTO t VALUES (1)")
          kill(process, SIGKILL)
          _ = try await transaction.query("SELECT pg_sleep(60)", deadline: soon())
        }
      }
      #expect(error?.kind == .connectionLost)
      #expect(error?.outcomeUnknown == false)
      #expect(await postgresError { _ = try await pool.query("SELECT 1") } != nil)
      await cluster.stop()
      let waiting = Task { try await pool.query("SELECT count(*) FROM t", deadline: soon(60_000)).single().int(0) }
      try await cluster.start()
      #expect(try await waiting.value == 0)
      await pool.close()
    }
  }

  @Test func aLongPathHasItsSocketElsewhere() async throws {
    let base = temporaryDirectory("long")
    try FileManager.default.createDirectory(atPath: base, withIntermediateDirectories: true)
    defer { removeDirectory(base) }
    let cluster = try Cluster(directory: base + "/" + String(repeating: "x", count: 120), settings: testSettings)
    #expect(cluster.socketDirectory.utf8.count <= 60)
    try await cluster.start()
    let connection = try await Connection.connect(ConnectionConfiguration(cluster.connectionString()))
    #expect(try await connection.query("SELECT 1").single().int(0) == 1)
    await connection.close()
    await cluster.stop()
    removeDirectory(cluster.socketDirectory)
  }
}
