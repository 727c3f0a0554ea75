import Model

/// Names what the directory finds: a person or an organisation.
enum DirectoryID: Hashable, Sendable {
  case person(PersonID)
  case organisation(OrganisationID)

  /// Whether it names an organisation.
  var isOrganisation: Bool {
    if case .organisation = self { true } else { false }
  }

  /// The id's halves, whatever it names.
  var halves: (high: UInt64, low: UInt64) {
    switch self {
    case .person(let id): (id.high, id.low)
    case .organisation(let id): (id.high, id.low)
    }
  }
}

/// What the directory is told of one person or organisation.
struct DirectoryEntry: Sendable {
  /// Whom or what it is about.
  var id: DirectoryID
  /// What the person is to the company; nil for organisations.
  var kind: PersonKind?
  /// Where the customer relationship stands.
  var status: CustomerStatus?
  /// Whose customer it is.
  var manager: UserID?
  /// Marks on the person.
  var marks: Marks
  /// The organisations that a contact person belongs to; they may be entered later.
  var organisations: [OrganisationID]
  /// The names, in the order by which results are sorted.
  var names: [String]
  /// E-mail addresses.
  var emails: [String]
  /// Phones, in any notation.
  var phones: [String]

  /// A person.
  static func person(
    _ id: PersonID, _ kind: PersonKind, names: [String], emails: [String] = [], phones: [String] = [],
    organisations: [OrganisationID] = [], status: CustomerStatus? = nil, manager: UserID? = nil, marks: Marks = []
  ) -> DirectoryEntry {
    DirectoryEntry(
      id: .person(id), kind: kind, status: status, manager: manager, marks: marks, organisations: organisations,
      names: names, emails: emails, phones: phones)
  }

  /// An organisation.
  static func organisation(
    _ id: OrganisationID, names: [String], emails: [String] = [], phones: [String] = [],
    status: CustomerStatus? = nil, manager: UserID? = nil
  ) -> DirectoryEntry {
    DirectoryEntry(
      id: .organisation(id), kind: nil, status: status, manager: manager, marks: [], organisations: [], names: names,
      emails: emails, phones: phones)
  }
}

/// The fields in which a search may match.
struct SearchFields: OptionSet, Hashable, Sendable {
  let rawValue: UInt8

  /// A person's names.
  static let name = SearchFields(rawValue: 1)
  /// E-mail addresses.
  static let email = SearchFields(rawValue: 2)
  /// Phones.
  static let phone = SearchFields(rawValue: 4)
  /// Names of organisations, for themselves and for their contact persons.
  static let organisation = SearchFields(rawValue: 8)
  /// Every field.
  static let all: SearchFields = [.name, .email, .phone, .organisation]
}

/// What a filter may know of somebody before a search shows that there is a match.
struct DirectoryCandidate: Sendable {
  /// Whom or what it is about.
  var id: DirectoryID
  /// What the person is to the company; nil for organisations.
  var kind: PersonKind?
  /// Where the customer relationship stands.
  var status: CustomerStatus?
  /// Whose customer it is.
  var manager: UserID?
  /// Marks on the person.
  var marks: Marks
}

/// One find of a search.
struct DirectoryHit: Hashable, Sendable {
  /// Whom or what was found.
  var id: DirectoryID
  /// How well it matches, lower is better; comparable within one search.
  var rank: Int

  /// Whether an organisation was found.
  var isOrganisation: Bool { id.isOrganisation }
}
