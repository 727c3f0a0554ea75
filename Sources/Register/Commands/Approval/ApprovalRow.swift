import Custody
import Model
import Wire

/// A request that waits for a second person, as a row.
enum ApprovalRow {
  static let columns: [ColumnSpec] = [
    .init("id", personal: false), .init("verb", personal: false), .init("parameters", personal: true),
    .init("requester", personal: true), .init("expires", personal: false), .init("state", personal: false),
    .init("purpose", personal: false), .init("case", personal: false), .init("created", personal: false),
    .init("own", personal: false), .init("about", personal: true),
  ]

  /// What nobody but the requester ever sees.
  private static let secret: Set<String> = ["password", "old", "new"]

  static func row(_ approval: Approval, _ request: ApprovalRequest, _ call: Call) -> JSONObject {
    var parameters = JSONObject()
    for parameter in request.parameters {
      parameters[parameter.name] = .string(secret.contains(parameter.name) ? "********" : parameter.value)
    }
    return [
      "id": .id(approval.id), "verb": .string(approval.verb), "parameters": .object(parameters),
      "requester": .text(call.custody.currentRules.employees[approval.requester]?.name),
      "expires": .string(approval.expiresAt.description), "state": .string(approval.state.name),
      "purpose": .text(request.purpose?.name), "case": .text(request.caseReference),
      "created": .string(approval.createdAt.description),
      "own": .bool(approval.requester == call.context.principal.user),
      "about": .text(approval.barred.flatMap { call.custody.currentRules.employees[$0]?.name }),
    ]
  }

  /// Requests that the employee has open or may agree to, the oldest first.
  static func visible(_ call: Call) -> [Approval] {
    let rules = call.custody.currentRules
    let policy = Policy(rules: rules)
    let (user, now) = (call.context.principal.user, Instant.now())
    return rules.approvals.values.filter { approval in
      guard approval.isOpen(at: now), !approval.request.isGone else { return false }
      if approval.requester == user { return true }
      return approval.state == .waiting && policy.refusalToApprove(approval, by: user) == nil
    }.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
  }

  /// Puts an entry into the log for each person whom a request names, before that is told.
  static func recordPersons(of request: ApprovalRequest, _ call: Call) async throws {
    guard Catalogue.find(request.verb)?.spec.log == .perPerson else { return }
    for parameter in request.parameters where ["id", "other", "person"].contains(parameter.name) {
      guard let person = PersonID(parameter.value) else { continue }
      _ = try await call.custody.record(try call.permitAgain(), about: person, epoch: try await call.store.epoch())
    }
  }

  /// Opens a request that the receipt names.
  static func request(of approval: Approval, _ call: Call, _ receipt: borrowing Receipt) throws -> ApprovalRequest {
    let bytes = try call.custody.vault.open(approval.request, .request(approval.id), receipt)
    guard let request = ApprovalRequest(bytes) else { throw RegisterError.internal }
    return request
  }
}
