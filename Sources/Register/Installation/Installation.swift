import Custody
public import Model
public import Postgres
public import Sealing
import Wire

/// The first state of a register: its policy and its first accounts.
public enum Installation {
  /// An account to make.
  public struct NewAccount: Sendable {
    /// The log-in name.
    public var name: String
    /// What colleagues call them.
    public var fullName: String
    /// The job roles.
    public var roles: [JobRole]
    /// The password.
    public var password: String
    /// The one-time password's secret, where there is one.
    public var oneTimeSecret: [UInt8]?
    /// The operating system's user who logs in on the Unix socket, if any.
    public var unixUser: String?

    /// An account to make.
    public init(
      name: String, fullName: String, roles: [JobRole], password: String, oneTimeSecret: [UInt8]? = nil,
      unixUser: String? = nil
    ) {
      self.name = name
      self.fullName = fullName
      self.roles = roles
      self.password = password
      self.oneTimeSecret = oneTimeSecret
      self.unixUser = unixUser
    }
  }

  /// Says what to do where a register has no accounts yet.
  ///
  /// - Throws: `SchemaFault`, `PostgresError`.
  static func ensurePrepared(_ pool: Pool) async throws {
    // Any of these will do: where only the epochs are gone, somebody took them.
    let found = try await pool.query(
      """
      SELECT WHERE EXISTS (SELECT FROM access_epoch) OR EXISTS (SELECT FROM employee)
        OR EXISTS (SELECT FROM checkpoint WHERE size > 0)
      """)
    guard !found.isEmpty else { throw SchemaFault(description: "there are no accounts yet: run rekisterid init") }
  }

  /// Writes the shipped policy and the first accounts, into a migrated and empty database only.
  ///
  /// - Throws: `exists` where there is a first state already; `SchemaFault`.
  public static func prepare(pool: Pool, keys: KeyStore, accounts: [NewAccount]) async throws {
    try await Schema.ensureCurrent(pool)
    let store = try Custody.ruleStore(keys)
    var made: [(employee: Employee, secrets: RuleStore.Secrets)] = []
    for account in accounts {
      let employee = Employee(
        id: .new(), name: account.name, fullName: account.fullName, roles: account.roles,
        hasOneTimePassword: account.oneTimeSecret != nil, unixUser: account.unixUser ?? "")
      guard JobRole.areCompatible(account.roles) else {
        throw RegisterError.invalid("roles", RegisterError.deniedRole.message)
      }
      made.append((employee, try await secrets(of: account, employee.id, keys)))
    }
    try await pool.transaction { transaction in
      let change = try await RuleChange.first(store, in: transaction)
      for (employee, secrets) in made {
        try await change.put(employee, secrets)
        for role in employee.roles { try await change.grant(role, to: employee.id) }
      }
      try await change.put(ShippedPolicy.grants)
      try await change.end(by: nil)
    }
  }

  private static func secrets(of account: NewAccount, _ id: UserID, _ keys: KeyStore) async throws -> RuleStore.Secrets
  {
    let password = account.password
    let verifier = try await Blocking.run { try ScramVerifier.make(password: password) }
    return RuleStore.Secrets(
      verifier: try keys.sealVerifier(VerifierCoding.encode(verifier), of: id),
      seed: try account.oneTimeSecret.map {
        try keys.sealOneTimeSecret($0, of: id)
      } ?? [])
  }
}
