import Custody
import Model
import Wire

/// Shows the whole policy, as rows or as the text that `policy.set` takes, now or as it was.
struct PolicyShow: RegisterCommand {
  private enum Format: String, CaseIterable { case rows, text }

  static let spec = CommandSpec(
    verb: "policy.show",
    summary: Text(
      en: "Show every rule of who may do what.", fi: "Näytä kaikki säännöt siitä, kuka saa tehdä mitä.",
      sv: "Visa alla regler om vem som får göra vad."),
    parameters: [
      .init(
        "format", .word(Format.allCases.map(\.rawValue)), required: false, personal: false,
        Text(
          en: "rows, or text as policy.set takes it",
          fi: "riveinä (rows) tai tekstinä (text) komentoa policy.set varten",
          sv: "som rader (rows) eller som text för policy.set")),
      .init("role", .word(JobRole.allCases.map(\.name)), required: false, personal: false, AccountWords.role),
      .init(
        "at", .text, required: false, personal: false,
        Text(
          en: "as it was at this epoch or time", fi: "sellaisena kuin se oli tässä versiossa tai tähän aikaan",
          sv: "som det var i denna version eller vid denna tid")),
    ],
    columns: [.init("id", personal: false), .init("role", personal: false)] + GrantRow.columns + [
      .init("since", personal: false), .init("text", personal: false),
    ],
    permission: .object(.policy, .read), purpose: .none, effect: .read, log: .one, approval: .never,
    timeLimitMilliseconds: Limits.commandMilliseconds)

  private let format: Format
  private let role: JobRole?
  private let moment: PolicyMoment?

  init(_ arguments: inout Arguments) throws(RegisterError) {
    format = try arguments.word("format") { Format(rawValue: $0) } ?? .rows
    role = try arguments.word("role") { JobRole(name: $0) }
    moment = try PolicyMoment(arguments, "at")
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let policy: PolicyState
    if let moment {
      // Every row, ended ones too, is verified before the history is told from them.
      try await call.custody.reloadRules()
      policy = try await call.store.policy(at: moment, deadline: call.context.deadline)
    } else {
      let rules = call.custody.currentRules
      policy = PolicyState(
        epoch: rules.epoch, at: nil, grants: rules.grants,
        times: try await call.store.grantTimes(deadline: call.context.deadline))
    }
    var ending: JSONObject = ["epoch": .int(policy.epoch)]
    if let at = policy.at { ending["at"] = .string(at.description) }
    return try await call.show(permit, rows(policy, call.context.language), ending: ending)
  }

  private func rows(_ policy: PolicyState, _ language: Language) -> [JSONObject] {
    let roles = role.map { [$0] } ?? JobRole.allCases
    if format == .text {
      return PolicyText.lines(policy.grants, epoch: policy.epoch, roles: roles, language)
        .map { ["text": .string($0)] }
    }
    return GrantRow.sorted(policy.grants.filter { roles.contains($0.role) }).map { grant in
      var row: JSONObject = ["id": .id(grant.id), "role": .string(grant.role.name)]
      for member in GrantRow.row(grant) { row[member.key] = member.value }
      row["since"] = .text(policy.times[grant.id]?.description)
      return row
    }
  }
}
