/// A group of fields that is sealed under one key and granted together (REGISTER.md section 2).
///
/// Raw values are stored and never change their meaning.
public enum Category: UInt8, CaseIterable, Sendable {
  case identity = 1
  case contact = 2
  case demographic = 3
  case professional = 4
  case commercial = 5
  case interactions = 6
  case lists = 7
  case feedback = 8
  case research = 9
  case other = 10

  /// The word on the wire.
  public var name: String {
    switch self {
    case .identity: "identity"
    case .contact: "contact"
    case .demographic: "demographic"
    case .professional: "professional"
    case .commercial: "commercial"
    case .interactions: "interactions"
    case .lists: "lists"
    case .feedback: "feedback"
    case .research: "research"
    case .other: "other"
    }
  }

  /// The category of a word on the wire.
  public init?(name: some StringProtocol) {
    guard let found = Category.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }
}

/// A set of categories in one word.
@frozen
public struct CategorySet: OptionSet, Hashable, Sendable {
  /// A bit a category, the bit of its raw value.
  public let rawValue: UInt32

  /// A set from its bits.
  @inlinable
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The set of one category.
  public init(_ category: Category) { rawValue = 1 << UInt32(category.rawValue) }

  /// Every category.
  public static let all = CategorySet(Category.allCases)

  /// The set of some categories.
  public init(_ categories: some Sequence<Category>) {
    rawValue = categories.reduce(0) { $0 | 1 << UInt32($1.rawValue) }
  }

  /// Whether the category is in the set.
  public func contains(_ category: Category) -> Bool { rawValue & (1 << UInt32(category.rawValue)) != 0 }

  /// The categories, in the order of their raw values.
  public var members: [Category] { Category.allCases.filter(contains) }
}
