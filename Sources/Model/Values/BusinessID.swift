/// A Finnish business id (Y-tunnus): seven digits, a hyphen and a check digit.
///
/// The form is strict, as the Business Information System gives it since 1979: old six-digit numbers must carry their
/// leading zero, and the VAT form (`FI12345678`) is another number's notation. White space at the ends is cut.
public struct BusinessID: TextualValue {
  /// The seven digits before the hyphen as a number.
  public let number: UInt32
  /// The digit after the hyphen.
  public let checkDigit: UInt8

  /// The parameter that refusals name unless the caller says otherwise.
  public static let parameter = "business-id"

  /// The business id of a number below ten million; nil for a number that has no check digit.
  public init?(number: UInt32) {
    guard number < 10_000_000, let digit = BusinessID.checkDigit(of: number) else { return nil }
    self.number = number
    checkDigit = digit
  }

  /// The check digit: weights 7 9 10 5 8 4 2, modulo 11; remainder 0 gives 0, remainder 1 is never issued.
  public static func checkDigit(of number: UInt32) -> UInt8? {
    var rest = number
    var sum: UInt32 = 0
    for weight: UInt32 in [2, 4, 8, 5, 10, 9, 7] {
      sum += rest % 10 * weight
      rest /= 10
    }
    switch sum % 11 {
    case 0: return 0
    case 1: return nil
    case let remainder: return UInt8(11 - remainder)
    }
  }

  /// Reads `1234567-8`; throws `invalid/PARAMETER`.
  public static func parse(_ text: String, parameter: String) throws(RegisterError) -> BusinessID {
    var number: UInt32 = 0
    var check: UInt8 = 0
    var count = 0
    for byte in TextRules.trimmed(text).utf8 {
      switch (count, byte) {
      case (0..<7, 0x30...0x39): number = number * 10 + UInt32(byte - 0x30)
      case (7, 0x2D): break
      case (8, 0x30...0x39): check = byte - 0x30
      default: throw .invalid(parameter, form)
      }
      count += 1
    }
    guard count == 9 else { throw .invalid(parameter, form) }
    guard let value = BusinessID(number: number), value.checkDigit == check else { throw .invalid(parameter, wrong) }
    return value
  }

  /// Reads what somebody looks for: `1234567-8`, `12345678` or the VAT form `FI12345678`; nil for anything else.
  public init?(searched text: String) {
    var digits = TextRules.trimmed(text).filter { $0 != "-" && $0 != " " }
    if digits.lowercased().hasPrefix("fi") { digits.removeFirst(2) }
    guard digits.utf8.count == 8 else { return nil }
    digits.insert("-", at: digits.index(before: digits.endIndex))
    guard let found = BusinessID(digits) else { return nil }
    self = found
  }

  /// `1234567-8`.
  public var description: String {
    String(unsafeUninitializedCapacity: 9) { buffer in
      var rest = number
      for position in (0..<7).reversed() {
        buffer[position] = UInt8(rest % 10) + 0x30
        rest /= 10
      }
      buffer[7] = 0x2D
      buffer[8] = checkDigit + 0x30
      return 9
    }
  }

  private static let form = Text(
    en: "A business id has seven digits, a hyphen and a check digit.",
    fi: "Y-tunnuksessa on seitsemän numeroa, yhdysmerkki ja tarkistusnumero.",
    sv: "Ett FO-nummer har sju siffror, ett bindestreck och en kontrollsiffra.")

  private static let wrong = Text(
    en: "The check digit of the business id is wrong.", fi: "Y-tunnuksen tarkistusnumero on väärä.",
    sv: "FO-numrets kontrollsiffra är fel.")
}
