import Crypto
import CryptoExtras
public import Model

/// A password after PBKDF2-HMAC-SHA-256, for one salt and count: what a client may keep instead of deriving it again.
///
/// As good as the password towards every server that has this salt and count.
public struct SaltedPassword: Sendable, Hashable {
  /// The salt.
  public let salt: [UInt8]
  /// The rounds of PBKDF2.
  public let iterations: Int
  /// The derived 32 bytes.
  public let bytes: [UInt8]

  /// Derives it; takes as long as the rounds take. The password is taken as `PasswordText.prepared` gives it.
  ///
  /// Throws `text` for a password that is empty or has control characters, `iterations` for none.
  public init(password: String, salt: [UInt8], iterations: Int) throws(ScramFault) {
    try ScramMessage.checkText(password)
    guard iterations > 0, iterations <= ScramVerifier.iterationsMax else { throw .iterations }
    self.salt = salt
    self.iterations = iterations
    do {
      let key = try KDF.Insecure.PBKDF2.deriveKey(
        from: Array(PasswordText.prepared(password).utf8), salt: salt, using: .sha256, outputByteCount: 32,
        unsafeUncheckedRounds: iterations)
      bytes = key.withUnsafeBytes { Array($0) }
    } catch {
      throw .derivation
    }
  }

  var clientKey: [UInt8] { Digests.hmac(bytes, "Client Key") }
  var serverKey: [UInt8] { Digests.hmac(bytes, "Server Key") }

  /// What a server keeps for this password.
  public var verifier: ScramVerifier {
    ScramVerifier(
      salt: salt, iterations: iterations, storedKey: Digests.sha256(clientKey), serverKey: serverKey)
  }
}

/// What a server keeps of a password (RFC 5802 section 3): it can check a client, and cannot act as one.
public struct ScramVerifier: Sendable, Hashable {
  /// The most rounds that are ever derived.
  public static let iterationsMax = 10_000_000
  /// The length of a new salt.
  public static let saltBytes = 16

  /// The salt.
  public let salt: [UInt8]
  /// The rounds of PBKDF2.
  public let iterations: Int
  /// SHA-256 of the client's key.
  public let storedKey: [UInt8]
  /// The server's key.
  public let serverKey: [UInt8]

  /// A verifier from its stored parts.
  public init(salt: [UInt8], iterations: Int, storedKey: [UInt8], serverKey: [UInt8]) {
    self.salt = salt
    self.iterations = iterations
    self.storedKey = storedKey
    self.serverKey = serverKey
  }

  /// The verifier of a password; takes as long as the rounds take. The salt is a new random one unless given.
  public static func make(
    password: String, salt: [UInt8] = newSalt(), iterations: Int = Limits.passwordIterationsMin
  ) throws(ScramFault) -> ScramVerifier {
    try SaltedPassword(password: password, salt: salt, iterations: iterations).verifier
  }

  /// A verifier for a user who does not exist: always the same for a name and key, and nobody has its password.
  public static func decoy(
    user: String, key: [UInt8], iterations: Int = Limits.passwordIterationsMin
  ) -> ScramVerifier {
    ScramVerifier(
      salt: Array(Digests.hmac(key, "salt:" + user).prefix(saltBytes)), iterations: iterations,
      storedKey: Digests.hmac(key, "stored:" + user), serverKey: Digests.hmac(key, "server:" + user))
  }

  /// A new random salt.
  public static func newSalt() -> [UInt8] {
    var random = SystemRandomNumberGenerator()
    return (0..<saltBytes).map { _ in UInt8.random(in: 0...255, using: &random) }
  }

  /// Whether a password is this verifier's, for the mechanism PLAIN; takes as long as the rounds take.
  public func matches(password: String) -> Bool {
    guard let salted = try? SaltedPassword(password: password, salt: salt, iterations: iterations) else { return false }
    let verifier = salted.verifier
    return Digests.areEqual(verifier.storedKey, storedKey) && Digests.areEqual(verifier.serverKey, serverKey)
  }
}
