import Glibc
import Logging
import Model
import Postgres
import Register
import Sealing

/// A whole server from one folder: PostgreSQL, keys, certificates, and a demonstration register at its first start.
struct DevelopmentServer: Sendable {
  private static let database = "rekisteri"

  let options: DevelopmentOptions
  let running: RunningServer
  private let logger = Logger(label: "rekisterid")

  init(_ options: DevelopmentOptions, running: RunningServer) {
    self.options = options
    self.running = running
  }

  /// Starts it, and says on standard output when clients may come.
  func start() async throws {
    try options.check()
    let folder = try DataFolder.open(options.data)
    try folder.makeClusterFolder(note: Console.note)
    Console.note("starting PostgreSQL in \(folder.cluster)")
    let cluster = try Cluster(directory: folder.cluster)
    try await running.start(cluster)
    if !folder.isComplete { try await Self.makeDatabase(cluster) }
    try await Self.migrate(cluster, logger)
    let keys = try Self.openKeys(folder)
    let certificates = DevelopmentCertificates(folder: folder.tls)
    try certificates.prepare()
    let security = try TransportSecurity(
      certificateFile: certificates.certificateFile, keyFile: certificates.keyFile,
      clientAuthoritiesFile: certificates.authorityFile)
    let configuration = try configuration(folder, certificates)
    try configuration.log.makeKey()
    let register = try await open(folder, cluster, keys, configuration)
    LogKeyFiles(key: folder.logKey).hasContinued()
    let serving = Serving(running: running, logger: logger)
    try await serving.follow(register, configuration.log)
    let served = try await serving.listen(register, configuration, security)
    Serving.announce("127.0.0.1", served)
  }

  private func configuration(
    _ folder: DataFolder, _ certificates: DevelopmentCertificates
  ) throws -> ServerConfiguration {
    var configuration = ServerConfiguration()
    configuration.listen = .init(host: "127.0.0.1", port: options.port)
    configuration.tls = .init(
      certificate: certificates.certificateFile, key: certificates.keyFile,
      clientAuthorities: certificates.authorityFile)
    configuration.keys = .init(mirrors: folder.mirrors, masterKeyFile: folder.masterKey)
    configuration.log.signingKeyFile = folder.logKey
    configuration.log.outside = try options.outside
    configuration.log.outside.copies.insert(folder.checkpoints, at: 0)
    configuration.log.syslog = try options.syslog
    configuration.importApprovalAbove = options.importApprovalAbove
    configuration.access = options.access
    configuration.database.poolSize = 8
    if let socket = folder.socket {
      configuration.unixSocket = .init(path: socket, mode: 0o600)
    } else {
      Console.note("no Unix socket: the path of \(folder.path) is too long for one")
    }
    return configuration
  }

  // MARK: Storage

  /// An empty database; what an interrupted first start left goes.
  private static func makeDatabase(_ cluster: Cluster) async throws {
    let connection = try await Connection.connect(ConnectionConfiguration(cluster.connectionString()))
    try await connection.script("DROP DATABASE IF EXISTS \(database) WITH (FORCE)")
    try await connection.script("CREATE DATABASE \(database)")
    await connection.close()
  }

  /// Makes the roles and brings the schema up to date.
  private static func migrate(_ cluster: Cluster, _ logger: Logger) async throws {
    let connection = try await Connection.connect(
      ConnectionConfiguration(cluster.connectionString(database: database)))
    try await connection.script(Schema.rolesSQL)
    await connection.close()
    let owner = cluster.connectionString(database: database, user: "rekisteri_owner")
    _ = try await Migrator(configuration: ConnectionConfiguration(owner), logger: logger).migrate(Schema.migrations())
  }

  private static func openKeys(_ folder: DataFolder) throws -> KeyStore {
    if !folder.isComplete {
      let master = try MasterKey.create(file: folder.masterKey)
      try KeyStore.create(mirrors: folder.mirrors, master: master)
    }
    return try MasterKeyFiles(path: folder.masterKey).open(mirrors: folder.mirrors)
  }

  /// The connection string of the server's own role.
  static func connectionString(_ cluster: Cluster) -> String {
    cluster.connectionString(database: database, user: "rekisteri_server")
  }

  // MARK: The register

  private func open(
    _ folder: DataFolder, _ cluster: Cluster, _ keys: KeyStore, _ configuration: ServerConfiguration
  ) async throws -> Register {
    let string = Self.connectionString(cluster)
    if !folder.isComplete { try await makeUsers(folder, string, keys) }
    var settings = ServerSettings(log: try configuration.log.identity())
    settings.importApprovalAbove = configuration.importApprovalAbove
    settings.authentication = configuration.authentication
    settings.access = configuration.access
    settings.anomalies = configuration.log.anomalies
    settings.reviewsRules = options.reviewsRules
    settings.shown = configuration.shown
    settings.masterKeys = MasterKeyFiles(path: folder.masterKey)
    let register = try await Serving(running: running, logger: logger).open(
      database: string, keys: keys, settings: settings, poolSize: configuration.database.poolSize)
    if !folder.isComplete {
      try await loadDemo(register)
      try folder.finish()
    }
    return register
  }

  private func makeUsers(_ folder: DataFolder, _ string: String, _ keys: KeyStore) async throws {
    Console.note("making the accounts; see \(folder.users)")
    let users = DemoUsers.make()
    try PrivateFiles.write(DemoUsers.text(users), to: folder.users)
    let pool = Pool(configuration: ConnectionConfiguration(string), size: 1, logger: logger)
    do {
      try await Installation.prepare(
        pool: pool, keys: keys, accounts: DemoUsers.accounts(users, startedBy: PeerAccount.name(of: geteuid())))
    } catch {
      await pool.close()
      throw error
    }
    await pool.close()
  }

  private func loadDemo(_ register: Register) async throws {
    let total = options.persons
    guard total > 0 else { return }
    Console.note("making a demonstration register of \(total) persons")
    try await Installation.loadDemo(
      register, persons: total, organisations: min(100_000, max(1, total / 25 * 4 + total % 25 * 16 / 100))
    ) { done in
      Console.note("\(done) of \(total) persons")
    }
  }
}
