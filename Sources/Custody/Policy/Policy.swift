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
  public func decide(
    user: UserID, permission: Permission, purposeRule: PurposeRule, purpose: Purpose?
  ) -> Decision {
    guard let employee = rules.employees[user], !employee.isDisabled, JobRole.areCompatible(employee.roles) else {
      return .refused(.deniedRole)
    }
    if case .object(.session, _) = permission, let role = employee.roles.first { return .allowed(role, nil) }
    var refusal = RegisterError.deniedRole
    for role in employee.roles {
      let able = rules.grants(of: role).filter { !$0.isDeny && Policy.covers($0, permission) }
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
    let question = DecisionMemo.Question(
      user: context.principal.user, permission: permission, purposeRule: purposeRule, purpose: context.purpose)
    let answer = rules.decided.answer(question) {
      switch decide(
        user: question.user, permission: permission, purposeRule: purposeRule, purpose: question.purpose)
      {
      case .refused(let error): .failure(error)
      case .allowed(let role, _): .success(.init(role: role, reach: reach(of: role, question.purpose)))
      }
    }
    let grounds = try answer.get()
    return Permit(context: context, role: grounds.role, epoch: rules.epoch, reach: grounds.reach)
  }

  /// What a role reaches of persons for a purpose.
  func reach(of role: JobRole, _ purpose: Purpose?) -> Reach {
    var reach = Reach()
    for grant in rules.grants(of: role) where grant.purposes.isEmpty || purpose.map(grant.purposes.contains) == true {
      reach.add(grant)
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

  private static func covers(_ grant: Grant, _ permission: Permission) -> Bool {
    switch permission {
    case .object(let object, let action): grant.object == object && grant.action == action
    case .anyOf(let objects, let action): objects.contains(grant.object) && grant.action == action
    case .persons(let categories, let action):
      grant.action == action && grant.object.category.map(categories.contains) == true
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
