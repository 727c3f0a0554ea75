import Foundation
import Logging
import Model
import Postgres
import Sealing

@testable import Custody
@testable import Register

/// One cluster for the whole run, ended with the process, and a template of a prepared register in it.
actor TestServer {
  static let shared = TestServer()

  /// What every register of a test begins with.
  struct Template: Sendable {
    let cluster: Cluster
    let keyFile: String
    let master: MasterKey
  }

  static let templateName = "template_register"
  private var starting: Task<Template, any Error>?
  private var databases = 0

  /// The running cluster with its template.
  static func template() async throws -> Template { try await shared.started() }

  /// A new database with the roles, all migrations, the shipped policy and the test accounts; and its key store.
  static func newRegister(mirrors: Int = 1) async throws -> (database: TestDatabase, keyFiles: [String]) {
    try await shared.make(mirrors: mirrors)
  }

  private func make(mirrors: Int) async throws -> (TestDatabase, [String]) {
    let template = try await started()
    databases += 1
    let number = databases
    let database = TestDatabase(cluster: template.cluster, name: "register\(number)")
    try await TestDatabase(cluster: template.cluster, name: "postgres").script(
      "CREATE DATABASE \(database.name) TEMPLATE \(Self.templateName)")
    let files = (0..<mirrors).map { "\(temporaryFolder)/keys-\(number)-\($0)" }
    for file in files { try FileManager.default.copyItem(atPath: template.keyFile, toPath: file) }
    return (database, files)
  }

  private func started() async throws -> Template {
    if let starting { return try await starting.value }
    let task = Task { () async throws -> Template in
      let cluster = try Cluster(directory: temporaryFolder + "/cluster", settings: testClusterSettings)
      try await cluster.start()
      endsWithProcess(temporaryFolder, await cluster.processID)
      return try await Self.prepare(cluster, keyFile: temporaryFolder + "/keys-template")
    }
    starting = task
    return try await task.value
  }

  /// Makes the template database of a cluster.
  static func prepare(_ cluster: Cluster, keyFile: String) async throws -> Template {
    let template = Template(cluster: cluster, keyFile: keyFile, master: MasterKey(generation: 1))
    let database = TestDatabase(cluster: cluster, name: templateName)
    try await TestDatabase(cluster: cluster, name: "postgres").script("CREATE DATABASE \(templateName)")
    try await migrate(database)
    try KeyStore.create(mirrors: [keyFile], master: template.master)
    let keys = try KeyStore.open(mirrors: [keyFile], master: template.master)
    let connection = try await Connection.connect(database.configuration(user: "rekisteri_server"))
    _ = try await connection.committing { try await Account.prepare(keys, in: $0) }
    await connection.close()
    await connection.waitUntilClosed()
    return template
  }

  static func migrate(_ database: TestDatabase) async throws {
    try await database.script(Schema.rolesSQL)
    _ = try await Migrator(configuration: database.configuration(user: "rekisteri_owner"), logger: quiet)
      .migrate(Schema.migrations())
  }
}

/// A database of a test.
struct TestDatabase: Sendable {
  let cluster: Cluster
  let name: String

  func configuration(user: String? = nil) -> ConnectionConfiguration {
    ConnectionConfiguration(cluster.connectionString(database: name, user: user))
  }

  /// Runs trusted text as the superuser.
  func script(_ text: String) async throws {
    let connection = try await Connection.connect(configuration())
    defer { Task { await connection.close() } }
    try await connection.script(text)
  }

  /// Runs a statement as a role, the superuser unless told otherwise.
  @discardableResult
  func query(_ statement: SQL, user: String? = nil) async throws -> Rows {
    let connection = try await Connection.connect(configuration(user: user))
    defer { Task { await connection.close() } }
    return try await connection.query(statement)
  }

  func count(_ table: String, _ condition: SQL = "true") async throws -> Int {
    try await query("SELECT count(*) FROM \(raw: table) WHERE \(condition)").single().int(0)
  }
}

/// Small; durable, for the log refuses to be written where it is not kept. In memory where there is a place for it.
let testClusterSettings: ClusterSettings = {
  var settings = ClusterSettings()
  settings.sharedBuffersMegabytes = 64
  settings.connectionsMax = 300
  settings.other = ["max_wal_size": "512MB", "autovacuum": "off"]
  return settings
}()

/// Everything of this run; removed with the process.
let temporaryFolder: String = {
  let root = FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : "/tmp"
  let path = "\(root)/register-tests-\(getpid())"
  try? FileManager.default.createDirectory(
    atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o711])
  return path
}()

/// Says nothing.
let quiet: Logger = {
  var logger = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }
  logger.logLevel = .critical
  return logger
}()

nonisolated(unsafe) private var endingDirectory = ""
nonisolated(unsafe) private var endingProcess: Int32 = 0

private func endsWithProcess(_ directory: String, _ process: Int32?) {
  endingDirectory = directory
  endingProcess = process ?? 0
  atexit {
    guard endingProcess > 1 else { return }
    kill(endingProcess, SIGINT)
    for _ in 0..<500 where waitpid(endingProcess, nil, WNOHANG) == 0 { usleep(10_000) }
    try? FileManager.default.removeItem(atPath: endingDirectory)
  }
}
