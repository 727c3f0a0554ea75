public import Model

/// An organisation as a row names it.
public struct ImportOrganisation: Sendable, Hashable {
  /// Its name.
  public let name: ShortText
  /// Its business id, by which it is found again; without one it is found by its folded name.
  public let businessID: BusinessID?

  /// An organisation by name and business id.
  public init(name: ShortText, businessID: BusinessID?) {
    self.name = name
    self.businessID = businessID
  }

  /// What tells organisations apart: the business id, else the folded name.
  public var matchKey: String { Self.matchKey(businessID: businessID?.description, name: name.description) }

  /// What tells an organisation of the register apart, too.
  static func matchKey(businessID: String?, name: String) -> String { businessID ?? "~" + Folding.foldedString(name) }
}

/// A postal address; never without all of street, postcode and town.
public struct ImportAddress: Sendable, Hashable {
  /// Street and number.
  public let street: ShortText?
  /// The postcode in the form of the country.
  public let postcode: Postcode?
  /// The town.
  public let town: ShortText?
  /// The country.
  public let country: Country

  /// An address; nil where street, postcode and town are all missing.
  public init?(street: ShortText?, postcode: Postcode?, town: ShortText?, country: Country = .finland) {
    guard street != nil || postcode != nil || town != nil else { return nil }
    self.street = street
    self.postcode = postcode
    self.town = town
    self.country = country
  }
}

/// A person to be added, every value checked: what a row of a file becomes.
public struct ImportRow: Sendable, Hashable {
  /// The number of the row in its file, from 1.
  public var row: Int
  /// Contact person of the organisation, or private customer.
  public var kind: PersonKind
  /// The organisation that a contact person stands for; nil for a private customer.
  public var organisation: ImportOrganisation?
  /// The business id of a sole trader; only for a private customer.
  public var businessID: BusinessID?
  /// The first name; there is this or the last name.
  public var firstName: ShortText?
  /// The last name.
  public var lastName: ShortText?
  /// The gender of a contact person.
  public var gender: Gender?
  /// The title of a contact person.
  public var title: ShortText?
  /// The position of a contact person.
  public var position: ShortText?
  /// The e-mail addresses, none twice.
  public var emails: [EmailAddress]
  /// The phone numbers, none twice.
  public var phones: [PhoneNumber]
  /// The postal address.
  public var address: ImportAddress?
  /// Where the customer relationship stands.
  public var status: CustomerStatus
  /// The language of letters.
  public var language: Language
  /// Where the data came from.
  public var source: DataSource
  /// The word on which other source it was; there always is one where the source is `other`.
  public var sourceNote: ShortText?
  /// A note.
  public var note: LongText?

  /// A person with a name and what a file must say; the rest is set afterwards.
  public init(
    row: Int, kind: PersonKind, firstName: ShortText?, lastName: ShortText?, status: CustomerStatus, language: Language,
    source: DataSource
  ) {
    self.row = row
    self.kind = kind
    self.firstName = firstName
    self.lastName = lastName
    self.status = status
    self.language = language
    self.source = source
    emails = []
    phones = []
  }
}
