// Normalization is in the standard library, and not public yet; Foundation takes it from there too.
@_spi(_Unicode) import Swift

/// What text may hold anywhere in the register, and how its ends are cut.
public enum TextRules {
  /// Whether a scalar is never stored: controls (C0, DEL, C1), bidirectional and zero-width characters, soft hyphens,
  /// line and paragraph separators, interlinear and tag characters, and noncharacters.
  ///
  /// They change how a text looks without being seen, or stand for nothing at all (Unicode TR 36, section 3).
  public static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x00...0x1F, 0x7F...0x9F, 0xAD, 0x61C, 0x180E, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F: true
    case 0xFDD0...0xFDEF, 0xFEFF, 0xFFF9...0xFFFB, 0xE0000...0xE007F: true
    default: scalar.value & 0xFFFE == 0xFFFE
    }
  }

  /// The text without white space at its ends; the same string where there is none.
  public static func trimmed(_ text: String) -> String {
    let utf8 = text.utf8
    guard let first = utf8.first, let last = utf8.last else { return text }
    if isPlain(first), isPlain(last) { return text }
    let scalars = text.unicodeScalars
    guard let start = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
      let end = scalars.lastIndex(where: { !$0.properties.isWhitespace })
    else { return "" }
    return String(scalars[start...end])
  }

  /// The text as it is stored: without white space at its ends, and composed (Unicode NFC), for one name has two
  /// spellings otherwise; the same string where it is so already.
  public static func normalized(_ text: String) -> String {
    let trimmed = trimmed(text)
    // Below U+0300 nothing composes.
    guard trimmed.unicodeScalars.contains(where: { $0.value >= 0x300 }) else { return trimmed }
    var composed = String.UnicodeScalarView()
    for scalar in trimmed._nfc { composed.append(scalar) }
    return String(composed)
  }

  /// Whether a byte at an end is a visible ASCII character.
  private static func isPlain(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F }

  /// What a scan of a text found.
  struct Scan {
    var scalars = 0
    var digits = 0
    var isClean = true
    var hasCarriageReturn = false
  }

  /// Counts scalars and digits and looks for what may not be stored; line feeds, returns and tabs pass where `lines`.
  static func scan(_ text: String, lines: Bool) -> Scan {
    var scan = Scan()
    for scalar in text.unicodeScalars {
      scan.scalars += 1
      let value = scalar.value
      if value >= 0x20 && value < 0x7F {
        if value >= 0x30 && value <= 0x39 { scan.digits += 1 }
      } else if lines && (value == 0x0A || value == 0x09 || value == 0x0D) {
        if value == 0x0D { scan.hasCarriageReturn = true }
      } else if isForbidden(scalar) {
        scan.isClean = false
      } else if value >= 0xFF10 && value <= 0xFF19 {
        scan.digits += 1
      }
    }
    return scan
  }

  static let empty = Text(en: "A text is needed here.", fi: "Tähän tarvitaan teksti.", sv: "Här behövs en text.")

  static func tooLong(_ scalarsMax: Int) -> Text {
    Text(
      en: "The text is longer than \(scalarsMax) characters.", fi: "Teksti on pidempi kuin \(scalarsMax) merkkiä.",
      sv: "Texten är längre än \(scalarsMax) tecken.")
  }

  static let controls = Text(
    en: "The text holds control or invisible characters.", fi: "Tekstissä on ohjausmerkkejä tai näkymättömiä merkkejä.",
    sv: "Texten innehåller styrtecken eller osynliga tecken.")

  /// Why a text with a personal identity code is refused.
  package static let identityCode = Text(
    en: "The text holds a personal identity code, which may not be stored here.",
    fi: "Tekstissä on henkilötunnus, jota ei saa tallentaa tähän.",
    sv: "Texten innehåller en personbeteckning, som inte får lagras här.")
}
