/// A value that is read from text and kept in one normal form.
///
/// Refusals name the parameter and never repeat what was given, so they may be shown, logged and sent.
public protocol TextualValue: Hashable, Sendable, CustomStringConvertible {
  /// The parameter that refusals name unless the caller says otherwise.
  static var parameter: String { get }

  /// Reads the value from text as people write it; throws `invalid/PARAMETER`.
  static func parse(_ text: String, parameter: String) throws(RegisterError) -> Self
}

extension TextualValue {
  /// Reads the value under its usual parameter name.
  public static func parse(_ text: String) throws(RegisterError) -> Self { try parse(text, parameter: parameter) }

  /// The value of a text; nil where there is none.
  public init?(_ text: String) {
    guard let value = try? Self.parse(text, parameter: Self.parameter) else { return nil }
    self = value
  }
}
