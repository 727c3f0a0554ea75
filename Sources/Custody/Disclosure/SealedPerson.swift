public import Model

/// The clear columns of a person: links, dates and marks.
public struct PersonHeader: Hashable, Sendable {
  /// The person.
  public var id: PersonID
  /// The row's revision.
  public var rev: Int32
  /// Contact person or private customer.
  public var kind: PersonKind
  /// Where the relationship stands.
  public var status: CustomerStatus
  /// Marks that govern what may be done.
  public var marks: Marks
  /// The language of letters.
  public var language: Language
  /// The account manager.
  public var manager: UserID?
  /// When the person was told of the register, if ever.
  public var informedAt: Instant?

  /// Clear columns.
  public init(
    id: PersonID, rev: Int32 = 1, kind: PersonKind, status: CustomerStatus, marks: Marks = [],
    language: Language = .finnish, manager: UserID? = nil, informedAt: Instant? = nil
  ) {
    self.id = id
    self.rev = rev
    self.kind = kind
    self.status = status
    self.marks = marks
    self.language = language
    self.manager = manager
    self.informedAt = informedAt
  }
}

/// One category of one person, sealed.
public struct SealedPart: Sendable {
  /// The category whose key seals it.
  public let category: Category
  /// The key's place in the key store.
  public let slot: Int64
  /// The sealed bytes.
  public let bytes: [UInt8]

  /// A sealed category.
  public init(category: Category, slot: Int64, bytes: [UInt8]) {
    self.category = category
    self.slot = slot
    self.bytes = bytes
  }
}

/// A person as fetched: clear columns and sealed categories. Nothing of it may be answered before a receipt names it.
public struct SealedPerson: Sendable {
  /// The clear columns.
  public var header: PersonHeader
  /// The categories that were fetched.
  public var parts: [SealedPart]
  /// The organisations the person stands for.
  public var affiliations: [Affiliation]

  /// A fetched person.
  public init(header: PersonHeader, parts: [SealedPart], affiliations: [Affiliation] = []) {
    self.header = header
    self.parts = parts
    self.affiliations = affiliations
  }

  /// A link to an organisation, with the number that the sealed title and position carry.
  public struct Affiliation: Hashable, Sendable {
    /// The organisation.
    public let organisation: OrganisationID
    /// The number of the link within the person.
    public let entry: UInt16
    /// The organisation's name, where it was fetched along.
    public let name: String

    /// A link.
    public init(organisation: OrganisationID, entry: UInt16, name: String = "") {
      self.organisation = organisation
      self.entry = entry
      self.name = name
    }
  }
}
