/// A person's gender as told; held on contact persons only, and only where it is known.
public enum Gender: UInt8, CaseIterable, Sendable {
  case female = 1
  case male = 2
  case other = 3

  /// The word on the wire.
  public var name: String {
    switch self {
    case .female: "female"
    case .male: "male"
    case .other: "other"
    }
  }

  /// The gender of a word on the wire.
  public init?(name: some StringProtocol) {
    guard let found = Gender.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }

  /// Reads a word on the wire; throws `invalid/PARAMETER`. An unknown gender is no value: leave the field out.
  public static func parse(_ text: String, parameter: String = "gender") throws(RegisterError) -> Gender {
    guard let gender = Gender(name: TextRules.trimmed(text)) else {
      throw .invalid(
        parameter,
        Text(
          en: "The gender is female, male or other.", fi: "Sukupuoli on female, male tai other.",
          sv: "Könet är female, male eller other."))
    }
    return gender
  }
}
