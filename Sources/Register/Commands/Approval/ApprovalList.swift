import Custody
import Model
import Wire

/// Lists what waits for a second person: one's own requests, and those that one may agree to.
struct ApprovalList: RegisterCommand {
  static let spec = CommandSpec(
    verb: "approval.list",
    summary: Text(
      en: "List requests that wait for a second person: yours, and those you may agree to.",
      fi: "Luettele toista henkilöä odottavat pyynnöt: omasi ja ne, jotka voit hyväksyä.",
      sv: "Lista begäranden som väntar på en andra person: dina och de som du får godkänna."),
    parameters: [
      .init("after", .id, required: false, personal: false, Words.after),
      .init("limit", .int(1...Limits.pageRowsMax), required: false, personal: false, Words.limit),
    ],
    columns: ApprovalRow.columns, permission: .object(.session, .read), purpose: .none, effect: .read, log: .one,
    approval: .never, timeLimitMilliseconds: Limits.commandMilliseconds)

  private let page: ListPage

  init(_ arguments: inout Arguments) throws(RegisterError) {
    page = try ListPage(arguments, limit: Limits.pageRowsMax)
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    if let review = call.custody.ruleReview { return try await RuleReviewRow.show(review, call, permit) }
    let (page, next) = try page.cut(ApprovalRow.visible(call)) { $0.id.description }
    let receipt = try await call.custody.disclosure(permit).record(
      page.map { .request($0.id) }, epoch: try await call.store.epoch())
    for approval in page {
      let request = try ApprovalRow.request(of: approval, call, receipt)
      try await ApprovalRow.recordPersons(of: request, call)
      try await call.port.send(Reply.row(ApprovalRow.row(approval, request, call), receipt))
    }
    var object: JSONObject = ["rows": .int(Int64(page.count))]
    if let next { object["next"] = .string(next) }
    return Reply.done(object, receipt)
  }
}

/// Shows one request with what the command tells of its effect.
struct ApprovalShow: RegisterCommand {
  static let spec = CommandSpec(
    verb: "approval.show",
    summary: Text(
      en: "Show a request that waits for a second person, and its effect.",
      fi: "Näytä toista henkilöä odottava pyyntö ja sen vaikutus.",
      sv: "Visa en begäran som väntar på en andra person, och dess verkan."),
    parameters: [.init("id", .id, required: true, personal: false, ApprovalWords.id)],
    columns: ApprovalRow.columns + [.init("showing", personal: true)], permission: .object(.session, .read),
    purpose: .none, effect: .read, log: .one, approval: .never, timeLimitMilliseconds: Limits.commandMilliseconds)

  private let id: ID<Approval>

  init(_ arguments: inout Arguments) throws(RegisterError) { id = try arguments.id("id") }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    if let review = call.custody.ruleReview { return try await RuleReviewRow.show(review, call, permit) }
    guard let approval = ApprovalRow.visible(call).first(where: { $0.id == id }) else { throw RegisterError.notFound }
    let receipt = try await call.custody.disclosure(permit).record(
      [.request(id)], epoch: try await call.store.epoch())
    let request = try ApprovalRow.request(of: approval, call, receipt)
    try await ApprovalRow.recordPersons(of: request, call)
    var row = ApprovalRow.row(approval, request, call)
    row["showing"] = .object(request.showing)
    try await call.port.send(Reply.row(row, receipt))
    return Reply.done(["rows": 1], receipt)
  }
}
