import Model
public import Postgres

extension Change {
  /// A person to store.
  public struct NewPerson: Sendable {
    /// The clear columns.
    public var header: PersonHeader
    /// The data, of any categories.
    public var data: [Datum]
    /// The organisations.
    public var affiliations: [SealedPerson.Affiliation]

    /// A person to store.
    public init(header: PersonHeader, data: [Datum], affiliations: [SealedPerson.Affiliation] = []) {
      self.header = header
      self.data = data
      self.affiliations = affiliations
    }

    fileprivate var fields: FieldSet { FieldSet(data.map(\.field)) }
  }

  /// Persons that are sealed while PostgreSQL stores as many before them.
  private static let insertedAtOnce = 1000

  /// Seals and stores new persons in their order, one entry each.
  ///
  /// - Parameters:
  ///   - others: What else is stored with some of them.
  ///   - progress: Told how many are sealed.
  /// - Throws: `denied/role` where a field may not be written on such a person.
  public func insert(
    _ persons: [NewPerson], with others: (ArraySlice<NewPerson>) -> [SQL] = { _ in [] },
    progress: (Int) async throws -> Void = { _ in }
  ) async throws {
    for person in persons where !writable(person.header).isSuperset(of: person.fields) {
      throw RegisterError.deniedRole
    }
    var numbers = try await reserve(persons.reduce(0) { $0 + $1.fields.categories.rawValue.nonzeroBitCount })[...]
    var rest = persons[...]
    var ready: [SQL] = []
    let transaction = transaction
    while !rest.isEmpty {
      let part = rest.prefix(Self.insertedAtOnce)
      rest = rest.dropFirst(part.count)
      let before = ready
      async let stored: Void = Self.store(before, transaction)
      let sealed = try await seal(part, &numbers)
      try await stored
      ready = sealed + others(part)
      try await progress(part.endIndex)
    }
    try await Self.store(ready, transaction)
  }

  private static func store(_ statements: [SQL], _ transaction: Transaction) async throws {
    if !statements.isEmpty { _ = try await transaction.run(statements) }
  }

  /// Seals persons under new keys; gives the statements that store them.
  private func seal(_ persons: ArraySlice<NewPerson>, _ numbers: inout ArraySlice<Int64>) async throws -> [SQL] {
    var wanted: [(id: PersonID, category: Category, data: [Datum])] = []
    for person in persons {
      for category in Category.allCases {
        let data = person.data.filter { $0.field.category == category }
        if !data.isEmpty { wanted.append((person.header.id, category, data)) }
      }
    }
    let keys = try await allocate(wanted.map { ($0.id, $0.category) }, reserved: Array(numbers.prefix(wanted.count)))
    numbers = numbers.dropFirst(wanted.count)
    var rows = PartRows()
    for (want, key) in zip(wanted, keys) {
      rows.append(want.id, try vault.seal(want.data, of: want.id, want.category, slot: key.slot, under: key.key))
    }
    for person in persons {
      note(person.header.id, fields: person.fields)
      directory.append(
        DirectoryRecord(
          header: person.header, organisations: person.affiliations.map(\.organisation), data: person.data))
    }
    return [PersonRows.insert(persons.map(\.header)), rows.insert] + affiliations(of: persons)
  }

  private func affiliations(of persons: ArraySlice<NewPerson>) -> [SQL] {
    let links = persons.flatMap { person in person.affiliations.map { (person.header.id, $0) } }
    guard !links.isEmpty else { return [] }
    return [
      """
      INSERT INTO affiliation (person, organisation, entry)
      SELECT * FROM unnest(\(links.map(\.0)), \(links.map(\.1.organisation)), \(links.map { Int16(bitPattern: $0.1.entry) }))
      """
    ]
  }
}
