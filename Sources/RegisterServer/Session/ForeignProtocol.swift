/// Tells other protocols from rek/1 by the first bytes of a connection.
enum ForeignProtocol {
  enum Verdict: Equatable {
    case ours
    case foreign
    /// More bytes are needed.
    case unknown
  }

  /// So many bytes are enough to tell.
  static let bytesMax = 16

  private static let words: Set<String> = [
    "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "PRI", "EHLO", "HELO", "LHLO",
    "MAIL", "STARTTLS",
  ]

  /// Judges by the first bytes; HTTP's methods and SMTP's commands, and the record of a TLS handshake.
  static func judge(_ bytes: [UInt8]) -> Verdict {
    guard let first = bytes.first else { return .unknown }
    if first == 0x16 { return .foreign }
    guard let end = bytes.firstIndex(where: { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x3A }) else {
      return bytes.count >= bytesMax ? .ours : .unknown
    }
    let word = String(decoding: bytes[..<end], as: UTF8.self)
    if words.contains(word) { return .foreign }
    // SMTP's greetings come in any case.
    return ["ehlo", "helo"].contains(word.lowercased()) ? .foreign : .ours
  }
}
