import Custody
import Model
import Postgres
import Wire

/// Tells which fields of a person changed, when, by whom and from what source; never a value.
struct PersonHistory: RegisterCommand {
  static let spec = CommandSpec(
    verb: "person.history",
    summary: Text(
      en: "Show which of a person's fields changed, when and by whom.",
      fi: "Näytä, mitkä henkilön tiedot ovat muuttuneet, milloin ja kenen toimesta.",
      sv: "Visa vilka av en persons uppgifter som ändrats, när och av vem."),
    parameters: [
      .init("id", .id, required: true, personal: false, Words.person),
      .init("after", .int(0...Int.max), required: false, personal: false, Words.after),
      .init("limit", .int(1...500), required: false, personal: false, Words.limit),
    ],
    columns: [
      .init("at", personal: true), .init("user", personal: true), .init("verb", personal: true),
      .init("fields", personal: true), .init("source", personal: true),
    ],
    permission: .persons(CategorySet(.identity), .read), purpose: .required, effect: .read, log: .perPerson,
    approval: .never, timeLimitMilliseconds: Limits.commandMilliseconds)

  private let id: PersonID
  private let after: Int
  private let limit: Int

  init(_ arguments: inout Arguments) throws(RegisterError) {
    id = try arguments.id("id")
    after = try arguments.int("after", in: 0...Int.max, default: 0)
    limit = try arguments.int("limit", in: 1...500, default: 50)
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let (person, epoch) = try await call.store.person(id, [])
    let disclosure = call.custody.disclosure(permit)
    guard let person, !disclosure.fields(of: person.header).isEmpty else { throw RegisterError.notFound }
    let history = try await call.store.personHistory(id, after: Int64(after), limit: limit + 1)
    let receipt = try await disclosure.record([person.header], fields: .all, epoch: epoch)
    let reached = receipt.fields(of: id)
    for row in history.prefix(limit) {
      let fields = FieldSet(rawValue: UInt64(bitPattern: try row.int64(4))).intersection(reached)
      let source = try row.get(5, as: Int16?.self).flatMap { DataSource(rawValue: UInt8(clamping: $0)) }
      var object: JSONObject = [
        "at": .string(try row.instant(1).description), "user": .string(try row.id(2, as: UserID.self).description),
        "verb": .string(try row.string(3)), "fields": .array(fields.members.map { .string($0.name) }),
      ]
      object["source"] = source.map { .string($0.name) } ?? .null
      try await call.port.send(Reply.row(object, receipt))
    }
    var object: JSONObject = ["rows": .int(Int64(min(history.count, limit)))]
    if history.count > limit { object["next"] = .string(String(try history[limit - 1].int64(0))) }
    return Reply.done(object, receipt)
  }
}
