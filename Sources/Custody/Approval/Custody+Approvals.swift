import AccessLog
public import Model
import Postgres
import Wire

extension Custody {
  /// Puts a request aside for a second person, sealed. The same one again while it is open gives the first.
  ///
  /// - Parameter digest: The keyed hash of the exact request.
  /// - Throws: `limit/quota` where too many of one employee's wait.
  public func requestApproval(
    _ permit: consuming Permit, _ request: ApprovalRequest, digest: [UInt8], _ needed: ApprovalNeeded, once: Once?
  ) async throws -> Written {
    let user = permit.context.principal.user
    return try await commit(permit, once: once, deadline: permit.context.deadline) { change in
      let rules = try await RuleChange.begin(ruleStore, in: change.transaction)
      let now = Instant.now()
      let own = rules.stored.rules.approvals.values.filter { $0.requester == user && $0.isOpen(at: now) }
      let full = digest + needed.inputDigest
      if let open = own.first(where: { $0.digest == full && $0.action == needed.action }) {
        change.note(rows: 0, subject: open.id.retyped(), code: Approval.pendingCode)
        return Self.pending(open)
      }
      guard own.count < Limits.approvalsWaitingMax else { throw RegisterError.tooManyApprovals }
      let id = ID<Approval>.new()
      let approval = Approval(
        id: id, requester: user, action: needed.action, verb: request.verb, digest: full, barred: needed.barred,
        request: try await change.seal(request.encoded, .request(id)), state: .waiting, createdAt: now,
        expiresAt: now.adding(seconds: Int64(settings.approvalSeconds)))
      try await rules.put(approval)
      try await rules.end(by: user)
      change.note(rows: 0, subject: id.retyped(), code: Approval.pendingCode)
      return Self.pending(approval)
    }
  }

  private static func pending(_ approval: Approval) -> Answer {
    Answer(
      object: [
        "approval": .string(approval.id.description), "expires": .string(approval.expiresAt.description),
        "state": .string(approval.state.name),
      ], code: Approval.pendingCode)
  }

  /// Agrees to a request that its requester sends again, or refuses one; the requester may take back their own.
  public func decideApproval(_ permit: consuming Permit, _ id: ID<Approval>, agrees: Bool, once: Once?) async throws
    -> Written
  {
    let user = permit.context.principal.user
    return try await commit(permit, once: once, deadline: permit.context.deadline) { change in
      let rules = try await RuleChange.begin(ruleStore, in: change.transaction)
      guard var approval = rules.stored.rules.approvals[id] else { throw RegisterError.notFound }
      if agrees || approval.requester != user {
        if let refusal = Policy(rules: rules.stored.rules).refusalToApprove(approval, by: user) { throw refusal }
      }
      guard approval.isOpen(at: .now()), approval.state == .waiting || !agrees else { throw ApprovalRefusal.over }
      approval.state = agrees ? .approved : .refused
      approval.approver = user
      approval.decidedAt = .now()
      if !agrees { try await giveUp(&approval, change) }
      try await rules.put(approval)
      try await rules.end(by: user)
      change.note(rows: 1, subject: id.retyped())
      return Answer(
        rows: [["id": .string(id.description), "state": .string(approval.state.name)]], object: ["rows": 1])
    }
  }

  /// Uses an agreement up in the transaction of what it was given for: decided once more under the rules' lock.
  func spend(_ use: ApprovalUse, _ change: Change) async throws {
    let rules = try await RuleChange.begin(ruleStore, in: change.transaction)
    let user = change.context.principal.user
    var approval = try Policy(rules: rules.stored.rules).approval(use, of: user, at: .now())
    approval.state = .executed
    approval.approver = use.giver ?? approval.approver
    approval.decidedAt = use.giver == nil ? approval.decidedAt : .now()
    try await giveUp(&approval, change)
    try await rules.put(approval)
    try await rules.end(by: use.giver ?? user)
  }

  private func giveUp(_ approval: inout Approval, _ change: Change) async throws {
    try await change.end(approval.request, .request(approval.id))
    approval.request = .gone
  }

  /// Records what is about to be shown by a second person's agreement, and uses the agreement up with it.
  func recordSpending(_ entries: [Entry], _ permit: consuming Permit) async throws {
    let deadline = permit.context.deadline
    _ = try await commit(permit, deadline: deadline) { change in
      change.note(entries)
      return Answer()
    }
    try? await reloadRules()
  }
}

extension Approval {
  /// The code of the answer to a command that was put aside.
  public static let pendingCode = "pending/approval"
}

extension RegisterError {
  static let tooManyApprovals = RegisterError(
    "limit/quota",
    Text(
      en: "Too many of your requests wait for a second person.",
      fi: "Liian moni pyyntösi odottaa toisen henkilön hyväksyntää.",
      sv: "För många av dina begäranden väntar på en andra person."),
    hint: Text(
      en: "See approval.list; approval.refuse takes one back.",
      fi: "Katso approval.list; approval.refuse peruu pyynnön.",
      sv: "Se approval.list; approval.refuse tar tillbaka en."))
}
