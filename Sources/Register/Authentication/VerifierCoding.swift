import Wire

/// The bytes of a password verifier before they are sealed, version 1:
/// `version u8 │ iterations u32 │ salt u8+bytes │ stored key 32 │ server key 32`, big-endian.
enum VerifierCoding {
  static let version: UInt8 = 1
  static let keyBytes = 32

  /// The bytes of a verifier whose salt is at most 255 bytes long.
  static func encode(_ verifier: ScramVerifier) -> [UInt8] {
    var bytes: [UInt8] = [version]
    withUnsafeBytes(of: UInt32(clamping: verifier.iterations).bigEndian) { bytes.append(contentsOf: $0) }
    bytes.append(UInt8(clamping: verifier.salt.count))
    bytes += verifier.salt.prefix(255)
    return bytes + verifier.storedKey + verifier.serverKey
  }

  /// The verifier of the bytes; nil for anything that `encode` would not have written.
  static func decode(_ bytes: [UInt8]) -> ScramVerifier? {
    guard bytes.count >= 6, bytes[0] == version else { return nil }
    let iterations = bytes[1..<5].reduce(0) { $0 << 8 | Int($1) }
    let keysStart = 6 + Int(bytes[5])
    guard (1...ScramVerifier.iterationsMax).contains(iterations), bytes.count == keysStart + 2 * keyBytes else {
      return nil
    }
    return ScramVerifier(
      salt: Array(bytes[6..<keysStart]), iterations: iterations,
      storedKey: Array(bytes[keysStart..<keysStart + keyBytes]), serverKey: Array(bytes[(keysStart + keyBytes)...]))
  }
}
