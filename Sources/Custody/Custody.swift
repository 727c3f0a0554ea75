import AccessLog
import Crypto
public import Logging
public import Model
public import Postgres
public import Sealing
import Synchronization
import Wire

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
  let logger: Logger
  let rules: Mutex<RuleStore.Stored>

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
