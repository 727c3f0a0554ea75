import Custody
import Model
import Postgres
import Wire

/// Adds a person to the register.
struct PersonAdd: RegisterCommand {
  static let spec = CommandSpec(
    verb: "person.add",
    summary: Text(
      en: "Add a contact person or a private customer.", fi: "Lisää yhteyshenkilö tai henkilöasiakas.",
      sv: "Lägg till en kontaktperson eller privatkund."),
    parameters: [.init("kind", .word(PersonKind.allCases.map(\.name)), required: true, personal: false, Words.kind)]
      + PersonParameters.data + PersonParameters.relationship + PersonParameters.source,
    columns: [.init("id", personal: false), .init("rev", personal: false)],
    permission: .persons(CategorySet(.identity), .write), purpose: .required, effect: .write, log: .perPerson,
    approval: .never, timeLimitMilliseconds: Limits.commandMilliseconds)

  private let kind: PersonKind
  private let values: [(field: Field, value: String)]
  private let organisation: OrganisationID?
  private let manager: UserID?
  private let status: CustomerStatus
  private let language: Language
  private let origin: DatumEdit.Origin

  init(_ arguments: inout Arguments) throws(RegisterError) {
    kind = try arguments.requiredWord("kind") { PersonKind(name: $0) }
    origin = try PersonParameters.origin(arguments)
    var values: [(field: Field, value: String)] = []
    for (field, value) in try PersonParameters.values(arguments) { if let value { values.append((field, value)) } }
    try PersonParameters.ensureHeld(values.map(\.field), on: kind)
    guard values.contains(where: { $0.field == .firstName || $0.field == .lastName }) else {
      throw .invalid("last-name", Arguments.missing)
    }
    self.values = values
    organisation = try arguments.optionalID("organisation")
    if kind == .contact, organisation == nil { throw .invalid("organisation", Arguments.missing) }
    if kind == .private, organisation != nil {
      throw .invalid(
        "organisation",
        Text(
          en: "A private customer stands for no organisation.", fi: "Henkilöasiakas ei edusta yritystä.",
          sv: "En privatkund företräder ingen organisation."))
    }
    manager = try arguments.optionalID("manager")
    status = try arguments.word("status") { CustomerStatus(name: $0) } ?? .prospect
    language = try arguments.word("language") { Language(rawValue: $0) } ?? .finnish
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    try call.ensureManager(manager)
    return try await call.commit(permit) { change in
      // Who writes only to own customers adds them as their own.
      let manager = manager ?? (change.writesOnlyOwn ? change.context.principal.user : nil)
      let header = PersonHeader(
        id: .new(), kind: kind, status: status, language: language, manager: manager)
      var links: [SealedPerson.Affiliation] = []
      if let organisation {
        guard try await Store.lockOrganisation(organisation, in: change.transaction) != nil else {
          throw RegisterError.invalid("organisation", RegisterError.notFound.message)
        }
        links = [.init(organisation: organisation, entry: 1)]
      }
      let data = values.map { field, value in
        Datum(
          field: field, entry: PersonParameters.entry(field), value: value, source: origin.source,
          sourceNote: origin.note, at: origin.at)
      }
      let person = Change.NewPerson(header: header, data: data, affiliations: links)
      try await change.insert([person]) {
        [Store.history(ofNew: $0, by: change.context.principal.user, verb: change.context.verb)]
      }
      return .init(
        rows: [["id": .string(header.id.description), "rev": .int(Int64(header.rev))]], object: ["rows": 1])
    }
  }
}

extension Call {
  /// Refuses an account manager who is no employee, or none who may have customers.
  func ensureManager(_ manager: UserID?) throws(RegisterError) {
    guard let manager else { return }
    guard let employee = custody.currentRules.employees[manager], !employee.isDisabled else {
      throw .invalid(
        "manager",
        Text(
          en: "There is no such employee.", fi: "Tällaista työntekijää ei ole.", sv: "Det finns ingen sådan anställd."))
    }
  }
}
