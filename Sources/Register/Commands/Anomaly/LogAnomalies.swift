import Custody
import Model
import Wire

/// Shows what stands out in the access log: reasons to look, never verdicts.
struct LogAnomalies: RegisterCommand {
  static let spec = CommandSpec(
    verb: "log.anomalies",
    summary: Text(
      en: "Show what stands out in the access log: reasons to look, not verdicts.",
      fi: "Näytä, mikä käyttölokissa poikkeaa: syitä katsoa, ei tuomioita.",
      sv: "Visa vad som sticker ut i åtkomstloggen: skäl att titta, inte domar."),
    parameters: AnomalyQuestion.parameters + [
      .init(
        "state", .word(FindingState.allCases.map(\.rawValue) + ["all"]), required: false, personal: false,
        AnomalyWords.state)
    ] + ListPage.parameters,
    columns: [
      "id", "kind", "user", "user-name", "role", "at", "since", "until", "value", "score", "baseline", "peers",
      "evidence", "person", "reason", "state", "disposition",
      "by", "note",
    ].map { ColumnSpec($0, personal: ["user-name", "by", "note"].contains($0)) },
    permission: .object(.logReview, .read), purpose: .none, effect: .read, log: .one, approval: .never,
    timeLimitMilliseconds: 6 * Limits.commandMilliseconds)

  private let question: AnomalyQuestion
  /// Nil for all.
  private let state: FindingState?
  private let page: ListPage

  init(_ arguments: inout Arguments) throws(RegisterError) {
    question = try AnomalyQuestion(arguments)
    let word: FindingState?? = try arguments.word("state") { word -> FindingState?? in
      if word == "all" { return .some(nil) }
      guard let state = FindingState(rawValue: word) else { return nil }
      return .some(state)
    }
    state = word ?? .open
    page = try ListPage(arguments)
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let rules = call.custody.currentRules
    let (findings, epoch) = try await question.findings(call)
    let disposed = try await call.store.disposed(findings.map(\.id), deadline: call.context.deadline)
    let asked = findings.filter { state == nil || Disposed.state(of: $0, disposed[$0.id]) == state }
    let (shown, next) = try page.cut(asked) { $0.id.description }
    // Of one that is open again, what was said of it before more came.
    let done = shown.map { disposed[$0.id] }
    let receipt = try await call.custody.disclosure(permit).record(
      rows: shown.count, epoch: epoch, opening: done.compactMap { $0.map { .note($0.note.id) } })
    for (finding, done) in zip(shown, done) {
      var row = Self.row(finding, done, rules, call.context.language)
      row["note"] = .text(done?.note.text(call.custody.vault, receipt))
      try await call.port.send(Reply.row(row, receipt))
    }
    var ending: JSONObject = ["rows": .int(Int64(shown.count)), "total": .int(Int64(asked.count))]
    if let next { ending["next"] = .string(next) }
    return Reply.done(ending, receipt)
  }

  static func row(
    _ finding: Finding, _ disposed: Disposed?, _ rules: AccessRules, _ language: Language
  ) -> JSONObject {
    let evidence = finding.evidence
    var baseline: JSON = .null
    if let own = finding.baseline {
      baseline = ["median": number(own.median), "spread": number(own.spread), "days": .int(Int64(own.days))]
    }
    return [
      "id": .id(finding.id), "kind": .string(finding.kind.rawValue), "user": .id(finding.user),
      "user-name": .text(rules.employees[finding.user]?.name), "role": .text(finding.role?.name),
      "at": .string(finding.day.description), "since": .string(evidence.since.description),
      "until": .string(evidence.until.description), "value": number(finding.value), "score": number(finding.score),
      "baseline": baseline, "peers": finding.peers.map(number) ?? .null,
      "evidence": [
        "count": .int(evidence.count), "first": .int(evidence.first), "last": .int(evidence.last),
        "samples": .array(evidence.samples.map { .int($0) }),
      ],
      "person": .id(finding.person), "reason": .string(finding.reason[language]),
      "state": .string(Disposed.state(of: finding, disposed).rawValue),
      "disposition": .text(disposed?.disposition.rawValue),
      "by": .text(disposed.flatMap { rules.employees[$0.by]?.name }),
    ]
  }

  /// A whole number where it is one, else with two decimals.
  private static func number(_ value: Double) -> JSON {
    let rounded = (value * 100).rounded() / 100
    guard abs(rounded) < 1e15 else { return .double(rounded) }
    return rounded == rounded.rounded() ? .int(Int64(rounded)) : .double(rounded)
  }
}
