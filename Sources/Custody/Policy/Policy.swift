public import Model

/// Decides what an employee may do, from the rules of one epoch. Pure; the only maker of permits.
public struct Policy: Sendable {
  /// The rules it decides by.
  public let rules: AccessRules

  /// A policy over some rules.
  public init(rules: AccessRules) { self.rules = rules }

  /// Why something was allowed or refused.
  public enum Decision: Sendable {
    /// Allowed, acting in a role, by a rule.
    case allowed(JobRole, Grant?)
    /// Refused with this error.
    case refused(RegisterError)
  }

  /// Decides a command for an employee.
  ///
  /// The roles are tried in order; the first that permits is the role acted in. A role that permits the command but not
  /// for this purpose makes the refusal `denied/purpose`, else it is `denied/role`.
  ///
  /// - Parameter isBreakingGlass: Whether the session has a wider read at this moment.
  public func decide(
    user: UserID, permission: Permission, purposeRule: PurposeRule, purpose: Purpose?, isBreakingGlass: Bool = false
  ) -> Decision {
    guard let employee = rules.employees[user], !employee.isDisabled, JobRole.areCompatible(employee.roles) else {
      return .refused(.deniedRole)
    }
    if case .object(.session, _) = permission, let role = employee.roles.first { return .allowed(role, nil) }
    var refusal = RegisterError.deniedRole
    for role in employee.roles {
      let able = rules.grants(of: role).filter { !$0.isDeny && Policy.covers($0, permission, isBreakingGlass) }
      guard !able.isEmpty else { continue }
      let fitting = able.filter { Policy.fits($0, purposeRule, purpose) }
      if let grant = fitting.first(where: { !isDenied($0, purpose) }) { return .allowed(role, grant) }
      if fitting.isEmpty { refusal = .deniedPurpose }
    }
    return .refused(refusal)
  }

  /// A permit for a command, or the refusal.
  public func permit(
    _ context: CommandContext, permission: Permission, purposeRule: PurposeRule
  ) throws(RegisterError) -> Permit {
    let now = Instant.now()
    let user = context.principal.user
    let glass = rules.breakGlass(of: user, session: context.principal.session, at: now)
    let question = DecisionMemo.Question(
      user: user, permission: permission, purposeRule: purposeRule, purpose: context.purpose, day: now.day,
      isBreakingGlass: glass != nil)
    let answer = rules.decided.answer(question) { self.answer(to: question) }
    let grounds = try answer.get()
    return Permit(
      context: context, role: grounds.role, epoch: rules.epoch, reach: grounds.reach, breakGlass: glass?.id,
      approval: try context.approval.map { use throws(RegisterError) in try approval(use, of: user, at: now) })
  }

  private func answer(to question: DecisionMemo.Question) -> Result<DecisionMemo.Grounds, RegisterError> {
    switch decide(
      user: question.user, permission: question.permission, purposeRule: question.purposeRule,
      purpose: question.purpose, isBreakingGlass: question.isBreakingGlass)
    {
    case .refused(let error): .failure(error)
    case .allowed(let role, _):
      .success(
        .init(
          role: role,
          reach: reach(
            of: role, question.purpose, user: question.user, on: question.day,
            isBreakingGlass: question.isBreakingGlass)))
    }
  }

  /// What an employee, acting in a role, reaches of persons for a purpose on a day.
  func reach(
    of role: JobRole, _ purpose: Purpose?, user: UserID, on day: Day, isBreakingGlass: Bool = false
  ) -> Reach {
    var reach = Reach(own: rules.own(user, on: day), team: rules.team(of: user))
    for grant in rules.grants(of: role) where grant.purposes.isEmpty || purpose.map(grant.purposes.contains) == true {
      if grant.action != .breakGlassRead {
        reach.add(grant, as: grant.action, scope: grant.scope)
      } else if isBreakingGlass {
        reach.add(grant, as: .read, scope: .all)
      }
    }
    return reach
  }

  private func isDenied(_ grant: Grant, _ purpose: Purpose?) -> Bool {
    rules.grants(of: grant.role).contains {
      $0.isDeny && $0.object == grant.object && $0.action == grant.action && $0.scope == .all
        && $0.kinds.isSuperset(of: grant.kinds) && $0.fields.isSuperset(of: grant.fields)
        && ($0.purposes.isEmpty || purpose.map($0.purposes.contains) == true)
    }
  }

  private static func covers(_ grant: Grant, _ permission: Permission, _ isBreakingGlass: Bool) -> Bool {
    let held = isBreakingGlass && grant.action == .breakGlassRead ? .read : grant.action
    return switch permission {
    case .object(let object, let action): grant.object == object && held == action
    case .anyOf(let objects, let action): objects.contains(grant.object) && held == action
    case .persons(let categories, let action):
      held == action && grant.object.category.map(categories.contains) == true
    case .marks:
      grant.action == .write && [.markDeceased, .markDoNotContact, .markProtected].contains(grant.object)
    }
  }

  private static func fits(_ grant: Grant, _ rule: PurposeRule, _ purpose: Purpose?) -> Bool {
    switch (rule, purpose) {
    case (.none, _): true
    case (.optional, nil): true
    case (.required, nil): false
    case (.optional, let purpose?), (.required, let purpose?): grant.purposes.contains(purpose)
    }
  }
}
