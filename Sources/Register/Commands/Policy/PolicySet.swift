import Crypto
import Custody
import Model
import Wire

/// Puts an edited policy in force: shows the difference to the one there is, and has a second person approve it.
///
/// What waits for the approval is the difference that was shown: where the policy changed meanwhile, it is refused.
struct PolicySet: RegisterCommand {
  static let spec = CommandSpec(
    verb: "policy.set",
    summary: Text(
      en: "Put an edited policy in force, with another person's approval.",
      fi: "Ota muokattu säännöstö käyttöön toisen henkilön hyväksynnällä.",
      sv: "Låt ett redigerat regelverk börja gälla med en annan persons godkännande."),
    parameters: [
      .init(
        "text", .text, required: false, personal: false,
        Text(
          en: "the whole policy as text; where it is left out, it is fed as a file",
          fi: "koko säännöstö tekstinä; jos se puuttuu, se syötetään tiedostona",
          sv: "hela regelverket som text; om det saknas matas det in som en fil")),
      .init(
        "dry-run", .flag, required: false, personal: false,
        Text(en: "only show the difference", fi: "näytä vain ero", sv: "visa bara skillnaden")),
    ],
    columns: [
      .init("change", personal: false), .init("line", personal: false), .init("warning", personal: false),
      .init("row", personal: false), .init("msg", personal: false),
    ],
    permission: .object(.policy, .write), purpose: .none, effect: .write, log: .one, approval: .sometimes(.given),
    timeLimitMilliseconds: Limits.commandMilliseconds)

  private let text: String?
  private let isDryRun: Bool

  init(_ arguments: inout Arguments) throws(RegisterError) {
    text = arguments.text("text")
    isDryRun = try arguments.flag("dry-run")
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    if let input = call.approvedInput {
      guard let request = PolicyRequest(input) else { throw RegisterError.deniedApproval }
      return try await commit(request, call, permit)
    }
    let text: String
    if let given = self.text { text = given } else { text = try await read(call) }
    // What was fed is not fed again: where the rules change meanwhile, the same text is held against the new ones.
    var permit: Permit? = permit
    for _ in 0..<5 {
      do {
        return try await propose(text, call, permit.take() ?? call.permitAgain())
      } catch is StaleEpoch {
        try await call.custody.reloadRules()
      }
    }
    throw RegisterError.conflictState(PolicyReasons.overtaken)
  }

  /// Shows what the text would change, and asks for the second person's approval of just that.
  private func propose(_ text: String, _ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let present = call.custody.currentRules
    let language = call.context.language
    let proposal = PolicyProposal(text, under: present)
    guard proposal.problems.isEmpty else { return try await refuse(proposal, call, permit) }
    guard !proposal.difference.isEmpty else { throw RegisterError.conflictState(PolicyReasons.unchanged) }
    if isDryRun {
      var ending = proposal.summary
      ending["dry-run"] = true
      return try await call.show(permit, proposal.rows(language), ending: ending)
    }
    let receipt = try await call.custody.disclosure(try call.permitAgain())
      .record(rows: proposal.rowCount, epoch: try await call.store.epoch())
    for row in proposal.rows(language) { try await call.port.send(Reply.row(row, receipt)) }
    return try await commit(PolicyRequest(for: proposal.grants, against: present.grants), call, permit)
  }

  // MARK: Reading

  /// The pieces of the file that is fed, as one text.
  private func read(_ call: Call) async throws -> String {
    var text = ""
    while let feed = try await call.port.nextFeed() {
      guard let piece = feed.string else { throw RegisterError.invalid("text", PolicyReasons.noPiece) }
      guard text.utf8.count + piece.utf8.count <= Limits.policyBytesMax else {
        throw RegisterError.invalid("text", PolicyReasons.tooLong)
      }
      text += piece
    }
    return text
  }

  /// Tells every problem, and refuses with the first.
  private func refuse(_ proposal: PolicyProposal, _ call: Call, _ permit: consuming Permit) async throws -> Reply.Final
  {
    let receipt = try await call.custody.disclosure(permit)
      .record(rows: proposal.problems.count, epoch: try await call.store.epoch())
    for problem in proposal.problems {
      let row: JSONObject = [
        "row": problem.line.map { .int(Int64($0)) } ?? .null, "msg": call.words(problem.reason),
      ]
      try await call.port.send(Reply.row(row, receipt))
    }
    throw RegisterError.invalid("text", proposal.problems.first?.message ?? PolicyReasons.empty)
  }

  // MARK: Putting in force

  private func commit(_ request: PolicyRequest, _ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let language = call.context.language
    let written = try await call.custody.commit(permit, once: call.once, deadline: call.context.deadline) { change in
      let rules = try await RuleChange.begin(call.custody.ruleStore, in: change.transaction)
      let stored = rules.stored.rules
      try call.decideAgain(stored)
      guard request.stands(against: stored.grants) else {
        throw RegisterError.conflictState(PolicyReasons.overtaken)
      }
      // Decided under the employees of this moment: the last one who may set it right may have left.
      let proposal = PolicyProposal(request.text, under: stored)
      if let problem = proposal.problems.first { throw RegisterError.conflictState(problem.message) }
      let input = request.bytes
      try change.requireApproval(
        .policy, showing: proposal.showing(language), input: input, inputDigest: Array(SHA256.hash(data: input)))
      let difference = proposal.difference
      try await rules.end(Set(difference.removed.map(\.id)))
      try await rules.put(difference.added)
      try await rules.end(by: call.context.principal.user)
      change.note(rows: difference.added.count + difference.removed.count)
      return .init(rows: proposal.rows(language), object: proposal.summary)
    }
    await call.takeRules()
    return await call.answer(written)
  }
}
