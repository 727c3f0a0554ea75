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
      rules: AccessRules(epoch: 0, employees: [], grants: []), secrets: [:], macs: [])
    return RuleChange(store: store, transaction: transaction, stored: empty, epoch: 1)
  }

  private init(store: RuleStore, transaction: Transaction, stored: RuleStore.Stored, epoch: Int64) {
    self.store = store
    self.transaction = transaction
    self.stored = stored
    self.epoch = epoch
  }

  /// Writes an account with its secrets, new or changed; roles apart.
  public func put(_ employee: Employee, _ secrets: RuleStore.Secrets) async throws {
    let mac = RuleRows.mac(
      RuleRows.bytes(employee, verifier: secrets.verifier, seed: secrets.seed, epoch: epoch), key: store.key)
    let verifier: [UInt8]? = secrets.verifier.isEmpty ? nil : secrets.verifier
    let seed: [UInt8]? = secrets.seed.isEmpty ? nil : secrets.seed
    let unixUser: String? = employee.unixUser.isEmpty ? nil : employee.unixUser
    _ = try await transaction.query(
      """
      INSERT INTO employee (id, rev, name, full_name, disabled, verifier, one_time_seed, unix_user, epoch, mac)
      VALUES (\(employee.id), \(employee.rev), \(employee.name), \(employee.fullName), \(employee.isDisabled),
        \(verifier), \(seed), \(unixUser), \(epoch), \(mac))
      ON CONFLICT (id) DO UPDATE SET rev = EXCLUDED.rev, name = EXCLUDED.name, full_name = EXCLUDED.full_name,
        disabled = EXCLUDED.disabled, verifier = EXCLUDED.verifier, one_time_seed = EXCLUDED.one_time_seed,
        unix_user = EXCLUDED.unix_user, epoch = EXCLUDED.epoch, mac = EXCLUDED.mac
      """)
  }

  /// Gives an employee a role.
  public func grant(_ role: JobRole, to user: UserID) async throws {
    let mac = RuleRows.mac(RuleRows.bytes(user, holds: role, epoch: epoch), key: store.key)
    _ = try await transaction.query(
      """
      INSERT INTO employee_role (employee, role, epoch, mac)
      VALUES (\(user), \(Int16(role.rawValue)), \(epoch), \(mac))
      """)
  }

  /// Takes a role from an employee.
  public func revoke(_ role: JobRole, from user: UserID) async throws {
    _ = try await transaction.query(
      "DELETE FROM employee_role WHERE employee = \(user) AND role = \(Int16(role.rawValue))")
  }

  /// Puts rules in force.
  public func put(_ grants: [Grant]) async throws {
    for grant in grants {
      let mac = RuleRows.mac(RuleRows.bytes(grant, since: epoch, until: nil), key: store.key)
      _ = try await transaction.query(
        """
        INSERT INTO policy_grant (id, role, object, action, effect, kinds, fields, purposes, scope, since_epoch, mac)
        VALUES (\(grant.id), \(Int16(grant.role.rawValue)), \(grant.object.rawValue), \(grant.action.rawValue),
          \(Int16(grant.isDeny ? 2 : 1)), \(Int16(grant.kinds.rawValue)), \(Int64(bitPattern: grant.fields.rawValue)),
          \(Int32(bitPattern: grant.purposes.rawValue)), \(Int16(grant.scope.rawValue)), \(epoch), \(mac))
        """)
    }
  }

  /// Writes the new epoch over all rows as they are now, and tells every server.
  public func end(by user: UserID?) async throws {
    let rows = try await transaction.query(
      "SELECT mac FROM employee UNION ALL SELECT mac FROM employee_role UNION ALL SELECT mac FROM policy_grant")
    let digest = RuleRows.digest(try rows.map { try $0.bytes(0) })
    let mac = RuleRows.mac(RuleRows.bytes(epoch: epoch, digest: digest), key: store.key)
    _ = try await transaction.query(
      """
      INSERT INTO access_epoch (epoch, employee, digest, mac) VALUES (\(epoch), \(user), \(digest), \(mac))
      """)
  }
}
