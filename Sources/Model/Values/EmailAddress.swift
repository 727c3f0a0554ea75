/// An e-mail address that mail can be sent to: a dot-atom, `@`, a domain of at least two labels.
///
/// RFC 5321 and 5322 without what nobody uses (quoted local parts, comments, address literals), with the letters of every
/// script (RFC 6531, 5890). The local part is kept as written, the domain in lower case. At most 64 bytes before the `@`,
/// 63 in a label and 254 in all.
public struct EmailAddress: TextualValue {
  /// The address.
  public let description: String

  /// The parameter that refusals name unless the caller says otherwise.
  public static let parameter = "email"

  /// Takes an address that is known to follow the rules.
  package init(validated address: String) { description = address }

  /// The address in lower case throughout: by this two addresses are compared and suppressed.
  public var canonical: String { description.lowercased() }

  /// Reads an address; throws `invalid/PARAMETER`.
  public static func parse(_ text: String, parameter: String) throws(RegisterError) -> EmailAddress {
    let trimmed = TextRules.normalized(text)
    let utf8 = trimmed.utf8
    guard utf8.count <= 254, let at = utf8.lastIndex(of: 0x40) else { throw .invalid(parameter, form) }
    let (local, domain) = (trimmed[..<at], trimmed[utf8.index(after: at)...])
    guard isLocalPart(local), isDomain(domain) else { throw .invalid(parameter, form) }
    if PersonalIdentityCode.occurs(in: trimmed) { throw .invalid(parameter, TextRules.identityCode) }
    if domain.utf8.contains(where: { $0 >= 0x80 || ($0 >= 0x41 && $0 <= 0x5A) }) {
      return EmailAddress(validated: trimmed[...at] + domain.lowercased())
    }
    return EmailAddress(validated: trimmed)
  }

  private static func isLocalPart(_ local: Substring) -> Bool {
    guard (1...64).contains(local.utf8.count) else { return false }
    var afterDot = true
    for scalar in local.unicodeScalars {
      if scalar == "." {
        if afterDot { return false }
        afterDot = true
      } else {
        guard isAtom(scalar) else { return false }
        afterDot = false
      }
    }
    return !afterDot
  }

  private static func isDomain(_ domain: Substring) -> Bool {
    let labels = domain.split(separator: ".", maxSplits: 127, omittingEmptySubsequences: false)
    guard labels.count >= 2, labels.allSatisfy(isLabel), let last = labels.last else { return false }
    return last.utf8.count >= 2 && !last.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
  }

  private static func isLabel(_ label: Substring) -> Bool {
    guard (1...63).contains(label.utf8.count), label.utf8.first != 0x2D, label.utf8.last != 0x2D else { return false }
    return label.unicodeScalars.allSatisfy { $0 == "-" || isLetterOrDigit($0) }
  }

  private static func isAtom(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "!", "#", "$", "%", "&", "'", "*", "+", "-", "/", "=", "?", "^", "_", "`", "{", "|", "}", "~": true
    default: isLetterOrDigit(scalar)
    }
  }

  private static func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: return true
    case 0..<0x80: return false
    default: break
    }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .otherLetter, .modifierLetter, .nonspacingMark,
      .spacingMark, .decimalNumber:
      return !TextRules.isForbidden(scalar)
    default: return false
    }
  }

  private static let form = Text(
    en: "An e-mail address has the form name@domain.example.",
    fi: "Sähköpostiosoite on muotoa nimi@verkkotunnus.example.",
    sv: "En e-postadress har formen namn@domän.example.")
}
