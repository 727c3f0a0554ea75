import Custody
import Model
import Wire

extension Call {
  /// Records that rows which are no person's data are about to be shown, shows them, and ends the command.
  ///
  /// - Parameter epoch: The rules' epoch when the rows were read; read now where it is left out.
  func show(
    _ permit: consuming Permit, _ rows: [JSONObject], ending object: JSONObject = [:], epoch: Int64? = nil,
    subject: ID<Named.Request>? = nil, textHash: [UInt8] = []
  ) async throws -> Reply.Final {
    let present: Int64
    if let epoch { present = epoch } else { present = try await store.epoch() }
    let receipt = try await custody.disclosure(permit).record(
      rows: rows.count, epoch: present, subject: subject, textHash: textHash)
    for row in rows { try await port.send(Reply.row(row, receipt)) }
    var final: JSONObject = ["rows": .int(Int64(rows.count))]
    for member in object { final[member.key] = member.value }
    return Reply.done(final, receipt)
  }

  /// Whether the employee may do this too, besides what the command's own permission says.
  func mayAlso(_ object: PolicyObject, _ action: PolicyAction) -> Bool {
    let decision = Policy(rules: custody.currentRules).decide(
      user: context.principal.user, permission: .object(object, action), purposeRule: .none, purpose: nil)
    if case .allowed = decision { return true }
    return false
  }

  /// The words in the session's language.
  func words(_ text: Text) -> JSON { .string(text[context.language]) }
}

extension JSON {
  /// An id's text, or null.
  static func id<Kind>(_ id: ID<Kind>?) -> JSON { id.map { .string($0.description) } ?? .null }

  /// A text, or null where there is none or an empty one.
  static func text(_ text: String?) -> JSON { text.flatMap { $0.isEmpty ? nil : .string($0) } ?? .null }

  /// Words in an array.
  static func names(_ names: [String]) -> JSON { .array(names.map { .string($0) }) }
}
