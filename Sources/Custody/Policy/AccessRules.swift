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
  /// The team whose customers they reach where a rule says `team`; empty where none.
  public var team: String
  /// SHA-256 of the client certificate (DER) that logs in; empty where none.
  public var certificate: [UInt8]
  /// Another account of the same human being.
  public var sameAs: UserID?

  /// An account.
  public init(
    id: UserID, rev: Int32 = 1, name: String, fullName: String = "", isDisabled: Bool = false, roles: [JobRole],
    hasOneTimePassword: Bool = false, unixUser: String = "", team: String = "", certificate: [UInt8] = [],
    sameAs: UserID? = nil
  ) {
    self.id = id
    self.rev = rev
    self.name = name
    self.fullName = fullName
    self.isDisabled = isDisabled
    self.roles = roles
    self.hasOneTimePassword = hasOneTimePassword
    self.unixUser = unixUser
    self.team = team
    self.certificate = certificate
    self.sameAs = sameAs
  }
}

/// The employees, their roles, the policy and what was granted for a time, at one epoch: a value that never changes.
public struct AccessRules: Sendable {
  /// Counts every change to what stands here.
  public let epoch: Int64
  /// The accounts by id.
  public let employees: [UserID: Employee]
  /// Every rule in force.
  public let grants: [Grant]
  /// Who stands in for whom.
  public let deputies: [Deputy]
  /// Wider reads that were taken.
  public let breakGlasses: [ID<BreakGlass>: BreakGlass]
  /// Requests that wait for a second person, and those that lately did.
  public let approvals: [ID<Approval>: Approval]
  /// Raised daily numbers.
  public let quotas: [Quota]
  /// What was decided under these rules before; gone with them.
  let decided = DecisionMemo()
  private let byRole: [JobRole: [Grant]]
  private let byName: [String: UserID]
  /// Accounts of one human being have one number.
  private let humans: [UserID: Int]

  /// Rules from rows that were verified.
  public init(
    epoch: Int64, employees: [Employee], grants: [Grant], deputies: [Deputy] = [], breakGlasses: [BreakGlass] = [],
    approvals: [Approval] = [], quotas: [Quota] = []
  ) {
    self.epoch = epoch
    self.employees = Dictionary(employees.map { ($0.id, $0) }) { first, _ in first }
    self.grants = grants
    self.deputies = deputies
    self.breakGlasses = Dictionary(breakGlasses.map { ($0.id, $0) }) { first, _ in first }
    self.approvals = Dictionary(approvals.map { ($0.id, $0) }) { first, _ in first }
    self.quotas = quotas
    byRole = Dictionary(grouping: grants.filter(\.isAllowed), by: \.role)
    byName = Dictionary(employees.map { ($0.name, $0.id) }) { first, _ in first }
    humans = Self.humans(employees)
  }

  /// The rules of one job role.
  public func grants(of role: JobRole) -> [Grant] { byRole[role] ?? [] }

  /// The account with this log-in name.
  public func employee(named name: String) -> Employee? { byName[name].flatMap { employees[$0] } }
}

extension AccessRules {
  /// Whether two accounts are one human being's: told so, or of the same full name but for case and spaces, or both so
  /// of a third.
  public func isSameHuman(_ one: UserID, _ other: UserID) -> Bool {
    if one == other { return true }
    guard let left = humans[one], let right = humans[other] else { return false }
    return left == right
  }

  /// Numbers the human beings: accounts that are linked have the number of the first of them.
  private static func humans(_ employees: [Employee]) -> [UserID: Int] {
    var first: [UserID: Int] = [:]
    for (index, employee) in employees.enumerated() { first[employee.id] = index }
    var parents = Array(employees.indices)
    func root(_ index: Int) -> Int {
      var index = index
      while parents[index] != index { index = parents[index] }
      return index
    }
    var named: [String: Int] = [:]
    for (index, employee) in employees.enumerated() {
      if let other = employee.sameAs.flatMap({ first[$0] }) { parents[root(index)] = root(other) }
      let name = folded(employee.fullName)
      guard !name.isEmpty else { continue }
      if let other = named[name] { parents[root(index)] = root(other) } else { named[name] = index }
    }
    return first.mapValues(root)
  }

  private static func folded(_ name: String) -> String { String(name.lowercased().filter { !$0.isWhitespace }) }

  /// Whose customers an employee reaches as their own on a day: theirs, and those of whom they stand in for.
  public func own(_ user: UserID, on day: Day) -> [UserID] {
    [user] + deputies.filter { $0.deputy == user && $0.holds(on: day) && $0.employee != user }.map(\.employee)
  }

  /// Whose customers are the employee's team's.
  public func team(of user: UserID) -> [UserID] {
    guard let team = employees[user]?.team, !team.isEmpty else { return [] }
    return employees.values.filter { $0.team == team }.map(\.id)
  }

  /// The wider read that a session has at a moment.
  public func breakGlass(of user: UserID, session: SessionID?, at instant: Instant) -> BreakGlass? {
    guard !breakGlasses.isEmpty else { return nil }
    return breakGlasses.values.first { $0.isActive(for: session, of: user, at: instant) }
  }
}
