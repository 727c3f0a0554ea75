import Custody
import Model

/// Whether a policy can stand: what would break separation of duties, reach persons without a purpose, or leave the
/// register without anybody who may set it right again. Pure.
struct PolicyCheck: Sendable {
  /// Why it cannot; empty where it can.
  private(set) var problems: [PolicyProblem] = []
  /// What whoever sets it should know.
  private(set) var warnings: [Text] = []

  /// Checks rules as they were read, for the employees that there are.
  init(_ lines: [PolicyLine], employees: [Employee]) {
    guard !lines.isEmpty else {
      problems = [PolicyProblem(line: nil, reason: PolicyReasons.empty)]
      return
    }
    var seen: [Grant: Int] = [:]
    for line in lines {
      if let first = seen[line.grant.content] {
        problems.append(PolicyProblem(line: line.number, reason: PolicyReasons.duplicate(of: first)))
      } else {
        seen[line.grant.content] = line.number
        if let reason = Self.reason(line.grant) { problems.append(PolicyProblem(line: line.number, reason: reason)) }
      }
    }
    let grants = lines.map(\.grant)
    if problems.isEmpty {
      problems = Self.missing(grants, employees).map { PolicyProblem(line: nil, reason: $0) }
    }
    problems = Array(problems.prefix(Limits.policyProblemsMax))
    warnings = Self.warnings(grants, employees)
  }

  // MARK: One rule

  /// Why a rule cannot be.
  private static func reason(_ grant: Grant) -> Text? {
    if grant.object == .session { return PolicyReasons.sessionForAll }
    if !grant.isAllowed { return PolicyReasons.apart(grant.role, grant.object) }
    if grant.kinds.isEmpty || (grant.fields.isEmpty && !grant.usualFields.isEmpty) {
      return PolicyReasons.nothingReached
    }
    if !grant.isDeny, grant.purposes.isEmpty, grant.object.isAboutPersons { return PolicyReasons.needsPurposes }
    if grant.scope != .all || grant.kinds != .both, !grant.object.isDecidedByPerson { return PolicyReasons.noScope }
    return nil
  }

  // MARK: The whole

  /// What somebody must be able to do, so that the rules can ever be changed again.
  private static let needed: [(PolicyObject, PolicyAction)] = [
    (.policy, .read), (.policy, .write), (.users, .write), (.roles, .write),
  ]

  private static func missing(_ grants: [Grant], _ employees: [Employee]) -> [Text] {
    let rules = AccessRules(epoch: 0, employees: employees, grants: grants)
    func may(_ object: PolicyObject, _ action: PolicyAction) -> [Employee] {
      employees.filter { employee in
        let decision = Policy(rules: rules).decide(
          user: employee.id, permission: .object(object, action), purposeRule: .none, purpose: nil)
        if case .allowed = decision { return true }
        return false
      }
    }
    var missing = needed.filter { may($0, $1).isEmpty }.map { PolicyReasons.nobody($0, $1) }
    // Whoever changes the policy needs another human being who approves it.
    let writers = may(.policy, .write)
    let approvers = may(.policy, .approve)
    let isApproved = writers.contains { writer in approvers.contains { !rules.isSameHuman($0.id, writer.id) } }
    if !writers.isEmpty, !isApproved { missing.append(PolicyReasons.nobody(.policy, .approve)) }
    return missing
  }

  private static func warnings(_ grants: [Grant], _ employees: [Employee]) -> [Text] {
    JobRole.allCases.compactMap { role in
      guard !grants.contains(where: { $0.role == role && !$0.isDeny }) else { return nil }
      return PolicyWords.roleWithoutRules(role, holders: employees.count { !$0.isDisabled && $0.roles.contains(role) })
    }
  }
}

extension PolicyObject {
  /// Whether a rule about it leads to persons' data, which is looked at for a purpose only.
  var isAboutPersons: Bool {
    switch self {
    case .protectedContact, .markDeceased, .markDoNotContact, .markProtected, .merge, .informing, .personImport,
      .personExport:
      true
    default: category != nil
    }
  }

  /// Whether kinds and scope of a rule about it are looked at, person by person.
  var isDecidedByPerson: Bool {
    switch self {
    case .protectedContact, .markDeceased, .markDoNotContact, .markProtected, .merge, .informing: true
    default: category != nil
    }
  }
}
