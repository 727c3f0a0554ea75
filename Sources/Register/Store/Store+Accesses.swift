import Custody
import Model
import Postgres

/// How often, when and for what somebody looked at persons' data, or changed it.
struct AccessSum: Sendable {
  let count: Int64
  let first: Instant
  let last: Instant
  let purposes: PurposeSet

  /// The columns of it over `access_entry`.
  static let columns: SQL = "count(*), min(at), max(at), bit_or(1 << purpose)"

  init(_ row: Row, from column: Int) throws {
    count = try row.int64(column)
    first = try row.instant(column + 1)
    last = try row.instant(column + 2)
    // Bit 0 stands for no purpose.
    purposes = PurposeSet(rawValue: UInt32(bitPattern: try row.int32(column + 3)) & ~1)
  }
}

/// An employee who had access to a person's data, acting in one role.
struct PersonViewer: Sendable {
  let user: UserID?
  let role: JobRole?
  let sum: AccessSum
  let verbs: [String]
}

/// A person whose data an employee had access to.
struct ViewedPerson: Sendable {
  let person: PersonID
  let sum: AccessSum
}

/// Which entries are accesses to a person's data: those that ended well, under break-glass too. What was refused or
/// failed showed and changed nothing, and questions to the log (`log.…`) show entries, not the person's data.
enum DataAccess {
  static let conditions: SQL =
    " AND outcome IN (\(raw: "\(Outcome.ok.rawValue), \(Outcome.breakGlass.rawValue)")) AND verb NOT LIKE 'log.%'"
}

extension Store {
  /// A person and those who were merged into them: whose accesses are accesses to this person's data.
  ///
  /// A merge leaves two entries of one request, next to each other: who stays, then who goes. The request id is at
  /// bytes 38 to 53 of an entry (`Entry.encode`).
  func withMerged(_ person: PersonID, deadline: Tick) async throws -> [PersonID] {
    let (rows, _) = try await logged(
      """
      WITH RECURSIVE one(id) AS (
        SELECT \(person)::uuid
        UNION
        SELECT goes.person FROM one
        JOIN access_entry stays ON stays.person = one.id AND stays.verb = 'person.merge'\(Self.ended("stays"))
        JOIN access_entry goes ON goes.index = stays.index + 1 AND goes.verb = 'person.merge'\(Self.ended("goes"))
          AND goes.person IS NOT NULL
          AND substring(goes.entry FROM 38 FOR 16) = substring(stays.entry FROM 38 FOR 16)
      ) SELECT id FROM one LIMIT 1000
      """, deadline: deadline)
    return try rows.map { try $0.id(0) }
  }

  private static func ended(_ name: String) -> SQL {
    " AND \(raw: name).outcome IN (\(raw: "\(Outcome.ok.rawValue), \(Outcome.breakGlass.rawValue)"))"
  }

  /// Who had access to the data of some persons, by employee and role, whoever had most first. Only entries below an
  /// index and within the filter's time count.
  func viewers(
    of persons: [PersonID], _ times: LogTimes, before: Int64, deadline: Tick
  ) async throws -> (viewers: [PersonViewer], epoch: Int64) {
    let (rows, epoch) = try await logged(
      """
      SELECT employee, role, \(AccessSum.columns), array_agg(DISTINCT verb) FROM access_entry
      WHERE person = ANY(\(persons)) AND index < \(before)\(DataAccess.conditions)\(times.conditions)
      GROUP BY employee, role ORDER BY 3 DESC, 1, 2 LIMIT \(Int64(Limits.logRowsMax))
      """, deadline: deadline)
    let viewers = try rows.map {
      PersonViewer(
        user: try $0.get(0, as: UserID?.self), role: JobRole(rawValue: UInt8(clamping: try $0.int16(1))),
        sum: try AccessSum($0, from: 2), verbs: try $0.get(6, as: [String].self))
    }
    return (viewers, epoch)
  }

  /// Whose data an employee had access to, in the order of the persons' ids, which pages go by.
  func viewed(
    by user: UserID, _ times: LogTimes, after: PersonID?, before: Int64, limit: Int, deadline: Tick
  ) async throws -> (persons: [ViewedPerson], epoch: Int64) {
    let page: SQL = if let after { " AND person > \(after)" } else { "" }
    // The employee's entries first: with the order beside, the planner walks everybody's by the index of persons.
    let (rows, epoch) = try await logged(
      """
      SELECT person, \(AccessSum.columns) FROM (
        SELECT * FROM access_entry
        WHERE employee = \(user) AND person IS NOT NULL AND index < \(before)\(page)\(DataAccess.conditions)\
      \(times.conditions) OFFSET 0) AS seen
      GROUP BY person ORDER BY person LIMIT \(Int64(limit))
      """, deadline: deadline)
    return (try rows.map { ViewedPerson(person: try $0.id(0), sum: try AccessSum($0, from: 1)) }, epoch)
  }

  /// The accesses to the data of some persons between two indexes, neither included, in the order of their indexes. The
  /// auditor reaches no person's data, so no entry of that role is one.
  func accesses(
    to persons: [PersonID], _ times: LogTimes, after: Int64, before: Int64, limit: Int, deadline: Tick
  ) async throws -> (entries: [LoggedEntry], epoch: Int64) {
    // Each person by the index of persons: all at once, entries would be walked through in the order of the log.
    let (rows, epoch) = try await logged(
      """
      SELECT found.index, found.entry FROM unnest(\(persons)) AS one(id), LATERAL (
        SELECT index, entry FROM access_entry
        WHERE person = one.id AND index > \(after) AND index < \(before)\(DataAccess.conditions)
          AND role <> \(raw: String(JobRole.auditor.rawValue))\(times.conditions)
        ORDER BY index LIMIT \(Int64(limit))
      ) AS found ORDER BY found.index LIMIT \(Int64(limit))
      """, deadline: deadline)
    return (try rows.map { try LoggedEntry(index: try $0.int64(0), bytes: try $0.bytes(1)) }, epoch)
  }

  /// Whether a person is in the register, or was and the log still tells of them.
  func isKnown(_ person: PersonID, deadline: Tick) async throws -> Bool {
    let (rows, _) = try await logged(
      """
      SELECT EXISTS (SELECT FROM person WHERE id = \(person))
        OR EXISTS (SELECT FROM access_entry WHERE person = \(person)\(DataAccess.conditions))
      """, deadline: deadline)
    return try rows.single().get(0, as: Bool.self)
  }
}
