import Custody
import Model
import Wire

/// Shows one organisation.
struct OrganisationShow: RegisterCommand {
  static let spec = CommandSpec(
    verb: "organisation.show",
    summary: Text(en: "Show an organisation.", fi: "Näytä yritys tai yhteisö.", sv: "Visa en organisation."),
    parameters: [.init("id", .id, required: true, personal: false, Words.organisation)],
    columns: OrganisationRow.columns, permission: .object(.organisation, .read), purpose: .optional, effect: .read,
    log: .one, approval: .never, timeLimitMilliseconds: Limits.commandMilliseconds)

  private let id: OrganisationID

  init(_ arguments: inout Arguments) throws(RegisterError) { id = try arguments.id("id") }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    guard let organisation = try await call.store.organisations([id]).first else { throw RegisterError.notFound }
    let receipt = try await call.custody.disclosure(permit).record(
      rows: 1, epoch: try await call.store.epoch(), subject: id.retyped())
    try await call.port.send(Reply.row(OrganisationRow.object(organisation), receipt))
    return Reply.done(["rows": 1], receipt)
  }
}

/// Finds organisations by what somebody types.
struct OrganisationFind: RegisterCommand {
  static let spec = CommandSpec(
    verb: "organisation.find",
    summary: Text(
      en: "Find organisations by name, business id, e-mail or phone.",
      fi: "Etsi yrityksiä nimellä, Y-tunnuksella, sähköpostilla tai puhelimella.",
      sv: "Sök organisationer på namn, FO-nummer, e-post eller telefon."),
    parameters: [
      .init("text", .text, required: true, personal: false, Words.searchText),
      .init("limit", .int(1...Limits.pageRowsMax), required: false, personal: false, Words.limit),
    ],
    columns: OrganisationRow.columns, permission: .object(.organisation, .read), purpose: .optional, effect: .read,
    log: .one, approval: .never, timeLimitMilliseconds: Limits.commandMilliseconds)

  private let text: String
  private let limit: Int

  init(_ arguments: inout Arguments) throws(RegisterError) {
    text = try SearchText.parse(arguments, "text")
    limit = try arguments.int("limit", in: 1...Limits.pageRowsMax, default: 20)
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    var found: [Organisation]
    if let id = BusinessID(searched: text) {
      found = try await call.store.organisation(businessID: id.description).map { [$0] } ?? []
    } else {
      let ids = call.directory.organisations(text, limit: limit)
      let places = Dictionary(ids.enumerated().map { ($0.element, $0.offset) }) { first, _ in first }
      found = try await call.store.organisations(ids)
      found.sort { places[$0.id, default: 0] < places[$1.id, default: 0] }
    }
    let hash = try SearchWords.hash(
      text, keys: call.custody.keys, month: SearchWords.month(of: .now()))
    let receipt = try await call.custody.disclosure(permit).record(
      rows: found.count, epoch: try await call.store.epoch(), textHash: hash)
    for organisation in found { try await call.port.send(Reply.row(OrganisationRow.object(organisation), receipt)) }
    return Reply.done(["rows": .int(Int64(found.count))], receipt)
  }
}

/// Lists organisations page by page.
struct OrganisationList: RegisterCommand {
  static let spec = CommandSpec(
    verb: "organisation.list",
    summary: Text(en: "List organisations.", fi: "Luettele yritykset.", sv: "Lista organisationer."),
    parameters: [
      .init("manager", .id, required: false, personal: false, Words.manager),
      .init("after", .id, required: false, personal: false, Words.after),
      .init("limit", .int(1...Limits.pageRowsMax), required: false, personal: false, Words.limit),
    ],
    columns: OrganisationRow.columns, permission: .object(.organisation, .read), purpose: .optional, effect: .read,
    log: .one, approval: .never, timeLimitMilliseconds: Limits.commandMilliseconds)

  private let manager: UserID?
  private let after: OrganisationID?
  private let limit: Int

  init(_ arguments: inout Arguments) throws(RegisterError) {
    manager = try arguments.optionalID("manager")
    after = try arguments.optionalID("after")
    limit = try arguments.int("limit", in: 1...Limits.pageRowsMax, default: Limits.pageRowsMax)
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let found = try await call.store.organisationPage(after: after, manager: manager, limit: limit + 1)
    let page = found.prefix(limit)
    let receipt = try await call.custody.disclosure(permit).record(
      rows: page.count, epoch: try await call.store.epoch())
    for organisation in page { try await call.port.send(Reply.row(OrganisationRow.object(organisation), receipt)) }
    var object: JSONObject = ["rows": .int(Int64(page.count))]
    if found.count > limit, let last = page.last { object["next"] = .string(last.id.description) }
    return Reply.done(object, receipt)
  }
}

/// Rows about organisations.
enum OrganisationRow {
  static let columns: [ColumnSpec] = [
    "id", "rev", "name", "business-id", "form", "industry", "status", "phone", "email", "street", "postcode", "town",
    "country", "website", "manager", "source", "source-note",
  ].map { .init($0, personal: false) }

  static func object(_ organisation: Organisation) -> JSONObject {
    func text(_ value: String?) -> JSON { value.map { $0.isEmpty ? .null : .string($0) } ?? .null }
    return [
      "id": .string(organisation.id.description), "rev": .int(Int64(organisation.rev)),
      "name": .string(organisation.name), "business-id": text(organisation.businessID), "form": text(organisation.form),
      "industry": text(organisation.industry), "status": .string(organisation.status.name),
      "phone": text(organisation.phone), "email": text(organisation.email), "street": text(organisation.street),
      "postcode": text(organisation.postcode), "town": text(organisation.town), "country": text(organisation.country),
      "website": text(organisation.website), "manager": text(organisation.manager?.description),
      "source": .string(organisation.source.name), "source-note": text(organisation.sourceNote),
    ]
  }
}
