import Logging
import Model
import Postgres
import Register
import Sealing

/// A server over the database and the keys of an operator's settings.
struct ProductionServer: Sendable {
  let file: String
  let running: RunningServer
  var reviewsRules = false

  /// Starts it, and says on standard output when clients may come.
  func start() async throws {
    let logger = Logger(label: "rekisterid")
    let configuration = try ServerConfiguration.load(file)
    let security = try TransportSecurity(
      certificateFile: configuration.tls.certificate, keyFile: configuration.tls.key,
      clientAuthoritiesFile: configuration.tls.clientAuthorities)
    let keys = try configuration.keys.open()
    try configuration.log.makeKey()
    var settings = ServerSettings(log: try configuration.log.identity())
    settings.importApprovalAbove = configuration.importApprovalAbove
    settings.authentication = configuration.authentication
    settings.access = configuration.access
    settings.anomalies = configuration.log.anomalies
    settings.logRetentionYears = configuration.log.retentionYears
    settings.reviewsRules = reviewsRules
    settings.shown = configuration.shown
    settings.masterKeys = configuration.keys.supply
    let serving = Serving(running: running, logger: logger)
    let register = try await serving.open(
      database: configuration.database.server, keys: keys, settings: settings,
      poolSize: configuration.database.poolSize)
    if let file = configuration.log.signingKeyFile { LogKeyFiles(key: file).hasContinued() }
    try await serving.follow(register, configuration.log)
    let port = try await serving.listen(register, configuration, security)
    Serving.announce(configuration.listen.host, port)
  }
}

extension ServerConfiguration.Keys {
  /// Where the next master key comes from.
  var supply: any MasterKeySupply {
    if let masterKeyFile { return MasterKeyFiles(path: masterKeyFile) }
    let name = masterKeyCredential ?? ""
    return MasterKeyCredentials(name: name, nextName: name + ".next")
  }

  /// The master key, from its file or credential.
  func masterKey() throws -> MasterKey {
    if let masterKeyFile { return try MasterKey.load(file: masterKeyFile) }
    return try MasterKey.loadCredential(name: masterKeyCredential ?? "")
  }

  /// Opens the key store.
  func open() throws -> KeyStore {
    if let masterKeyFile { return try MasterKeyFiles(path: masterKeyFile).open(mirrors: mirrors) }
    let name = masterKeyCredential ?? ""
    return try MasterKeyCredentials(name: name, nextName: name + ".next").open(mirrors: mirrors)
  }
}
