/// Why data is looked at or used (REGISTER.md section 3). Every command that touches personal data is given for one.
public enum Purpose: UInt8, CaseIterable, Sendable {
  case customerCare = 1
  case customerService = 2
  case marketing = 3
  case communication = 4
  case sales = 5
  case analysis = 6
  case feedback = 7
  case research = 8
  case dataSubjectRights = 9
  case legalObligation = 10
  case security = 11

  /// The word on the wire.
  public var name: String {
    switch self {
    case .customerCare: "customer-care"
    case .customerService: "customer-service"
    case .marketing: "marketing"
    case .communication: "communication"
    case .sales: "sales"
    case .analysis: "analysis"
    case .feedback: "feedback"
    case .research: "research"
    case .dataSubjectRights: "data-subject-rights"
    case .legalObligation: "legal-obligation"
    case .security: "security"
    }
  }

  /// The purpose of a word on the wire.
  public init?(name: some StringProtocol) {
    guard let found = Purpose.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }

  /// The purpose in people's words.
  public var title: Text {
    switch self {
    case .customerCare: Text(en: "customer care", fi: "asiakassuhteen hoitaminen", sv: "skötsel av kundrelationen")
    case .customerService: Text(en: "customer service", fi: "asiakaspalvelu", sv: "kundservice")
    case .marketing: Text(en: "marketing", fi: "markkinointi", sv: "marknadsföring")
    case .communication: Text(en: "communication", fi: "viestintä", sv: "kommunikation")
    case .sales: Text(en: "sales", fi: "myynti", sv: "försäljning")
    case .analysis: Text(en: "analysis and reporting", fi: "analysointi ja raportointi", sv: "analys och rapportering")
    case .feedback: Text(en: "customer feedback", fi: "asiakaspalaute", sv: "kundrespons")
    case .research: Text(en: "market research", fi: "markkinatutkimus", sv: "marknadsundersökning")
    case .dataSubjectRights:
      Text(en: "rights of data subjects", fi: "rekisteröidyn oikeudet", sv: "den registrerades rättigheter")
    case .legalObligation: Text(en: "legal obligation", fi: "lakisääteinen velvoite", sv: "rättslig förpliktelse")
    case .security: Text(en: "security", fi: "tietoturva", sv: "informationssäkerhet")
    }
  }
}

/// A set of purposes in one word.
@frozen
public struct PurposeSet: OptionSet, Hashable, Sendable {
  /// A bit a purpose, the bit of its raw value.
  public let rawValue: UInt32

  /// A set from its bits.
  @inlinable
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The set of some purposes.
  public init(_ purposes: some Sequence<Purpose>) { rawValue = purposes.reduce(0) { $0 | 1 << UInt32($1.rawValue) } }

  /// Whether the purpose is in the set.
  public func contains(_ purpose: Purpose) -> Bool { rawValue & (1 << UInt32(purpose.rawValue)) != 0 }

  /// The purposes, in the order of their raw values.
  public var members: [Purpose] { Purpose.allCases.filter(contains) }
}
