import Crypto
import Model
import Postgres
import Wire

/// The rows of the rules' tables as they are, each tried against its MAC.
struct RuleTables: Sendable {
  /// Whether a row's content is what its MAC was made over.
  enum Standing: Sendable, Equatable {
    case good
    case foreign
  }

  /// A row with its name.
  struct Found<Value: Sendable>: Sendable {
    let name: String
    let value: Value
    let standing: Standing
  }

  private let key: SymmetricKey
  private(set) var employees: [Found<(employee: Employee, secrets: RuleStore.Secrets)>] = []
  private(set) var roles: [Found<(user: UserID, role: JobRole)>] = []
  private(set) var grants: [Found<(grant: Grant, since: Int64, until: Int64?)>] = []
  private(set) var deputies: [Found<Deputy>] = []
  private(set) var breakGlasses: [Found<BreakGlass>] = []
  private(set) var approvals: [Found<Approval>] = []
  private(set) var quotas: [Found<Quota>] = []
  /// Every row's MAC by the row's name.
  private(set) var macs: [String: [UInt8]] = [:]
  /// A hash of every row's content, by the row's name.
  private(set) var contents: [String: [UInt8]] = [:]
  /// Rows whose content does not fit their MAC, or cannot be read; by name.
  private(set) var faults: [String: String] = [:]

  init(key: SymmetricKey) { self.key = key }

  /// What reads them, in the order of `take`; the newest epoch first.
  static let statements: [SQL] = [
    "SELECT \(RuleHead.columns) FROM access_epoch ORDER BY epoch DESC LIMIT 1",
    """
    SELECT id, rev, name, full_name, disabled, coalesce(verifier, ''), coalesce(one_time_seed, ''),
      coalesce(unix_user, ''), team, coalesce(certificate, ''), same_as, epoch, mac FROM employee
    """,
    "SELECT employee, role, epoch, mac FROM employee_role ORDER BY role",
    """
    SELECT id, role, object, action, effect, kinds, fields, purposes, scope, since_epoch, until_epoch, mac
    FROM policy_grant
    """,
    "SELECT id, employee, deputy, from_day, until_day, epoch, mac FROM deputy",
    """
    SELECT id, employee, session, taken_at, until_at, ended_at, due_at, slot, sealed, verdict, reviewer, reviewed_at,
      epoch, mac FROM break_glass
    """,
    """
    SELECT id, requester, action, verb, digest, barred, slot, sealed, state, approver, created_at, expires_at,
      decided_at, epoch, mac FROM approval
    """,
    "SELECT id, employee, day, persons, epoch, mac FROM quota",
  ]

  /// The same rows' names and MACs.
  static let names: SQL = """
    SELECT 'employee ' || id, mac FROM employee
    UNION ALL SELECT 'employee_role ' || employee || ' ' || role, mac FROM employee_role
    UNION ALL SELECT 'policy_grant ' || id, mac FROM policy_grant
    UNION ALL SELECT 'deputy ' || id, mac FROM deputy
    UNION ALL SELECT 'break_glass ' || id, mac FROM break_glass
    UNION ALL SELECT 'approval ' || id, mac FROM approval
    UNION ALL SELECT 'quota ' || id, mac FROM quota
    """

  mutating func take(_ results: [Rows]) throws {
    for row in results[2] { try takeRole(row) }
    for row in results[1] { try takeEmployee(row) }
    for row in results[3] { try takeGrant(row) }
    for row in results[4] {
      let deputy = Deputy(
        id: try row.id(0), employee: try row.id(1), deputy: try row.id(2), from: try row.day(3), until: try row.day(4))
      let bytes = RuleRows.bytes(deputy, epoch: try row.int64(5))
      deputies.append(found("deputy \(deputy.id)", deputy, bytes, try row.bytes(6)))
    }
    for row in results[5] { try takeBreakGlass(row) }
    for row in results[6] { try takeApproval(row) }
    for row in results[7] {
      let quota = Quota(id: try row.id(0), employee: try row.id(1), day: try row.day(2), persons: try row.int32(3))
      quotas.append(
        found("quota \(quota.id)", quota, RuleRows.bytes(quota, epoch: try row.int64(4)), try row.bytes(5)))
    }
  }

  private mutating func found<Value>(_ name: String, _ value: Value, _ bytes: [UInt8], _ mac: [UInt8]) -> Found<Value> {
    let isGood = HMAC<SHA256>.isValidAuthenticationCode(mac, authenticating: bytes, using: key)
    macs[name] = mac
    contents[name] = Array(SHA256.hash(data: bytes + mac))
    if !isGood { faults[name] = "was not written by this register's server" }
    return Found(name: name, value: value, standing: isGood ? .good : .foreign)
  }

  private mutating func unreadable(_ name: String, _ mac: [UInt8]) {
    macs[name] = mac
    faults[name] = "has unknown words"
  }

  private mutating func takeRole(_ row: Row) throws {
    let user: UserID = try row.id(0)
    let code = try row.int64(1)
    let name = "employee_role \(user) \(code)"
    guard let role = JobRole(rawValue: UInt8(clamping: code)) else { return unreadable(name, try row.bytes(3)) }
    let bytes = RuleRows.bytes(user, holds: role, epoch: try row.int64(2))
    roles.append(found(name, (user, role), bytes, try row.bytes(3)))
  }

  private mutating func takeEmployee(_ row: Row) throws {
    let secrets = RuleStore.Secrets(verifier: try row.bytes(5), seed: try row.bytes(6))
    let employee = Employee(
      id: try row.id(0), rev: try row.int32(1), name: try row.string(2), fullName: try row.string(3),
      isDisabled: try row.bool(4), roles: [], hasOneTimePassword: !secrets.seed.isEmpty, unixUser: try row.string(7),
      team: try row.string(8), certificate: try row.bytes(9), sameAs: try row.get(10, as: UserID?.self))
    let bytes = RuleRows.bytes(employee, verifier: secrets.verifier, seed: secrets.seed, epoch: try row.int64(11))
    employees.append(found("employee \(employee.id)", (employee, secrets), bytes, try row.bytes(12)))
  }

  private mutating func takeGrant(_ row: Row) throws {
    let id: ID<Grant> = try row.id(0)
    let name = "policy_grant \(id)"
    guard let role = JobRole(rawValue: UInt8(clamping: try row.int64(1))),
      let object = PolicyObject(rawValue: try row.string(2)), let action = PolicyAction(rawValue: try row.string(3)),
      let scope = PolicyScope(rawValue: UInt8(clamping: try row.int64(8)))
    else { return unreadable(name, try row.bytes(11)) }
    let grant = Grant(
      id: id, role: role, object: object, action: action, isDeny: try row.int64(4) == 2,
      kinds: KindSet(rawValue: UInt8(clamping: try row.int64(5))),
      fields: FieldSet(rawValue: UInt64(bitPattern: try row.int64(6))),
      purposes: PurposeSet(rawValue: UInt32(truncatingIfNeeded: try row.int64(7))), scope: scope)
    let (since, until) = (try row.int64(9), try row.get(10, as: Int64?.self))
    grants.append(
      found(name, (grant, since, until), RuleRows.bytes(grant, since: since, until: until), try row.bytes(11)))
  }

  private mutating func takeBreakGlass(_ row: Row) throws {
    var glass = BreakGlass(
      id: try row.id(0), user: try row.id(1), session: try row.id(2), takenAt: try row.instant(3),
      until: try row.instant(4), endedAt: try row.get(5, as: Instant?.self), dueAt: try row.instant(6),
      reason: SealedRecord(slot: try row.int64(7), bytes: try row.bytes(8)))
    glass.verdict = BreakGlass.Verdict(rawValue: UInt8(clamping: try row.int64(9))) ?? .none
    glass.reviewer = try row.get(10, as: UserID?.self)
    glass.reviewedAt = try row.get(11, as: Instant?.self)
    let bytes = RuleRows.bytes(glass, epoch: try row.int64(12))
    breakGlasses.append(found("break_glass \(glass.id)", glass, bytes, try row.bytes(13)))
  }

  private mutating func takeApproval(_ row: Row) throws {
    let id: ID<Approval> = try row.id(0)
    guard let action = ApprovalAction(rawValue: UInt8(clamping: try row.int64(2))),
      let state = Approval.State(rawValue: UInt8(clamping: try row.int64(8)))
    else { return unreadable("approval \(id)", try row.bytes(14)) }
    let approval = Approval(
      id: id, requester: try row.id(1), action: action, verb: try row.string(3), digest: try row.bytes(4),
      barred: try row.get(5, as: UserID?.self), request: SealedRecord(slot: try row.int64(6), bytes: try row.bytes(7)),
      state: state, approver: try row.get(9, as: UserID?.self), createdAt: try row.instant(10),
      expiresAt: try row.instant(11), decidedAt: try row.get(12, as: Instant?.self))
    let bytes = RuleRows.bytes(approval, epoch: try row.int64(13))
    approvals.append(found("approval \(id)", approval, bytes, try row.bytes(14)))
  }
}

extension RuleTables {
  /// The rules of those rows that pass.
  func stored(epoch: Int64, hasJournal: Bool, where passes: (String) -> Bool = { _ in true }) -> RuleStore.Stored {
    func values<Value>(_ rows: [Found<Value>]) -> [Value] {
      rows.filter { $0.standing == .good && passes($0.name) }.map(\.value)
    }
    let held = Dictionary(grouping: values(roles), by: \.user).mapValues { $0.map(\.role) }
    let accounts = values(employees)
    let people = accounts.map { account in
      var employee = account.employee
      employee.roles = held[employee.id] ?? []
      return employee
    }
    let rules = AccessRules(
      epoch: epoch, employees: people, grants: values(grants).filter { $0.until == nil }.map(\.grant),
      deputies: values(deputies), breakGlasses: values(breakGlasses), approvals: values(approvals),
      quotas: values(quotas))
    return RuleStore.Stored(
      rules: rules, secrets: Dictionary(accounts.map { ($0.employee.id, $0.secrets) }) { first, _ in first },
      macs: macs, hasJournal: hasJournal)
  }

  /// Which rows differ from what the epochs tell; where they tell nothing, which do not verify.
  func compared(to expected: [String: String]?, _ head: RuleHead) -> RuleReading {
    var faults = faults
    if let expected {
      for (name, mac) in macs where faults[name] == nil && expected[name] != Hex.encode(mac) {
        faults[name] =
          expected[name] == nil ? "was put back after it had been removed" : "was rolled back to an earlier state"
      }
      for name in expected.keys where macs[name] == nil { faults[name] = "was removed" }
    }
    let isKnown = expected != nil
    let trusted = stored(epoch: head.epoch, hasJournal: head.hasJournal) { isKnown && faults[$0] == nil }
    var rows = faults.sorted { $0.key < $1.key }.map { "the row \(Self.spoken($0.key)) \($0.value)\(told($0.key))" }
    if rows.isEmpty {
      rows = ["a row of the rules' tables was removed or rolled back since epoch \(head.epoch)"]
    }
    return RuleReading(trusted: trusted, found: self, epoch: head.epoch, fault: RuleFault(rows))
  }

  /// A row's name with the role's word in place of its code.
  private static func spoken(_ name: String) -> String {
    let parts = name.split(separator: " ")
    guard parts.count == 3, parts[0] == "employee_role", let role = UInt8(parts[2]).flatMap(JobRole.init) else {
      return name
    }
    return "\(parts[0]) \(parts[1]) \(role.name)"
  }

  /// What a row says now, for those who must decide whether it is to stand; of requests and reasons, nothing.
  private func told(_ name: String) -> String {
    if let row = employees.first(where: { $0.name == name })?.value.employee {
      var words = ["name \(row.name)", row.isDisabled ? "disabled" : "enabled"]
      if !row.fullName.isEmpty { words.append("full name \(row.fullName)") }
      if !row.unixUser.isEmpty { words.append("unix user \(row.unixUser)") }
      if !row.team.isEmpty { words.append("team \(row.team)") }
      if !row.certificate.isEmpty { words.append("certificate \(Hex.encode(row.certificate))") }
      return Self.listed(words)
    }
    if let row = grants.first(where: { $0.name == name })?.value {
      let (grant, until) = (row.grant, row.until)
      var words = [grant.isDeny ? "deny" : "allow", grant.role.name, grant.action.rawValue, grant.object.rawValue]
      words += ["scope \(grant.scope.name)", until == nil ? "in force" : "ended"]
      return Self.listed(words)
    }
    if let row = deputies.first(where: { $0.name == name })?.value {
      return Self.listed(["of \(row.employee)", "by \(row.deputy)", "\(row.from) to \(row.until)"])
    }
    if let row = quotas.first(where: { $0.name == name })?.value {
      return Self.listed(["of \(row.employee)", "\(row.persons) on \(row.day)"])
    }
    if let row = breakGlasses.first(where: { $0.name == name })?.value {
      return Self.listed(["of \(row.user)", "until \(row.until)", row.verdict.name])
    }
    guard let row = approvals.first(where: { $0.name == name })?.value else { return "" }
    return Self.listed(["by \(row.requester)", row.verb, row.state.name])
  }

  private static func listed(_ words: [String]) -> String {
    " (now: " + words.filter { !$0.isEmpty }.joined(separator: ", ") + ")"
  }
}
