public import Model
public import Postgres

/// Changes to employees, roles and policy within a transaction: writes rows with their MACs, then the new epoch.
public struct RuleChange: Sendable {
  private let store: RuleStore
  private let transaction: Transaction
  /// What the database held when the change began.
  public private(set) var stored: RuleStore.Stored
  /// The epoch that the change makes.
  public let epoch: Int64

  /// Begins a change: takes the rules' lock until the transaction ends, and reads what is there.
  public static func begin(_ store: RuleStore, in transaction: Transaction) async throws -> RuleChange {
    _ = try await transaction.query("SELECT pg_advisory_xact_lock(\(RuleStore.lock))")
    let stored = try await store.load { try await transaction.run($0).results }
    return RuleChange(store: store, transaction: transaction, stored: stored, epoch: stored.rules.epoch + 1)
  }

  /// Begins the very first state, in an empty database.
  public static func first(_ store: RuleStore, in transaction: Transaction) async throws -> RuleChange {
    _ = try await transaction.query("SELECT pg_advisory_xact_lock(\(RuleStore.lock))")
    let rows = try await transaction.query("SELECT FROM access_epoch LIMIT 1")
    guard rows.isEmpty else { throw RegisterError.exists }
    let empty = RuleStore.Stored(
      rules: AccessRules(epoch: 0, employees: [], grants: []), secrets: [:], macs: [:], hasJournal: false)
    return RuleChange(store: store, transaction: transaction, stored: empty, epoch: 1)
  }

  /// Begins the acceptance of rows as they are: whatever does not verify is written anew under the next epoch.
  static func accepting(_ store: RuleStore, in transaction: Transaction, newest: Int64) async throws -> (
    change: RuleChange, reading: RuleReading
  ) {
    _ = try await transaction.query("SELECT pg_advisory_xact_lock(\(RuleStore.lock))")
    let reading = try await store.read { try await transaction.run($0).results }
    // Without a journal to go on from, the new epoch tells every row.
    let stored = reading.found.stored(epoch: reading.epoch, hasJournal: false)
    let epoch = max(newest, reading.epoch) + 1
    return (RuleChange(store: store, transaction: transaction, stored: stored, epoch: epoch), reading)
  }

  private init(store: RuleStore, transaction: Transaction, stored: RuleStore.Stored, epoch: Int64) {
    self.store = store
    self.transaction = transaction
    self.stored = stored
    self.epoch = epoch
  }

  // MARK: Accounts

  /// Writes an account with its secrets, new or changed; roles apart.
  public func put(_ employee: Employee, _ secrets: RuleStore.Secrets) async throws {
    let mac = mac(RuleRows.bytes(employee, verifier: secrets.verifier, seed: secrets.seed, epoch: epoch))
    let verifier: [UInt8]? = secrets.verifier.isEmpty ? nil : secrets.verifier
    let seed: [UInt8]? = secrets.seed.isEmpty ? nil : secrets.seed
    let unixUser: String? = employee.unixUser.isEmpty ? nil : employee.unixUser
    let certificate: [UInt8]? = employee.certificate.isEmpty ? nil : employee.certificate
    _ = try await transaction.query(
      """
      INSERT INTO employee (id, rev, name, full_name, disabled, verifier, one_time_seed, unix_user, team, certificate,
        same_as, epoch, mac)
      VALUES (\(employee.id), \(employee.rev), \(employee.name), \(employee.fullName), \(employee.isDisabled),
        \(verifier), \(seed), \(unixUser), \(employee.team), \(certificate), \(employee.sameAs), \(epoch), \(mac))
      ON CONFLICT (id) DO UPDATE SET rev = EXCLUDED.rev, name = EXCLUDED.name, full_name = EXCLUDED.full_name,
        disabled = EXCLUDED.disabled, verifier = EXCLUDED.verifier, one_time_seed = EXCLUDED.one_time_seed,
        unix_user = EXCLUDED.unix_user, team = EXCLUDED.team, certificate = EXCLUDED.certificate,
        same_as = EXCLUDED.same_as, epoch = EXCLUDED.epoch, mac = EXCLUDED.mac
      """)
  }

  /// Gives an employee a role.
  public func grant(_ role: JobRole, to user: UserID) async throws {
    _ = try await transaction.query(
      """
      INSERT INTO employee_role (employee, role, epoch, mac)
      VALUES (\(user), \(Int16(role.rawValue)), \(epoch), \(mac(RuleRows.bytes(user, holds: role, epoch: epoch))))
      ON CONFLICT (employee, role) DO UPDATE SET epoch = EXCLUDED.epoch, mac = EXCLUDED.mac
      """)
  }

  /// Takes a role from an employee.
  public func revoke(_ role: JobRole, from user: UserID) async throws {
    _ = try await transaction.query(
      "DELETE FROM employee_role WHERE employee = \(user) AND role = \(Int16(role.rawValue))")
  }

  // MARK: Policy

  /// Puts rules in force.
  public func put(_ grants: [Grant]) async throws {
    for grant in grants { try await put(grant, since: epoch, until: nil) }
  }

  /// Ends rules that are in force; they stay in the policy's history.
  public func end(_ ids: Set<ID<Grant>>) async throws {
    let rows = try await transaction.query(
      "SELECT id, since_epoch FROM policy_grant WHERE until_epoch IS NULL AND id = ANY (\(Array(ids)))")
    for row in rows {
      let id: ID<Grant> = try row.id(0)
      guard let grant = stored.rules.grants.first(where: { $0.id == id }) else { continue }
      try await put(grant, since: try row.int64(1), until: epoch)
    }
  }

  func put(_ grant: Grant, since: Int64, until: Int64?) async throws {
    _ = try await transaction.query(
      """
      INSERT INTO policy_grant (id, role, object, action, effect, kinds, fields, purposes, scope, since_epoch,
        until_epoch, mac)
      VALUES (\(grant.id), \(Int16(grant.role.rawValue)), \(grant.object.rawValue), \(grant.action.rawValue),
        \(Int16(grant.isDeny ? 2 : 1)), \(Int16(grant.kinds.rawValue)), \(Int64(bitPattern: grant.fields.rawValue)),
        \(Int32(bitPattern: grant.purposes.rawValue)), \(Int16(grant.scope.rawValue)), \(since), \(until),
        \(mac(RuleRows.bytes(grant, since: since, until: until))))
      ON CONFLICT (id) DO UPDATE SET until_epoch = EXCLUDED.until_epoch, mac = EXCLUDED.mac
      """)
  }

  // MARK: For a time

  /// Has somebody stand in for a colleague.
  public func put(_ deputy: Deputy) async throws {
    _ = try await transaction.query(
      """
      INSERT INTO deputy (id, employee, deputy, from_day, until_day, epoch, mac)
      VALUES (\(deputy.id), \(deputy.employee), \(deputy.deputy), \(deputy.from), \(deputy.until), \(epoch),
        \(mac(RuleRows.bytes(deputy, epoch: epoch))))
      ON CONFLICT (id) DO UPDATE SET epoch = EXCLUDED.epoch, mac = EXCLUDED.mac
      """)
  }

  /// Ends a deputy's time.
  public func remove(_ deputy: ID<Deputy>) async throws {
    _ = try await transaction.query("DELETE FROM deputy WHERE id = \(deputy)")
  }

  /// Raises a daily number.
  public func put(_ quota: Quota) async throws {
    _ = try await transaction.query(
      """
      INSERT INTO quota (id, employee, day, persons, epoch, mac)
      VALUES (\(quota.id), \(quota.employee), \(quota.day), \(quota.persons), \(epoch),
        \(mac(RuleRows.bytes(quota, epoch: epoch))))
      ON CONFLICT (id) DO UPDATE SET epoch = EXCLUDED.epoch, mac = EXCLUDED.mac
      """)
  }

  /// Forgets raised numbers of days gone by.
  func removeQuotas(before day: Day) async throws {
    _ = try await transaction.query("DELETE FROM quota WHERE day < \(day)")
  }

  /// Writes a wider read, new or changed.
  public func put(_ glass: BreakGlass) async throws {
    _ = try await transaction.query(
      """
      INSERT INTO break_glass (id, employee, session, taken_at, until_at, ended_at, due_at, slot, sealed, verdict,
        reviewer, reviewed_at, epoch, mac)
      VALUES (\(glass.id), \(glass.user), \(glass.session), \(glass.takenAt), \(glass.until), \(glass.endedAt),
        \(glass.dueAt), \(glass.reason.slot), \(glass.reason.bytes), \(Int16(glass.verdict.rawValue)),
        \(glass.reviewer), \(glass.reviewedAt), \(epoch), \(mac(RuleRows.bytes(glass, epoch: epoch))))
      ON CONFLICT (id) DO UPDATE SET ended_at = EXCLUDED.ended_at, slot = EXCLUDED.slot, sealed = EXCLUDED.sealed,
        verdict = EXCLUDED.verdict, reviewer = EXCLUDED.reviewer, reviewed_at = EXCLUDED.reviewed_at,
        epoch = EXCLUDED.epoch, mac = EXCLUDED.mac
      """)
  }

  /// Writes a request for a second person, new or changed.
  func put(_ approval: Approval) async throws {
    _ = try await transaction.query(
      """
      INSERT INTO approval (id, requester, action, verb, digest, barred, slot, sealed, state, approver, created_at,
        expires_at, decided_at, epoch, mac)
      VALUES (\(approval.id), \(approval.requester), \(Int16(approval.action.rawValue)), \(approval.verb),
        \(approval.digest), \(approval.barred), \(approval.request.slot), \(approval.request.bytes),
        \(Int16(approval.state.rawValue)), \(approval.approver), \(approval.createdAt), \(approval.expiresAt),
        \(approval.decidedAt), \(epoch), \(mac(RuleRows.bytes(approval, epoch: epoch))))
      ON CONFLICT (id) DO UPDATE SET slot = EXCLUDED.slot, sealed = EXCLUDED.sealed, state = EXCLUDED.state,
        approver = EXCLUDED.approver, decided_at = EXCLUDED.decided_at, epoch = EXCLUDED.epoch, mac = EXCLUDED.mac
      """)
  }

  /// Forgets requests that ended.
  func remove(_ approvals: [ID<Approval>]) async throws {
    _ = try await transaction.query("DELETE FROM approval WHERE id = ANY (\(approvals))")
  }

  // MARK: The end

  /// Writes the new epoch over all rows as they are now, with the list of those that it changed.
  public func end(by user: UserID?) async throws {
    let rows = try await transaction.query(RuleTables.names)
    var macs: [String: [UInt8]] = [:]
    for row in rows { macs[try row.string(0)] = try row.bytes(1) }
    let digest = RuleRows.digest(macs.values)
    let changes = RuleJournal.changes(from: stored.hasJournal ? stored.macs : nil, to: macs)
    let now = Instant.now()
    let bytes = RuleRows.bytes(epoch: epoch, digest: digest, changes: changes, at: now, by: user)
    _ = try await transaction.query(
      """
      INSERT INTO access_epoch (epoch, at, employee, digest, changes, mac)
      VALUES (\(epoch), \(now), \(user), \(digest), \(changes), \(mac(bytes)))
      """)
  }

  private func mac(_ bytes: [UInt8]) -> [UInt8] { RuleRows.mac(bytes, key: store.key) }
}
