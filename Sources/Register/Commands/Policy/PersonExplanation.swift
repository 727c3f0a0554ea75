import Custody
import Model

extension PolicyQuestion {
  /// What is reached of one person, by custody's own functions.
  struct Reached: Equatable, Sendable {
    /// Whether the command would do anything for the person.
    let isReached: Bool
    /// The fields in the way that the command asks for; nil where it asks for none.
    let fields: FieldSet?
  }

  /// The verbs that show whatever is reached of a person, and not only what they ask for.
  private static let showing: Set<String> = ["person.show", "person.history"]

  /// What is reached of a person, acting in a role; nil where the command is not about single persons.
  func reached(_ person: PersonHeader, _ role: JobRole, isBreakingGlass: Bool) -> Reached? {
    let policy = Policy(rules: rules)
    func fields(_ action: PolicyAction) -> FieldSet {
      policy.fields(
        of: person, action, user: employee.id, role: role, purpose: purpose, isBreakingGlass: isBreakingGlass)
    }
    func reaches(_ objects: [PolicyObject], _ action: PolicyAction) -> Bool {
      policy.reaches(
        anyOf: objects, action, of: person, user: employee.id, role: role, purpose: purpose,
        isBreakingGlass: isBreakingGlass)
    }
    switch spec.permission {
    case .persons(let asked, .read):
      let shown = fields(.read)
      let isReached =
        Self.showing.contains(spec.verb) ? !shown.isEmpty : !shown.categories.isDisjoint(with: asked)
      return Reached(isReached: isReached, fields: shown)
    case .persons(let asked, let action):
      let touched = fields(action)
      let isKnown = action != .write || !fields(.read).isEmpty
      return Reached(isReached: isKnown && !touched.categories.isDisjoint(with: asked), fields: touched)
    case .marks:
      let isReached = reaches([.markDeceased, .markDoNotContact, .markProtected], .write)
      return Reached(isReached: isReached && !fields(.read).isEmpty, fields: nil)
    case .object(.merge, .write):
      return Reached(isReached: !fields(.read).isEmpty || !fields(.write).isEmpty, fields: nil)
    case .object(let object, let action) where object.isDecidedByPerson:
      return Reached(isReached: reaches([object], action) && !fields(.read).isEmpty, fields: nil)
    case .object, .anyOf: return nil
    }
  }

  /// An explanation for a person, from that of the command.
  func narrowed(
    _ allowed: PolicyExplanation, to person: PersonHeader, _ role: JobRole, isBreakingGlass: Bool
  ) -> PolicyExplanation {
    guard let reached = reached(person, role, isBreakingGlass: isBreakingGlass) else {
      return PolicyExplanation(
        isAllowed: true, rule: allowed.rule, because: allowed.because + ExplanationWords.noPerson)
    }
    var because = allowed.because
    if reached.isReached {
      because += ExplanationWords.reached(reached.fields?.categories ?? [])
      if let near = nearnessWords(person) { because += near }
      if person.marks.contains(.protected), let fields = reached.fields,
        fields.categories.contains(.contact) || fields.isEmpty,
        fields.isDisjoint(with: Self.whereabouts)
      {
        because += ExplanationWords.protectedLeftOut
      }
    } else {
      because += ExplanationWords.outOfReach
      for reason in reasons(person, role) { because += reason }
    }
    // Marks and the like reach no categories.
    let categories = reached.isReached ? reached.fields?.categories ?? [] : []
    return PolicyExplanation(
      isAllowed: reached.isReached, rule: allowed.rule, because: because, categories: categories)
  }

  private static let whereabouts = FieldSet([.phone, .street, .postcode, .town, .country])

  // MARK: Why a person is near

  private func manager(_ person: PersonHeader) -> Employee? { person.manager.flatMap { rules.employees[$0] } }

  /// Why the person counts as an own or the team's customer; nil where they do not.
  private func nearnessWords(_ person: PersonHeader) -> Text? {
    guard let manager = person.manager else { return nil }
    if manager == employee.id { return ExplanationWords.own(employee) }
    if let deputy = rules.deputies.first(where: {
      $0.deputy == employee.id && $0.employee == manager && $0.holds(on: now.day)
    }) {
      return ExplanationWords.deputy(employee, for: rules.employees[manager], until: deputy.until)
    }
    guard rules.team(of: employee.id).contains(manager) else { return nil }
    return ExplanationWords.sameTeam(employee, rules.employees[manager])
  }

  // MARK: Why a person is out of reach

  private func reasons(_ person: PersonHeader, _ role: JobRole) -> [Text] {
    let servesRestricted = purpose == .dataSubjectRights || purpose == .legalObligation
    if person.marks.contains(.restricted), !servesRestricted { return [ExplanationWords.restricted] }
    let relevant = relevant(role)
    let ofKind = relevant.filter { $0.kinds.contains(person.kind) }
    guard !ofKind.isEmpty else { return [ExplanationWords.otherKind(person.kind)] }
    let near = nearness(person)
    let inScope = ofKind.filter { $0.scope.reaches(near) }
    guard !inScope.isEmpty else {
      let widest = ofKind.map(\.scope.rawValue).min().flatMap(PolicyScope.init)
      return [ExplanationWords.outOfScope(employee, widest ?? .assigned, manager(person))]
    }
    let denials = rules.grants(of: role).filter { denial in
      denial.isDeny && counts(denial) && denial.kinds.contains(person.kind) && denial.scope.reaches(near)
        && inScope.contains { $0.object == denial.object && $0.action == denial.action }
    }
    if !denials.isEmpty { return denials.map(ExplanationWords.excepted) }
    if person.marks.contains(.protected) { return [ExplanationWords.protectedLeftOut] }
    return [ExplanationWords.notKnown]
  }

  private func nearness(_ person: PersonHeader) -> PolicyScope {
    guard let manager = person.manager else { return .all }
    if rules.own(employee.id, on: now.day).contains(manager) { return .assigned }
    return rules.team(of: employee.id).contains(manager) ? .team : .all
  }

  /// The rules of a role that the command goes by.
  private func relevant(_ role: JobRole) -> [Grant] {
    rules.grants(of: role).filter { grant in
      guard !grant.isDeny, counts(grant) else { return false }
      switch spec.permission {
      case .persons(let asked, let action):
        return grant.action == action && grant.object.category.map(asked.contains) == true
      case .marks:
        return grant.action == .write && [.markDeceased, .markDoNotContact, .markProtected].contains(grant.object)
      case .object(let object, let action): return grant.object == object && grant.action == action
      case .anyOf(let objects, let action): return objects.contains(grant.object) && grant.action == action
      }
    }
  }
}

extension PolicyScope {
  /// Whether a rule of this scope holds for a customer who is so near: `all` where they are anybody's.
  fileprivate func reaches(_ nearness: PolicyScope) -> Bool { rawValue <= nearness.rawValue }
}
