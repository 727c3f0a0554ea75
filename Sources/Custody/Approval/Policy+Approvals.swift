public import Model

extension Policy {
  /// Why somebody may not agree to a request; nil where they may.
  ///
  /// Nobody agrees to their own, also not under another account of the same human being, nor to what is about their own
  /// account. An auditor agrees to administrators' things only where no other administrator could.
  public func refusalToApprove(_ approval: Approval, by user: UserID) -> RegisterError? {
    guard !rules.isSameHuman(user, approval.requester) else { return ApprovalRefusal.own }
    if let barred = approval.barred, rules.isSameHuman(user, barred) { return ApprovalRefusal.concerned }
    switch decide(
      user: user, permission: .object(approval.action.object, .approve), purposeRule: .none, purpose: nil)
    {
    case .refused(let error): return error
    case .allowed(.auditor, _): return hasOtherAdministrator(approval) ? ApprovalRefusal.administrator : nil
    case .allowed: return nil
    }
  }

  private func hasOtherAdministrator(_ approval: Approval) -> Bool {
    rules.employees.values.contains { employee in
      !employee.isDisabled && employee.roles.contains(.administrator)
        && !rules.isSameHuman(employee.id, approval.requester)
        && approval.barred.map { !rules.isSameHuman(employee.id, $0) } != false
    }
  }

  /// Who may agree to a request.
  public func approvers(of approval: Approval) -> [UserID] {
    rules.employees.keys.filter { refusalToApprove(approval, by: $0) == nil }
  }

  /// The request that a command is run with, where that may be: asked for by this employee, exactly this, in time, and
  /// agreed to by somebody who may agree at this moment.
  func approval(_ use: ApprovalUse, of user: UserID, at instant: Instant) throws(RegisterError) -> Approval {
    guard let approval = rules.approvals[use.id], approval.requester == user else { throw ApprovalRefusal.unknown }
    guard Array(approval.digest.prefix(ApprovalUse.digestBytes)) == use.digest else {
      throw ApprovalRefusal.changed
    }
    guard instant < approval.expiresAt else { throw ApprovalRefusal.over }
    let approver: UserID
    if let giver = use.giver {
      guard approval.state == .waiting else { throw ApprovalRefusal.over }
      approver = giver
    } else {
      guard approval.state != .waiting else { throw ApprovalRefusal.waits }
      guard approval.state == .approved, let given = approval.approver else { throw ApprovalRefusal.over }
      approver = given
    }
    if let refusal = refusalToApprove(approval, by: approver) { throw refusal }
    return approval
  }
}
