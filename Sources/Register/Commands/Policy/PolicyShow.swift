import Custody
import Model
import Wire

/// Shows the whole policy.
struct PolicyShow: RegisterCommand {
  static let spec = CommandSpec(
    verb: "policy.show",
    summary: Text(
      en: "Show every rule of who may do what.", fi: "Näytä kaikki säännöt siitä, kuka saa tehdä mitä.",
      sv: "Visa alla regler om vem som får göra vad."),
    parameters: [],
    columns: [.init("id", personal: false), .init("role", personal: false)] + GrantRow.columns + [
      .init("since", personal: false)
    ],
    permission: .object(.policy, .read), purpose: .none, effect: .read, log: .one, approval: .never,
    timeLimitMilliseconds: Limits.commandMilliseconds)

  init(_ arguments: inout Arguments) throws(RegisterError) {}

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let times = try await call.store.grantTimes(deadline: call.context.deadline)
    let rows = GrantRow.sorted(call.custody.currentRules.grants).map { grant in
      var row: JSONObject = ["id": .id(grant.id), "role": .string(grant.role.name)]
      for member in GrantRow.row(grant) { row[member.key] = member.value }
      row["since"] = .text(times[grant.id]?.description)
      return row
    }
    return try await call.show(permit, rows, ending: ["epoch": .int(call.custody.currentRules.epoch)])
  }
}
