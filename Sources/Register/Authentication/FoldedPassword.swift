/// A password as it is compared with words: small letters without marks, and with the digits and signs that stand for
/// letters read as those. All forms have one element for each scalar.
struct FoldedPassword: Sendable {
  /// Small letters `a` to `z`, digits and signs of ASCII; 0xFF for all else.
  let plain: [UInt8]
  /// The same, with digits and signs read as letters; where `1` is both, each way.
  let spelled: [[UInt8]]
  /// The scalars in small letters.
  let scalars: [Unicode.Scalar]

  init(_ password: String) {
    scalars = password.unicodeScalars.map { scalar in
      let small = scalar.properties.lowercaseMapping.unicodeScalars
      return small.count == 1 ? small.first ?? scalar : scalar
    }
    plain = scalars.map(Self.fold)
    let plain = plain
    spelled = [UInt8(0x69), 0x6C].map { one in
      plain.map { byte -> UInt8 in
        switch byte {
        case 0x30: 0x6F  // 0 o
        case 0x31, 0x21, 0x7C: one  // 1 ! |
        case 0x33: 0x65  // 3 e
        case 0x34, 0x40: 0x61  // 4 @ a
        case 0x35, 0x24: 0x73  // 5 $ s
        case 0x37, 0x2B: 0x74  // 7 + t
        case 0x38: 0x62  // 8 b
        default: byte
        }
      }
    }
  }

  private static func fold(_ scalar: Unicode.Scalar) -> UInt8 {
    switch scalar {
    case "å", "ä", "á", "à", "â", "ã", "æ": 0x61
    case "ö", "ø", "ó", "ò", "ô", "õ": 0x6F
    case "é", "è", "ê", "ë": 0x65
    case "ü", "ú", "ù", "û": 0x75
    case "í", "ì", "î", "ï": 0x69
    case "ñ": 0x6E
    case "ç", "č": 0x63
    case "š": 0x73
    case "ž": 0x7A
    default: scalar.isASCII ? UInt8(truncatingIfNeeded: scalar.value) : 0xFF
    }
  }
}

extension UInt8 {
  /// Whether it is a small letter or a digit of ASCII.
  var isAlphanumeric: Bool { (0x61...0x7A).contains(self) || isDigit }
  /// Whether it is a digit of ASCII.
  var isDigit: Bool { (0x30...0x39).contains(self) }
}
