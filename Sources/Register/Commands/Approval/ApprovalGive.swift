import Custody
import Model
import Wire

/// Agrees to a request as the second person; what shows nothing is carried out at once.
struct ApprovalGive: RegisterCommand {
  static let spec = CommandSpec(
    verb: "approval.give",
    summary: Text(
      en: "Agree to a request as the second person.", fi: "Hyväksy pyyntö toisena henkilönä.",
      sv: "Godkänn en begäran som andra person."),
    parameters: [.init("id", .id, required: true, personal: false, ApprovalWords.id)],
    columns: [.init("id", personal: false), .init("state", personal: false)], permission: .object(.session, .write),
    purpose: .none, effect: .write, log: .one, approval: .never, timeLimitMilliseconds: Limits.commandMilliseconds)

  private let id: ID<Approval>

  init(_ arguments: inout Arguments) throws(RegisterError) { id = try arguments.id("id") }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    if call.custody.ruleReview != nil { return try await RuleReviewRow.agree(id, call, permit) }
    let rules = call.custody.currentRules
    guard let approval = rules.approvals[id] else { throw RegisterError.notFound }
    if let refusal = Policy(rules: rules).refusalToApprove(approval, by: call.context.principal.user) { throw refusal }
    guard approval.state == .waiting, approval.isOpen(at: .now()), let type = Catalogue.find(approval.verb) else {
      throw ApprovalRefusal.over
    }
    switch type.spec.approval.delivery {
    case .sentAgain:
      return try await call.decide(id, agrees: true, permit)
    case .given:
      return try await carryOut(approval, call, permit)
    }
  }

  /// The agreement is in the log, durably, before the request is opened; what it leads to has its own entries.
  private func carryOut(_ approval: Approval, _ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let receipt = try await call.custody.disclosure(permit).record(
      [.request(id)], epoch: try await call.store.epoch())
    let request = try ApprovalRow.request(of: approval, call, receipt)
    let held = HeldRows()
    let executed: JSONObject = ["id": .id(id), "state": .string(Approval.State.executed.name)]
    let final = try await call.execute(approval, request, port: held) { answer in
      .init(
        rows: [executed] + answer.rows,
        object: ["rows": .int(Int64(answer.rows.count + 1)), "verb": .string(approval.verb)])
    }
    guard final.status == .ok else { return final }
    try? await call.port.send(Reply.row(executed, receipt))
    let rows = await held.rows
    for row in rows { try? await call.port.send(row) }
    return Reply.done(["rows": .int(Int64(rows.count + 1)), "verb": .string(approval.verb)], receipt)
  }
}

/// Refuses a request as the second person, or takes one's own back.
struct ApprovalRefuse: RegisterCommand {
  static let spec = CommandSpec(
    verb: "approval.refuse",
    summary: Text(
      en: "Refuse a request as the second person, or take your own back.",
      fi: "Hylkää pyyntö toisena henkilönä tai peru omasi.",
      sv: "Avslå en begäran som andra person, eller ta tillbaka din egen."),
    parameters: [.init("id", .id, required: true, personal: false, ApprovalWords.id)],
    columns: [.init("id", personal: false), .init("state", personal: false)], permission: .object(.session, .write),
    purpose: .none, effect: .write, log: .one, approval: .never, timeLimitMilliseconds: Limits.commandMilliseconds)

  private let id: ID<Approval>

  init(_ arguments: inout Arguments) throws(RegisterError) { id = try arguments.id("id") }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    try await call.decide(id, agrees: false, permit)
  }
}
