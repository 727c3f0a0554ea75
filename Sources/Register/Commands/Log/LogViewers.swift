import Custody
import Model
import Wire

/// Tells who has seen a person: by employee and role how often, when, for what and by which commands.
struct LogViewers: RegisterCommand {
  static let spec = CommandSpec(
    verb: "log.viewers",
    summary: Text(
      en: "Show who has seen or changed a person's data.",
      fi: "Näytä, ketkä ovat nähneet henkilön tietoja tai muuttaneet niitä.",
      sv: "Visa vilka som har sett eller ändrat en persons uppgifter."),
    parameters: [.init("person", .id, required: true, personal: false, Words.person)] + LogTimes.parameters,
    columns: ["user", "user-name", "role", "accesses", "first", "last", "purposes", "verbs"].map {
      ColumnSpec($0, personal: $0 == "user-name")
    },
    permission: .object(.log, .read), purpose: .none, effect: .read, log: .one, approval: .never,
    timeLimitMilliseconds: 6 * Limits.commandMilliseconds)

  private let person: PersonID
  private let times: LogTimes

  init(_ arguments: inout Arguments) throws(RegisterError) {
    person = try arguments.id("person")
    times = try LogTimes(arguments)
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let deadline = call.context.deadline
    try await call.custody.sequencer.catchUp(deadline: deadline)
    let size = try await call.store.logSize(deadline: deadline)
    let persons = try await call.store.withMerged(person, deadline: deadline)
    let (viewers, epoch) = try await call.store.viewers(of: persons, times, before: size, deadline: deadline)
    let rules = call.custody.currentRules
    return try await call.show(
      permit, viewers.map { Self.row($0, rules) },
      ending: ["total": .int(viewers.reduce(0) { $0 + $1.sum.count })], epoch: epoch, subject: person.retyped())
  }

  static func row(_ viewer: PersonViewer, _ rules: AccessRules) -> JSONObject {
    var row: JSONObject = [
      "user": .id(viewer.user), "user-name": .text(viewer.user.flatMap { rules.employees[$0]?.name }),
      "role": .text(viewer.role?.name),
    ]
    viewer.sum.write(into: &row)
    row["verbs"] = .names(viewer.verbs)
    return row
  }
}

extension AccessSum {
  /// The keys that sums have in rows.
  static let keys: [ColumnSpec] = ["accesses", "first", "last", "purposes"].map { ColumnSpec($0, personal: false) }

  func write(into row: inout JSONObject) {
    row["accesses"] = .int(count)
    row["first"] = .string(first.description)
    row["last"] = .string(last.description)
    row["purposes"] = .names(purposes.members.map(\.name))
  }
}
