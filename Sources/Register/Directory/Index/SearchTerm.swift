import Model

/// One word of a search text, in every notation in which it may match.
///
/// A class, since records are compared with terms a million times and copying its arrays' references would cost more.
final class SearchTerm: Sendable {
  /// The folded word, for names; empty where the term is no name.
  let word: [UInt8]
  /// The text with its punctuation, for either side of an address; empty where it is none.
  let piece: [UInt8]
  /// The two sides of a text with an at sign.
  let sides: (local: [UInt8], domain: [UInt8])?
  /// Digits with country code, and digits from the middle of a number; nil where the term is no phone.
  let phone: (whole: [UInt8], middle: [UInt8])?
  /// Finds words with typos.
  let automaton: TypoAutomaton

  init(
    word: [UInt8] = [], piece: [UInt8] = [], sides: (local: [UInt8], domain: [UInt8])? = nil,
    phone: (whole: [UInt8], middle: [UInt8])? = nil
  ) {
    self.word = word
    self.piece = piece
    self.sides = sides
    self.phone = phone
    automaton = TypoAutomaton(word)
  }

  /// The shortest digits that a phone is found by.
  static let phoneDigitsMin = 3

  /// The terms of a text as a person types it; all of them must match.
  ///
  /// Blanks, commas and semicolons part words. A word with an at sign is an address; several groups of digits in a row
  /// are one phone; a word with other punctuation is either several words of names or one piece of an address.
  static func terms(of text: String) -> [SearchTerm] {
    let text = text.unicodeScalars.prefix(Limits.searchTextScalarsMax)
    let words = text.split { $0.properties.isWhitespace || $0 == "," || $0 == ";" || $0.value < 0x20 }
      .map { String(String.UnicodeScalarView($0)) }
    var terms: [SearchTerm] = []
    var index = 0
    while index < words.count {
      var end = index
      while end < words.count, isDigits(words[end]) { end += 1 }
      let phone = DirectoryText.phone(words[index..<end].joined())
      if end - index > 1, phone.national.count >= 5 {
        terms.append(SearchTerm(phone: (phone.whole, phone.national)))
        index = end
      } else {
        terms += self.terms(ofWord: words[index])
        index += 1
      }
    }
    return terms
  }

  private static func terms(ofWord text: String) -> [SearchTerm] {
    let piece = Array(DirectoryText.address(text).prefix(2 * WordTable.wordBytesMax))
    if let (local, domain) = DirectoryText.sides(ofAddress: piece) {
      return local.isEmpty && domain.isEmpty ? [] : [SearchTerm(sides: (Array(local), Array(domain)))]
    }
    var phone: (whole: [UInt8], middle: [UInt8])?
    if isDigits(text) {
      let digits = DirectoryText.phone(text)
      if text.utf8.count(where: { (0x30...0x39).contains($0) }) >= phoneDigitsMin, digits.whole.count >= phoneDigitsMin
      {
        phone = (digits.whole, digits.national)
      }
    }
    let address = Array(piece.prefix(WordTable.wordBytesMax))
    let words = DirectoryText.words(text)
    if words.isEmpty { return [] }
    if phone != nil {
      return [SearchTerm(word: words.count == 1 ? Array(words[0]) : [], piece: address, phone: phone)]
    }
    return words.map { SearchTerm(word: Array($0), piece: address) }
  }

  /// Whether a word has digits and what stands between them in phones only.
  private static func isDigits(_ text: String) -> Bool {
    var hasDigit = false
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39: hasDigit = true
      case 0x2B, 0x2D, 0x28, 0x29, 0x2E, 0x2F: break
      default: return false
      }
    }
    return hasDigit
  }
}

/// How a term matches a word, best first.
enum MatchClass: Int, CaseIterable, Sendable {
  case exact = 0
  case prefix = 1
  case substring = 2
  case oneTypo = 3
  case twoTypos = 4
}

/// Where a term matches, best first.
enum MatchField: Int, CaseIterable, Sendable {
  case name = 0
  case email = 1
  case phone = 2
  case organisation = 3
}

/// How well something matches, lower is better: the worst class of its terms, then the sum of all terms' scores.
struct Rank {
  /// A term's score: its class, then its field.
  static func score(_ match: MatchClass, _ field: MatchField) -> Int { match.rawValue * 4 + field.rawValue }

  /// The rank of a text whose terms have these scores.
  static func combined(worst: Int, sum: Int) -> Int { (worst >> 2) << 16 | sum }
}
