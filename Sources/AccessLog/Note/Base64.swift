/// Standard base64 with padding (RFC 4648 section 4), where every sequence of bytes has exactly one form.
enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let padding = UInt8(ascii: "=")
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 0xFF, count: 256)
    for (value, letter) in alphabet.enumerated() { values[Int(letter)] = UInt8(value) }
    return values
  }()

  static func encode(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    var place = 0
    while place < bytes.count {
      let count = min(3, bytes.count - place)
      var group: UInt32 = 0
      for offset in 0..<3 { group = group << 8 | (offset < count ? UInt32(bytes[place + offset]) : 0) }
      for letter in 0..<4 {
        text.append(letter <= count ? alphabet[Int(group >> (18 - 6 * UInt32(letter)) & 63)] : padding)
      }
      place += 3
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The bytes; nil for other letters, white space, missing padding, or bits that padding leaves over and that are not
  /// zero.
  static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    let letters = Array(text)
    guard letters.count % 4 == 0 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(letters.count / 4 * 3)
    for start in stride(from: 0, to: letters.count, by: 4) {
      let isLast = start + 4 == letters.count
      let padded = isLast ? letters[start + 2..<start + 4].reversed().prefix { $0 == padding }.count : 0
      var group: UInt32 = 0
      for letter in letters[start..<start + 4 - padded] {
        let value = values[Int(letter)]
        guard value != 0xFF else { return nil }
        group = group << 6 | UInt32(value)
      }
      group <<= 6 * UInt32(padded)
      let spare: UInt32 = padded == 0 ? 0 : padded == 1 ? 0xFF : 0xFFFF
      guard group & spare == 0 else { return nil }
      for offset in 0..<3 - padded { bytes.append(UInt8(truncatingIfNeeded: group >> (16 - 8 * UInt32(offset)))) }
    }
    return bytes
  }
}
