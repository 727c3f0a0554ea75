import Model

/// The notations in which the directory keeps and compares text.
enum DirectoryText {
  /// The folded words of a text, each cut to `WordTable.wordBytesMax`.
  static func words(_ text: String) -> [ArraySlice<UInt8>] {
    Folding.fold(text).split(separator: 0x20).map { $0.prefix(WordTable.wordBytesMax) }
  }

  /// What a name with hyphens is in one word, as many write it: `annaliisa` of `Anna-Liisa`.
  static func joinedWords(_ text: String) -> [ArraySlice<UInt8>] {
    guard text.utf8.contains(0x2D) else { return [] }
    return text.split(whereSeparator: \.isWhitespace).compactMap { name in
      let folded = Folding.fold(String(name))
      return folded.contains(0x20) ? folded.filter { $0 != 0x20 }.prefix(WordTable.wordBytesMax) : nil
    }
  }

  /// An e-mail address, or a piece of one, with its letters folded and its punctuation kept.
  static func address(_ text: String) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
      guard byte < 0x80 else { return addressBeyondASCII(text) }
      append(byte, to: &result)
    }
    return result
  }

  private static func addressBeyondASCII(_ text: String) -> [UInt8] {
    var result: [UInt8] = []
    for scalar in text.unicodeScalars {
      if scalar.value < 0x80 {
        append(UInt8(scalar.value), to: &result)
      } else {
        result.append(contentsOf: Folding.fold(String(scalar)).filter { $0 != 0x20 })
      }
    }
    return result
  }

  @inline(__always)
  private static func append(_ byte: UInt8, to result: inout [UInt8]) {
    switch byte {
    case 0x77, 0x57: result.append(0x76)
    case 0x41...0x5A: result.append(byte + 0x20)
    case 0x21...0x7E: result.append(byte)
    default: break
    }
  }

  /// The two sides of an address's last at sign, each cut to `WordTable.wordBytesMax`; nil where there is no at sign.
  static func sides(ofAddress text: [UInt8]) -> (local: ArraySlice<UInt8>, domain: ArraySlice<UInt8>)? {
    guard let at = text.lastIndex(of: 0x40) else { return nil }
    return (text[..<at].prefix(WordTable.wordBytesMax), text[(at + 1)...].prefix(WordTable.wordBytesMax))
  }

  /// A phone in any notation as digits with country code, and as digits without prefix, for pieces from its middle.
  ///
  /// Leading `+` and `00` are dropped, a leading `0` is Finland's, `(0)` after a country code is nothing.
  static func phone(_ text: String) -> (whole: [UInt8], national: [UInt8]) {
    var digits: [UInt8] = []
    digits.reserveCapacity(16)
    var isInternational = false
    for byte in text.utf8 {
      if byte == 0x2B, digits.isEmpty { isInternational = true }
      if (0x30...0x39).contains(byte), digits.count < 32 { digits.append(byte) }
    }
    if !isInternational, digits.starts(with: [0x30, 0x30]) {
      isInternational = true
      digits.removeFirst(2)
    }
    if isInternational {
      if digits.count > 3, digits[3] == 0x30, digits.starts(with: finland) { digits.remove(at: finland.count) }
      return (digits, digits)
    }
    guard digits.first == 0x30 else { return (digits, digits) }
    return (finland + digits.dropFirst(), Array(digits.dropFirst()))
  }

  private static let finland: [UInt8] = [0x33, 0x35, 0x38]
}
