import AccessLog
import Custody
import Model
import Wire

/// Tells when and for what purpose a person's data was looked at: the person's own view, for the access report.
///
/// Employees are left out (CJEU C-579/21) unless the officer decides that they are essential, and gives the reason. An
/// access is an entry of the log that names the person and ended well, in an emergency too: refusals and failures showed
/// nothing, questions to the log and the auditor reach no person's data. Those of records that were merged into the
/// person's are among them.
struct PersonAccesses: RegisterCommand {
  static let spec = CommandSpec(
    verb: "person.accesses",
    summary: Text(
      en: "Show when and for what purpose a person's data was looked at, for the person.",
      fi: "Näytä henkilöä varten, milloin ja mihin tarkoitukseen hänen tietojaan on katsottu.",
      sv: "Visa för personen när och för vilket ändamål dess uppgifter har lästs."),
    parameters: [.init("person", .id, required: true, personal: false, Words.person)] + LogTimes.parameters + [
      .init("after", .int(0...Int.max), required: false, personal: false, Words.after),
      .init("limit", .int(1...LogWalk.batchRows), required: false, personal: false, Words.limit),
      .init(
        "names", .flag, required: false, personal: false,
        Text(
          en: "with the employees' names; a reason is then needed",
          fi: "työntekijöiden nimet mukaan; vaatii perustelun",
          sv: "med de anställdas namn; kräver ett skäl")),
      .init(
        "reason", .text, required: false, personal: true,
        Text(
          en: "why the names are essential to the person", fi: "miksi nimet ovat henkilölle välttämättömiä",
          sv: "varför namnen är väsentliga för personen")),
    ],
    columns: ["at", "purpose", "role", "verb", "fields", "outcome", "text", "user", "user-name", "full-name"].map {
      ColumnSpec($0, personal: true)
    },
    permission: .object(.accessHistory, .read), purpose: .required, effect: .read, log: .perPerson, approval: .never,
    timeLimitMilliseconds: Limits.commandMilliseconds)

  private let person: PersonID
  private let times: LogTimes
  private let after: Int
  private let limit: Int
  /// Why employees are named; nil where they are not.
  private let reason: String?

  init(_ arguments: inout Arguments) throws(RegisterError) {
    person = try arguments.id("person")
    times = try LogTimes(arguments)
    after = try arguments.int("after", in: 0...Int.max, default: -1)
    limit = try arguments.int("limit", in: 1...LogWalk.batchRows, default: Limits.pageRowsMax)
    reason = try arguments.flag("names") ? try Reason.parse(arguments, "reason") : nil
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let (store, deadline) = (call.store, call.context.deadline)
    try await call.custody.sequencer.catchUp(deadline: deadline)
    let size = try await store.logSize(deadline: deadline)
    guard try await store.isKnown(person, deadline: deadline) else { throw RegisterError.notFound }
    let persons = try await store.withMerged(person, deadline: deadline)
    let (found, epoch) = try await store.accesses(
      to: persons, times, after: Int64(after), before: size, limit: limit + 1, deadline: deadline)
    let entries = found.prefix(limit)
    // An entry with a hash says that employees were named; log.hash tells what the hash of a reason is.
    let textHash =
      try reason.map { try SearchWords.hash($0, keys: call.custody.keys, month: SearchWords.month(of: .now())) } ?? []
    let receipt = try await call.custody.disclosure(permit).record(
      naming: [person], rows: entries.count, epoch: epoch, textHash: textHash)
    let rules = reason == nil ? nil : call.custody.currentRules
    for logged in entries {
      try await call.port.send(Reply.row(Self.row(logged.entry, rules, in: call.context.language), receipt))
    }
    var object: JSONObject = ["rows": .int(Int64(entries.count))]
    if found.count > limit, let last = entries.last { object["next"] = .string(String(last.index)) }
    return Reply.done(object, receipt)
  }

  /// An access as a row.
  ///
  /// - Parameter rules: Where employees are named from; nil where they are left out.
  static func row(_ entry: Entry, _ rules: AccessRules?, in language: Language) -> JSONObject {
    var row: JSONObject = [
      "at": .string(entry.at.description), "purpose": .text(entry.purpose?.name), "role": .text(entry.role?.name),
      "verb": .string(entry.verb), "fields": .names(entry.fields.members.map(\.name)),
      "outcome": .string(entry.outcome.name), "text": .string(AccessWords.sentence(entry)[language]),
    ]
    if let rules {
      let employee = entry.user.flatMap { rules.employees[$0] }
      row["user"] = .id(entry.user)
      row["user-name"] = .text(employee?.name)
      row["full-name"] = .text(employee?.fullName)
    }
    return row
  }
}

/// An access to a person's data in words that the person can read.
enum AccessWords {
  /// Who, by their work, did what, and for what.
  static func sentence(_ entry: Entry) -> Text {
    let (did, role) = (deed(entry.verb), entry.role?.title ?? system)
    let purpose = entry.purpose?.title ?? Text(en: "", fi: "", sv: "")
    let glass = entry.outcome == .breakGlass ? emergency : Text(en: "", fi: "", sv: "")
    func ending(_ joint: String, _ text: String) -> String { text.isEmpty ? "" : joint + text }
    return Text(
      en: "\(did.en) by \(role.en)" + ending(", for ", purpose.en) + ending(", ", glass.en),
      fi: "\(did.fi): \(role.fi)" + ending(", tarkoituksena ", purpose.fi) + ending(", ", glass.fi),
      sv: "\(did.sv): \(role.sv)" + ending(", för ", purpose.sv) + ending(", ", glass.sv))
  }

  private static func deed(_ verb: String) -> Text {
    switch Catalogue.find(verb)?.spec.effect {
    case .read: Text(en: "looked at", fi: "katsottu", sv: "läst")
    case .write: Text(en: "changed", fi: "muutettu", sv: "ändrat")
    case nil: Text(en: "used", fi: "käytetty", sv: "använt")
    }
  }

  private static let system = Text(en: "the system itself", fi: "järjestelmä itse", sv: "systemet självt")
  private static let emergency = Text(
    en: "by a wider right in an emergency", fi: "laajemmalla lukuoikeudella hätätilanteessa",
    sv: "med vidare läsrätt i ett nödläge")
}
