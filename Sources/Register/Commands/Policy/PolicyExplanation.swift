import Custody
import Model

/// Why an employee may or may not run a command. Pure: from rules, a command's spec and, perhaps, a person's marks.
struct PolicyExplanation: Equatable, Sendable {
  /// Whether the command would be run, and for a person, whether it would reach anything of them.
  let isAllowed: Bool
  /// The rule's id, or a word where no rule decided.
  let rule: String
  /// The reasons in words.
  let because: Text
  /// The categories of the person that are reached; nil where no person was asked about or the command shows none.
  var categories: CategorySet?

  init(
    _ rules: AccessRules, _ spec: CommandSpec, user: UserID, purpose: Purpose?, person: PersonHeader? = nil
  ) {
    let policy = Policy(rules: rules)
    let taken = spec.purpose == .none ? nil : purpose
    switch policy.decide(user: user, permission: spec.permission, purposeRule: spec.purpose, purpose: taken) {
    case .refused(let error): self.init(refused: error, rules, spec, user: user, purpose: taken)
    case .allowed(let role, let grant):
      let allowed = PolicyExplanation(allowed: role, grant, spec, purpose: taken)
      guard let person else {
        self = allowed
        return
      }
      self = allowed.narrowed(to: person, policy, spec.permission, user: user, role: role, purpose: taken)
    }
  }

  private init(isAllowed: Bool, rule: String, because: Text, categories: CategorySet? = nil) {
    self.isAllowed = isAllowed
    self.rule = rule
    self.because = because
    self.categories = categories
  }

  // MARK: Allowed

  private init(allowed role: JobRole, _ grant: Grant?, _ spec: CommandSpec, purpose: Purpose?) {
    var because = ExplanationWords.actingAs(role)
    if let grant {
      because += ExplanationWords.rule(grant)
      if grant.scope != .all { because += ExplanationWords.ownOnly }
    } else {
      because += ExplanationWords.session
    }
    if let purpose { because += ExplanationWords.purpose(purpose) }
    switch spec.approval {
    case .never: break
    case .sometimes: because += ExplanationWords.sometimesApproved
    case .always: because += ExplanationWords.alwaysApproved
    }
    self.init(isAllowed: true, rule: grant?.id.description ?? "session", because: because)
  }

  private func narrowed(
    to person: PersonHeader, _ policy: Policy, _ permission: Permission, user: UserID, role: JobRole, purpose: Purpose?
  ) -> PolicyExplanation {
    let categories: CategorySet
    let isReached: Bool
    switch permission {
    case .persons(let asked, let action):
      let fields = policy.fields(of: person, action, user: user, role: role, purpose: purpose)
      // The categories that the command is about, and whatever else it may show where it is let in by them.
      categories = fields.categories
      isReached = !categories.intersection(asked).isEmpty
    case .marks:
      categories = []
      isReached = policy.reaches(
        anyOf: [.markDeceased, .markDoNotContact, .markProtected], .write, of: person, user: user, role: role,
        purpose: purpose)
    case .object, .anyOf:
      return PolicyExplanation(isAllowed: true, rule: rule, because: because + ExplanationWords.noPerson)
    }
    let words = isReached ? ExplanationWords.reached(categories) : ExplanationWords.outOfReach(person)
    return PolicyExplanation(
      isAllowed: isReached, rule: rule, because: because + words, categories: isReached ? categories : [])
  }

  // MARK: Refused

  private init(refused error: RegisterError, _ rules: AccessRules, _ spec: CommandSpec, user: UserID, purpose: Purpose?)
  {
    guard let employee = rules.employees[user], !employee.isDisabled else {
      self.init(isAllowed: false, rule: "disabled", because: ExplanationWords.disabled)
      return
    }
    guard JobRole.areCompatible(employee.roles) else {
      self.init(isAllowed: false, rule: "separation", because: ExplanationWords.apart)
      return
    }
    guard !employee.roles.isEmpty else {
      self.init(isAllowed: false, rule: "no-role", because: ExplanationWords.noRole)
      return
    }
    if let denial = Self.denial(rules, spec, user: user, purpose: purpose) {
      self.init(
        isAllowed: false, rule: denial.id.description,
        because: ExplanationWords.actingAs(denial.role) + ExplanationWords.denied(denial))
      return
    }
    if error == .deniedPurpose {
      self.init(
        isAllowed: false, rule: "no-purpose",
        because: ExplanationWords.noPurpose(Self.fittingPurposes(rules, spec, employee)))
      return
    }
    self.init(isAllowed: false, rule: "no-rule", because: ExplanationWords.noRule(employee.roles))
  }

  /// The explicit denial without which the command would be allowed.
  private static func denial(_ rules: AccessRules, _ spec: CommandSpec, user: UserID, purpose: Purpose?) -> Grant? {
    let open = AccessRules(
      epoch: rules.epoch, employees: Array(rules.employees.values), grants: rules.grants.filter { !$0.isDeny })
    let decision = Policy(rules: open).decide(
      user: user, permission: spec.permission, purposeRule: spec.purpose, purpose: purpose)
    guard case .allowed(let role, let grant?) = decision else { return nil }
    return rules.grants(of: role).first { $0.isDeny && $0.object == grant.object && $0.action == grant.action }
  }

  /// The purposes for which one of the employee's roles could run the command.
  private static func fittingPurposes(_ rules: AccessRules, _ spec: CommandSpec, _ employee: Employee) -> [Purpose] {
    Purpose.allCases.filter { purpose in
      let decision = Policy(rules: rules).decide(
        user: employee.id, permission: spec.permission, purposeRule: spec.purpose, purpose: purpose)
      if case .allowed = decision { return true }
      return false
    }
  }
}
