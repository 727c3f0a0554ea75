import Custody
import Model
import Wire

/// Adds a phone, an e-mail address or a postal address to a person, with a label.
struct PersonContactAdd: RegisterCommand {
  private static let names = ["phone", "email", "street", "postcode", "town", "country"]

  static let spec = CommandSpec(
    verb: "person.contact.add",
    summary: Text(
      en: "Add a phone, an e-mail address or a postal address.", fi: "Lisää puhelin, sähköposti tai postiosoite.",
      sv: "Lägg till en telefon, e-postadress eller postadress."),
    parameters: [
      .init("id", .id, required: true, personal: false, Words.person),
      .init("rev", .int(1...Int(Int32.max)), required: false, personal: false, Words.rev),
      .init("label", .text, required: false, personal: false, Words.label),
    ] + PersonParameters.data.filter { names.contains($0.name) } + PersonParameters.source,
    columns: [.init("id", personal: false), .init("rev", personal: false), .init("entry", personal: false)],
    permission: .persons(CategorySet(.contact), .write), purpose: .required, effect: .write, log: .perPerson,
    approval: .never, timeLimitMilliseconds: Limits.commandMilliseconds)

  private let id: PersonID
  private let rev: Int32?
  private let label: String
  private let groups: [[(field: Field, value: String)]]
  private let origin: DatumEdit.Origin

  init(_ arguments: inout Arguments) throws(RegisterError) {
    id = try arguments.id("id")
    rev = arguments.text("rev") == nil ? nil : try arguments.rev()
    label =
      try arguments.text("label").map { text throws(RegisterError) in
        try ShortText.parse(text, parameter: "label").description
      } ?? ""
    guard label.utf8.count <= 64 else {
      throw .invalid("label", Text(en: "Too long.", fi: "Liian pitkä.", sv: "För lång."))
    }
    origin = try PersonParameters.origin(arguments)
    var values: [(field: Field, value: String)] = []
    for (field, value) in try PersonParameters.values(arguments) { if let value { values.append((field, value)) } }
    let address = values.filter { $0.field != .phone && $0.field != .email }
    groups =
      values.filter { $0.field == .phone || $0.field == .email }.map { [$0] } + (address.isEmpty ? [] : [address])
    guard !groups.isEmpty else { throw .invalid("phone", Arguments.missing) }
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    try await call.commit(permit) { change in
      let person = try await call.lockForChange(id, rev: rev, [.init(.identity), .init(.contact)], change)
      let wanted = FieldSet(groups.flatMap { $0.map(\.field) })
      guard change.writable(person.header).isSuperset(of: wanted) else { throw RegisterError.deniedRole }
      var header = person.header
      header.rev += 1
      let (changed, added) = try await change.edit(
        person, groups.map { .add($0, label: label, origin) }, header: header)
      try await call.finish(change, header, changed, source: origin.source)
      let rows: [JSONObject] = added.map {
        ["id": .string(id.description), "rev": .int(Int64(header.rev)), "entry": .int(Int64($0))]
      }
      return .init(rows: rows, object: ["rows": .int(Int64(rows.count))])
    }
  }
}

/// Removes a phone, an e-mail address or a postal address from a person.
struct PersonContactRemove: RegisterCommand {
  static let spec = CommandSpec(
    verb: "person.contact.remove",
    summary: Text(
      en: "Remove a phone, an e-mail address or a postal address.", fi: "Poista puhelin, sähköposti tai postiosoite.",
      sv: "Ta bort en telefon, e-postadress eller postadress."),
    parameters: [
      .init("id", .id, required: true, personal: false, Words.person),
      .init("rev", .int(1...Int(Int32.max)), required: false, personal: false, Words.rev),
      .init("entry", .int(1...65_535), required: true, personal: false, Words.entry),
    ],
    columns: [.init("id", personal: false), .init("rev", personal: false)],
    permission: .persons(CategorySet(.contact), .write), purpose: .required, effect: .write, log: .perPerson,
    approval: .never, timeLimitMilliseconds: Limits.commandMilliseconds)

  private let id: PersonID
  private let rev: Int32?
  private let entry: UInt16

  init(_ arguments: inout Arguments) throws(RegisterError) {
    id = try arguments.id("id")
    rev = arguments.text("rev") == nil ? nil : try arguments.rev()
    _ = try arguments.required("entry")
    entry = UInt16(try arguments.int("entry", in: 1...65_535, default: 1))
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    try await call.commit(permit) { change in
      let person = try await call.lockForChange(id, rev: rev, [.init(.identity), .init(.contact)], change)
      var header = person.header
      header.rev += 1
      let (changed, _) = try await change.edit(person, [.remove(.contact, entry: entry)], header: header)
      try await call.finish(change, header, changed, source: nil)
      return .init(rows: [["id": .string(id.description), "rev": .int(Int64(header.rev))]], object: ["rows": 1])
    }
  }
}
