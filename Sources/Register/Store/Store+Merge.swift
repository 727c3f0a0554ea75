import Custody
import Model
import Postgres

extension Store {
  /// Two persons whose rows this transaction locks, in the order of their ids whichever is named first, so that two
  /// merges at once wait for each other; with every category sealed.
  func lockPair(_ one: PersonID, _ other: PersonID, in transaction: Transaction) async throws -> (
    one: SealedPerson?, other: SealedPerson?
  ) {
    _ = try await transaction.query("SELECT FROM person WHERE id = ANY (\([one, other])) ORDER BY id FOR UPDATE")
    let found = try await PersonFetch.results(
      [one, other].map { PersonFetch.Request(person: $0, categories: .all) },
      { try await transaction.run($0).results }
    ).map(\.person)
    guard found.count == 2 else { throw RegisterError.internal }
    return (found[0], found[1])
  }

  /// Moves the clear columns and the history of a record that goes to the one that stays, in the order of time.
  static func join(_ goes: PersonID, to header: PersonHeader) -> [SQL] {
    let stays = header.id
    return [
      """
      UPDATE person p SET created_at = least(p.created_at, o.created_at),
        informed_how = CASE WHEN p.informed_at IS NULL OR o.informed_at < p.informed_at
          THEN o.informed_how ELSE p.informed_how END
      FROM person o WHERE p.id = \(stays) AND o.id = \(goes)
      """,
      update(header),
      """
      WITH gone AS (DELETE FROM person_history WHERE person IN (\(stays), \(goes))
        RETURNING id, at, employee, verb, fields, source)
      INSERT INTO person_history (person, at, employee, verb, fields, source)
      SELECT \(stays), at, employee, verb, fields, source FROM gone ORDER BY at, id
      """,
    ]
  }
}
