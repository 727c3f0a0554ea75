/// A phone number in the international form of ITU-T E.164: `+`, then seven to fifteen digits.
///
/// Read from any common notation: `+358 50 123 4567`, `00358-501234567`, `(050) 1234567`, `+358 (0)50…`, with spaces,
/// hyphens, dashes, dots and slashes between digits. A number with neither `+` nor `00` is a national one with its trunk
/// prefix. Letters, extensions and a second number are refused, and so is a bare number, which says of no country whose it is.
public struct PhoneNumber: TextualValue {
  /// `+` and digits.
  public let description: String

  /// The parameter that refusals name unless the caller says otherwise.
  public static let parameter = "phone"

  /// Takes a number that is known to be of the form.
  package init(validated number: String) { description = number }

  /// Reads a number of Finland or one in the international form; throws `invalid/PARAMETER`.
  public static func parse(_ text: String, parameter: String) throws(RegisterError) -> PhoneNumber {
    try parse(text, parameter: parameter, country: .finland)
  }

  /// Reads a number that is one of `country` where it has no country code; throws `invalid/PARAMETER`.
  public static func parse(
    _ text: String, parameter: String = parameter, country: Country
  ) throws(RegisterError) -> PhoneNumber {
    guard let notation = Notation(TextRules.trimmed(text)) else { throw .invalid(parameter, form) }
    var digits = notation.digits[...]
    if notation.hasPlus || digits.starts(with: [0x30, 0x30]) {
      if !notation.hasPlus { digits = digits.dropFirst(2) }
      digits = withoutTrunkPrefix(digits)
    } else {
      guard let plan = NumberingPlan.of(country) else { throw .invalid(parameter, countryNeeded) }
      guard digits.starts(with: plan.trunk) else { throw .invalid(parameter, countryNeeded) }
      digits = plan.code + digits.dropFirst(plan.trunk.count)
    }
    guard (7...15).contains(digits.count), digits.first != 0x30 else { throw .invalid(parameter, form) }
    return PhoneNumber(validated: "+" + String(decoding: digits, as: UTF8.self))
  }

  /// Drops the national zero that people write after a country code: `+358 (0)50 …`.
  private static func withoutTrunkPrefix(_ digits: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    for plan in NumberingPlan.all where plan.trunk == [0x30] {
      let length = plan.code.count
      if digits.starts(with: plan.code), digits.dropFirst(length).first == 0x30 {
        return plan.code + digits.dropFirst(length + 1)
      }
    }
    return digits
  }

  private static let form = Text(
    en: "A phone number has 7 to 15 digits with its country code, and no letters.",
    fi: "Puhelinnumerossa on maatunnuksineen 7–15 numeroa eikä kirjaimia.",
    sv: "Ett telefonnummer har 7–15 siffror med landsnummer och inga bokstäver.")

  private static let countryNeeded = Text(
    en: "The phone number needs its country code, as in +358, or its leading zero.",
    fi: "Puhelinnumeroon tarvitaan maatunnus, kuten +358, tai alkunolla.",
    sv: "Telefonnumret behöver sitt landsnummer, t.ex. +358, eller sin inledande nolla.")
}

/// The digits of a number as written, and whether a plus stood before them.
private struct Notation {
  var digits: [UInt8] = []
  var hasPlus = false

  /// Nil where there is anything but digits, separators, one leading plus and one pair of brackets.
  init?(_ text: String) {
    digits.reserveCapacity(16)
    var brackets = 0
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x30...0x39:
        guard digits.count < 20 else { return nil }
        digits.append(UInt8(scalar.value))
      case 0x2B:
        guard digits.isEmpty, !hasPlus else { return nil }
        hasPlus = true
      case 0x28:
        guard brackets == 0 else { return nil }
        brackets = 1
      case 0x29:
        guard brackets == 1 else { return nil }
        brackets = 2
      case 0x20, 0xA0, 0x2000...0x200A, 0x202F, 0x2D, 0x2010...0x2015, 0x2212, 0x2E, 0x2F: break
      default: return nil
      }
    }
    if brackets == 1 { return nil }
  }
}

/// How a country's national numbers become international ones.
private struct NumberingPlan {
  /// The country code.
  let code: [UInt8]
  /// What stands before a national number and is dropped after the country code.
  let trunk: [UInt8]

  private init(_ code: String, trunk: String) {
    self.code = Array(code.utf8)
    self.trunk = Array(trunk.utf8)
  }

  /// The plan of a country; nil where numbers must have their country code.
  static func of(_ country: Country) -> NumberingPlan? { plans[country.description] }

  static let all = Array(Set(plans.values.map(\.code))).compactMap { code in plans.values.first { $0.code == code } }

  /// The countries of the European Economic Area, Switzerland and the United Kingdom (ITU-T E.164, national plans).
  private static let plans: [String: NumberingPlan] = [
    "FI": .init("358", trunk: "0"), "AX": .init("358", trunk: "0"), "SE": .init("46", trunk: "0"),
    "NO": .init("47", trunk: ""), "DK": .init("45", trunk: ""), "IS": .init("354", trunk: ""),
    "EE": .init("372", trunk: ""), "LV": .init("371", trunk: ""), "LT": .init("370", trunk: "0"),
    "DE": .init("49", trunk: "0"), "NL": .init("31", trunk: "0"), "BE": .init("32", trunk: "0"),
    "FR": .init("33", trunk: "0"), "GB": .init("44", trunk: "0"), "IE": .init("353", trunk: "0"),
    "AT": .init("43", trunk: "0"), "CH": .init("41", trunk: "0"), "PL": .init("48", trunk: ""),
    "CZ": .init("420", trunk: ""), "SK": .init("421", trunk: "0"), "ES": .init("34", trunk: ""),
    "PT": .init("351", trunk: ""), "GR": .init("30", trunk: ""), "CY": .init("357", trunk: ""),
    "MT": .init("356", trunk: ""), "LU": .init("352", trunk: ""), "SI": .init("386", trunk: "0"),
    "HR": .init("385", trunk: "0"), "RO": .init("40", trunk: "0"), "BG": .init("359", trunk: "0"),
  ]
}
