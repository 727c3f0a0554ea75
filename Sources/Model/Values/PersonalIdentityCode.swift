/// The Finnish personal identity code (henkilötunnus), which may be nowhere in the register's free text.
///
/// `DDMMYYSNNNC`: a day, a sign for the century (`+`; `-` and since 2023 `Y X W V U`; `A` and since 2023 `B C D E F`), an
/// individual number from 002 to 999 (900 to 999 are given for tests only, and count here all the same) and a check
/// character of the nine digits modulo 31 (Government Decree 128/2010, changed by 1107/2021 and in force from 2023).
///
/// Found in either letter case, with full-width digits and letters, with any hyphen or dash as the sign, and with up to
/// two spaces at each side of the sign, whatever letters it touches. A digit next to its digits makes it part of a longer
/// number.
public enum PersonalIdentityCode {
  /// Whether a valid code stands anywhere in the text.
  public static func occurs(in text: String) -> Bool {
    let symbols = text.unicodeScalars.map(symbol)
    guard symbols.count >= 11 else { return false }
    var afterDigit = false
    for start in 0...symbols.count - 11 {
      if !afterDigit && isDigit(symbols[start]) && stands(in: symbols, at: start) { return true }
      afterDigit = isDigit(symbols[start])
    }
    return false
  }

  /// Whether a valid code begins at a place, and its last digit is the last one of a number.
  private static func stands(in symbols: [UInt8], at start: Int) -> Bool {
    var place = start
    guard let date = number(of: 6, in: symbols, at: &place) else { return false }
    skipSpaces(in: symbols, at: &place)
    guard place < symbols.count, let century = century(symbols[place]) else { return false }
    place += 1
    skipSpaces(in: symbols, at: &place)
    guard let individual = number(of: 3, in: symbols, at: &place), individual >= 2, place < symbols.count,
      symbols[place] == checkCharacters[Int((date * 1000 + individual) % 31)]
    else { return false }
    let (day, month, year) = (date / 10000, date / 100 % 100, century + date % 100)
    guard day >= 1, (1...12).contains(month), day <= days(month: month, year: year) else { return false }
    return !isDigit(symbols[place]) || place + 1 == symbols.count || !isDigit(symbols[place + 1])
  }

  private static func number(of digits: Int, in symbols: [UInt8], at place: inout Int) -> UInt32? {
    guard place + digits <= symbols.count else { return nil }
    var value: UInt32 = 0
    for symbol in symbols[place..<place + digits] {
      guard isDigit(symbol) else { return nil }
      value = value * 10 + UInt32(symbol - 0x30)
    }
    place += digits
    return value
  }

  private static func skipSpaces(in symbols: [UInt8], at place: inout Int) {
    let end = min(place + 2, symbols.count)
    while place < end && symbols[place] == space { place += 1 }
  }

  private static let other: UInt8 = 0
  private static let space: UInt8 = 0x20

  /// What a scalar is to the search: an ASCII letter (upper case), digit or sign, a space, or other.
  private static func symbol(_ scalar: Unicode.Scalar) -> UInt8 {
    var value = scalar.value
    if value >= 0xFF01 && value <= 0xFF5E { value -= 0xFEE0 }
    switch value {
    case 0x61...0x7A: return UInt8(value - 0x20)
    case 0x2B, 0x2D, 0x30...0x39, 0x41...0x5A, 0x20: return UInt8(value)
    case 0x2010...0x2015, 0x2212, 0xFE58, 0xFE63: return 0x2D
    case 0xA0, 0x2000...0x200A, 0x202F: return space
    default: return other
    }
  }

  private static func isDigit(_ symbol: UInt8) -> Bool { symbol >= 0x30 && symbol <= 0x39 }

  private static func century(_ sign: UInt8) -> UInt32? {
    switch sign {
    case 0x2B: 1800
    case 0x2D, 0x55...0x59: 1900
    case 0x41...0x46: 2000
    default: nil
    }
  }

  private static func days(month: UInt32, year: UInt32) -> UInt32 {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private static let checkCharacters = Array("0123456789ABCDEFHJKLMNPRSTUVWXY".utf8)
}
