import Custody
import Model
import Wire

/// Goes on after stored rules did not verify: two administrators and an auditor agree that the rows as they are now stand.
struct PolicyAccept: RegisterCommand {
  static let spec = CommandSpec(
    verb: "policy.accept",
    summary: Text(
      en: "Show stored rules that do not verify, and ask that the rows as they are now stand.",
      fi: "Näytä tallennetut säännöt, jotka eivät täsmää, ja pyydä, että rivit jäävät voimaan sellaisinaan.",
      sv: "Visa lagrade regler som inte stämmer, och begär att raderna får gälla som de är."),
    parameters: [], columns: [.init("row", personal: false)], permission: .object(.ruleReview, .approve),
    purpose: .none,
    effect: .write, log: .one, approval: .always(.given), timeLimitMilliseconds: Limits.commandMilliseconds)

  init(_ arguments: inout Arguments) throws(RegisterError) {}

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    guard let review = call.custody.ruleReview else {
      throw RegisterError.conflictState(
        Text(
          en: "Every stored rule verifies: there is nothing to accept.",
          fi: "Kaikki tallennetut säännöt täsmäävät: hyväksyttävää ei ole.",
          sv: "Alla lagrade regler stämmer: det finns inget att godta."))
    }
    return try await RuleReviewRow.agree(review.id, call, permit, rows: review.rows)
  }
}

/// The review of stored rules as answers: who has agreed, and what is still needed.
enum RuleReviewRow {
  /// The review among the requests that wait.
  static func show(
    _ review: (rows: [String], id: ID<Approval>, agreed: [UserID]), _ call: Call, _ permit: consuming Permit
  ) async throws -> Reply.Final {
    let receipt = try await call.custody.recordReview(permit)
    let row: JSONObject = [
      "id": .id(review.id), "verb": "policy.accept", "parameters": ["rows": .names(review.rows)],
      "requester": .text(review.agreed.first.flatMap { call.custody.currentRules.employees[$0]?.name }),
      "state": .string(Approval.State.waiting.name), "agreed": names(review.agreed, call),
    ]
    try await call.port.send(Reply.row(row, receipt))
    return Reply.done(["rows": 1], receipt)
  }

  /// Agrees; the third of the three has the rows signed.
  static func agree(_ id: ID<Approval>, _ call: Call, _ permit: consuming Permit, rows: [String] = []) async throws
    -> Reply.Final
  {
    let policy = Policy(rules: call.custody.currentRules)
    let user = call.context.principal.user
    guard
      case .allowed = policy.decide(
        user: user, permission: .object(.ruleReview, .approve), purposeRule: .none, purpose: nil)
    else { throw RegisterError.deniedRole }
    let agreement = try await call.custody.agreeToRules(permit, id)
    for row in rows { try? await call.port.send(Reply.row(["row": .string(row)], agreement.receipt)) }
    if agreement.stands { await call.store.tell(Store.rulesChannel) }
    var object: JSONObject = ["approval": .id(id), "agreed": names(agreement.agreed, call)]
    object["state"] = .string(agreement.stands ? Approval.State.executed.name : Approval.State.waiting.name)
    object["msg"] = call.words(agreement.stands ? stands : waits)
    return Reply.done(object, code: agreement.stands ? "done" : Approval.pendingCode, agreement.receipt)
  }

  private static func names(_ users: [UserID], _ call: Call) -> JSON {
    .names(users.compactMap { call.custody.currentRules.employees[$0]?.name })
  }

  private static let waits = Text(
    en: "Two administrators and the auditor must agree: policy.accept or approval.give.",
    fi: "Kahden pääkäyttäjän ja tarkastajan on suostuttava: policy.accept tai approval.give.",
    sv: "Två administratörer och revisorn måste samtycka: policy.accept eller approval.give.")
  private static let stands = Text(
    en: "The stored rules stand as they are; the register is served again.",
    fi: "Tallennetut säännöt jäävät voimaan sellaisinaan; rekisteri on taas käytössä.",
    sv: "De lagrade reglerna gäller som de är; registret är åter i bruk.")
}
