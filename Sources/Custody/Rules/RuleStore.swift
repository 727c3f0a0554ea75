import Crypto
public import Model
public import Postgres

/// Reads the stored rules (employees, roles, policy, deputies, break-glass, approvals) and tells which rows are not as
/// this register's server left them.
public struct RuleStore: Sendable {
  /// Serialises changes of the rules over all servers.
  static let lock: Int64 = 7_625_002

  let key: SymmetricKey

  /// Everything read, with what is needed to write a row anew.
  public struct Stored: Sendable {
    /// The rules.
    public let rules: AccessRules
    /// Each account's sealed secrets.
    public let secrets: [UserID: Secrets]
    /// The rows by name, with their MACs.
    let macs: [String: [UInt8]]
    /// Whether the newest epoch tells, with those before it, how every row must be.
    let hasJournal: Bool
  }

  /// An account's sealed verifier and one-time-password seed; empty where there is none.
  public struct Secrets: Sendable, Hashable {
    /// The SCRAM verifier, sealed under its service key.
    public var verifier: [UInt8]
    /// The one-time-password seed, sealed under its service key.
    public var seed: [UInt8]

    /// Sealed secrets.
    public init(verifier: [UInt8] = [], seed: [UInt8] = []) {
      self.verifier = verifier
      self.seed = seed
    }
  }

  /// Reads and verifies every row in one snapshot.
  ///
  /// - Throws: `RuleFault` naming the rows that were not written by a server of this register, or were rolled back.
  public func load(_ run: ([SQL]) async throws -> [Rows]) async throws -> Stored {
    let reading = try await read(run)
    if let fault = reading.fault { throw fault }
    return reading.trusted
  }

  /// Reads every row in one snapshot, and tells those that verify from those that do not.
  func read(_ run: ([SQL]) async throws -> [Rows]) async throws -> RuleReading {
    let results = try await run(RuleTables.statements)
    guard results.count == RuleTables.statements.count else { throw RuleFault(["the rules cannot be read"]) }
    var tables = RuleTables(key: key)
    try tables.take(results)
    let head = try RuleHead(results[0].first, key: key)
    guard RuleRows.digest(tables.macs.values) != head.digest || !tables.faults.isEmpty else {
      return RuleReading(
        trusted: tables.stored(epoch: head.epoch, hasJournal: head.hasJournal), found: tables, epoch: head.epoch,
        fault: nil)
    }
    let expected = try await RuleJournal(key: key).expected(upTo: head, run)
    return tables.compared(to: expected, head)
  }

  /// The same in a transaction of its own, where each statement would see what others commit meanwhile.
  func read(_ pool: Pool) async throws -> RuleReading {
    let deadline = Tick.now().adding(milliseconds: Limits.queryMilliseconds)
    return try await pool.transaction(isolation: .repeatableRead, readOnly: true, deadline: deadline) { transaction in
      try await read { try await transaction.run($0).results }
    }
  }

  /// What is wrong with the row of any epoch; nil where they are whole.
  func epochFault(_ pool: Pool) async throws -> RuleFault? {
    do {
      try await RuleJournal(key: key).verify { try await pool.run($0).results }
      return nil
    } catch let fault as RuleFault {
      return fault
    }
  }

  /// The newest epoch that the database has.
  static func newestEpoch(_ pool: Pool) async throws -> Int64 {
    try await pool.query(
      "SELECT max(epoch) FROM access_epoch", deadline: Tick.now().adding(milliseconds: Limits.queryMilliseconds)
    ).first?.get(0, as: Int64?.self) ?? 0
  }
}

/// What was read, and what of it is to be trusted.
struct RuleReading: Sendable {
  /// The rows that are as this register's server left them.
  let trusted: RuleStore.Stored
  /// All rows as they are.
  let found: RuleTables
  /// The newest epoch.
  let epoch: Int64
  /// The rows that are not; nil where all are.
  let fault: RuleFault?
}

/// The newest epoch's row.
struct RuleHead: Sendable {
  let epoch: Int64
  let digest: [UInt8]
  let changes: [UInt8]?

  /// What `init` reads, in its order.
  static let columns: SQL = "epoch, digest, mac, changes, at, employee"

  var hasJournal: Bool { changes != nil }

  /// Throws `RuleFault` where there is none or it does not verify.
  init(_ row: Row?, key: SymmetricKey) throws {
    guard let row else { throw RuleFault(["table access_epoch has no row"]) }
    epoch = try row.int64(0)
    digest = try row.bytes(1)
    changes = try row.get(3, as: [UInt8]?.self)
    let bytes = RuleRows.bytes(
      epoch: epoch, digest: digest, changes: changes, at: try row.instant(4), by: try row.get(5, as: UserID?.self))
    guard HMAC<SHA256>.isValidAuthenticationCode(try row.bytes(2), authenticating: bytes, using: key) else {
      throw RuleFault(["the row access_epoch \(epoch) was not written by this register's server"])
    }
  }
}
