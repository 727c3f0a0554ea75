import Custody
import Model
import Wire

/// Keeps what somebody found out about a finding. Nobody disposes of what is about themselves.
struct LogAnomalyDispose: RegisterCommand {
  static let spec = CommandSpec(
    verb: "log.anomaly.dispose",
    summary: Text(
      en: "Say what a finding in the access log came to.", fi: "Kerro, mihin käyttölokin havainto johti.",
      sv: "Ange vad ett fynd i åtkomstloggen ledde till."),
    parameters: [
      .init("id", .id, required: true, personal: false, AnomalyWords.id),
      .init(
        "disposition", .word(Disposition.allCases.map(\.rawValue)), required: true, personal: false,
        AnomalyWords.disposition),
      .init("note", .text, required: true, personal: true, AnomalyWords.note),
    ] + AnomalyQuestion.parameters,
    columns: ["id", "disposition", "last"].map { ColumnSpec($0, personal: false) },
    permission: .object(.logReview, .write), purpose: .none, effect: .write, log: .one, approval: .never,
    timeLimitMilliseconds: 6 * Limits.commandMilliseconds)

  /// Findings are looked for so far back where no time is given.
  static let days: Int64 = 28

  private let id: ID<FindingName>
  private let disposition: Disposition
  private let note: String
  private let question: AnomalyQuestion

  init(_ arguments: inout Arguments) throws(RegisterError) {
    id = try arguments.id("id")
    disposition = try arguments.requiredWord("disposition") { Disposition(rawValue: $0) }
    note = try Reason.parse(arguments, "note")
    question = try AnomalyQuestion(arguments)
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let by = call.context.principal.user
    let rules = call.custody.currentRules
    let (findings, _) = try await question.findings(call, days: Self.days)
    guard let finding = findings.first(where: { $0.id == id }) else { throw RegisterError.notFound }
    guard !rules.isSameHuman(by, finding.user) else { throw RegisterError.conflictState(AnomalyWords.concerned) }
    return try await call.commit(permit) { change in
      let done = try await Store.disposed(id, in: change.transaction)
      guard Disposed.state(of: finding, done) == .open else { throw RegisterError.conflictState(AnomalyWords.done) }
      let (sealed, hash) = try await FindingNote.seal(note, in: change)
      guard try await Store.dispose(of: finding, disposition, sealed, by: by, in: change.transaction) else {
        throw RegisterError.conflictState(AnomalyWords.done)
      }
      change.note(rows: 1, subject: id.retyped(), code: disposition.rawValue, textHash: hash)
      return .init(rows: [
        [
          "id": .id(id), "disposition": .string(disposition.rawValue), "last": .int(finding.evidence.last),
        ]
      ])
    }
  }
}

/// Agrees to what somebody else found out about a finding.
struct LogAnomalySign: RegisterCommand {
  static let spec = CommandSpec(
    verb: "log.anomaly.sign",
    summary: Text(
      en: "Sign what somebody else said a finding came to.",
      fi: "Allekirjoita, mihin toinen sanoi havainnon johtaneen.",
      sv: "Underteckna vad någon annan angav att ett fynd ledde till."),
    parameters: [.init("id", .id, required: true, personal: false, AnomalyWords.id)],
    columns: ["id", "disposition", "last"].map { ColumnSpec($0, personal: false) },
    permission: .object(.logReview, .approve), purpose: .none, effect: .write, log: .one, approval: .never,
    timeLimitMilliseconds: Limits.commandMilliseconds)

  private let id: ID<FindingName>

  init(_ arguments: inout Arguments) throws(RegisterError) { id = try arguments.id("id") }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let by = call.context.principal.user
    let rules = call.custody.currentRules
    return try await call.commit(permit) { change in
      guard let disposed = try await Store.disposed(id, in: change.transaction) else {
        throw RegisterError.conflictState(AnomalyWords.notDone)
      }
      guard disposed.signer == nil else { throw RegisterError.conflictState(AnomalyWords.signed) }
      guard !rules.isSameHuman(by, disposed.by) else { throw RegisterError.conflictState(AnomalyWords.own) }
      guard !rules.isSameHuman(by, disposed.user) else { throw RegisterError.conflictState(AnomalyWords.concerned) }
      guard try await Store.sign(disposed, by: by, in: change.transaction) else {
        throw RegisterError.conflictState(AnomalyWords.signed)
      }
      change.note(rows: 1, subject: id.retyped(), code: disposed.disposition.rawValue)
      return .init(rows: [
        [
          "id": .id(id), "disposition": .string(disposed.disposition.rawValue), "last": .int(disposed.last),
        ]
      ])
    }
  }
}
