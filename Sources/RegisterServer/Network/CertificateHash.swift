/// The hash in a certificate's signature algorithm, read from its DER outline (RFC 5280 section 4.1).
enum CertificateHash: Equatable {
  case sha256
  case sha384
  case sha512

  /// Reads it; SHA-256 where the algorithm names none of the three.
  init(certificate der: [UInt8]) {
    self = .sha256
    var outer = Elements(der[...])
    guard let certificate = outer.next(0x30) else { return }
    var parts = Elements(certificate)
    guard parts.next(0x30) != nil, let algorithm = parts.next(0x30) else { return }
    var fields = Elements(algorithm)
    guard let identifier = fields.next(0x06) else { return }
    switch Array(identifier) {
    case Self.rsa + [0x0C], Self.ecdsa + [0x03]: self = .sha384
    case Self.rsa + [0x0D], Self.ecdsa + [0x04]: self = .sha512
    case Self.rsa + [0x0A]: self = Self.pss(&fields)
    default: break
    }
  }

  /// RSASSA-PSS names its hash in its parameters (RFC 4055 section 3.1).
  private static func pss(_ fields: inout Elements) -> CertificateHash {
    guard let parameters = fields.next(0x30) else { return .sha256 }
    var inner = Elements(parameters)
    guard let tagged = inner.next(0xA0) else { return .sha256 }
    var hash = Elements(tagged)
    guard let algorithm = hash.next(0x30) else { return .sha256 }
    var names = Elements(algorithm)
    switch names.next(0x06).map(Array.init) {
    case sha2 + [0x02]: return .sha384
    case sha2 + [0x03]: return .sha512
    default: return .sha256
    }
  }

  private static let rsa: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01]
  private static let ecdsa: [UInt8] = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03]
  private static let sha2: [UInt8] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02]

  /// DER elements one after another (X.690).
  private struct Elements {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// The contents of the next element, which must have the tag.
    mutating func next(_ tag: UInt8) -> ArraySlice<UInt8>? {
      guard rest.first == tag, rest.count >= 2 else { return nil }
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
}
