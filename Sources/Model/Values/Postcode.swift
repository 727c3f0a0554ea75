/// A postcode in the form of its country.
///
/// Finland and Åland: five digits, an `FI-` or `AX-` before them is dropped. Elsewhere two to ten letters, digits, spaces
/// and hyphens with at least one letter or digit, in upper case.
public struct Postcode: TextualValue {
  /// The postcode.
  public let description: String

  /// The parameter that refusals name unless the caller says otherwise.
  public static let parameter = "postcode"

  /// Takes a postcode that is known to be of the form.
  package init(validated postcode: String) { description = postcode }

  /// Reads a postcode of Finland; throws `invalid/PARAMETER`.
  public static func parse(_ text: String, parameter: String) throws(RegisterError) -> Postcode {
    try parse(text, parameter: parameter, country: .finland)
  }

  /// Reads a postcode of a country; throws `invalid/PARAMETER`.
  public static func parse(
    _ text: String, parameter: String = parameter, country: Country
  ) throws(RegisterError) -> Postcode {
    var bytes = Array(TextRules.trimmed(text).utf8)[...]
    if country == .finland || country == .aland {
      if bytes.count == 8, let prefix = Country(String(decoding: bytes.prefix(2), as: UTF8.self)), prefix == country,
        bytes.dropFirst(2).first == 0x2D
      {
        bytes = bytes.dropFirst(3)
      }
      guard bytes.count == 5, bytes.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { throw .invalid(parameter, finnish) }
      return Postcode(validated: String(decoding: bytes, as: UTF8.self))
    }
    var significant = 0
    let upper = bytes.map { byte in
      let letter = byte >= 0x61 && byte <= 0x7A ? byte - 0x20 : byte
      if (letter >= 0x30 && letter <= 0x39) || (letter >= 0x41 && letter <= 0x5A) { significant += 1 }
      return letter
    }
    let others = upper.count { $0 == 0x20 || $0 == 0x2D }
    guard (2...10).contains(upper.count), significant > 0, significant + others == upper.count else {
      throw .invalid(parameter, general)
    }
    return Postcode(validated: String(decoding: upper, as: UTF8.self))
  }

  private static let finnish = Text(
    en: "A Finnish postcode has five digits.", fi: "Suomalaisessa postinumerossa on viisi numeroa.",
    sv: "Ett finländskt postnummer har fem siffror.")

  private static let general = Text(
    en: "A postcode has two to ten letters, digits, spaces or hyphens.",
    fi: "Postinumerossa on 2–10 kirjainta, numeroa, välilyöntiä tai yhdysmerkkiä.",
    sv: "Ett postnummer har 2–10 bokstäver, siffror, mellanslag eller bindestreck.")
}
