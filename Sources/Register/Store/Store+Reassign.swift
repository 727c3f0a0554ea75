import Custody
import Model
import Postgres

extension Store {
  /// How many persons and organisations an employee manages, with the rules' epoch of the same moment.
  func managed(by user: UserID, deadline: Tick) async throws -> (persons: Int, organisations: Int, epoch: Int64) {
    let rows = try await pool.query(
      """
      SELECT (SELECT count(*) FROM person WHERE manager = \(user)),
        (SELECT count(*) FROM organisation WHERE manager = \(user)), (SELECT max(epoch) FROM access_epoch)
      """, deadline: deadline)
    guard let row = rows.first else { throw RegisterError.internal }
    return (try row.int(0), try row.int(1), try row.int64(2))
  }

  /// The persons whom an employee manages, in the order of their ids, which is the order in which they are locked.
  static func lockManaged(by user: UserID, limit: Int, in transaction: Transaction) async throws -> [PersonID] {
    try await transaction.query(
      "SELECT id FROM person WHERE manager = \(user) ORDER BY id LIMIT \(Int64(limit)) FOR NO KEY UPDATE"
    ).map { try $0.id(0) }
  }

  /// Gives persons, whose rows are locked, another manager; returns them with their new revisions.
  static func reassign(
    _ persons: [PersonID], to manager: UserID, by user: UserID, verb: String, in transaction: Transaction
  ) async throws -> [(id: PersonID, rev: Int32)] {
    let results = try await transaction.run([
      """
      UPDATE person SET manager = \(manager), rev = rev + 1, changed_at = now() WHERE id = ANY (\(persons))
      RETURNING id, rev
      """,
      """
      INSERT INTO person_history (person, employee, verb, fields)
      SELECT p, \(user), \(verb), 0 FROM unnest(\(persons)) AS n (p)
      """,
    ]).results
    guard let rows = results.first, rows.count == persons.count else { throw RegisterError.internal }
    return try rows.map { (try $0.id(0), try $0.int32(1)) }
  }

  /// Gives the organisations of an employee to another, and returns them as they are now.
  static func reassignOrganisations(
    of user: UserID, to manager: UserID, limit: Int, in transaction: Transaction
  ) async throws -> [Organisation] {
    try await transaction.query(
      """
      UPDATE organisation SET manager = \(manager), rev = rev + 1, changed_at = now()
      WHERE id IN (SELECT id FROM organisation WHERE manager = \(user) ORDER BY id LIMIT \(Int64(limit))
        FOR NO KEY UPDATE)
      RETURNING \(Organisation.columns)
      """
    ).map { try Organisation($0) }
  }
}
