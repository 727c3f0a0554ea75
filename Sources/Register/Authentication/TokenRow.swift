import Crypto
import Custody
import Model
import Sealing
import Wire

/// A session's token as its client has it: Base 64 of the session's id and 256 random bits.
struct TokenSecret: Sendable, Equatable {
  static let secretBytes = 32

  let session: SessionID
  let secret: [UInt8]

  /// A new one.
  init(of session: SessionID) {
    var random = SystemRandomNumberGenerator()
    self.session = session
    secret = (0..<Self.secretBytes).map { _ in UInt8.random(in: 0...255, using: &random) }
  }

  /// Reads one; nil for anything that is none.
  init?(_ text: String) {
    guard let bytes = Base64.decode(text), bytes.count == 16 + Self.secretBytes,
      let session = SessionID(bytes: bytes[..<16])
    else { return nil }
    self.session = session
    secret = Array(bytes[16...])
  }

  /// The text that the client is given.
  var text: String { Base64.encode(session.bytes + secret) }

  /// What is stored of it: of 256 random bits a plain hash tells nothing.
  var hash: [UInt8] { Array(SHA256.hash(data: secret)) }
}

/// What is stored of a token, and whether it lets somebody in.
struct TokenRow: Sendable, Equatable {
  var session: SessionID
  var user: UserID
  var secretHash: [UInt8]
  /// Where the client is: its address, or its account on the Unix socket.
  var address: String
  /// SHA-256 of the client's certificate; empty where it showed none.
  var certificate: [UInt8]
  /// The state of the account's password and the like, from `credentials(_:)`.
  var credentials: [UInt8]
  /// When the session was logged in.
  var since: Instant
  var madeAt: Instant
  /// When the session was last known to be open.
  var usedAt: Instant
  var expiresAt: Instant

  /// The key that authenticates rows; no other use of the service key gives the same.
  static func key(_ keys: KeyStore) throws -> SymmetricKey {
    HKDF<SHA256>.deriveKey(
      inputKeyMaterial: try keys.serviceKey(.rules), info: Array("rekisteri session token 1".utf8), outputByteCount: 32)
  }

  /// What changes with an account's password, certificate or user of the operating system.
  static func credentials(_ employee: Employee, _ secrets: RuleStore.Secrets) -> [UInt8] {
    var hash = SHA256()
    for part in [secrets.verifier, employee.certificate, Array(employee.unixUser.utf8)] {
      hash.update(data: withUnsafeBytes(of: UInt32(clamping: part.count).bigEndian) { Array($0) })
      hash.update(data: part)
    }
    return Array(hash.finalize())
  }

  /// The canonical bytes, in which no two rows are alike.
  var bytes: [UInt8] {
    var bytes = session.bytes + user.bytes
    for part in [secretHash, Array(address.utf8), certificate, credentials] {
      withUnsafeBytes(of: UInt32(clamping: part.count).bigEndian) { bytes.append(contentsOf: $0) }
      bytes += part
    }
    for time in [since, madeAt, usedAt, expiresAt] {
      withUnsafeBytes(of: time.microseconds.bigEndian) { bytes.append(contentsOf: $0) }
    }
    return bytes
  }

  /// The row's MAC.
  func mac(_ key: SymmetricKey) -> [UInt8] { Array(HMAC<SHA256>.authenticationCode(for: bytes, using: key)) }

  /// Whether the MAC is this row's.
  func isGenuine(_ mac: [UInt8], _ key: SymmetricKey) -> Bool {
    HMAC<SHA256>.isValidAuthenticationCode(mac, authenticating: bytes, using: key)
  }

  /// What becomes of a token.
  enum Verdict: Sendable, Equatable {
    case right
    /// Right otherwise.
    case expired
    case wrong
  }

  /// What the row is compared with.
  struct Presented: Sendable {
    var secret: TokenSecret
    var address: String
    var certificate: [UInt8]
    /// Whose the row says it is; nil where there is no such account now, or it is disabled.
    var user: UserID?
    var credentials: [UInt8]
    var now: Instant
    var idleMinutes: Int
  }

  /// Judges a token; nothing is told apart but what has expired.
  func judge(_ presented: Presented) -> Verdict {
    let isSame = [
      presented.secret.session == session,
      ConstantTime.areEqual(presented.secret.hash, secretHash),
      presented.address == address,
      presented.certificate == certificate,
      presented.credentials == credentials,
      presented.user == user,
    ]
    guard isSame.allSatisfy({ $0 }) else { return .wrong }
    let idleUntil = usedAt.adding(seconds: Int64(presented.idleMinutes) * 60)
    return presented.now < expiresAt && presented.now < idleUntil ? .right : .expired
  }
}

/// Compares secrets in a time that does not depend on them.
private enum ConstantTime {
  static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    let key = SymmetricKey(size: .bits256)
    return HMAC<SHA256>.isValidAuthenticationCode(
      Array(HMAC<SHA256>.authenticationCode(for: left, using: key)), authenticating: right, using: key)
  }
}
