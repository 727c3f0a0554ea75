import Custody
import Model
import Wire

/// Asks for more persons today than the daily number allows; a privacy officer approves.
struct QuotaRaise: RegisterCommand {
  private static let personsMax = 100_000

  static let spec = CommandSpec(
    verb: "quota.raise",
    summary: Text(
      en: "Ask to see more persons today than the daily number, with a privacy officer's approval.",
      fi: "Pyydä tälle päivälle suurempaa henkilömäärää tietosuojavastaavan hyväksynnällä.",
      sv: "Begär att få se fler personer i dag än dagens antal, med ett dataskyddsombuds godkännande."),
    parameters: [
      .init(
        "persons", .int(1...personsMax), required: true, personal: false,
        Text(en: "how many more", fi: "kuinka monta lisää", sv: "hur många fler")),
      .init("reason", .text, required: true, personal: true, BreakGlassWords.reason),
    ],
    columns: [.init("id", personal: false), .init("rev", personal: false)], permission: .object(.dailyNumber, .write),
    purpose: .none, effect: .write, log: .one, approval: .always(.given),
    timeLimitMilliseconds: Limits.commandMilliseconds)

  private let persons: Int

  init(_ arguments: inout Arguments) throws(RegisterError) {
    _ = try arguments.required("persons")
    persons = try arguments.int("persons", in: 1...Self.personsMax, default: 0)
    _ = try Reason.parse(arguments, "reason")
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let user = call.context.principal.user
    return try await call.commitRules(permit) { rules, change in
      try change.requireApproval(.dailyNumber)
      let quota = Quota(employee: user, day: .today(), persons: Int32(persons))
      try await rules.put(quota)
      return RuleResult(user: quota.id.retyped(), rev: 1)
    }
  }
}
