import Custody
import Glibc
import Logging
import Model
import Postgres
import Register
import Sealing

/// Looks whether everything that a server needs is in order, and says so line by line.
enum ServerCheck {
  /// Checks what the settings of a file name.
  static func run(configurationFile: String) async -> Int32 {
    var isGood = true
    guard let configuration = look("configuration", &isGood, { try ServerConfiguration.load(configurationFile) }) else {
      return 1
    }
    _ = look("certificate", &isGood) {
      try TransportSecurity(
        certificateFile: configuration.tls.certificate, keyFile: configuration.tls.key,
        clientAuthoritiesFile: configuration.tls.clientAuthorities)
    }
    guard let keys = look("key store", &isGood, { try configuration.keys.open() }) else { return 1 }
    guard let log = look("log key", &isGood, { try configuration.log.identity() }) else { return 1 }
    await database(configuration.database.server, keys, log, &isGood)
    return isGood ? 0 : 1
  }

  /// Checks the folder of `rekisterid dev`, whether its server runs or not.
  static func run(data: String) async -> Int32 {
    var isGood = true
    guard let folder = look("configuration", &isGood, { try DataFolder.existing(data) }) else { return 1 }
    _ = look("certificate", &isGood) {
      let files = DevelopmentCertificates(folder: folder.tls)
      return try TransportSecurity(certificateFile: files.certificateFile, keyFile: files.keyFile)
    }
    let opened = look("key store", &isGood) {
      try MasterKeyFiles(path: folder.masterKey).open(mirrors: folder.mirrors)
    }
    let identity = look("log key", &isGood) {
      try LogKeyFiles(key: folder.logKey).identity(OutsideSettings(copies: [folder.checkpoints]))
    }
    guard let keys = opened, let log = identity,
      let cluster = look("PostgreSQL", &isGood, { try Cluster(directory: folder.cluster) })
    else { return 1 }
    // A server that runs has its PostgreSQL running; else it runs for the check only.
    let lock = try? FolderLock.take(folder.path)
    if lock != nil {
      do { try await cluster.start() } catch {
        say("PostgreSQL", "\(error)")
        return 1
      }
    }
    await database(DevelopmentServer.connectionString(cluster), keys, log, &isGood)
    if let lock {
      await cluster.stop()
      close(lock)
    }
    return isGood ? 0 : 1
  }

  private static func database(
    _ string: String, _ keys: KeyStore, _ log: LogIdentity, _ isGood: inout Bool
  ) async {
    var logger = Logger(label: "rekisterid")
    logger.logLevel = .critical
    var configuration = ConnectionConfiguration(string, applicationName: "rekisterid check")
    configuration.statementTimeoutMilliseconds = 10_000
    let pool = Pool(configuration: configuration, size: 1, logger: logger)
    for verdict in await Checks.run(pool: pool, keys: keys, log: log) {
      say(verdict.name, verdict.problem)
      isGood = isGood && verdict.problem == nil
    }
    await pool.close()
  }

  private static func look<Value>(_ name: String, _ isGood: inout Bool, _ body: () throws -> Value) -> Value? {
    do {
      let value = try body()
      say(name, nil)
      return value
    } catch {
      say(name, Console.describe(error))
      isGood = false
      return nil
    }
  }

  private static func say(_ name: String, _ problem: String?) {
    print("\(name): \(problem ?? "ok")")
  }
}
