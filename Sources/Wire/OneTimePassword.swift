import Crypto
public import Model

/// Time-based one-time passwords (RFC 6238): SHA-1, six digits, steps of 30 seconds, as every authenticator app has them.
public enum OneTimePassword {
  /// The length of a step.
  public static let stepSeconds: Int64 = 30
  /// How many steps early or late a code may be.
  public static let windowSteps: Int64 = 1
  /// The length of a new secret (RFC 4226 section 4 recommends 160 bits).
  public static let secretBytes = 20

  /// The code of a step, six digits.
  public static func code(secret: [UInt8], step: Int64) -> String {
    String(decoding: digits(secret, step), as: UTF8.self)
  }

  /// The step that an instant lies in, counted from 1970.
  public static func step(at instant: Instant) -> Int64 {
    let length = stepSeconds * 1_000_000
    let quotient = instant.microseconds / length
    return instant.microseconds % length < 0 ? quotient - 1 : quotient
  }

  /// The step whose code this is, no more than one step from `instant` and after `lastStep`; else nil.
  ///
  /// Keep the step and give it as `lastStep` next time: then no code, nor an older one, is taken twice. The time that
  /// it takes does not depend on whether and where the code matches.
  public static func matchingStep(
    code: String, secret: [UInt8], at instant: Instant, after lastStep: Int64?
  ) -> Int64? {
    let given = Array(code.utf8)
    let now = step(at: instant)
    var found: Int64 = 0
    var isFound = false
    for candidate in (now - windowSteps)...(now + windowSteps) {
      let isEqual = Digests.areEqual(given, digits(secret, candidate))
      let isFresh = lastStep.map { candidate > $0 } ?? true
      // The latest one that matches, so that a code of two steps is spent with both.
      let isTaken = isEqual && isFresh
      found = isTaken ? candidate : found
      isFound = isFound || isTaken
    }
    return isFound ? found : nil
  }

  /// A new random secret; apps take it as Base 32.
  public static func newSecret() -> [UInt8] {
    var random = SystemRandomNumberGenerator()
    return (0..<secretBytes).map { _ in UInt8.random(in: 0...255, using: &random) }
  }

  /// HOTP (RFC 4226) of the step: dynamic truncation to six digits.
  private static func digits(_ secret: [UInt8], _ step: Int64) -> [UInt8] {
    let counter = (0..<8).map { UInt8(truncatingIfNeeded: step >> (56 - 8 * Int64($0))) }
    let hash = Array(HMAC<Insecure.SHA1>.authenticationCode(for: counter, using: SymmetricKey(data: secret)))
    let offset = Int(hash[19] & 0xF)
    var value = UInt32(hash[offset] & 0x7F)
    for index in 1...3 { value = value << 8 | UInt32(hash[offset + index]) }
    var digits: [UInt8] = []
    var weight: UInt32 = 100_000
    while weight > 0 {
      digits.append(0x30 + UInt8(value / weight % 10))
      weight /= 10
    }
    return digits
  }
}
