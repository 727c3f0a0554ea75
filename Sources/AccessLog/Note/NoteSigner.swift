import Crypto

/// The private Ed25519 key that signs a log's checkpoints, written `PRIVATE+KEY+NAME+hex8+base64`
/// (golang.org/x/mod/sumdb/note).
public struct NoteSigner: Sendable {
  private static let prefix = "PRIVATE+KEY+"

  private let key: Curve25519.Signing.PrivateKey
  /// The public key, which verifies what this one signs.
  public let verifierKey: VerifierKey

  /// The name that signature lines give.
  public var name: String { verifierKey.name }

  private init?(name: String, key: Curve25519.Signing.PrivateKey) {
    guard
      let verifierKey = VerifierKey(name: name, algorithm: .ed25519, publicKey: Array(key.publicKey.rawRepresentation))
    else { return nil }
    self.key = key
    self.verifierKey = verifierKey
  }

  /// A new random key; nil where the name is empty or has white space or "+".
  public static func generate(name: String) -> NoteSigner? {
    NoteSigner(name: name, key: Curve25519.Signing.PrivateKey())
  }

  /// Reads a key; nil for another form or algorithm, and where the id is not that of the key.
  public init?(_ text: String) {
    guard text.utf8.starts(with: NoteSigner.prefix.utf8) else { return nil }
    let parts = text.utf8.dropFirst(NoteSigner.prefix.utf8.count)
      .split(separator: UInt8(ascii: "+"), maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, let name = String(parts[0]), let bytes = Base64.decode(parts[2]),
      bytes.first == VerifierKey.Algorithm.ed25519.rawValue,
      let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes.dropFirst())
    else { return nil }
    self.init(name: name, key: key)
    guard parts[1].elementsEqual(verifierKey.hexID.utf8) else { return nil }
  }

  /// The private key in its written form: a secret, for the key file only.
  public var text: String {
    let bytes = [VerifierKey.Algorithm.ed25519.rawValue] + Array(key.rawRepresentation)
    return "\(NoteSigner.prefix)\(name)+\(verifierKey.hexID)+\(Base64.encode(bytes))"
  }

  /// The whole note: the text, a blank line and this key's signature. A text that does not end with a line feed gets
  /// one.
  public func sign(_ noteText: String) -> String {
    let text = noteText.utf8.last == UInt8(ascii: "\n") ? noteText : noteText + "\n"
    // Signing with a key that is held fails only where the crypto library itself is broken.
    let signature = (try? key.signature(for: Array(text.utf8))).map { Array($0) } ?? []
    let line = NoteSignature(name: name, id: verifierKey.id, bytes: signature)
    return "\(text)\n\(line)\n"
  }
}

extension NoteSigner: CustomStringConvertible, CustomReflectable {
  /// The public half: a private key never gets into messages by accident.
  public var description: String { verifierKey.description }

  /// The public half only.
  public var customMirror: Mirror { Mirror(self, children: ["verifierKey": verifierKey]) }
}
