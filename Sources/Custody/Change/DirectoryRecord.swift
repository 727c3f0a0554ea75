public import Model

/// What the directory keeps of a person in memory, to find them by.
public struct DirectoryRecord: Sendable {
  /// The clear columns.
  public let header: PersonHeader
  /// The organisations they stand for.
  public let organisations: [OrganisationID]
  /// First and last names, one datum each.
  public let names: [String]
  /// E-mail addresses.
  public let emails: [String]
  /// Phone numbers.
  public let phones: [String]

  init(header: PersonHeader, organisations: [OrganisationID], data: [Datum]) {
    self.header = header
    self.organisations = organisations
    // First name before last, however they are stored.
    names = data.filter { $0.field == .firstName }.map(\.value) + data.filter { $0.field == .lastName }.map(\.value)
    emails = data.filter { $0.field == .email }.map(\.value)
    phones = data.filter { $0.field == .phone }.map(\.value)
  }

  /// The fields it is made of.
  static let fields = FieldSet([.firstName, .lastName, .email, .phone])
}

/// Leave for the directory to open what it searches in; itself an entry in the log.
public struct DirectoryReceipt: ~Copyable, Sendable {
  init() {}
}

extension Vault {
  /// What the directory keeps of a person.
  public func directoryRecord(_ person: SealedPerson, _ receipt: borrowing DirectoryReceipt) throws -> DirectoryRecord {
    var data: [Datum] = []
    for part in person.parts where part.category == .identity || part.category == .contact {
      data += try open(part, of: person.header.id, only: DirectoryRecord.fields)
    }
    return DirectoryRecord(
      header: person.header, organisations: person.affiliations.map(\.organisation), data: data)
  }
}
