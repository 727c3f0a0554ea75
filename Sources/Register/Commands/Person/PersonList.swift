import Custody
import Model
import Wire

/// Lists persons page by page.
struct PersonList: RegisterCommand {
  static let columns: [ColumnSpec] = [
    .init("id", personal: false), .init("kind", personal: false), .init("name", personal: true),
    .init("organisation", personal: false), .init("status", personal: false), .init("manager", personal: false),
    .init("marks", personal: true),
  ]

  static let spec = CommandSpec(
    verb: "person.list",
    summary: Text(en: "List persons.", fi: "Luettele henkilöt.", sv: "Lista personer."),
    parameters: [
      .init("organisation", .id, required: false, personal: false, Words.organisation),
      .init("manager", .id, required: false, personal: false, Words.manager),
      .init("after", .id, required: false, personal: false, Words.after),
      .init("limit", .int(1...Limits.pageRowsMax), required: false, personal: false, Words.limit),
    ],
    columns: columns, permission: .persons(CategorySet(.identity), .read), purpose: .required, effect: .read,
    log: .perPerson, approval: .never, timeLimitMilliseconds: Limits.commandMilliseconds)

  private let organisation: OrganisationID?
  private let manager: UserID?
  private let after: PersonID?
  private let limit: Int

  init(_ arguments: inout Arguments) throws(RegisterError) {
    organisation = try arguments.optionalID("organisation")
    manager = try arguments.optionalID("manager")
    after = try arguments.optionalID("after")
    limit = try arguments.int("limit", in: 1...Limits.pageRowsMax, default: Limits.pageRowsMax)
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let ids = try await call.store.personPage(
      after: after, organisation: organisation, manager: manager, withRestricted: permit.reachesRestricted,
      limit: limit + 1)
    let next = ids.count > limit ? ids[limit - 1] : nil
    return try await Self.answer(call, permit, Array(ids.prefix(limit)), textHash: [], next: next)
  }

  /// Fetches, records, opens and sends the persons of a page.
  static func answer(
    _ call: Call, _ permit: consuming Permit, _ ids: [PersonID], textHash: [UInt8], next: PersonID?
  ) async throws -> Reply.Final {
    let (persons, epoch) = try await call.store.persons(ids, CategorySet(.identity))
    let disclosure = call.custody.disclosure(permit)
    let receipt = try await disclosure.record(
      persons.map(\.header), fields: FieldSet([.firstName, .lastName]), epoch: epoch, textHash: textHash)
    var rows = 0
    for person in persons where !receipt.fields(of: person.header.id).isEmpty {
      let data = try call.custody.vault.open(person, receipt)
      try await call.port.send(Reply.row(PersonRow.brief(person, data), receipt))
      rows += 1
    }
    var object: JSONObject = ["rows": .int(Int64(rows))]
    if let next { object["next"] = .string(next.description) }
    return Reply.done(object, receipt)
  }
}
