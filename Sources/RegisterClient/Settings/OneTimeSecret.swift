import Model
import Wire

/// A one-time password's shared secret, for scripts that must answer without a person.
public struct OneTimeSecret: Sendable {
  private let bytes: [UInt8]

  /// A secret in base32 (RFC 4648) as apps show it; spaces, line ends, dashes, padding and letter case do not matter.
  /// Nil for anything else.
  public init?(base32 text: some StringProtocol) {
    let digits = text.unicodeScalars.filter { !$0.properties.isWhitespace && $0 != "-" && $0 != "=" }
    let decoded = Base32.decode(String(String.UnicodeScalarView(digits)), allowsUnpadded: true)
    guard let decoded, !decoded.isEmpty else { return nil }
    bytes = decoded
  }

  /// The code at a time in seconds since 1970 (RFC 6238).
  public func code(at seconds: Int64) -> String {
    OneTimePassword.code(secret: bytes, step: seconds / OneTimePassword.stepSeconds)
  }
}
