import AccessLog
import Crypto
public import Logging
public import Model
public import Postgres
public import Sealing
import Synchronization
public import Wire

/// The one way to personal data: holds the rules, the vault and the ledger, and hands out what leads from a permit to a
/// reply (DESIGN.md section 1).
public final class Custody: Sendable {
  /// Writes the access log.
  public let ledger: Ledger
  /// Brings what was written into the log's order.
  public let sequencer: Sequencer
  /// Opens what a receipt names.
  public let vault: Vault
  /// Destroys keys.
  public let keyFate: KeyFate
  /// Reads and writes the stored rules.
  public let ruleStore: RuleStore
  /// The key store; for service keys and its upkeep.
  public let keys: KeyStore
  let pool: Pool
  private let logger: Logger
  private let rules: Mutex<RuleStore.Stored>

  /// Opens custody over a migrated database that has its first rules.
  ///
  /// - Parameters:
  ///   - pool: Connections as the server's role.
  ///   - lane: A connection of the ledger's own.
  /// - Throws: `RuleFault` where a stored rule does not verify; `PostgresError`; `LogUnusable`.
  public static func open(pool: Pool, lane: ConnectionConfiguration, keys: KeyStore, logger: Logger) async throws
    -> Custody
  {
    let store = try ruleStore(keys)
    let stored = try await store.load { try await pool.run($0).results }
    let logged = try await LogEpoch.newest(pool)
    guard logged <= stored.rules.epoch else { throw RuleFault.rolledBack(to: stored.rules.epoch, from: logged) }
    if let problem = try await LogSelfCheck.problem(pool) { throw LogUnusable(description: problem) }
    return Custody(
      pool: pool, lane: Lane(configuration: lane, logger: logger), keys: keys, ruleStore: store, stored: stored,
      chainKey: try keys.serviceKey(.logChain), logger: logger)
  }

  /// The store of rules of a key store; for the first state of a new register, too.
  public static func ruleStore(_ keys: KeyStore) throws -> RuleStore { RuleStore(key: try keys.serviceKey(.rules)) }

  private init(
    pool: Pool, lane: Lane, keys: KeyStore, ruleStore: RuleStore, stored: RuleStore.Stored, chainKey: SymmetricKey,
    logger: Logger
  ) {
    self.pool = pool
    self.keys = keys
    self.logger = logger
    self.ruleStore = ruleStore
    ledger = Ledger(lane: lane, key: chainKey, server: .new(), logger: logger)
    sequencer = Sequencer(pool: pool, ledger: ledger, key: chainKey, logger: logger)
    vault = Vault(keys: keys)
    keyFate = KeyFate(pool: pool, keys: keys, logger: logger)
    rules = Mutex(stored)
  }

  // MARK: Rules

  /// The rules as this server last read them.
  public var currentRules: AccessRules { rules.withLock { $0.rules } }

  /// An account's sealed secrets.
  public func secrets(of user: UserID) -> RuleStore.Secrets { rules.withLock { $0.secrets[user] } ?? .init() }

  /// Reads the rules again. A row that does not verify blocks every release until it does.
  public func reloadRules() async throws {
    do {
      let stored = try await ruleStore.load { try await self.pool.run($0).results }
      let held = rules.withLock { $0.rules.epoch }
      // Two reloads may overtake each other by a moment; a database that stays behind was rolled back.
      if stored.rules.epoch < held, try await RuleStore.newestEpoch(pool) < held {
        throw RuleFault.rolledBack(to: stored.rules.epoch, from: held)
      }
      rules.withLock { if $0.rules.epoch <= stored.rules.epoch { $0 = stored } }
      ledger.block("rules", nil)
    } catch let fault as RuleFault {
      ledger.block("rules", fault.description)
      throw RegisterError.unavailableLog
    }
  }

  /// Leave to run a command, or the refusal.
  public func permit(
    _ context: CommandContext, permission: Permission, purposeRule: PurposeRule
  ) throws(RegisterError) -> Permit {
    try ledger.ensureOpen()
    return try Policy(rules: currentRules).permit(context, permission: permission, purposeRule: purposeRule)
  }

  // MARK: Reading

  /// What a permit becomes when rows are about to be shown.
  public func disclosure(_ permit: consuming Permit) -> Disclosure { Disclosure(permit, ledger: ledger) }

  /// Puts a refusal into the log, and gives the receipt to answer with it.
  public func refuse(
    _ context: CommandContext, role: JobRole?, error: RegisterError, person: PersonID? = nil
  ) async throws(RegisterError) -> Receipt {
    var entry = Entry(
      at: .now(), user: context.principal.user, role: role, purpose: context.purpose,
      caseReference: context.caseReference, verb: context.verb, outcome: error.isOf("denied") ? .denied : .failed,
      code: String(error.code.prefix(64)), session: context.principal.session, address: context.principal.address,
      request: context.request, epoch: currentRules.epoch)
    entry.person = person
    try await ledger.record([entry])
    return Receipt(named: [], request: context.request)
  }

  /// Puts an entry of the server itself into the log: a log-in, a failed one, the directory's building.
  public func recordEvent(
    verb: String, outcome: Outcome, code: String = "", user: UserID? = nil, session: SessionID? = nil,
    address: String = "", rows: Int = 0, request: RequestID = .new()
  ) async throws(RegisterError) -> Receipt {
    let entry = Entry(
      at: .now(), user: user, role: nil, purpose: .security, verb: verb, outcome: outcome, code: code,
      rows: UInt32(clamping: rows), session: session, address: address, request: request, epoch: currentRules.epoch)
    try await ledger.record([entry])
    return Receipt(named: [], request: request)
  }

  /// Leave for the directory to open what it searches in.
  public func directoryReceipt(verb: String, rows: Int) async throws(RegisterError) -> DirectoryReceipt {
    _ = try await recordEvent(verb: verb, outcome: .ok, rows: rows)
    return DirectoryReceipt()
  }

  // MARK: Writing

  /// The client's own key of a write, with the keyed hash of the request it goes with.
  public struct Once: Sendable {
    /// The key.
    public let key: String
    /// HMAC-SHA256 of verb and parameters.
    public let digest: [UInt8]

    /// A key with its request's hash.
    public init(key: String, digest: [UInt8]) {
      self.key = key
      self.digest = digest
    }
  }

  /// What a write answers with: ids, revisions and counts, never personal data.
  public struct Answer: Sendable {
    /// The rows.
    public var rows: [JSONObject]
    /// What the final line says.
    public var object: JSONObject
    /// The final line's code.
    public var code: String

    /// An answer.
    public init(rows: [JSONObject] = [], object: JSONObject = [:], code: String = "done") {
      self.rows = rows
      self.object = object
      self.code = code
    }
  }

  /// A write that is committed.
  public struct Written: ~Copyable, Sendable {
    /// What to answer.
    public let answer: Answer
    /// The receipt to answer with.
    public let receipt: Receipt
    /// What the directory must take in before the final line.
    public let directory: [DirectoryRecord]
  }

  /// Runs a writing command in one transaction together with its log entries. The receipt exists only after COMMIT.
  ///
  /// - Throws: `RegisterError`; with `isUnknown` where the commit's outcome is not known.
  public func commit(
    _ permit: consuming Permit, once: Once? = nil, deadline: Tick, _ body: (Change) async throws -> Answer
  ) async throws -> Written {
    let context = permit.context
    let epoch = permit.epoch
    var slots: [Int64] = []
    var shelf: Permit? = permit
    do {
      let done = try await pool.committing(deadline: deadline) { transaction in
        guard let permit = shelf.take() else { throw RegisterError.internal }
        try await self.checkEpoch(epoch, transaction)
        if let once { try await self.claim(once, user: context.principal.user, transaction) }
        let change = Change(permit, transaction: transaction, vault: self.vault)
        defer { slots = change.slots }
        let answer = try await body(change)
        if let once { try await self.keep(answer, once, user: context.principal.user, transaction) }
        let row = try await self.log(change, transaction)
        return (answer, change.directory, row)
      }
      // Committed, but perhaps not on the standby that it was to wait for.
      guard done.notices.isEmpty else { throw RegisterError.unavailableLog.withUnknownOutcome }
      let (answer, directory, row) = done.value
      ledger.committed(intake: row.id, mac: row.mac)
      return Written(answer: answer, receipt: Receipt(named: [], request: context.request), directory: directory)
    } catch let replay as Replay {
      _ = try await refuseOrRepeat(context, epoch: epoch)
      return Written(answer: replay.answer, receipt: Receipt(named: [], request: context.request), directory: [])
    } catch let stale as StaleEpoch {
      abandon(slots)
      throw stale
    } catch let fault as RuleFault {
      abandon(slots)
      ledger.block("rules", fault.description)
      throw RegisterError.unavailableLog
    } catch {
      let error = Self.registerError(error)
      if !error.isUnknown { abandon(slots) }
      throw error
    }
  }

  private func log(_ change: Change, _ transaction: Transaction) async throws -> (id: Int64, mac: [UInt8]) {
    change.noteIfNone()
    let row = ledger.row(of: change.entries)
    do {
      let result = try await transaction.run([row.statement])
      guard result.notices.isEmpty, let rows = result.results.first else { throw LogFault(reason: "a warning came") }
      return (try IntakeStatement.written(rows), row.mac)
    } catch let error as PostgresError where error.kind != .server {
      throw error
    } catch {
      logger.error("access log not written", metadata: ["reason": "\(error)"])
      throw RegisterError.unavailableLog
    }
  }

  private func checkEpoch(_ epoch: Int64, _ transaction: Transaction) async throws {
    try ledger.ensureOpen()
    let rows = try await transaction.query("SELECT max(epoch) FROM access_epoch")
    let current = try rows.first?.int64(0) ?? 0
    if current != epoch { throw StaleEpoch(current: current) }
  }

  private func refuseOrRepeat(_ context: CommandContext, epoch: Int64) async throws(RegisterError) -> Receipt {
    let entry = Entry(
      at: .now(), user: context.principal.user, role: nil, purpose: context.purpose,
      caseReference: context.caseReference, verb: context.verb, outcome: .ok, code: "repeated",
      session: context.principal.session, address: context.principal.address, request: context.request, epoch: epoch)
    try await ledger.record([entry])
    return Receipt(named: [], request: context.request)
  }

  /// Keys of a transaction that certainly did not commit: nobody can need them.
  private func abandon(_ slots: [Int64]) {
    guard !slots.isEmpty else { return }
    let keys = keys
    Task { try? await Blocking.run { try keys.destroyMany(slots.filter { try keys.state(slot: $0).contains(.live) }) } }
  }

  /// The register's error for whatever was thrown.
  public static func registerError(_ error: any Error) -> RegisterError {
    switch error {
    case let error as RegisterError: return error
    case let error as PostgresError:
      var result: RegisterError
      switch error.kind {
      case .timeout: result = .timeout
      case .cancelled: result = .cancelled
      case .connectionLost, .cannotConnect, .poolExhausted: result = .unavailableDatabase
      case .decoding: result = .internal
      case .server:
        result =
          error.isRetryable || error.sqlstate.map { $0.hasPrefix("53") || $0.hasPrefix("57") || $0 == "25006" } == true
          ? .unavailableDatabase : .internal
      }
      result.isUnknown = error.outcomeUnknown
      return result
    case is LogFault: return .unavailableLog
    case is CancellationError: return .cancelled
    case is KeyFault, is KeyStoreError: return .unavailableKeys
    default: return .internal
    }
  }

  // MARK: Upkeep

  /// Closes the ledger's connection.
  public func close() async { await ledger.close() }

  /// Runs what must go on while the server runs: sequencing, self-checks, reloading rules, destroying keys.
  public func run() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.sequencer.run() }
      group.addTask { await self.selfChecks() }
      group.addTask { await self.destructions() }
    }
  }

  private func selfChecks() async {
    while !Task.isCancelled {
      var seconds = 60
      do {
        let problem = try await LogSelfCheck.problem(pool)
        ledger.block("self-check", problem)
        if problem != nil { seconds = 2 }
        try await reloadRules()
      } catch {
        seconds = 2
      }
      try? await Task.sleep(for: .seconds(seconds))
    }
  }

  private func destructions() async {
    while !Task.isCancelled {
      do {
        try await keyFate.run()
        _ = try await pool.query("SELECT log_intake_prune()")
        let keys = keys
        let oldest = SearchWords.month(of: .now()) - Limits.searchHashMonths
        _ = try await Blocking.run { try keys.expireSearchKeys(before: oldest) }
        _ = try await pool.query(
          "DELETE FROM once WHERE at < now() - make_interval(hours => \(Int32(Limits.onceHours)))")
      } catch {
        logger.warning("upkeep", metadata: ["reason": "\(Self.registerError(error).code)"])
      }
      try? await Task.sleep(for: .seconds(60))
    }
  }
}

/// The log cannot be written as it must be; says why.
public struct LogUnusable: Error, Sendable, CustomStringConvertible {
  /// What is wrong, for an operator.
  public let description: String
}

extension Custody {
  /// What keeps the log from being written as it must be; nil where all is in order.
  public static func logProblem(_ pool: Pool) async throws -> String? { try await LogSelfCheck.problem(pool) }
}
