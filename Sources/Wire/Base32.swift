/// Base 32 (RFC 4648 section 6), in which authenticator apps take their secrets.
public enum Base32 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

  /// The text of the bytes; apps expect it without padding.
  public static func encode(_ bytes: some Collection<UInt8>, padding: Bool = true) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 4) / 5 * 8)
    var bits: UInt32 = 0
    var held = 0
    for byte in bytes {
      bits = bits << 8 | UInt32(byte)
      held += 8
      while held >= 5 {
        held -= 5
        text.append(alphabet[Int(bits >> UInt32(held) & 0x1F)])
      }
    }
    if held > 0 { text.append(alphabet[Int(bits << UInt32(5 - held) & 0x1F)]) }
    while padding, !text.count.isMultiple(of: 8) { text.append(0x3D) }
    return String(decoding: text, as: UTF8.self)
  }

  /// The bytes of a text, either case, with its padding or, where allowed, with none; nil for an impossible length,
  /// spare bits that are not zero or any other character.
  public static func decode(_ text: some StringProtocol, allowsUnpadded: Bool = false) -> [UInt8]? {
    let digits = Array(text.utf8)
    let padding = digits.reversed().prefix { $0 == 0x3D }.count
    let length = digits.count - padding
    guard [0, 2, 4, 5, 7].contains(length % 8) else { return nil }
    guard padding == (8 - length % 8) % 8 || (allowsUnpadded && padding == 0) else { return nil }
    var bytes: [UInt8] = []
    var bits: UInt32 = 0
    var held = 0
    for digit in digits.dropLast(padding) {
      guard let value = value(digit) else { return nil }
      bits = bits << 5 | value
      held += 5
      if held >= 8 {
        held -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(held)))
      }
    }
    guard bits & (1 << UInt32(held) - 1) == 0 else { return nil }
    return bytes
  }

  private static func value(_ digit: UInt8) -> UInt32? {
    switch digit {
    case 0x41...0x5A: UInt32(digit - 0x41)
    case 0x61...0x7A: UInt32(digit - 0x61)
    case 0x32...0x37: UInt32(digit - 0x32 + 26)
    default: nil
    }
  }
}
