import Crypto

/// The public key of a log or witness, written `NAME+hex8+base64` (C2SP signed-note).
public struct VerifierKey: Hashable, Sendable {
  /// What a signature by the key says; its number is the first byte of the encoded key.
  public enum Algorithm: UInt8, Hashable, Sendable {
    /// Ed25519 over a note's text.
    case ed25519 = 1
    /// Ed25519 over a note's text with the time of signing (C2SP tlog-cosignature, cosignature/v1).
    case cosignature = 4
  }

  /// How many bytes a public key has.
  public static let publicKeyBytes = 32

  /// The name that signature lines give.
  public let name: String
  /// The four bytes before each signature by this key: the first of `SHA-256(NAME ‖ "\n" ‖ algorithm ‖ public key)`.
  public let id: [UInt8]
  /// What its signatures say.
  public let algorithm: Algorithm
  /// The 32 bytes of the Ed25519 public key.
  public let publicKey: [UInt8]

  /// A key from its parts; nil where the name is empty or has white space or "+", or the key is not 32 bytes.
  public init?(name: String, algorithm: Algorithm, publicKey: [UInt8]) {
    guard NoteText.isName(name), publicKey.count == VerifierKey.publicKeyBytes else { return nil }
    self.name = name
    self.algorithm = algorithm
    self.publicKey = publicKey
    let hash = SHA256.hash(data: Array(name.utf8) + [UInt8(ascii: "\n"), algorithm.rawValue] + publicKey)
    id = Array(hash.prefix(4))
  }

  /// Reads a key; nil for another form or algorithm, and where the id is not that of the key.
  public init?(_ text: String) {
    let parts = text.utf8.split(separator: UInt8(ascii: "+"), maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, let bytes = Base64.decode(parts[2]), let algorithm = bytes.first.flatMap(Algorithm.init),
      let name = String(parts[0])
    else { return nil }
    self.init(name: name, algorithm: algorithm, publicKey: Array(bytes.dropFirst()))
    guard parts[1].elementsEqual(hexID.utf8) else { return nil }
  }

  var hexID: String { id.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }

  /// Whether this key made a signature over the text of a note.
  func isGood(_ signature: NoteSignature, of text: String) -> Bool {
    guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else { return false }
    switch algorithm {
    case .ed25519:
      return signature.bytes.count == 64 && key.isValidSignature(signature.bytes, for: Array(text.utf8))
    case .cosignature:
      guard let time = signature.time else { return false }
      let message = Array("cosignature/v1\ntime \(time)\n".utf8) + Array(text.utf8)
      return key.isValidSignature(signature.bytes.dropFirst(8), for: message)
    }
  }
}

extension VerifierKey: CustomStringConvertible {
  /// The key as `NAME+hex8+base64`.
  public var description: String { "\(name)+\(hexID)+\(Base64.encode([algorithm.rawValue] + publicKey))" }
}
