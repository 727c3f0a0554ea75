import Custody
import Model
import Postgres

/// Fetches many persons with some of their sealed categories in one round trip.
enum PersonFetch {
  struct Request: Sendable {
    let person: PersonID
    let categories: CategorySet
  }

  typealias Response = Result<(person: SealedPerson?, epoch: Int64), any Error>

  /// Answers a batch over the lane; a failure is everybody's.
  static func run(_ requests: [Request], _ lane: Lane) async -> [Response] {
    do {
      let found = try await results(requests) { try await lane.run($0, milliseconds: 3000).results }
      return found.map { .success($0) }
    } catch {
      return requests.map { _ in .failure(error) }
    }
  }

  /// The persons asked for, in order, each with the rules' epoch of the same moment.
  static func results(_ requests: [Request], _ run: ([SQL]) async throws -> [Rows]) async throws -> [(
    person: SealedPerson?, epoch: Int64
  )] {
    let ids = requests.map(\.person)
    let results = try await run(statements(ids, requests.map { Int32(bitPattern: $0.categories.rawValue) }))
    guard results.count == 3, let epochRow = results[0].first else { throw RegisterError.internal }
    let epoch = try epochRow.int64(0)
    var found = [SealedPerson?](repeating: nil, count: requests.count)
    for row in results[1] {
      let place = try row.int(0) - 1
      guard found.indices.contains(place) else { throw RegisterError.internal }
      if found[place] == nil { found[place] = SealedPerson(header: try header(row), parts: []) }
      if let part = try part(row) { found[place]?.parts.append(part) }
    }
    for row in results[2] {
      let place = try row.int(0) - 1
      guard found.indices.contains(place) else { throw RegisterError.internal }
      found[place]?.affiliations.append(
        .init(organisation: try row.id(1), entry: UInt16(bitPattern: try row.int16(2)), name: try row.string(3)))
    }
    return found.map { ($0, epoch) }
  }

  /// The clear columns of persons, in no order; those that are not there are left out.
  static func headers(_ ids: [PersonID], _ run: ([SQL]) async throws -> [Rows]) async throws -> [PersonHeader] {
    guard !ids.isEmpty else { return [] }
    let results = try await run([
      """
      SELECT 1::bigint, p.id, p.rev, p.kind, p.status, p.marks, p.language, p.manager, p.informed_at
      FROM unnest(\(ids)) AS k (id) JOIN person p ON p.id = k.id
      """
    ])
    return try results.first?.map { try header($0) } ?? []
  }

  /// Persons in the order of their ids, with identity and contact sealed.
  static func page(after: PersonID, limit: Int, _ run: ([SQL]) async throws -> [Rows]) async throws -> [SealedPerson] {
    let categories = [Int16(Category.identity.rawValue), Int16(Category.contact.rawValue)]
    let results = try await run([
      """
      SELECT 1::bigint, p.id, p.rev, p.kind, p.status, p.marks, p.language, p.manager, p.informed_at,
        q.category, q.slot, q.sealed
      FROM (SELECT * FROM person WHERE id > \(after) ORDER BY id LIMIT \(Int64(limit))) p
      LEFT JOIN person_part q ON q.person = p.id AND q.category = ANY (\(categories)) ORDER BY p.id
      """,
      """
      SELECT a.person, a.organisation, a.entry
      FROM (SELECT id FROM person WHERE id > \(after) ORDER BY id LIMIT \(Int64(limit))) p
      JOIN affiliation a ON a.person = p.id
      """,
    ])
    guard results.count == 2 else { throw RegisterError.internal }
    var links: [PersonID: [SealedPerson.Affiliation]] = [:]
    for row in results[1] {
      links[try row.id(0), default: []].append(
        .init(organisation: try row.id(1), entry: UInt16(bitPattern: try row.int16(2))))
    }
    var persons: [SealedPerson] = []
    for row in results[0] {
      let id: PersonID = try row.id(1)
      if persons.last?.header.id != id {
        persons.append(SealedPerson(header: try header(row), parts: [], affiliations: links[id] ?? []))
      }
      if let part = try part(row) { persons[persons.count - 1].parts.append(part) }
    }
    return persons
  }

  private static func statements(_ ids: [PersonID], _ categories: [Int32]) -> [SQL] {
    [
      "SELECT max(epoch) FROM access_epoch",
      """
      SELECT k.n, p.id, p.rev, p.kind, p.status, p.marks, p.language, p.manager, p.informed_at, q.category, q.slot, q.sealed
      FROM unnest(\(ids), \(categories)) WITH ORDINALITY AS k (id, categories, n)
      JOIN person p ON p.id = k.id
      LEFT JOIN person_part q ON q.person = p.id AND (k.categories >> q.category) & 1 = 1
      """,
      """
      SELECT k.n, a.organisation, a.entry, o.name
      FROM unnest(\(ids)) WITH ORDINALITY AS k (id, n) JOIN affiliation a ON a.person = k.id
      JOIN organisation o ON o.id = a.organisation ORDER BY k.n, a.entry
      """,
    ]
  }

  private static func header(_ row: Row) throws -> PersonHeader {
    guard let kind = PersonKind(rawValue: UInt8(clamping: try row.int16(3))),
      let status = CustomerStatus(rawValue: UInt8(clamping: try row.int16(4))),
      let language = Language(code: try row.int16(6))
    else { throw RegisterError.internal }
    return PersonHeader(
      id: try row.id(1), rev: try row.int32(2), kind: kind, status: status,
      marks: Marks(rawValue: UInt16(bitPattern: try row.int16(5))), language: language,
      manager: try row.get(7, as: UserID?.self), informedAt: try row.get(8, as: Instant?.self))
  }

  private static func part(_ row: Row) throws -> SealedPart? {
    guard !row.isNull(9) else { return nil }
    guard let category = Category(rawValue: UInt8(clamping: try row.int16(9))) else { throw RegisterError.internal }
    return SealedPart(category: category, slot: try row.int64(10), bytes: try row.bytes(11))
  }
}
