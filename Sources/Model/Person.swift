/// What a person is to the company.
public enum PersonKind: UInt8, CaseIterable, Sendable {
  /// Stands for one or more organisations.
  case contact = 1
  /// Is, or may become, a customer in their own name.
  case `private` = 2

  /// The word on the wire.
  public var name: String { self == .contact ? "contact" : "private" }

  /// The kind of a word on the wire.
  public init?(name: some StringProtocol) {
    guard let found = PersonKind.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }
}

/// Where a customer relationship stands.
public enum CustomerStatus: UInt8, CaseIterable, Sendable {
  case prospect = 1
  case customer = 2
  case former = 3

  /// The word on the wire.
  public var name: String {
    switch self {
    case .prospect: "prospect"
    case .customer: "customer"
    case .former: "former"
    }
  }

  /// The status of a word on the wire.
  public init?(name: some StringProtocol) {
    guard let found = CustomerStatus.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }
}

/// Where a datum came from (Art. 14(2)(f), 15(1)(g)).
public enum DataSource: UInt8, CaseIterable, Sendable {
  case subject = 1
  case organisation = 2
  case contactPerson = 3
  case stakeholder = 4
  case serviceProvider = 5
  case publicRegister = 6
  /// Another source; a word on which goes with it.
  case other = 7

  /// The word on the wire.
  public var name: String {
    switch self {
    case .subject: "subject"
    case .organisation: "organisation"
    case .contactPerson: "contact-person"
    case .stakeholder: "stakeholder"
    case .serviceProvider: "service-provider"
    case .publicRegister: "public-register"
    case .other: "other"
    }
  }

  /// The source of a word on the wire.
  public init?(name: some StringProtocol) {
    guard let found = DataSource.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }
}

/// Marks on a person that govern what may be done with their data.
@frozen
public struct Marks: OptionSet, Hashable, Sendable {
  /// The stored bits.
  public let rawValue: UInt16

  /// Marks from their bits.
  @inlinable
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// The person has died.
  public static let deceased = Marks(rawValue: 1)
  /// The person asked not to be contacted.
  public static let doNotContact = Marks(rawValue: 2)
  /// Turvakielto: address and phone are shown only to a role with that grant.
  public static let protected = Marks(rawValue: 4)
  /// Art. 18: stored, not otherwise used.
  public static let restricted = Marks(rawValue: 8)

  /// Every mark with its word on the wire.
  public static let named: [(mark: Marks, name: String)] = [
    (.deceased, "deceased"), (.doNotContact, "do-not-contact"), (.protected, "protected"), (.restricted, "restricted"),
  ]

  /// The words of the marks that are set.
  public var names: [String] { Marks.named.filter { contains($0.mark) }.map(\.name) }
}
