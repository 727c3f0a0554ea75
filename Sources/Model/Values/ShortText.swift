/// A name, title, street or other text of one line.
///
/// Trimmed, not empty, at most `Limits.shortTextScalarsMax` Unicode scalars, nothing of `TextRules.isForbidden`, and no
/// valid personal identity code (Data Protection Act 1050/2018, section 29). Letters of every script stay as written, but
/// composed (NFC).
public struct ShortText: TextualValue {
  /// The text.
  public let description: String

  /// The parameter that refusals name unless the caller says otherwise.
  public static let parameter = "text"

  /// Takes a text that is known to follow the rules.
  package init(validated text: String) { description = text }

  /// Reads a text of one line; throws `invalid/PARAMETER`.
  public static func parse(_ text: String, parameter: String) throws(RegisterError) -> ShortText {
    let trimmed = TextRules.normalized(text)
    if trimmed.isEmpty { throw .invalid(parameter, TextRules.empty) }
    let scan = TextRules.scan(trimmed, lines: false)
    if !scan.isClean { throw .invalid(parameter, TextRules.controls) }
    if scan.scalars > Limits.shortTextScalarsMax {
      throw .invalid(parameter, TextRules.tooLong(Limits.shortTextScalarsMax))
    }
    if scan.digits >= 9 && PersonalIdentityCode.occurs(in: trimmed) {
      throw .invalid(parameter, TextRules.identityCode)
    }
    return ShortText(validated: trimmed)
  }
}

/// The form of an organisation as its register has it, such as Oy or ry.
public typealias OrganisationForm = ShortText

/// The line of business of an organisation in its own words.
public typealias Industry = ShortText

/// A note or other free text of several lines.
///
/// As `ShortText`, but with line feeds and tabs, and at most `Limits.longTextScalarsMax` scalars. CR LF and CR become LF.
public struct LongText: TextualValue {
  /// The text.
  public let description: String

  /// The parameter that refusals name unless the caller says otherwise.
  public static let parameter = "text"

  /// Takes a text that is known to follow the rules.
  package init(validated text: String) { description = text }

  /// Reads a text of several lines; throws `invalid/PARAMETER`.
  public static func parse(_ text: String, parameter: String) throws(RegisterError) -> LongText {
    var trimmed = TextRules.normalized(text)
    if trimmed.isEmpty { throw .invalid(parameter, TextRules.empty) }
    let scan = TextRules.scan(trimmed, lines: true)
    if !scan.isClean { throw .invalid(parameter, TextRules.controls) }
    if scan.hasCarriageReturn { trimmed = withLineFeeds(trimmed) }
    if scan.scalars > Limits.longTextScalarsMax && trimmed.unicodeScalars.count > Limits.longTextScalarsMax {
      throw .invalid(parameter, TextRules.tooLong(Limits.longTextScalarsMax))
    }
    if scan.digits >= 9 && PersonalIdentityCode.occurs(in: trimmed) {
      throw .invalid(parameter, TextRules.identityCode)
    }
    return LongText(validated: trimmed)
  }

  private static func withLineFeeds(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    var afterReturn = false
    for scalar in text.unicodeScalars {
      if scalar == "\r" {
        result.append("\n")
      } else if scalar != "\n" || !afterReturn {
        result.append(scalar)
      }
      afterReturn = scalar == "\r"
    }
    return String(result)
  }
}
