import AccessLog
public import Model

extension Policy {
  /// The fields of a person that an employee, acting in a role for a purpose, would reach in this way.
  public func fields(
    of person: PersonHeader, _ action: PolicyAction, user: UserID, role: JobRole, purpose: Purpose?,
    isBreakingGlass: Bool = false
  ) -> FieldSet {
    trial(user: user, role: role, purpose: purpose, isBreakingGlass: isBreakingGlass).fields(of: person, action)
  }

  /// Whether an employee, acting in a role for a purpose, would reach one of these objects for a person.
  public func reaches(
    anyOf objects: [PolicyObject], _ action: PolicyAction, of person: PersonHeader, user: UserID, role: JobRole,
    purpose: Purpose?, isBreakingGlass: Bool = false
  ) -> Bool {
    let trial = trial(user: user, role: role, purpose: purpose, isBreakingGlass: isBreakingGlass)
    for object in objects where trial.reaches(object, action, of: person) { return true }
    return false
  }

  /// A permit to ask what it would reach; it leads to nothing.
  private func trial(user: UserID, role: JobRole, purpose: Purpose?, isBreakingGlass: Bool) -> Permit {
    let nobody = Principal(user: user, name: "", session: SessionID(high: 0, low: 0), address: "")
    let context = CommandContext(
      principal: nobody, verb: "", purpose: purpose, caseReference: "", language: .english, deadline: .now())
    let reach = reach(of: role, purpose, user: user, on: .today(), isBreakingGlass: isBreakingGlass)
    return Permit(context: context, role: role, epoch: rules.epoch, reach: reach)
  }
}

extension Custody {
  /// Records that something about a person which is none of the person's data is about to be told: what the rules say.
  ///
  /// The receipt names no field, so that nothing can be opened with it.
  public func record(_ permit: consuming Permit, about person: PersonID, epoch: Int64) async throws -> Receipt {
    guard epoch == permit.epoch else { throw StaleEpoch(current: epoch) }
    var entry = permit.entry(.ok)
    entry.person = person
    entry.rows = 1
    try await ledger.record([entry])
    return Receipt(named: [], request: permit.context.request)
  }
}
