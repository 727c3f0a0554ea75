import Custody
public import Logging
import Model
public import Postgres
public import Sealing

/// The running domain: custody, store, directory and the engine over them, on one database.
public final class Register: Sendable {
  /// Runs commands.
  public let engine: Engine
  /// Says who somebody is.
  public let authentication: Authentication
  /// The sessions that are open.
  public let sessions: Sessions
  let custody: Custody
  let store: Store
  let directory: Directory
  /// What follows the access log outside of the database.
  public let outsideLog: OutsideLog
  /// How the places outside are doing that the log is brought to, for `server.health`.
  public let outsideHealth = OutsideHealth()
  private let pool: Pool
  private let listening: ConnectionConfiguration
  private let anomalies: AnomalySettings
  private let server: ServerID = .new()
  private let logger: Logger

  /// Opens the register of a prepared database and builds the directory.
  ///
  /// - Parameter database: The database, as the role `rekisteri_server`.
  /// - Throws: `SchemaFault`, `RuleFault`, `LogUnusable`, `PostgresError`.
  public static func open(
    database: ConnectionConfiguration, keys: KeyStore, settings: ServerSettings, poolSize: Int = 8, logger: Logger
  ) async throws -> Register {
    var general = database
    general.lockTimeoutMilliseconds = Limits.receiptMilliseconds
    general.connectTimeoutSeconds = 2
    general.cancelGraceMilliseconds = 500
    general.commitGraceMilliseconds = 2000
    let pool = Pool(configuration: general, size: poolSize, logger: logger)
    try await Schema.ensureCurrent(pool)
    try await Installation.ensurePrepared(pool)
    var lane = general
    lane.forcesGenericPlans = true
    lane.lockTimeoutMilliseconds = Limits.receiptMilliseconds / 2
    var access = settings.access
    // They show nobody's data, whom they name.
    access.uncountedVerbs =
      Catalogue.commands.map { $0.spec }.filter { $0.effect == .write }.map { $0.verb }
      + [LogPerson.spec.verb, PersonAccesses.spec.verb]
    let custody = try await Custody.open(
      pool: pool, lane: lane, keys: keys, log: settings.log, settings: access, reviewing: settings.reviewsRules,
      logger: logger)
    let register = try Register(
      custody: custody, store: Store(pool: pool, lane: lane, logger: logger), pool: pool, listening: database,
      settings: settings, logger: logger)
    try await custody.setLogRetention(years: settings.logRetentionYears)
    _ = try await custody.recordEvent(verb: "server.start", outcome: .ok)
    try await register.directory.build(store: register.store, custody: custody)
    try await custody.keyFate.run()
    return register
  }

  private init(
    custody: Custody, store: Store, pool: Pool, listening: ConnectionConfiguration, settings: ServerSettings,
    logger: Logger
  ) throws {
    self.custody = custody
    self.store = store
    self.pool = pool
    self.listening = listening
    anomalies = settings.anomalies
    self.logger = logger
    outsideLog = OutsideLog(custody: custody, pool: pool, lane: listening, logger: logger)
    directory = Directory()
    sessions = Sessions()
    engine = try Engine(
      services: Services(
        custody: custody, store: store, directory: directory, sessions: sessions, settings: settings,
        outside: outsideHealth), logger: logger)
    authentication = Authentication(
      custody: custody, store: store, settings: settings.authentication, notices: AccessNotices(custody: custody))
    custody.onRulesChanged { [sessions] old, new in AccessEvents.tell(sessions, old, new) }
  }

  /// Upkeep: sequencing, self-checks, the directory, orphaned keys, counts of the log. Until the task is cancelled.
  public func run() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.custody.run() }
      group.addTask { await self.keepDirectory() }
      group.addTask { await self.hearOthers() }
      group.addTask { await self.sweepNow() }
      group.addTask { await self.keeper.run() }
      group.addTask { await self.store.tallies.follow(self.store, logger: self.logger) }
      group.addTask { await self.anomalyKeeper.run() }
    }
  }

  /// Closes the database's connections.
  public func close() async {
    await keeper.close()
    await outsideLog.close()
    await custody.close()
    await store.close()
    await pool.close()
  }

  private var keeper: SessionKeeper {
    SessionKeeper(sessions: sessions, custody: custody, store: store, logger: logger)
  }

  private var anomalyKeeper: AnomalyKeeper {
    AnomalyKeeper(
      custody: custody, store: store, directory: directory, sessions: sessions, settings: anomalies, logger: logger)
  }

  private func keepDirectory() async {
    var beats = 0
    while !Task.isCancelled {
      do {
        try await directory.refresh(store: store, custody: custody)
        if beats % 30 == 0 { try await store.beat(server) }
        beats += 1
      } catch {
        logger.warning("directory not refreshed", metadata: ["reason": "\(Custody.registerError(error).code)"])
      }
      try? await Task.sleep(for: .seconds(1))
    }
  }

  /// Takes in what other servers tell, at once.
  private func hearOthers() async {
    let listener = Listener(
      configuration: listening, channels: [Store.rulesChannel, Store.directoryChannel, Store.sessionsChannel],
      logger: logger)
    for await event in listener.events {
      switch event {
      case .notification(Store.directoryChannel, let sender) where sender != server.description:
        try? await directory.refresh(store: store, custody: custody)
      case .notification(Store.directoryChannel, _): continue
      case .notification(Store.sessionsChannel, _): sessions.wake()
      default:
        try? await custody.reloadRules()
        sessions.wake()
      }
      if Task.isCancelled { break }
    }
    await listener.close()
  }

  private func sweepNow() async {
    while !Task.isCancelled {
      _ = try? await custody.keyFate.sweepOrphans()
      try? await Task.sleep(for: .seconds(6 * 3600))
    }
  }
}
