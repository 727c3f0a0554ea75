import Wire

/// The text that an authenticator app reads from a QR code.
enum OneTimeEnrolment {
  /// The service's name in the app.
  static let issuer = "Rekisteri"

  /// The `otpauth` URI of a secret (Google Authenticator's Key URI Format, which all apps read): SHA-1, six digits, steps
  /// of 30 seconds.
  static func uri(account: String, secret: [UInt8]) -> String {
    let label = "\(issuer):\(percentEncoded(account))"
    let code = Base32.encode(secret, padding: false)
    return "otpauth://totp/\(label)?secret=\(code)&issuer=\(issuer)&algorithm=SHA1&digits=6&period=30"
  }

  /// Every byte but the unreserved ones of RFC 3986 (section 2.3) escaped.
  private static func percentEncoded(_ text: String) -> String {
    var encoded = ""
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
        encoded.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        encoded += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
    return encoded
  }
}
