import Custody
import Model
import Wire

/// Tells what an employee has seen: person by person how often, when and for what.
struct LogViewed: RegisterCommand {
  static let spec = CommandSpec(
    verb: "log.viewed",
    summary: Text(
      en: "Show whose data an employee has seen or changed.",
      fi: "Näytä, kenen tietoja työntekijä on nähnyt tai muuttanut.",
      sv: "Visa vems uppgifter en anställd har sett eller ändrat."),
    parameters: [.init("user", .text, required: true, personal: true, AccountWords.user)] + LogTimes.parameters + [
      .init("after", .id, required: false, personal: false, Words.after),
      .init("limit", .int(1...LogWalk.batchRows), required: false, personal: false, Words.limit),
    ],
    columns: [.init("person", personal: false)] + AccessSum.keys, permission: .object(.log, .read), purpose: .none,
    effect: .read, log: .one, approval: .never, timeLimitMilliseconds: 6 * Limits.commandMilliseconds)

  private let user: UserReference
  private let times: LogTimes
  private let after: PersonID?
  private let limit: Int

  init(_ arguments: inout Arguments) throws(RegisterError) {
    user = try UserReference(try arguments.required("user"), "user")
    times = try LogTimes(arguments)
    after = try arguments.optionalID("after")
    limit = try arguments.int("limit", in: 1...LogWalk.batchRows, default: Limits.pageRowsMax)
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let user = try LogQuestion.id(of: user, call.custody.currentRules)
    let deadline = call.context.deadline
    try await call.custody.sequencer.catchUp(deadline: deadline)
    let size = try await call.store.logSize(deadline: deadline)
    let (found, epoch) = try await call.store.viewed(
      by: user, times, after: after, before: size, limit: limit + 1, deadline: deadline)
    let persons = found.prefix(limit)
    let rows = persons.map { viewed in
      var row: JSONObject = ["person": .id(viewed.person)]
      viewed.sum.write(into: &row)
      return row
    }
    var ending: JSONObject = [:]
    if found.count > limit, let last = persons.last { ending["next"] = .id(last.person) }
    return try await call.show(permit, rows, ending: ending, epoch: epoch, subject: user.retyped())
  }
}
