import AccessLog
public import Model
import Postgres
import Synchronization

/// Stored rules that do not verify, and who has agreed so far to go on with the rows as they are.
struct RuleReview: Sendable {
  /// What is wrong, row by row.
  let fault: RuleFault
  /// The digest over all rows as they were read: what is agreed to.
  let digest: [UInt8]
  /// Names this state for those who agree.
  let id: ID<Approval>
  /// Who agreed.
  var agreed: [UserID] = []
}

/// What an agreement to the stored rules came to.
public struct RuleAgreement: ~Copyable, Sendable {
  /// Leave to answer.
  public let receipt: Receipt
  /// Whether the rows stand now.
  public let stands: Bool
  /// Who has agreed so far.
  public let agreed: [UserID]
}

extension Custody {
  /// What is wrong with the stored rules, row by row, the id to agree to, and who has agreed; nil where nothing is.
  public var ruleReview: (rows: [String], id: ID<Approval>, agreed: [UserID])? {
    review.withLock { $0.map { ($0.fault.rows, $0.id, $0.agreed) } }
  }

  /// Blocks everything but the review of the stored rules. Accounts whose rows verify may take part.
  func beginReview(_ fault: RuleFault, _ reading: RuleReading) {
    let digest = RuleRows.digest(reading.found.contents.values)
    // First of all, for what is asked before every command is the ledger.
    ledger.block("rules", fault.description)
    review.withLock { review in
      if review?.digest == digest { return }
      review = RuleReview(fault: fault, digest: digest, id: .new())
    }
  }

  /// The stored rules verify again.
  func endReview() {
    review.withLock { $0 = nil }
    ledger.block("rules", nil)
  }

  /// Throws while something says that nothing may be released. The review of the rules is served all the same.
  func ensureServing(_ permission: Permission) throws(RegisterError) {
    switch permission {
    case .object(.ruleReview, _), .object(.session, _): try ledger.ensureOpen(but: "rules")
    default:
      do throws(RegisterError) {
        try ledger.ensureOpen()
      } catch {
        // A review blocks the ledger too: looked at only then, for this is asked before every command.
        throw review.withLock { $0 == nil } ? error : Self.underReview
      }
    }
  }

  private static let underReview = RegisterError(
    "unavailable/log",
    Text(
      en: "Stored rules do not verify: nothing is served until two administrators and the auditor have looked.",
      fi:
        "Tallennetut säännöt eivät täsmää: mitään ei palvella, ennen kuin kaksi pääkäyttäjää ja tarkastaja ovat katsoneet.",
      sv: "Lagrade regler stämmer inte: inget betjänas förrän två administratörer och revisorn har sett på dem."),
    hint: Text(en: "See policy.accept.", fi: "Katso policy.accept.", sv: "Se policy.accept."))

  /// Agrees that the rows as they are now are to stand. With two administrators and an auditor, three human beings, they
  /// are signed anew under the next epoch.
  ///
  /// - Returns: Whether they stand now; else who has agreed so far.
  public func agreeToRules(_ permit: consuming Permit, _ id: ID<Approval>) async throws -> RuleAgreement {
    let context = permit.context
    let rules = currentRules
    guard review.withLock({ $0?.id == id }) else { throw RegisterError.notFound }
    var entry = permit.entry(.ok)
    entry.rows = 1
    entry.subject = id.retyped()
    try await ledger.record([entry], but: "rules")
    // It counts once it is in the log.
    let result = review.withLock { review -> [UserID]? in
      guard var held = review, held.id == id else { return nil }
      if !held.agreed.contains(where: { rules.isSameHuman($0, context.principal.user) }) {
        held.agreed.append(context.principal.user)
      }
      review = held
      return held.agreed
    }
    guard let agreed = result else { throw RegisterError.notFound }
    let stands = Self.suffices(agreed, rules)
    if stands { try await signRules(context) }
    return RuleAgreement(receipt: Receipt(named: [], request: context.request), stands: stands, agreed: agreed)
  }

  /// What a review shows of itself: leave to answer.
  public func recordReview(_ permit: consuming Permit) async throws -> Receipt {
    try await ledger.record([permit.entry(.ok)], but: "rules")
    return Receipt(named: [], request: permit.context.request)
  }

  private static func suffices(_ agreed: [UserID], _ rules: AccessRules) -> Bool {
    func count(_ role: JobRole) -> Int {
      agreed.count { rules.employees[$0].map { !$0.isDisabled && $0.roles.contains(role) } == true }
    }
    return count(.administrator) >= 2 && count(.auditor) >= 1
  }

  private func signRules(_ context: CommandContext) async throws {
    guard let digest = review.withLock({ $0?.digest }) else { throw RegisterError.notFound }
    let newest = max(try await LogEpoch.newest(pool), currentRules.epoch)
    do {
      try await pool.transaction(deadline: context.deadline) { transaction in
        let (change, reading) = try await RuleChange.accepting(self.ruleStore, in: transaction, newest: newest)
        guard RuleRows.digest(reading.found.contents.values) == digest else { throw RegisterError.conflictRev }
        try await change.sign(reading.found)
        try await change.end(by: context.principal.user)
      }
    } catch let error as RegisterError {
      // Other rows than those agreed to: they are shown anew, and nobody has agreed to them.
      try? await reloadRules()
      throw error
    }
    try await reloadRules()
  }
}

extension RuleChange {
  /// Writes every row anew as it is. Rows with unknown words cannot be: they must be removed first.
  func sign(_ found: RuleTables) async throws {
    for row in found.employees { try await put(row.value.employee, row.value.secrets) }
    for row in found.roles { try await grant(row.value.role, to: row.value.user) }
    for row in found.grants { try await put(row.value.grant, since: row.value.since, until: row.value.until) }
    for row in found.deputies { try await put(row.value) }
    for row in found.breakGlasses { try await put(row.value) }
    for row in found.approvals { try await put(row.value) }
    for row in found.quotas { try await put(row.value) }
  }
}
