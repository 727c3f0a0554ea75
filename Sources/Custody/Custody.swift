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
  /// The tree over the log.
  public let logTree: LogTree
  /// What the operator set, as far as custody goes by it.
  public let settings: AccessSettings
  let pool: Pool
  let logger: Logger
  let rules: HeldRules
  let daily: DailyNumber
  /// Stored rules that do not verify; then only their review is served.
  let review: Mutex<RuleReview?>
  private let listeners = Mutex<[@Sendable (AccessRules, AccessRules) -> Void]>([])

  /// Opens custody over a migrated database that has its first rules.
  ///
  /// - Parameters:
  ///   - pool: Connections as the server's role.
  ///   - lane: A connection of the ledger's own.
  ///   - log: Who signs the log, and what is kept of it outside.
  ///   - reviewing: Whether to open also where stored rules do not verify, for their review and nothing else.
  /// - Throws: `RuleFault` where a stored rule does not verify; `PostgresError`; `LogUnusable`.
  public static func open(
    pool: Pool, lane: ConnectionConfiguration, keys: KeyStore, log: LogIdentity,
    settings: AccessSettings = AccessSettings(), reviewing: Bool = false, logger: Logger
  ) async throws -> Custody {
    let store = try ruleStore(keys)
    let reading = try await store.read(pool)
    let logged = try await LogEpoch.newest(pool)
    var fault = reading.fault
    if logged > reading.epoch { fault = RuleFault.rolledBack(to: reading.epoch, from: logged) }
    if fault == nil { fault = try await store.epochFault(pool) }
    if let fault, !reviewing { throw fault }
    if let problem = try await LogSelfCheck.problem(pool) { throw LogUnusable(description: problem) }
    if let problem = try await treeProblem(pool: pool, keys: keys, identity: log, entries: startEntries) {
      throw LogUnusable(description: problem)
    }
    let custody = Custody(
      pool: pool, lane: Lane(configuration: lane, logger: logger), keys: keys, ruleStore: store,
      stored: reading.trusted, chainKey: try keys.serviceKey(.logChain), log: log, settings: settings, logger: logger)
    if log.continued != nil { try await custody.continueLog(log) }
    if let fault { custody.beginReview(fault, reading) }
    return custody
  }

  /// What is wrong with the stored rules; nil where every row verifies.
  public static func ruleFault(pool: Pool, keys: KeyStore) async throws -> RuleFault? {
    let reading: RuleReading
    do {
      reading = try await ruleStore(keys).read(pool)
    } catch let fault as RuleFault {
      return fault
    }
    let logged = try await LogEpoch.newest(pool)
    if logged > reading.epoch { return RuleFault.rolledBack(to: reading.epoch, from: logged) }
    if let fault = reading.fault { return fault }
    return try await ruleStore(keys).epochFault(pool)
  }

  /// The store of rules of a key store; for the first state of a new register, too.
  public static func ruleStore(_ keys: KeyStore) throws -> RuleStore { RuleStore(key: try keys.serviceKey(.rules)) }

  private init(
    pool: Pool, lane: Lane, keys: KeyStore, ruleStore: RuleStore, stored: RuleStore.Stored, chainKey: SymmetricKey,
    log: LogIdentity, settings: AccessSettings, logger: Logger
  ) {
    self.pool = pool
    self.keys = keys
    self.logger = logger
    self.settings = settings
    self.ruleStore = ruleStore
    ledger = Ledger(lane: lane, key: chainKey, server: .new(), logger: logger)
    sequencer = Sequencer(pool: pool, ledger: ledger, key: chainKey, identity: log, logger: logger)
    logTree = LogTree(pool: pool, identity: log)
    vault = Vault(keys: keys)
    keyFate = KeyFate(pool: pool, keys: keys, logger: logger)
    let held = HeldRules(stored)
    rules = held
    review = Mutex(nil)
    daily = DailyNumber(
      most: settings.dailyPersons, uncounted: settings.uncountedVerbs, pool: pool, sequencer: sequencer
    ) { user, day in
      held.value.rules.quotas.filter { $0.employee == user && $0.day == day }.reduce(0) { $0 + Int($1.persons) }
    }
  }

  // MARK: Rules

  /// The rules as this server last read them.
  public var currentRules: AccessRules { rules.value.rules }

  /// An account's sealed secrets.
  public func secrets(of user: UserID) -> RuleStore.Secrets { rules.value.secrets[user] ?? .init() }

  /// Has something called with the old and the new rules each time they change.
  public func onRulesChanged(_ listener: @escaping @Sendable (AccessRules, AccessRules) -> Void) {
    listeners.withLock { $0.append(listener) }
  }

  /// Reads the rules again. A row that does not verify blocks every release until it does.
  public func reloadRules() async throws {
    let reading: RuleReading
    do {
      reading = try await ruleStore.read(pool)
    } catch let fault as RuleFault {
      ledger.block("rules", fault.description)
      throw RegisterError.unavailableLog
    }
    let held = rules.value.rules.epoch
    var fault = reading.fault
    // Two reloads may overtake each other by a moment; a database that stays behind was rolled back.
    if reading.epoch < held, try await RuleStore.newestEpoch(pool) < held {
      fault = RuleFault.rolledBack(to: reading.epoch, from: held)
    }
    if let fault {
      beginReview(fault, reading)
      throw RegisterError.unavailableLog
    }
    endReview()
    let old = rules.replace(with: reading.trusted)
    if let old { for listener in listeners.withLock({ $0 }) { listener(old, reading.trusted.rules) } }
  }

  /// Leave to run a command, or the refusal.
  public func permit(
    _ context: CommandContext, permission: Permission, purposeRule: PurposeRule
  ) throws(RegisterError) -> Permit {
    try ensureServing(permission)
    return try Policy(rules: currentRules).permit(context, permission: permission, purposeRule: purposeRule)
  }

  // MARK: Reading

  /// What a permit becomes when rows are about to be shown.
  public func disclosure(_ permit: consuming Permit) -> Disclosure { Disclosure(permit, custody: self) }

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
    try await ledger.record([entry], but: "rules")
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
    try await ledger.record([entry], but: "rules")
    return Receipt(named: [], request: request)
  }

  /// Leave for the directory to open what it searches in.
  public func directoryReceipt(verb: String, rows: Int) async throws(RegisterError) -> DirectoryReceipt {
    _ = try await recordEvent(verb: verb, outcome: .ok, rows: rows)
    return DirectoryReceipt()
  }
}

/// What the operator set about access.
public struct AccessSettings: Sendable, Equatable {
  /// Distinct persons that an employee may be shown a day without a second person; 0 is no bound.
  public var dailyPersons = Limits.dailyPersons
  /// Verbs whose entries name persons who are not shown.
  public var uncountedVerbs: [String] = []
  /// How long a request waits for a second person, and an agreement for its use.
  public var approvalSeconds = Limits.approvalSeconds
  /// Within what time a break-glass must have been reviewed.
  public var breakGlassReviewSeconds = Limits.breakGlassReviewSeconds

  /// The defaults.
  public init() {}
}

/// The rules as this server last read them.
final class HeldRules: Sendable {
  private let held: Mutex<RuleStore.Stored>

  init(_ stored: RuleStore.Stored) { held = Mutex(stored) }

  var value: RuleStore.Stored { held.withLock { $0 } }

  /// Takes newer rules; returns those before, nil where these are not newer.
  func replace(with stored: RuleStore.Stored) -> AccessRules? {
    held.withLock {
      let old = $0.rules
      if old.epoch <= stored.rules.epoch { $0 = stored }
      return old.epoch < stored.rules.epoch ? old : nil
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
