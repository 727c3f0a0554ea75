public import Model

/// What the directory keeps of a person in memory, to find them by.
public struct DirectoryRecord: Sendable {
  /// The clear columns.
  public let header: PersonHeader
  /// The organisations they stand for.
  public let organisations: [OrganisationID]
  /// First and last names, one datum each.
  public let names: [String]
  /// First names and last names, joined by a space, as an import compares them.
  public let fullName: String
  /// The business id of a sole trader.
  public let businessID: String?
  /// Street, postcode and town, where there is neither e-mail nor phone; for comparing in an import.
  public let address: [String]
  /// E-mail addresses.
  public let emails: [String]
  /// Phone numbers.
  public let phones: [String]

  init(header: PersonHeader, organisations: [OrganisationID], data: [Datum]) {
    self.header = header
    self.organisations = organisations
    // First name before last, however they are stored.
    let first = data.filter { $0.field == .firstName }.map(\.value)
    let last = data.filter { $0.field == .lastName }.map(\.value)
    names = first + last
    fullName = (first.first ?? "") + " " + (last.first ?? "")
    businessID = data.first { $0.field == .businessID }?.value
    let reachable = data.contains { $0.field == .email || $0.field == .phone }
    let lines: [Field] = reachable ? [] : [.street, .postcode, .town]
    address = lines.compactMap { line in data.first { $0.field == line }?.value }
    emails = data.filter { $0.field == .email }.map(\.value)
    phones = data.filter { $0.field == .phone }.map(\.value)
  }

  /// The fields it is made of.
  static let fields = FieldSet([.firstName, .lastName, .businessID, .email, .phone, .street, .postcode, .town])
}

/// Leave for the directory to open what it searches in; itself an entry in the log.
public struct DirectoryReceipt: ~Copyable, Sendable {
  init() {}
}

extension Vault {
  /// What the directory keeps of a person.
  public func directoryRecord(_ person: SealedPerson, _ receipt: borrowing DirectoryReceipt) throws -> DirectoryRecord {
    try record(person)
  }

  /// What is made of what the directory keeps of persons, on two processors; persons whose data is lost are left out.
  public func directoryRecords<Made: Sendable>(
    _ persons: [SealedPerson], _ receipt: borrowing DirectoryReceipt,
    _ make: @escaping @Sendable (DirectoryRecord) -> Made
  ) -> Task<[Made], Never> {
    Task {
      let half = persons.count / 2
      async let first = records(persons[..<half], make)
      async let second = records(persons[half...], make)
      return await first + second
    }
  }

  private func records<Made: Sendable>(
    _ persons: ArraySlice<SealedPerson>, _ make: @Sendable (DirectoryRecord) -> Made
  ) async -> [Made] {
    persons.compactMap { person in (try? record(person)).map(make) }
  }

  private func record(_ person: SealedPerson) throws -> DirectoryRecord {
    var data: [Datum] = []
    for part in person.parts where part.category == .identity || part.category == .contact {
      data += try open(part, of: person.header.id, only: DirectoryRecord.fields)
    }
    return DirectoryRecord(
      header: person.header, organisations: person.affiliations.map(\.organisation), data: data)
  }
}
