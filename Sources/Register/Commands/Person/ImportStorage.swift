import Custody
import Model
import Postgres

/// Stores the rows of an import within a writing command.
enum ImportStorage {
  /// Organisations in one batch.
  private static let chunk = 1000

  /// Waits until no other import is under way, and knows then whom it stored: two of the same file at once would both
  /// find nobody in the register.
  static func takeTurn(_ change: Change, _ call: Call) async throws {
    _ = try await change.transaction.query("SELECT pg_advisory_xact_lock(7625005)")
    try await call.directory.refresh(store: call.store, custody: call.custody, waits: true)
  }

  /// Stores rows, with the organisations that are new; returns those.
  static func store(_ rows: [ImportRow], _ change: Change, _ call: Call) async throws -> [Organisation] {
    let (ids, added) = try await organisations(rows, call.directory) { try await change.transaction.run($0).results }
    for start in stride(from: 0, to: added.count, by: chunk) {
      _ = try await change.transaction.run(added[start..<min(start + chunk, added.count)].map(\.insert))
    }
    let persons = rows.map { person($0, ids, change) }
    try await change.insert(
      persons,
      with: { [Store.history(ofNew: $0, by: change.context.principal.user, verb: change.context.verb)] },
      progress: { try await call.port.progress(done: $0, total: rows.count) })
    return added
  }

  /// The organisations that rows name: those of the register, and as what the others would be added.
  static func organisations(
    _ rows: [ImportRow], _ directory: Directory, _ run: ([SQL]) async throws -> [Rows]
  ) async throws -> (ids: [String: OrganisationID], added: [Organisation]) {
    var wanted: [String: ImportOrganisation] = [:]
    for row in rows { if let organisation = row.organisation { wanted[organisation.matchKey] = organisation } }
    let known = try await Store.organisations(
      businessIDs: wanted.values.compactMap { $0.businessID?.description },
      ids: directory.organisations(keys: Set(wanted.keys)), run)
    var ids: [String: OrganisationID] = [:]
    for organisation in known { ids[organisation.matchKey] = organisation.id }
    var added: [Organisation] = []
    for (key, organisation) in wanted.sorted(by: { $0.key < $1.key }) where ids[key] == nil {
      var row = Organisation(id: .new(), name: organisation.name.description)
      row.businessID = organisation.businessID?.description
      ids[key] = row.id
      added.append(row)
    }
    return (ids, added)
  }

  /// A row as a person to store.
  static func person(_ row: ImportRow, _ organisations: [String: OrganisationID], _ change: Change) -> Change.NewPerson
  {
    let header = PersonHeader(
      id: .new(), kind: row.kind, status: row.status, language: row.language,
      manager: change.writesOnlyOwn ? change.context.principal.user : nil)
    let link = row.organisation.flatMap { organisations[$0.matchKey] }
    return Change.NewPerson(
      header: header, data: data(row), affiliations: link.map { [.init(organisation: $0, entry: 1)] } ?? [])
  }

  /// The data of a row, each with its source.
  static func data(_ row: ImportRow) -> [Datum] {
    var data: [Datum] = []
    let today = Day.today()
    func add(_ field: Field, _ value: String?, _ entry: UInt16) {
      guard let value, !value.isEmpty else { return }
      data.append(
        Datum(
          field: field, entry: entry, value: value, source: row.source, sourceNote: row.sourceNote?.description ?? "",
          at: today))
    }
    add(.firstName, row.firstName?.description, 1)
    add(.lastName, row.lastName?.description, 1)
    add(.businessID, row.businessID?.description, 1)
    add(.gender, row.gender?.name, 1)
    add(.title, row.title?.description, 1)
    add(.position, row.position?.description, 1)
    add(.note, row.note?.description, 1)
    var entry: UInt16 = 1
    for phone in row.phones {
      add(.phone, phone.description, entry)
      entry += 1
    }
    for email in row.emails {
      add(.email, email.description, entry)
      entry += 1
    }
    add(.street, row.address?.street?.description, entry)
    add(.postcode, row.address?.postcode?.description, entry)
    add(.town, row.address?.town?.description, entry)
    add(.country, row.address?.country.description, entry)
    return data
  }
}
