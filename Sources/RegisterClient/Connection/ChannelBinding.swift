import Crypto

/// The channel binding `tls-server-end-point` (RFC 5929, section 4): a hash of the server's certificate.
public enum ChannelBinding {
  /// The hash that a certificate's signature algorithm asks for.
  public enum HashAlgorithm: Sendable, Equatable {
    case sha256
    case sha384
    case sha512
  }

  /// The binding of a certificate in DER. Nil where the bytes are no certificate.
  public static func endPoint(certificate der: [UInt8]) -> [UInt8]? {
    switch hashAlgorithm(certificate: der) {
    case .sha256: Array(SHA256.hash(data: der))
    case .sha384: Array(SHA384.hash(data: der))
    case .sha512: Array(SHA512.hash(data: der))
    case nil: nil
    }
  }

  /// The hash of the certificate's signature; SHA-256 in place of MD5 and SHA-1, and where the signature names none
  /// (Ed25519).
  public static func hashAlgorithm(certificate der: [UInt8]) -> HashAlgorithm? {
    var outer = DERReader(der[...])
    guard var certificate = outer.enter(0x30), certificate.skip() != nil, var algorithm = certificate.enter(0x30),
      let identifier = algorithm.take(0x06)
    else { return nil }
    switch Array(identifier) {
    case rsa + [0x0C], ecdsa + [0x03]: return .sha384
    case rsa + [0x0D], ecdsa + [0x04]: return .sha512
    case rsa + [0x0A]: return pssHash(&algorithm)
    default: return .sha256
    }
  }

  /// RSASSA-PSS names its hash in its parameters (RFC 4055, section 3.1).
  private static func pssHash(_ algorithm: inout DERReader) -> HashAlgorithm {
    guard var parameters = algorithm.enter(0x30), var tagged = parameters.enter(0xA0), var hash = tagged.enter(0x30),
      let identifier = hash.take(0x06)
    else { return .sha256 }
    switch Array(identifier) {
    case sha2 + [0x02]: return .sha384
    case sha2 + [0x03]: return .sha512
    default: return .sha256
    }
  }

  private static let rsa: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01]
  private static let ecdsa: [UInt8] = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03]
  private static let sha2: [UInt8] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02]
}

/// Walks over DER elements (X.690) as far as a certificate's outline needs it.
struct DERReader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// The contents of the next element if it has the tag.
  mutating func take(_ tag: UInt8) -> ArraySlice<UInt8>? {
    guard rest.first == tag else { return nil }
    return skip()
  }

  /// The inside of the next element if it has the tag.
  mutating func enter(_ tag: UInt8) -> DERReader? { take(tag).map { DERReader($0) } }

  /// The contents of the next element, whatever its tag.
  mutating func skip() -> ArraySlice<UInt8>? {
    guard rest.count >= 2 else { return nil }
    var index = rest.startIndex + 1
    var length = Int(rest[index])
    index += 1
    if length >= 0x80 {
      let octets = length & 0x7F
      guard (1...3).contains(octets), rest.endIndex - index >= octets else { return nil }
      length = rest[index..<index + octets].reduce(0) { $0 << 8 | Int($1) }
      index += octets
    }
    guard length <= rest.endIndex - index else { return nil }
    defer { rest = rest[(index + length)...] }
    return rest[index..<index + length]
  }
}
