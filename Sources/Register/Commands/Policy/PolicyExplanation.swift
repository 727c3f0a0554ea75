import Custody
import Model

/// Why an employee may or may not run a command. Pure: from rules, a command's spec and, perhaps, a person's marks; the
/// decision itself is always custody's own.
struct PolicyExplanation: Equatable, Sendable {
  /// Whether the command would be run, and for a person, whether it would reach anything of them.
  private(set) var isAllowed: Bool
  /// The rule's id, or a word where no rule decided.
  private(set) var rule: String
  /// The reasons in words, one sentence after another.
  private(set) var because: Text
  /// The categories of the person that are reached; nil where no person was asked about or the command shows none.
  private(set) var categories: CategorySet?

  /// Explains a command for an employee.
  ///
  /// - Parameters:
  ///   - person: The person that the command would be about; their account manager is named in the explanation.
  ///   - now: The moment, for deputies and emergency reads.
  init(
    _ rules: AccessRules, _ spec: CommandSpec, user: UserID, purpose: Purpose?, person: PersonHeader? = nil,
    at now: Instant = .now()
  ) {
    let taken = spec.purpose == .none ? nil : purpose
    guard let employee = rules.employees[user] else {
      self.init(isAllowed: false, rule: "disabled", because: ExplanationWords.noAccount)
      return
    }
    let question = PolicyQuestion(
      rules: rules, spec: spec, employee: employee, purpose: taken, person: person, now: now)
    self = question.answer(isBreakingGlass: false)
    guard question.couldBreakGlass else { return }
    let wider = question.answer(isBreakingGlass: true)
    guard wider.isAllowed, !isAllowed || wider.categories != categories else { return }
    if let glass = rules.breakGlasses.values.first(where: { $0.user == user && $0.isRunning(at: now) }) {
      let before = isAllowed ? because : ExplanationWords.withoutBreakGlass(because)
      self = wider
      because = before + ExplanationWords.breakGlass(employee, until: glass.until) + wider.because
    } else if !isAllowed, question.mayTakeBreakGlass {
      because += ExplanationWords.needsBreakGlass
    }
  }

  init(isAllowed: Bool, rule: String, because: Text, categories: CategorySet? = nil) {
    self.isAllowed = isAllowed
    self.rule = rule
    self.because = because
    self.categories = categories
  }
}

extension BreakGlass {
  /// Whether it widens the reads of its session at a moment.
  func isRunning(at now: Instant) -> Bool { isActive(for: session, of: user, at: now) }
}

/// All that an explanation goes by.
struct PolicyQuestion: Sendable {
  let rules: AccessRules
  let spec: CommandSpec
  let employee: Employee
  let purpose: Purpose?
  let person: PersonHeader?
  let now: Instant

  /// Whether an emergency read could make any difference.
  var couldBreakGlass: Bool {
    rules.grants.contains { $0.action == .breakGlassRead && employee.roles.contains($0.role) }
  }

  /// Whether the employee may take an emergency read at all.
  var mayTakeBreakGlass: Bool {
    let decision = Policy(rules: rules).decide(
      user: employee.id, permission: .object(.breakGlass, .write), purposeRule: .none, purpose: nil)
    if case .allowed = decision { return true }
    return false
  }

  /// What custody decides for a purpose.
  func decision(for purpose: Purpose?, isBreakingGlass: Bool = false, under other: AccessRules? = nil)
    -> Policy.Decision
  {
    Policy(rules: other ?? rules).decide(
      user: employee.id, permission: spec.permission, purposeRule: spec.purpose, purpose: purpose,
      isBreakingGlass: isBreakingGlass)
  }

  /// The explanation, in a session with or without an emergency read.
  func answer(isBreakingGlass: Bool) -> PolicyExplanation {
    switch decision(for: purpose, isBreakingGlass: isBreakingGlass) {
    case .refused(let error): return refused(error)
    case .allowed(let role, let grant):
      let allowed = allowed(role, grant)
      guard let person else { return allowed }
      return narrowed(allowed, to: person, role, isBreakingGlass: isBreakingGlass)
    }
  }

  // MARK: Allowed

  private func allowed(_ role: JobRole, _ grant: Grant?) -> PolicyExplanation {
    guard let grant else {
      return PolicyExplanation(
        isAllowed: true, rule: "session", because: ExplanationWords.session(employee, spec.verb))
    }
    var because = ExplanationWords.allowed(employee, spec.verb, purpose, grant)
    if case .persons(_, let action) = spec.permission, person == nil {
      because += ExplanationWords.reaches(role, grants(of: role, action))
      for denial in denials(of: role, action) { because += ExplanationWords.excepted(denial) }
    }
    if spec.approval != .never {
      because += ExplanationWords.approval(spec.approval, by: approvers)
    }
    return PolicyExplanation(isAllowed: true, rule: grant.id.description, because: because)
  }

  /// The rules of a role that count for the purpose asked about.
  func grants(of role: JobRole, _ action: PolicyAction) -> [Grant] {
    rules.grants(of: role).filter { !$0.isDeny && $0.action == action && $0.object.category != nil && counts($0) }
  }

  /// The denials of a role that count for the purpose asked about.
  func denials(of role: JobRole, _ action: PolicyAction) -> [Grant] {
    rules.grants(of: role).filter { $0.isDeny && $0.action == action && $0.object.category != nil && counts($0) }
  }

  func counts(_ grant: Grant) -> Bool {
    grant.purposes.isEmpty || purpose.map(grant.purposes.contains) == true
  }

  /// The job roles whose rules let them approve what the command asks for.
  private var approvers: [JobRole] {
    let object: PolicyObject
    switch spec.permission {
    case .object(let named, _): object = named
    case .anyOf(let named, _): object = named.first ?? .session
    case .persons, .marks: object = .dailyNumber
    }
    return JobRole.allCases.filter { role in
      rules.grants(of: role).contains { !$0.isDeny && $0.action == .approve && $0.object == object }
    }
  }

  // MARK: Refused

  private func refused(_ error: RegisterError) -> PolicyExplanation {
    func refusal(_ rule: String, _ because: Text) -> PolicyExplanation {
      PolicyExplanation(isAllowed: false, rule: rule, because: because)
    }
    guard !employee.isDisabled else { return refusal("disabled", ExplanationWords.disabled(employee)) }
    guard JobRole.areCompatible(employee.roles) else {
      return refusal("separation", ExplanationWords.apart(employee))
    }
    guard !employee.roles.isEmpty else { return refusal("no-role", ExplanationWords.noRole(employee)) }
    if let denial = denial {
      return refusal(denial.id.description, ExplanationWords.denied(employee, spec.verb, denial))
    }
    if error == .deniedPurpose {
      return refusal("no-purpose", ExplanationWords.noPurpose(employee, spec.verb, purpose, fitting: fittingPurposes))
    }
    return refusal("no-rule", ExplanationWords.noRule(employee, spec.verb, spec.permission, held: rolesThatCould))
  }

  /// The explicit denial without which the command would be allowed.
  private var denial: Grant? {
    let open = AccessRules(
      epoch: rules.epoch, employees: Array(rules.employees.values), grants: rules.grants.filter { !$0.isDeny })
    guard case .allowed(let role, let grant?) = decision(for: purpose, under: open) else { return nil }
    return rules.grants(of: role).first {
      $0.isDeny && $0.object == grant.object && $0.action == grant.action && counts($0)
    }
  }

  /// The purposes for which one of the employee's roles could run the command.
  private var fittingPurposes: [Purpose] {
    Purpose.allCases.filter { candidate in
      if case .allowed = decision(for: candidate) { return true }
      return false
    }
  }

  /// The roles by which the command could be run for some purpose.
  private var rolesThatCould: [JobRole] {
    JobRole.allCases.filter { role in
      let trial = Employee(id: employee.id, name: employee.name, roles: [role])
      let policy = Policy(rules: AccessRules(epoch: rules.epoch, employees: [trial], grants: rules.grants))
      return spec.isAllowed(to: trial.id, by: policy)
    }
  }
}
