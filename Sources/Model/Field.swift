/// A kind of datum held on a person. The declaration names each; what is not here cannot be stored.
///
/// Raw values are stored sealed and in log entries, and never change their meaning.
public enum Field: UInt8, CaseIterable, Sendable {
  case firstName = 1
  case lastName = 2
  case businessID = 3
  case phone = 4
  case email = 5
  case street = 6
  case postcode = 7
  case town = 8
  case country = 9
  case gender = 10
  case title = 11
  case position = 12
  case note = 13

  /// The word on the wire, in parameters and in rows.
  public var name: String {
    switch self {
    case .firstName: "first-name"
    case .lastName: "last-name"
    case .businessID: "business-id"
    case .phone: "phone"
    case .email: "email"
    case .street: "street"
    case .postcode: "postcode"
    case .town: "town"
    case .country: "country"
    case .gender: "gender"
    case .title: "title"
    case .position: "position"
    case .note: "note"
    }
  }

  /// The category whose key seals it.
  public var category: Category {
    switch self {
    case .firstName, .lastName, .businessID: .identity
    case .phone, .email, .street, .postcode, .town, .country: .contact
    case .gender: .demographic
    case .title, .position: .professional
    case .note: .other
    }
  }

  /// Whether it may be held on persons of this kind (the notice names gender, title and position for contact persons only).
  public func isHeld(on kind: PersonKind) -> Bool {
    switch self {
    case .gender, .title, .position: kind == .contact
    case .businessID: kind == .private
    default: true
    }
  }

  /// The field of a word on the wire.
  public init?(name: some StringProtocol) {
    guard let found = Field.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }
}

/// A set of fields in one word.
@frozen
public struct FieldSet: OptionSet, Hashable, Sendable {
  /// A bit a field, the bit of its raw value.
  public let rawValue: UInt64

  /// A set from its bits.
  @inlinable
  public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// The set of one field.
  public init(_ field: Field) { rawValue = 1 << UInt64(field.rawValue) }

  /// The set of some fields.
  public init(_ fields: some Sequence<Field>) { rawValue = fields.reduce(0) { $0 | 1 << UInt64($1.rawValue) } }

  /// Every field of some categories.
  public init(in categories: CategorySet) { self.init(Field.allCases.filter { categories.contains($0.category) }) }

  /// The fields that are held on persons of a kind.
  public init(heldOn kind: PersonKind) { self = kind == .contact ? Self.heldOnContacts : Self.heldOnPrivate }

  private static let heldOnContacts = FieldSet(Field.allCases.filter { $0.isHeld(on: .contact) })
  private static let heldOnPrivate = FieldSet(Field.allCases.filter { $0.isHeld(on: .private) })

  /// Every field.
  public static let all = FieldSet(Field.allCases)

  /// Whether the field is in the set.
  public func contains(_ field: Field) -> Bool { rawValue & (1 << UInt64(field.rawValue)) != 0 }

  /// The fields, in the order of their raw values.
  public var members: [Field] { Field.allCases.filter(contains) }

  /// The categories that the fields belong to.
  public var categories: CategorySet {
    Self.byCategory.reduce(into: []) { if !isDisjoint(with: $1.fields) { $0.formUnion($1.category) } }
  }

  private static let byCategory = Category.allCases.map {
    (category: CategorySet($0), fields: FieldSet(in: CategorySet($0)))
  }
}
