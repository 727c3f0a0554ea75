/// What an employee's work is; carries the grants (REGISTER.md section 4).
public enum JobRole: UInt8, CaseIterable, Sendable {
  case customerService = 1
  case sales = 2
  case marketing = 3
  case analyst = 4
  case privacyOfficer = 5
  case administrator = 6
  case auditor = 7

  /// The word on the wire.
  public var name: String {
    switch self {
    case .customerService: "customer-service"
    case .sales: "sales"
    case .marketing: "marketing"
    case .analyst: "analyst"
    case .privacyOfficer: "privacy-officer"
    case .administrator: "administrator"
    case .auditor: "auditor"
    }
  }

  /// The role of a word on the wire.
  public init?(name: some StringProtocol) {
    guard let found = JobRole.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }

  /// The role in people's words.
  public var title: Text {
    switch self {
    case .customerService: Text(en: "customer service", fi: "asiakaspalvelu", sv: "kundservice")
    case .sales: Text(en: "sales", fi: "myynti", sv: "försäljning")
    case .marketing: Text(en: "marketing", fi: "markkinointi", sv: "marknadsföring")
    case .analyst: Text(en: "analyst", fi: "analyytikko", sv: "analytiker")
    case .privacyOfficer: Text(en: "privacy officer", fi: "tietosuojavastaava", sv: "dataskyddsombud")
    case .administrator: Text(en: "administrator", fi: "pääkäyttäjä", sv: "administratör")
    case .auditor: Text(en: "auditor", fi: "tarkastaja", sv: "revisor")
    }
  }

  /// Whether the role stands apart: nobody holds it together with any other (separation of duties).
  public var standsApart: Bool { self == .administrator || self == .auditor }

  /// Whether the role sees personal data of the register.
  public var seesPersons: Bool { !standsApart }

  /// Whether one employee may hold these roles together; the reason a grant is refused where not.
  public static func areCompatible(_ roles: some Collection<JobRole>) -> Bool {
    Set(roles).count < 2 || !roles.contains(where: \.standsApart)
  }
}
