import Custody
import Model
import Postgres

extension Store {
  /// The ids of a page of persons, in the order of their ids.
  func personPage(
    after: PersonID?, organisation: OrganisationID?, manager: UserID?, withRestricted: Bool, limit: Int
  ) async throws -> [PersonID] {
    var sql: SQL = "SELECT p.id FROM person p"
    if let organisation {
      sql += " JOIN affiliation a ON a.person = p.id AND a.organisation = \(organisation)"
    }
    sql += " WHERE true"
    if let after { sql += " AND p.id > \(after)" }
    if let manager { sql += " AND p.manager = \(manager)" }
    if !withRestricted { sql += " AND p.marks & \(Int16(Marks.restricted.rawValue)) = 0" }
    sql += " ORDER BY p.id LIMIT \(Int64(limit))"
    return try await pool.query(sql, deadline: Tick.now().adding(milliseconds: Limits.queryMilliseconds)).map {
      try $0.id(0)
    }
  }

  /// Writes the clear columns of a person as they are now; raises the revision.
  static func update(_ header: PersonHeader) -> SQL {
    """
    UPDATE person SET rev = rev + 1, status = \(Int16(header.status.rawValue)),
      marks = \(Int16(bitPattern: header.marks.rawValue)), language = \(header.language.code),
      manager = \(header.manager), informed_at = \(header.informedAt), changed_at = now()
    WHERE id = \(header.id)
    """
  }

  /// Notes which fields of a person changed; never a value.
  static func history(_ person: PersonID, by user: UserID, verb: String, fields: FieldSet, source: DataSource?) -> SQL {
    """
    INSERT INTO person_history (person, employee, verb, fields, source)
    VALUES (\(person), \(user), \(verb), \(Int64(bitPattern: fields.rawValue)), \(source.map { Int16($0.rawValue) }))
    """
  }

  /// The history of many new persons at once.
  static func history(ofNew persons: ArraySlice<Change.NewPerson>, by user: UserID, verb: String) -> SQL {
    let fields = persons.map { Int64(bitPattern: FieldSet($0.data.map(\.field)).rawValue) }
    let sources = persons.map { $0.data.first.map { Int16($0.source.rawValue) } }
    return """
      INSERT INTO person_history (person, employee, verb, fields, source)
      SELECT p, \(user), \(verb), f, s FROM unnest(\(persons.map(\.header.id)), \(fields), \(sources)) AS n (p, f, s)
      """
  }

  /// A person's history, the oldest first.
  func personHistory(_ person: PersonID, after: Int64, limit: Int) async throws -> Rows {
    try await pool.query(
      """
      SELECT id, at, employee, verb, fields, source FROM person_history
      WHERE person = \(person) AND id > \(after) ORDER BY id LIMIT \(Int64(limit))
      """, deadline: Tick.now().adding(milliseconds: Limits.queryMilliseconds))
  }

  /// Announces to every server's directory who and what changed; seen at commit. Returns the announcements' numbers.
  static func announce(persons: [PersonID], organisations: [OrganisationID], in transaction: Transaction) async throws
    -> [Int64]
  {
    let subjects: [ID<Named.Request>] = persons.map { $0.retyped() } + organisations.map { $0.retyped() }
    guard !subjects.isEmpty else { return [] }
    let kinds =
      persons.map { _ in DirectoryChangeKind.person.rawValue }
      + organisations.map { _ in DirectoryChangeKind.organisation.rawValue }
    return try await transaction.query(
      """
      INSERT INTO directory_change (kind, subject) SELECT * FROM unnest(\(kinds), \(subjects)) RETURNING id
      """
    ).map { try $0.int64(0) }
  }
}

/// What a directory change is about.
enum DirectoryChangeKind: Int16 {
  case person = 1
  case organisation = 2
}
