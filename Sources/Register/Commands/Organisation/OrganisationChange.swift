import Custody
import Model
import Postgres
import Wire

/// Adds an organisation.
struct OrganisationAdd: RegisterCommand {
  static let spec = CommandSpec(
    verb: "organisation.add",
    summary: Text(en: "Add an organisation.", fi: "Lisää yritys tai yhteisö.", sv: "Lägg till en organisation."),
    parameters: OrganisationParameters.all,
    columns: [.init("id", personal: false), .init("rev", personal: false)],
    permission: .object(.organisation, .write), purpose: .optional, effect: .write, log: .one, approval: .never,
    timeLimitMilliseconds: Limits.commandMilliseconds)

  private let organisation: Organisation

  init(_ arguments: inout Arguments) throws(RegisterError) {
    _ = try arguments.required("name")
    var organisation = Organisation(id: .new(), name: "")
    try OrganisationParameters.apply(arguments, to: &organisation)
    self.organisation = organisation
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    try call.ensureManager(organisation.manager)
    return try await call.commitOrganisation(permit) { change in
      try await Self.existing(organisation.insert, change)
      change.note(rows: 1, subject: organisation.id.retyped())
      return (organisation, 1)
    }
  }

  /// Runs a statement that may meet another organisation with the same business id.
  static func existing(_ statement: SQL, _ change: Change) async throws {
    do {
      _ = try await change.transaction.query(statement)
    } catch  where error.isUniqueViolation {
      throw RegisterError.exists
    }
  }
}

/// Changes an organisation.
struct OrganisationEdit: RegisterCommand {
  static let spec = CommandSpec(
    verb: "organisation.edit",
    summary: Text(
      en: "Change an organisation; an empty value clears.", fi: "Muuta yrityksen tietoja; tyhjä arvo poistaa tiedon.",
      sv: "Ändra en organisation; ett tomt värde tar bort uppgiften."),
    parameters: [
      .init("id", .id, required: true, personal: false, Words.organisation),
      .init("rev", .int(1...Int(Int32.max)), required: true, personal: false, Words.rev),
    ] + OrganisationParameters.all,
    columns: [.init("id", personal: false), .init("rev", personal: false)],
    permission: .object(.organisation, .write), purpose: .optional, effect: .write, log: .one, approval: .never,
    timeLimitMilliseconds: Limits.commandMilliseconds)

  private let id: OrganisationID
  private let rev: Int32
  private let arguments: Arguments

  init(_ arguments: inout Arguments) throws(RegisterError) {
    id = try arguments.id("id")
    rev = try arguments.rev()
    // Checked now, so that a wrong value is told before anything else; applied to the row later.
    var trial = Organisation(id: id, name: "x")
    if arguments.text("source") == DataSource.other.name { trial.sourceNote = "x" }
    try OrganisationParameters.apply(arguments, to: &trial)
    self.arguments = arguments
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    try call.ensureManager(try arguments.optionalID("manager"))
    return try await call.commitOrganisation(permit) { change in
      guard var organisation = try await Store.lockOrganisation(id, in: change.transaction) else {
        throw RegisterError.notFound
      }
      guard organisation.rev == rev else { throw RegisterError.conflictRev }
      try OrganisationParameters.apply(arguments, to: &organisation)
      try await OrganisationAdd.existing(organisation.update, change)
      change.note(rows: 1, subject: id.retyped())
      return (organisation, rev + 1)
    }
  }
}

extension Call {
  /// Runs a write of one organisation, takes it into the directory, and answers with its id and revision.
  func commitOrganisation(
    _ permit: consuming Permit, _ body: (Change) async throws -> (Organisation, Int32)
  ) async throws -> Reply.Final {
    try await commitWithOrganisations(permit) { change in
      let (organisation, rev) = try await body(change)
      let row: JSONObject = ["id": .string(organisation.id.description), "rev": .int(Int64(rev))]
      return (Custody.Answer(rows: [row], object: ["rows": 1]), [organisation])
    }
  }
}
