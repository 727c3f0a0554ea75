import Custody
import Model
import Wire

/// What a change of employees and roles answers.
struct RuleResult: Sendable {
  /// Whose account it was.
  let user: UserID
  /// The account's revision now.
  let rev: Int32
  /// What is shown once and kept nowhere, such as a random password.
  var secrets: JSONObject = [:]
  /// Rows that are shown once and kept nowhere, in place of the account's id and revision.
  var rows: [JSONObject]?
  /// The salted hash of a text that is sealed elsewhere, for the log.
  var textHash: [UInt8] = []
}

extension Call {
  /// Runs a change of employees and roles in one transaction with its log entry; it is in force when this returns.
  ///
  /// The change is serialised with all others and decided anew under the rules that it finds, so two administrators
  /// cannot disable each other. Secrets are in the answer's row only, never in what is kept for `once`.
  ///
  /// - Parameter prepare: What takes long, or must not be asked again where the change was made before: runs once the
  ///   client's key is claimed and before others are held up.
  func commitRules(
    _ permit: consuming Permit, preparing prepare: () async throws -> Void = {},
    _ body: (RuleChange, Change) async throws -> RuleResult
  ) async throws -> Reply.Final {
    var secrets: JSONObject = [:]
    var shown: [JSONObject]?
    let written = try await custody.commit(permit, once: once, deadline: context.deadline) { change in
      try await prepare()
      let rules = try await RuleChange.begin(custody.ruleStore, in: change.transaction)
      try decideAgain(rules.stored.rules)
      let result = try await body(rules, change)
      try await rules.end(by: context.principal.user)
      change.note(rows: result.rows?.count ?? 1, subject: result.user.retyped(), textHash: result.textHash)
      secrets = result.secrets
      shown = result.rows
      return .init(
        rows: [["id": .id(result.user), "rev": .int(Int64(result.rev))]], object: ["rows": 1])
    }
    await takeRules()
    for row in shown ?? written.answer.rows {
      var row = row
      for secret in secrets { row[secret.key] = secret.value }
      try? await port.send(Reply.row(row, written.receipt))
    }
    return Reply.done(written.answer.object, code: written.answer.code, written.receipt)
  }

  /// Decides the command once more under rules that a transaction holds.
  func decideAgain(_ rules: AccessRules) throws(RegisterError) {
    let decision = Policy(rules: rules).decide(
      user: context.principal.user, permission: spec.permission, purposeRule: spec.purpose, purpose: context.purpose)
    if case .refused(let error) = decision { throw error }
  }

  /// Reads the committed rules, even where the command was cancelled meanwhile. Where that fails nothing is decided by
  /// the old ones all the same: each fetch brings the epoch along.
  func takeRules() async {
    let custody = custody
    await Task { try? await custody.reloadRules() }.value
    await store.tell(Store.rulesChannel)
  }

  /// Makes and seals an account's secrets, away from the cooperative threads: the verifier takes as long as its rounds.
  func sealSecrets(password: String, oneTimeSecret: [UInt8]?, of user: UserID) async throws -> RuleStore.Secrets {
    let custody = custody
    return try await PasswordQueue.shared.run(.command) {
      let verifier = try ScramVerifier.make(password: password)
      return RuleStore.Secrets(
        verifier: try custody.keys.sealVerifier(VerifierCoding.encode(verifier), of: user),
        seed: try oneTimeSecret.map { try custody.keys.sealOneTimeSecret($0, of: user) } ?? [])
    }
  }
}
