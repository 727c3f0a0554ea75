/// Classes of bytes and Unicode scalar values that the grammar of rek/1 speaks of (PROTOCOL.md section 1).
enum Scalars {
  /// Whether a scalar value of U+0080 or above may stand unescaped on a line: the rule `utf8-safe`.
  @inline(__always)
  static func isSafe(_ value: UInt32) -> Bool {
    if value < 0xA0 { return false }
    if value < 0x2000 { return value != 0xAD && value != 0x61C }
    if value < 0x2070 {
      return value <= 0x200A || (value >= 0x2010 && value <= 0x2027) || (value >= 0x202F && value <= 0x205F)
    }
    if value <= 0xD7FF { return true }
    if value < 0xE000 { return false }
    return value != 0xFEFF && value != 0xFFFE && value != 0xFFFF && value <= 0x10FFFF
  }

  /// Whether a byte is an ASCII `atom-char`.
  @inline(__always)
  static func isAtom(_ byte: UInt8) -> Bool {
    contains(byte, low: 0x27FF_FC28_0000_0000, high: 0x47FF_FFFE_87FF_FFFF)
  }

  /// Whether a byte may stand in a tag after its first, letter or digit.
  @inline(__always)
  static func isTag(_ byte: UInt8) -> Bool {
    contains(byte, low: 0x03FF_2000_0000_0000, high: 0x07FF_FFFE_87FF_FFFE)
  }

  /// Whether a byte may stand in a name after its first, lower-case letter.
  @inline(__always)
  static func isName(_ byte: UInt8) -> Bool {
    contains(byte, low: 0x03FF_2000_0000_0000, high: 0x07FF_FFFE_0000_0000)
  }

  /// Whether a byte is a `qchar`: printable ASCII but `"` and `\`.
  @inline(__always)
  static func isQuoted(_ byte: UInt8) -> Bool {
    contains(byte, low: 0xFFFF_FFFB_0000_0000, high: 0x7FFF_FFFF_EFFF_FFFF)
  }

  @inline(__always)
  private static func contains(_ byte: UInt8, low: UInt64, high: UInt64) -> Bool {
    byte < 0x80 && ((byte < 0x40 ? low : high) &>> UInt64(byte & 0x3F)) & 1 != 0
  }

  /// The value of a hexadecimal digit, or nil.
  @inline(__always)
  static func hexValue(_ byte: UInt8) -> UInt32? {
    switch byte {
    case 0x30...0x39: UInt32(byte &- 0x30)
    case 0x41...0x46: UInt32(byte &- 0x37)
    case 0x61...0x66: UInt32(byte &- 0x57)
    default: nil
    }
  }
}

/// Strict UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
enum UTF8Scan {
  /// The scalar value at `index`, which moves past it; nil, with `index` where it was, if the bytes are ill-formed.
  static func decode(_ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int) -> UInt32? {
    let first = bytes[index]
    if first < 0x80 {
      index += 1
      return UInt32(first)
    }
    let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
    guard first >= 0xC2, first <= 0xF4, bytes.count - index >= length else { return nil }
    var value = UInt32(first) & (0x7F &>> UInt32(length))
    for offset in 1..<length {
      let next = bytes[index + offset]
      guard next & 0xC0 == 0x80 else { return nil }
      value = value &<< 6 | UInt32(next & 0x3F)
    }
    guard value >= (length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000), value <= 0x10FFFF,
      value & 0xFFFF_F800 != 0xD800
    else { return nil }
    index += length
    return value
  }

  /// Whether all the bytes are well-formed.
  static func isValid(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var index = 0
    let raw = UnsafeRawBufferPointer(bytes)
    while index < bytes.count {
      if bytes.count - index >= 8,
        raw.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
      {
        index += 8
      } else if decode(bytes, &index) == nil {
        return false
      }
    }
    return true
  }

  /// Appends a scalar value's UTF-8; the value is one that `decode` or a checked escape gave.
  @inline(__always)
  static func append(_ value: UInt32, to bytes: inout [UInt8]) {
    switch value {
    case ..<0x80: bytes.append(UInt8(truncatingIfNeeded: value))
    case ..<0x800:
      bytes.append(UInt8(truncatingIfNeeded: 0xC0 | value &>> 6))
      bytes.append(UInt8(truncatingIfNeeded: 0x80 | value & 0x3F))
    case ..<0x10000:
      bytes.append(UInt8(truncatingIfNeeded: 0xE0 | value &>> 12))
      bytes.append(UInt8(truncatingIfNeeded: 0x80 | value &>> 6 & 0x3F))
      bytes.append(UInt8(truncatingIfNeeded: 0x80 | value & 0x3F))
    default:
      bytes.append(UInt8(truncatingIfNeeded: 0xF0 | value &>> 18))
      bytes.append(UInt8(truncatingIfNeeded: 0x80 | value &>> 12 & 0x3F))
      bytes.append(UInt8(truncatingIfNeeded: 0x80 | value &>> 6 & 0x3F))
      bytes.append(UInt8(truncatingIfNeeded: 0x80 | value & 0x3F))
    }
  }
}

extension String {
  /// A string of well-formed UTF-8; ill-formed bytes would become U+FFFD.
  @inline(__always)
  init(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
    self.init(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
  }
}
