import Crypto

/// Codes on paper for who has lost the telephone: each stands in for a one-time password once.
enum RecoveryCodes {
  /// How many an enrolment gives.
  static let count = 10
  /// What the log's entry says where one was used.
  static let entryCode = "auth/recovery"
  /// Letters and digits that are not mistaken for each other: 32, so five bits each.
  static let alphabet = Array("abcdefghijkmnpqrstuvwxyz23456789")
  /// The letters of a code, of 50 random bits together.
  private static let letters = 10

  /// New codes, all different, `xxxxx-xxxxx`.
  static func make() -> [String] {
    var random = SystemRandomNumberGenerator()
    var codes: [String] = []
    while codes.count < count {
      let letters = (0..<letters).compactMap { _ in alphabet.randomElement(using: &random) }
      let code = String(letters.prefix(5)) + "-" + String(letters.suffix(5))
      if !codes.contains(code) { codes.append(code) }
    }
    return codes
  }

  /// The ten letters of a code as typed, whatever its case, spaces and hyphens; nil for what is no recovery code.
  static func letters(of typed: String) -> String? {
    guard typed.utf8.count <= 64 else { return nil }
    let kept = typed.lowercased().filter { $0 != "-" && $0 != " " }
    return kept.count == letters && kept.allSatisfy { alphabet.contains($0) } ? kept : nil
  }

  /// What is kept of a code: an HMAC under the secret that it was made with.
  static func hash(_ letters: String, secret: [UInt8]) -> [UInt8] {
    let text = Array("rekisteri recovery code ".utf8) + Array(letters.utf8)
    return Array(HMAC<SHA256>.authenticationCode(for: text, using: SymmetricKey(data: secret)))
  }
}

/// What an account's second factor rests on: the secret of its one-time passwords, and the hashes of its recovery codes.
struct OneTimeSeed: Sendable, Equatable {
  /// The secret that the authenticator app shares.
  let secret: [UInt8]
  /// A hash of each recovery code.
  var recoveryHashes: [[UInt8]] = []

  /// A seed with the hashes of new recovery codes.
  init(secret: [UInt8], recoveryCodes: [String] = []) {
    self.secret = secret
    recoveryHashes = recoveryCodes.compactMap { code in
      RecoveryCodes.letters(of: code).map { RecoveryCodes.hash($0, secret: secret) }
    }
  }

  /// The mark under which a recovery code is used up, where the step of a one-time password would stand: negative, and
  /// the code's own whatever enrolment it is from. Nil where it is none of these codes.
  ///
  /// The time that it takes does not depend on which one it is.
  func recoveryStep(of code: String) -> Int64? {
    guard let letters = RecoveryCodes.letters(of: code) else { return nil }
    let given = RecoveryCodes.hash(letters, secret: secret)
    var isFound = false
    for hash in recoveryHashes {
      var difference: UInt8 = hash.count == given.count ? 0 : 1
      for (one, other) in zip(hash, given) { difference |= one ^ other }
      isFound = difference == 0 || isFound
    }
    guard isFound else { return nil }
    let number = given.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return -1 - Int64(number >> 1)
  }

  // MARK: - Bytes

  private static let magic = Array("otp".utf8) + [1]
  private static let hashBytes = 32

  /// The bytes before they are sealed, version 1: `"otp" │ version u8 │ secret u8+bytes │ hashes u8 × 32`.
  var bytes: [UInt8] {
    let secret = secret.prefix(255)
    let hashes = recoveryHashes.prefix(255)
    return Self.magic + [UInt8(secret.count)] + secret + [UInt8(hashes.count)] + hashes.flatMap { $0 }
  }

  /// The seed of the bytes; such as begin otherwise are the secret alone, as it was kept before recovery codes. Nil for
  /// what is neither.
  init?(bytes: [UInt8]) {
    if let seed = Self.decode(bytes) {
      self = seed
    } else if (10...64).contains(bytes.count) {
      self.init(secret: bytes)
    } else {
      return nil
    }
  }

  private static func decode(_ bytes: [UInt8]) -> OneTimeSeed? {
    guard bytes.starts(with: magic), bytes.count > magic.count else { return nil }
    let secretStart = magic.count + 1
    let countAt = secretStart + Int(bytes[magic.count])
    guard countAt > secretStart, countAt < bytes.count else { return nil }
    let hashes = bytes[(countAt + 1)...]
    guard hashes.count == Int(bytes[countAt]) * hashBytes else { return nil }
    var seed = OneTimeSeed(secret: Array(bytes[secretStart..<countAt]))
    seed.recoveryHashes = stride(from: hashes.startIndex, to: hashes.endIndex, by: hashBytes).map {
      Array(hashes[$0..<$0 + hashBytes])
    }
    return seed
  }
}
