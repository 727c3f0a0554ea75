@_spi(_Unicode) import Swift

/// How the text of a password is compared: the profile OpaqueString (RFC 8265, section 4.2).
public enum PasswordText {
  /// The text with other spaces as U+0020, in normalisation form C: the same however a keyboard composes its letters.
  ///
  /// Letter case and width stay; nothing is left out.
  public static func prepared(_ password: String) -> String {
    if password.utf8.allSatisfy({ $0 < 0x80 }) { return password }
    var mapped = String.UnicodeScalarView()
    for scalar in password.unicodeScalars {
      mapped.append(scalar.properties.generalCategory == .spaceSeparator ? " " : scalar)
    }
    var composed = String.UnicodeScalarView()
    composed.append(contentsOf: String(mapped)._nfc)
    return String(composed)
  }
}
