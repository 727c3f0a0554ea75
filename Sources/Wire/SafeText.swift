/// Text that shows what it holds: no controls, no change of direction, nothing invisible.
public enum SafeText {
  /// Whether a scalar does not show, or changes how its neighbours show: controls, bidirectional marks, zero-width and
  /// invisible characters, line separators, byte order marks, noncharacters.
  public static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    let value = scalar.value
    if value < 0x7F { return value < 0x20 }
    if !Scalars.isSafe(value) { return true }
    if value < 0x300 { return false }
    switch value {
    case 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B...0x180F, 0x3164, 0xFFA0: return true
    case 0xFDD0...0xFDEF, 0xFFF0...0xFFFB, 0x1BCA0...0x1BCA3, 0x1D173...0x1D17A, 0xE0000...0xE0FFF: return true
    default: return value & 0xFFFE == 0xFFFE
    }
  }

  /// Whether a name or note holds nothing hidden; `allowingLines` lets line feeds and tabs pass.
  public static func isSafe(_ text: some StringProtocol, allowingLines: Bool = false) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
      !isHidden(scalar) || (allowingLines && (scalar == "\n" || scalar == "\t"))
    }
  }

  /// What stands in place of a hidden scalar.
  public enum Replacement: Sendable {
    /// U+FFFD, one for each.
    case mark
    /// `\u{202E}` and the like, so that the reader learns what was there.
    case escape
  }

  /// The text as it may be sent to a terminal; `keepingLines` lets line feeds and tabs through.
  public static func forTerminal(
    _ text: String, _ replacement: Replacement = .mark, keepingLines: Bool = false
  ) -> String {
    if isSafe(text, allowingLines: keepingLines) { return text }
    var shown = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if !isHidden(scalar) || (keepingLines && (scalar == "\n" || scalar == "\t")) {
        shown.append(scalar)
      } else if replacement == .mark {
        shown.append("\u{FFFD}")
      } else {
        shown.append(contentsOf: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}".unicodeScalars)
      }
    }
    return String(shown)
  }
}
