import Glibc
import Logging
import Model
import Postgres
import Register
import Sealing

/// What both ways to serve have in common: a register opened, and clients let in.
struct Serving: Sendable {
  let running: RunningServer
  let logger: Logger

  /// Opens the register over a prepared database and begins its upkeep.
  func open(database: String, keys: KeyStore, settings: ServerSettings, poolSize: Int) async throws -> Register {
    let register = try await Register.open(
      database: ConnectionConfiguration(database, applicationName: "rekisterid"), keys: keys, settings: settings,
      poolSize: poolSize, logger: logger)
    try await running.run(register)
    return register
  }

  /// Begins what goes on outside of the database: copies of checkpoints, witnesses, collectors of logs.
  func follow(_ register: Register, _ log: ServerConfiguration.Log) async throws {
    let keeper = OutsideKeeper(settings: log.outside, log: register.outsideLog, logger: logger)
    try await running.follow { await keeper.run() }
    register.outsideHealth.add { keeper.health() }
    for collector in log.syslog {
      let stream = SiemStream(settings: collector, log: register.outsideLog, logger: logger)
      try await running.follow { await stream.run() }
      register.outsideHealth.add { [stream.health()] }
    }
  }

  /// Lets clients in; gives the port.
  func listen(_ register: Register, _ configuration: ServerConfiguration, _ security: TransportSecurity) async throws
    -> Int
  {
    let table = ConnectionTable(
      max: configuration.connections.max, maxPerAddress: configuration.connections.maxPerAddress)
    let shared = Listener.Shared(
      runner: RegisterRunner(register: register),
      authenticator: RegisterAuthenticator(authentication: register.authentication), table: table,
      allowsPlain: configuration.allowsPlain, logger: logger)
    let listener = Listener(shared: shared, threads: configuration.threads)
    try await running.run(listener)
    if let socket = configuration.unixSocket { try await listener.listen(path: socket.path, mode: socket.mode) }
    return try await listener.listen(
      host: configuration.listen.host, port: configuration.listen.port, security: security)
  }

  /// Says on standard output that clients may come.
  static func announce(_ host: String, _ port: Int) {
    let line = Array("READY \(host) \(port)\n".utf8)
    _ = write(STDOUT_FILENO, line, line.count)
  }
}
