/// Search folding: what two spellings of one name have in common.
///
/// Letters become lower-case base letters (å ä á → a, ö õ ø → o, č → c, đ → d, ŋ → n, š → s, ŧ → t, ž → z, ß → ss,
/// æ → ae, þ → th), w becomes v, marks and apostrophes vanish, every other run of what is no letter or digit becomes one
/// space, and none stays at the ends. Letters of other scripts stay, in lower case. Folding what is folded changes nothing.
public enum Folding {
  /// The folded text in UTF-8.
  public static func fold(_ text: String) -> [UInt8] {
    var folder = Folder(capacity: text.utf8.count)
    var text = text
    text.withUTF8 { bytes in
      var position = 0
      while position < bytes.count, bytes[position] < 0x80 {
        folder.take(ascii: bytes[position])
        position += 1
      }
      if position < bytes.count { folder.takeRest(UnsafeBufferPointer(rebasing: bytes[position...])) }
    }
    return folder.result
  }

  /// The folded text as a string.
  public static func foldedString(_ text: String) -> String { String(decoding: fold(text), as: UTF8.self) }
}

/// Folds scalar by scalar into bytes.
private struct Folder {
  var result: [UInt8] = []
  /// Whether a space is due before the next letter.
  private var isApart = false

  init(capacity: Int) { result.reserveCapacity(capacity) }

  mutating func take(ascii byte: UInt8) {
    switch byte {
    case 0x61...0x7A, 0x30...0x39: put(byte == 0x77 ? 0x76 : byte)
    case 0x41...0x5A: put(byte == 0x57 ? 0x76 : byte + 0x20)
    case 0x27, 0x60: break
    default: isApart = !result.isEmpty
    }
  }

  mutating func takeRest(_ bytes: UnsafeBufferPointer<UInt8>) {
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      if scalar.value < 0x80 { take(ascii: UInt8(scalar.value)) } else { take(scalar) }
    }
  }

  private mutating func take(_ scalar: Unicode.Scalar) {
    if putBaseLetters(of: scalar) { return }
    let properties = scalar.properties
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .modifierLetter: break
    case .finalPunctuation where scalar.value == 0x2019: break
    case .initialPunctuation where scalar.value == 0x2018: break
    case _ where properties.isAlphabetic || properties.numericType != nil:
      for lower in properties.lowercaseMapping.unicodeScalars { putScalar(lower) }
    default: isApart = !result.isEmpty
    }
  }

  private mutating func putBaseLetters(of scalar: Unicode.Scalar) -> Bool {
    let letters = FoldingTable.letters(of: scalar.value)
    if letters == 0 { return false }
    put(UInt8(truncatingIfNeeded: letters))
    if letters > 0xFF { put(UInt8(truncatingIfNeeded: letters >> 8)) }
    return true
  }

  private mutating func putScalar(_ scalar: Unicode.Scalar) {
    if scalar.value < 0x80 {
      take(ascii: UInt8(scalar.value))
    } else if !putBaseLetters(of: scalar) && scalar.properties.generalCategory != .nonspacingMark {
      space()
      result.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }
  }

  private mutating func put(_ byte: UInt8) {
    space()
    result.append(byte)
  }

  private mutating func space() {
    if isApart { result.append(0x20) }
    isApart = false
  }
}
