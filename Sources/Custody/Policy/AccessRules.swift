public import Model

/// An employee's account as the rules see it.
public struct Employee: Hashable, Sendable {
  /// Names the employee everywhere, the log included.
  public var id: UserID
  /// The row's revision.
  public var rev: Int32
  /// The name they log in with.
  public var name: String
  /// What colleagues call them.
  public var fullName: String
  /// A disabled account cannot do anything, open sessions included.
  public var isDisabled: Bool
  /// The job roles they hold.
  public var roles: [JobRole]
  /// Whether a one-time password is asked for.
  public var hasOneTimePassword: Bool
  /// The operating system's user whose peer credentials log in on the Unix socket; empty where none.
  public var unixUser: String

  /// An account.
  public init(
    id: UserID, rev: Int32 = 1, name: String, fullName: String = "", isDisabled: Bool = false, roles: [JobRole],
    hasOneTimePassword: Bool = false, unixUser: String = ""
  ) {
    self.id = id
    self.rev = rev
    self.name = name
    self.fullName = fullName
    self.isDisabled = isDisabled
    self.roles = roles
    self.hasOneTimePassword = hasOneTimePassword
    self.unixUser = unixUser
  }
}

/// The employees, their roles and the policy at one epoch: a value that never changes.
public struct AccessRules: Sendable {
  /// Counts every change to employees, roles and policy.
  public let epoch: Int64
  /// The accounts by id.
  public let employees: [UserID: Employee]
  /// Every rule in force.
  public let grants: [Grant]
  /// What was decided under these rules before; gone with them.
  let decided = DecisionMemo()
  private let byRole: [JobRole: [Grant]]
  private let byName: [String: UserID]

  /// Rules from rows that were verified.
  public init(epoch: Int64, employees: [Employee], grants: [Grant]) {
    self.epoch = epoch
    self.employees = Dictionary(employees.map { ($0.id, $0) }) { first, _ in first }
    self.grants = grants
    byRole = Dictionary(grouping: grants, by: \.role)
    byName = Dictionary(employees.map { ($0.name, $0.id) }) { first, _ in first }
  }

  /// The rules of one job role.
  public func grants(of role: JobRole) -> [Grant] { byRole[role] ?? [] }

  /// The account with this log-in name.
  public func employee(named name: String) -> Employee? { byName[name].flatMap { employees[$0] } }
}
