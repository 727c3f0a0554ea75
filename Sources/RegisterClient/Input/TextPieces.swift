/// A text file as UTF-8, cut into pieces that end at scalar boundaries.
public struct TextPieces: Sequence, Sendable {
  /// A piece's size, at most.
  public static let pieceBytes = 16 * 1024
  private let bytes: [UInt8]
  private let size: Int

  /// Pieces of bytes that must be UTF-8; what is not is taken as Windows-1252. A byte order mark is left out.
  public init(_ raw: [UInt8], pieceBytes: Int = TextPieces.pieceBytes) {
    let body = raw.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(raw.dropFirst(3)) : raw
    bytes = Windows1252.isUTF8(body) ? body : Windows1252.utf8(body)
    size = Swift.max(4, pieceBytes)
  }

  /// The whole in bytes.
  public var byteCount: Int { bytes.count }

  /// Goes through the pieces in order.
  public func makeIterator() -> AnyIterator<String> {
    var start = 0
    let bytes = bytes
    let size = size
    return AnyIterator {
      guard start < bytes.count else { return nil }
      var end = Swift.min(start + size, bytes.count)
      while end < bytes.count, end > start + 1, bytes[end] & 0xC0 == 0x80 { end -= 1 }
      defer { start = end }
      return String(decoding: bytes[start..<end], as: UTF8.self)
    }
  }

  /// The lines of the text, without their ends; empty ones are left out.
  public var lines: [String] {
    bytes.split { $0 == 0x0A || $0 == 0x0D }.map { String(decoding: $0, as: UTF8.self) }
  }
}

/// The eight-bit encoding of older Windows programs in western Europe (WHATWG Encoding Standard, windows-1252).
enum Windows1252 {
  static func isUTF8(_ bytes: [UInt8]) -> Bool { String(validating: bytes, as: UTF8.self) != nil }

  static func utf8(_ bytes: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count + bytes.count / 8)
    for byte in bytes {
      let value = (0x80...0x9F).contains(byte) ? high[Int(byte) - 0x80] : UInt16(byte)
      if value < 0x80 {
        out.append(UInt8(value))
      } else if value < 0x800 {
        out.append(0xC0 | UInt8(value >> 6))
        out.append(0x80 | UInt8(value & 0x3F))
      } else {
        out.append(0xE0 | UInt8(value >> 12))
        out.append(0x80 | UInt8(value >> 6 & 0x3F))
        out.append(0x80 | UInt8(value & 0x3F))
      }
    }
    return out
  }

  /// 0x80 to 0x9F; the five that are not assigned are C1 controls there, and U+FFFD here.
  private static let high: [UInt16] = [
    0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0xFFFD,
    0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
    0x0153, 0xFFFD, 0x017E, 0x0178,
  ]
}
