import Crypto
public import Model
public import Postgres

/// Reads and writes employees, roles and policy with their MACs and epochs.
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
    let macs: [[UInt8]]
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
  /// - Throws: `RuleFault` naming the first row that was not written by a server of this register.
  public func load(_ run: ([SQL]) async throws -> [Rows]) async throws -> Stored {
    let results = try await run([
      "SELECT epoch, digest, mac FROM access_epoch ORDER BY epoch DESC LIMIT 1",
      """
      SELECT id, rev, name, full_name, disabled, coalesce(verifier, ''), coalesce(one_time_seed, ''),
        coalesce(unix_user, ''), epoch, mac FROM employee
      """,
      "SELECT employee, role, epoch, mac FROM employee_role ORDER BY role",
      """
      SELECT id, role, object, action, effect, kinds, fields, purposes, scope, since_epoch, until_epoch, mac
      FROM policy_grant
      """,
    ])
    guard results.count == 4 else { throw RuleFault(description: "the rules cannot be read") }
    guard let head = results[0].first else { throw RuleFault(description: "table access_epoch has no row") }
    let epoch = try head.int64(0)
    let digest = try head.bytes(1)
    try check(RuleRows.bytes(epoch: epoch, digest: digest), try head.bytes(2), "access_epoch \(epoch)")
    var macs: [[UInt8]] = []
    let roles = try self.roles(results[2], &macs)
    var secrets: [UserID: Secrets] = [:]
    let employees = try self.employees(results[1], roles: roles, &secrets, &macs)
    let grants = try self.grants(results[3], &macs)
    guard RuleRows.digest(macs) == digest else {
      throw RuleFault(
        description: "a row of employee, employee_role or policy_grant was removed or rolled back since epoch \(epoch)")
    }
    return Stored(
      rules: AccessRules(epoch: epoch, employees: employees, grants: grants), secrets: secrets, macs: macs)
  }

  /// The newest epoch that the database has.
  static func newestEpoch(_ pool: Pool) async throws -> Int64 {
    try await pool.query(
      "SELECT max(epoch) FROM access_epoch", deadline: Tick.now().adding(milliseconds: Limits.queryMilliseconds)
    ).first?.get(0, as: Int64?.self) ?? 0
  }

  private func check(_ bytes: [UInt8], _ mac: [UInt8], _ row: String) throws(RuleFault) {
    guard HMAC<SHA256>.isValidAuthenticationCode(mac, authenticating: bytes, using: key) else {
      throw RuleFault(description: "the row \(row) was not written by this register's server")
    }
  }

  private func roles(_ rows: Rows, _ macs: inout [[UInt8]]) throws -> [UserID: [JobRole]] {
    var roles: [UserID: [JobRole]] = [:]
    for row in rows {
      let user: UserID = try row.id(0)
      guard let role = JobRole(rawValue: UInt8(clamping: try row.int64(1))) else {
        throw RuleFault(description: "the row employee_role \(user) names an unknown role")
      }
      let mac = try row.bytes(3)
      try check(RuleRows.bytes(user, holds: role, epoch: try row.int64(2)), mac, "employee_role \(user) \(role.name)")
      macs.append(mac)
      roles[user, default: []].append(role)
    }
    return roles
  }

  private func employees(
    _ rows: Rows, roles: [UserID: [JobRole]], _ secrets: inout [UserID: Secrets], _ macs: inout [[UInt8]]
  ) throws -> [Employee] {
    try rows.map { row in
      let id: UserID = try row.id(0)
      let secret = Secrets(verifier: try row.bytes(5), seed: try row.bytes(6))
      let employee = Employee(
        id: id, rev: try row.int32(1), name: try row.string(2), fullName: try row.string(3),
        isDisabled: try row.bool(4), roles: roles[id] ?? [], hasOneTimePassword: !secret.seed.isEmpty,
        unixUser: try row.string(7))
      let mac = try row.bytes(9)
      let bytes = RuleRows.bytes(employee, verifier: secret.verifier, seed: secret.seed, epoch: try row.int64(8))
      try check(bytes, mac, "employee \(id)")
      macs.append(mac)
      secrets[id] = secret
      return employee
    }
  }

  private func grants(_ rows: Rows, _ macs: inout [[UInt8]]) throws -> [Grant] {
    try rows.compactMap { row in
      let id: ID<Grant> = try row.id(0)
      guard let role = JobRole(rawValue: UInt8(clamping: try row.int64(1))),
        let object = PolicyObject(rawValue: try row.string(2)), let action = PolicyAction(rawValue: try row.string(3)),
        let scope = PolicyScope(rawValue: UInt8(clamping: try row.int64(8)))
      else { throw RuleFault(description: "the row policy_grant \(id) has unknown words") }
      let grant = Grant(
        id: id, role: role, object: object, action: action, isDeny: try row.int64(4) == 2,
        kinds: KindSet(rawValue: UInt8(clamping: try row.int64(5))),
        fields: FieldSet(rawValue: UInt64(bitPattern: try row.int64(6))),
        purposes: PurposeSet(rawValue: UInt32(truncatingIfNeeded: try row.int64(7))), scope: scope)
      let until = try row.get(10, as: Int64?.self)
      let mac = try row.bytes(11)
      try check(RuleRows.bytes(grant, since: try row.int64(9), until: until), mac, "policy_grant \(id)")
      macs.append(mac)
      return until == nil ? grant : nil
    }
  }
}
