import Custody
import Model
import Postgres
import Wire

/// Links a contact person to a further organisation.
struct PersonAffiliationAdd: RegisterCommand {
  static let spec = CommandSpec(
    verb: "person.affiliation.add",
    summary: Text(
      en: "Let a contact person stand for an organisation.", fi: "Liitä yhteyshenkilö yritykseen.",
      sv: "Koppla en kontaktperson till en organisation."),
    parameters: [
      .init("id", .id, required: true, personal: false, Words.person),
      .init("rev", .int(1...Int(Int32.max)), required: false, personal: false, Words.rev),
      .init("organisation", .id, required: true, personal: false, Words.organisation),
      .init("title", .text, required: false, personal: true, Words.jobTitle),
      .init("position", .text, required: false, personal: true, Words.position),
    ] + PersonParameters.source,
    columns: [.init("id", personal: false), .init("rev", personal: false), .init("entry", personal: false)],
    permission: .persons(CategorySet(.professional), .write), purpose: .required, effect: .write, log: .perPerson,
    approval: .never, timeLimitMilliseconds: Limits.commandMilliseconds)

  private let id: PersonID
  private let rev: Int32?
  private let organisation: OrganisationID
  private let values: [(field: Field, value: String?)]
  private let origin: DatumEdit.Origin

  init(_ arguments: inout Arguments) throws(RegisterError) {
    id = try arguments.id("id")
    rev = arguments.text("rev") == nil ? nil : try arguments.rev()
    organisation = try arguments.id("organisation")
    values = try PersonParameters.values(arguments)
    origin = try PersonParameters.origin(arguments)
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    try await call.commit(permit) { change in
      var person = try await call.lockForChange(
        id, rev: rev, [.init(.identity), .init(.contact), .init(.professional)], change)
      try PersonParameters.ensureHeld(values.filter { $0.value != nil }.map(\.field), on: person.header.kind)
      guard person.header.kind == .contact else {
        throw RegisterError.conflictState(
          Text(
            en: "A private customer stands for no organisation.", fi: "Henkilöasiakas ei edusta yritystä.",
            sv: "En privatkund företräder ingen organisation."))
      }
      guard change.writable(person.header).categories.contains(.professional) else { throw RegisterError.deniedRole }
      guard try await Store.lockOrganisation(organisation, in: change.transaction) != nil else {
        throw RegisterError.invalid("organisation", RegisterError.notFound.message)
      }
      guard !person.affiliations.contains(where: { $0.organisation == organisation }) else {
        throw RegisterError.exists
      }
      let entry = (person.affiliations.map(\.entry).max() ?? 0) + 1
      person.affiliations.append(.init(organisation: organisation, entry: entry))
      var header = person.header
      header.rev += 1
      _ = try await change.transaction.query(
        "INSERT INTO affiliation (person, organisation, entry) VALUES (\(id), \(organisation), \(Int16(bitPattern: entry)))"
      )
      let edits = values.map { DatumEdit.set($0.field, entry: entry, value: $0.value, origin) }
      let (changed, _) = try await change.edit(person, edits, header: header)
      try await call.finish(change, header, changed, source: origin.source)
      return .init(
        rows: [["id": .string(id.description), "rev": .int(Int64(header.rev)), "entry": .int(Int64(entry))]],
        object: ["rows": 1])
    }
  }
}

/// Ends a contact person's link to an organisation, with the title and position there.
struct PersonAffiliationRemove: RegisterCommand {
  static let spec = CommandSpec(
    verb: "person.affiliation.remove",
    summary: Text(
      en: "End a contact person's link to an organisation.", fi: "Poista yhteyshenkilön liitos yritykseen.",
      sv: "Avsluta en kontaktpersons koppling till en organisation."),
    parameters: [
      .init("id", .id, required: true, personal: false, Words.person),
      .init("rev", .int(1...Int(Int32.max)), required: false, personal: false, Words.rev),
      .init("organisation", .id, required: true, personal: false, Words.organisation),
    ],
    columns: [.init("id", personal: false), .init("rev", personal: false)],
    permission: .persons(CategorySet(.professional), .write), purpose: .required, effect: .write, log: .perPerson,
    approval: .never, timeLimitMilliseconds: Limits.commandMilliseconds)

  private let id: PersonID
  private let rev: Int32?
  private let organisation: OrganisationID

  init(_ arguments: inout Arguments) throws(RegisterError) {
    id = try arguments.id("id")
    rev = arguments.text("rev") == nil ? nil : try arguments.rev()
    organisation = try arguments.id("organisation")
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    try await call.commit(permit) { change in
      var person = try await call.lockForChange(
        id, rev: rev, [.init(.identity), .init(.contact), .init(.professional)], change)
      guard let link = person.affiliations.first(where: { $0.organisation == organisation }) else {
        throw RegisterError.notFound
      }
      guard change.writable(person.header).categories.contains(.professional) else { throw RegisterError.deniedRole }
      guard person.affiliations.count > 1 else {
        throw RegisterError.conflictState(
          Text(
            en: "A contact person stands for one organisation at least.",
            fi: "Yhteyshenkilö edustaa vähintään yhtä yritystä.",
            sv: "En kontaktperson företräder minst en organisation."))
      }
      person.affiliations.removeAll { $0 == link }
      var header = person.header
      header.rev += 1
      _ = try await change.transaction.query(
        "DELETE FROM affiliation WHERE person = \(id) AND organisation = \(organisation)")
      let origin = DatumEdit.Origin(source: .subject)
      let edits: [DatumEdit] = [.title, .position].map { .set($0, entry: link.entry, value: nil, origin) }
      let (changed, _) = try await change.edit(person, edits, header: header)
      try await call.finish(change, header, changed, source: nil)
      return .init(rows: [["id": .string(id.description), "rev": .int(Int64(header.rev))]], object: ["rows": 1])
    }
  }
}
