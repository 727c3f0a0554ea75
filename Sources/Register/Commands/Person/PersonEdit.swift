import Custody
import Model
import Postgres
import Wire

/// Changes a person's data. Every replaced value's key goes to its end.
struct PersonEdit: RegisterCommand {
  static let spec = CommandSpec(
    verb: "person.edit",
    summary: Text(
      en: "Change a person's data; an empty value removes it.",
      fi: "Muuta henkilön tietoja; tyhjä arvo poistaa tiedon.",
      sv: "Ändra en persons uppgifter; ett tomt värde tar bort uppgiften."),
    parameters: [
      .init("id", .id, required: true, personal: false, Words.person),
      .init("rev", .int(1...Int(Int32.max)), required: true, personal: false, Words.rev),
    ] + PersonParameters.data + PersonParameters.relationship + PersonParameters.source,
    columns: [.init("id", personal: false), .init("rev", personal: false)],
    permission: .persons(CategorySet(FieldSet.all.members.map(\.category)), .write), purpose: .required, effect: .write,
    log: .perPerson, approval: .never,
    timeLimitMilliseconds: Limits.commandMilliseconds)

  private let id: PersonID
  private let rev: Int32
  private let values: [(field: Field, value: String?)]
  private let organisation: OrganisationID?
  private let status: CustomerStatus?
  private let language: Language?
  private let manager: UserID??
  private let origin: DatumEdit.Origin

  init(_ arguments: inout Arguments) throws(RegisterError) {
    id = try arguments.id("id")
    rev = try arguments.rev()
    values = try PersonParameters.values(arguments)
    organisation = try arguments.optionalID("organisation")
    status = try arguments.word("status") { CustomerStatus(name: $0) }
    language = try arguments.word("language") { Language(rawValue: $0) }
    manager = arguments.text("manager") == nil ? nil : .some(try arguments.optionalID("manager"))
    origin = try PersonParameters.origin(arguments)
    guard !values.isEmpty || status != nil || language != nil || manager != nil else {
      if arguments.text("organisation") != nil { throw .invalid("organisation", Self.organisationAlone) }
      throw .invalid(
        "rev", Text(en: "Nothing to change was given.", fi: "Muutettavaa ei annettu.", sv: "Inget att ändra angavs."))
    }
  }

  private static let organisationAlone = Text(
    en: "It says whose title or position is changed. Organisations: person.affiliation.add and .remove",
    fi: "Se kertoo, missä yrityksessä nimike tai asema muuttuu. Yritykset: person.affiliation.add ja .remove",
    sv: "Den säger var titeln eller ställningen ändras. Organisationer: person.affiliation.add och .remove")

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    try call.ensureManager(manager ?? nil)
    return try await call.commit(permit) { change in
      let categories = CategorySet(values.map(\.field.category)).union([.init(.identity), .init(.contact)])
      let person = try await call.lockForChange(id, rev: rev, categories, change)
      let writable = change.writable(person.header)
      try PersonParameters.ensureHeld(values.filter { $0.value != nil }.map(\.field), on: person.header.kind)
      guard writable.isSuperset(of: FieldSet(values.map(\.field))) else { throw RegisterError.deniedRole }
      var header = person.header
      header.rev += 1
      if let status { header.status = status }
      if let language { header.language = language }
      if let manager { header.manager = manager }
      let link = try professionalEntry(person)
      let edits = values.map { field, value in
        DatumEdit.set(field, entry: field.category == .professional ? link : nil, value: value, origin)
      }
      let (changed, _) = try await change.edit(person, edits, header: header)
      try await call.finish(change, header, changed, source: origin.source)
      return .init(rows: [["id": .string(id.description), "rev": .int(Int64(header.rev))]], object: ["rows": 1])
    }
  }

  /// Title and position belong to one organisation: the one named, else the first.
  private func professionalEntry(_ person: SealedPerson) throws(RegisterError) -> UInt16? {
    guard let organisation else { return person.affiliations.map(\.entry).min() }
    guard let link = person.affiliations.first(where: { $0.organisation == organisation }) else {
      throw .invalid("organisation", RegisterError.notFound.message)
    }
    return link.entry
  }
}

extension Call {
  /// Fetches and locks a person for a change: `notfound` where the employee may not even know of them, `conflict/rev`
  /// where somebody was faster.
  func lockForChange(_ id: PersonID, rev: Int32?, _ categories: CategorySet, _ change: Change) async throws
    -> SealedPerson
  {
    guard let person = try await store.lock(id, categories, for: .update, in: change.transaction),
      !change.readable(person.header).isEmpty || !change.writable(person.header).isEmpty
    else { throw RegisterError.notFound }
    guard !change.writable(person.header).isEmpty else { throw RegisterError.deniedRole }
    if let rev, rev != person.header.rev { throw RegisterError.conflictRev }
    return person
  }

  /// Writes what every change of a person ends with: clear columns, history, the log's entry.
  func finish(_ change: Change, _ header: PersonHeader, _ changed: FieldSet, source: DataSource?) async throws {
    _ = try await change.transaction.run([
      Store.update(header),
      Store.history(
        header.id, by: change.context.principal.user, verb: change.context.verb, fields: changed, source: source),
    ])
    change.note(header.id, fields: changed)
  }
}
