import Crypto

/// The two mechanisms of RFC 7677.
public enum ScramMechanism: String, Sendable, Hashable, CaseIterable {
  /// Without channel binding.
  case sha256 = "SCRAM-SHA-256"
  /// With channel binding `tls-server-end-point` (RFC 5929).
  case sha256Plus = "SCRAM-SHA-256-PLUS"
}

/// Why an exchange failed. A server tells the client none of it.
public enum ScramFault: Error, Sendable, Hashable {
  /// A message against the grammar of RFC 5802, or longer than one can be.
  case malformed
  /// A user name or password that is empty or holds control characters.
  case text
  /// The mechanism is not offered, or its channel binding is missing, of another kind or of another channel.
  case channelBinding
  /// The client asks to act as somebody else.
  case authorizationIdentity
  /// An extension that must be understood (`m=`).
  case extensionRequired
  /// The nonce is not that of this exchange.
  case nonce
  /// Fewer or more iterations than allowed.
  case iterations
  /// The client does not know the password.
  case proof
  /// The server does not know the verifier.
  case serverSignature
  /// The server ended the exchange with an error.
  case refused
  /// A step out of its order.
  case sequence
  /// The key derivation failed.
  case derivation
}

/// What both sides of SCRAM share.
enum ScramMessage {
  /// The longest message either side takes.
  static let bytesMax = 4096
  static let plusHeader = "p=tls-server-end-point"

  /// An attribute: a letter and its value.
  struct Attribute {
    let letter: UInt8
    let value: String
  }

  /// The attributes of a message or of its part, all of the form `letter=value`.
  static func attributes(_ text: some StringProtocol) throws(ScramFault) -> [Attribute] {
    var attributes: [Attribute] = []
    for part in text.utf8.split(separator: 0x2C, omittingEmptySubsequences: false) {
      let bytes = Array(part)
      guard bytes.count > 2, bytes[1] == 0x3D, (0x41...0x5A).contains(bytes[0] & 0xDF), !bytes.contains(0) else {
        throw .malformed
      }
      attributes.append(Attribute(letter: bytes[0], value: String(decoding: bytes[2...], as: UTF8.self)))
    }
    return attributes
  }

  /// The message as text.
  static func text(_ bytes: [UInt8]) throws(ScramFault) -> String {
    guard !bytes.isEmpty, bytes.count <= bytesMax, let text = String(validating: bytes, as: UTF8.self) else {
      throw .malformed
    }
    return text
  }

  /// The values of the first attributes, which must be these letters in this order; then only extensions.
  ///
  /// A leading `m` is an extension that must be understood, and none is.
  static func values(_ text: some StringProtocol, _ letters: String) throws(ScramFault) -> [String] {
    let attributes = try attributes(text)
    if attributes.first?.letter == 0x6D { throw .extensionRequired }
    let letters = Array(letters.utf8)
    guard attributes.count >= letters.count, zip(attributes, letters).allSatisfy({ $0.letter == $1 }) else {
      throw .malformed
    }
    let extensions = attributes.dropFirst(letters.count)
    if extensions.contains(where: { $0.letter == 0x6D }) { throw .extensionRequired }
    return attributes.prefix(letters.count).map(\.value)
  }

  /// Undoes `=2C` and `=3D` of a name.
  static func name(_ value: some StringProtocol) throws(ScramFault) -> String {
    var bytes: [UInt8] = []
    var rest = Array(value.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == 0x3D {
        let code = Array(rest.prefix(2))
        rest = rest.dropFirst(2)
        switch code {
        case [0x32, 0x43]: bytes.append(0x2C)
        case [0x33, 0x44]: bytes.append(0x3D)
        default: throw .malformed
        }
      } else {
        bytes.append(byte)
      }
    }
    let name = String(decoding: bytes, as: UTF8.self)
    try checkText(name)
    return name
  }

  /// A name with `,` and `=` escaped.
  static func escaped(_ name: String) -> String {
    var bytes: [UInt8] = []
    for byte in name.utf8 {
      switch byte {
      case 0x2C: bytes.append(contentsOf: "=2C".utf8)
      case 0x3D: bytes.append(contentsOf: "=3D".utf8)
      default: bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Whether a nonce is printable ASCII without commas, not empty.
  static func isNonce(_ nonce: String) -> Bool {
    !nonce.isEmpty && nonce.utf8.count <= 512 && nonce.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x2C }
  }

  /// A new nonce of 144 random bits.
  static func newNonce() -> String {
    var random = SystemRandomNumberGenerator()
    return Base64.encode((0..<18).map { _ in UInt8.random(in: 0...255, using: &random) })
  }

  /// Refuses what is empty or holds control characters; nothing else is changed or mapped.
  static func checkText(_ text: String) throws(ScramFault) {
    let hasControls = text.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }
    guard !text.isEmpty, !hasControls else { throw .text }
  }
}

/// HMAC-SHA-256, SHA-256 and comparing, over arrays.
enum Digests {
  static func hmac(_ key: [UInt8], _ message: some StringProtocol) -> [UInt8] { hmac(key, Array(message.utf8)) }

  static func hmac(_ key: [UInt8], _ message: [UInt8]) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: key)))
  }

  static func sha256(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }

  static func xor(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] { zip(left, right).map { $0 ^ $1 } }

  /// Whether the bytes are equal, in a time that depends on the lengths only.
  static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    var difference: UInt8 = 0
    for index in left.indices { difference |= left[index] ^ right[index] }
    return difference == 0
  }
}
