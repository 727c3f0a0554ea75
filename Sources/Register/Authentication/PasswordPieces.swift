/// Takes a password apart into the pieces that are guessed with the fewest tries.
///
/// What a piece counts is in tenths of a bit, rough on purpose: a common word 12 bits, the employee's own name 2, a run
/// or walk 7 and one for each turn, a year 6, the same again 4, a word that was there before 3, a space or hyphen 2,
/// a digit 3.3, another letter 4.7, anything else 5. The way of D. L. Wheeler, "zxcvbn: Low-Budget Password Strength
/// Estimation", USENIX Security 2016, with flat weights.
struct PasswordPieces {
  /// What a piece is.
  enum Kind: Hashable {
    case name
    case word
    case run
    case repeated
    case other
  }

  private struct Piece {
    let count: Int
    let tenths: Int
    let kind: Kind
  }

  /// Repetitions of longer blocks are not looked for: such a block is strong enough by itself.
  private static let blockMax = 32

  private let password: FoldedPassword
  private let names: [[UInt8]]
  private let words = CommonWords()
  /// The pieces that begin at each scalar.
  private var pieces: [[Piece]] = []

  init(_ password: FoldedPassword, names: [[UInt8]]) {
    self.password = password
    self.names = names
    let runs = KeyboardRuns(password.scalars)
    pieces = password.plain.indices.map { start in
      [character(start)] + wordPieces(start) + year(start)
        + runs.lengths(from: start).map { Piece(count: $0.count, tenths: 70 + 10 * $0.turns, kind: .run) }
    }
  }

  /// The least that the pieces count together, and what kinds they are of.
  func fewest() -> (tenths: Int, kinds: Set<Kind>) {
    let count = pieces.count
    var best = [Int](repeating: .max, count: count + 1)
    var last = [(start: Int, kind: Kind)](repeating: (0, .other), count: count + 1)
    best[0] = 0
    func reach(_ start: Int, _ length: Int, _ tenths: Int, _ kind: Kind) {
      guard best[start] + tenths < best[start + length] else { return }
      best[start + length] = best[start] + tenths
      last[start + length] = (start, kind)
    }
    for start in 0..<count {
      for piece in pieces[start] { reach(start, piece.count, piece.tenths, piece.kind) }
      repetitions(from: start) { length, tenths in reach(start, length, tenths, .repeated) }
    }
    var kinds = Set<Kind>()
    var end = count
    while end > 0 {
      kinds.insert(last[end].kind)
      end = last[end].start
    }
    return (best[count], kinds)
  }

  /// A block at least twice, or a character three times, from a scalar on; its last time may be cut short.
  private func repetitions(from start: Int, _ found: (_ length: Int, _ tenths: Int) -> Void) {
    let plain = password.plain
    let longest = min(Self.blockMax, (plain.count - start) / 2)
    guard longest > 0 else { return }
    let blocks = blockTenths(start, longest)
    for period in 1...longest {
      var same = 0
      while start + period + same < plain.count, plain[start + same] == plain[start + period + same] { same += 1 }
      let least = period == 1 ? 2 : period
      guard same >= least else { continue }
      for more in least...same { found(period + more, blocks[period] + 40) }
    }
  }

  /// What the scalars from `start` on count, without repetitions, by their number.
  private func blockTenths(_ start: Int, _ longest: Int) -> [Int] {
    var best = [Int](repeating: .max, count: longest + 1)
    best[0] = 0
    for offset in 0..<longest {
      for piece in pieces[start + offset] where offset + piece.count <= longest {
        best[offset + piece.count] = min(best[offset + piece.count], best[offset] + piece.tenths)
      }
    }
    return best
  }

  // MARK: - Pieces

  private func character(_ index: Int) -> Piece {
    let byte = password.plain[index]
    let tenths: Int
    switch byte {
    case 0x20, 0x2D, 0x2E, 0x2C, 0x5F: tenths = 20
    case _ where byte.isDigit: tenths = 33
    case _ where byte.isAlphanumeric: tenths = 47
    default: tenths = 50
    }
    return Piece(count: 1, tenths: tenths, kind: .other)
  }

  /// Names and common words, as they are or with digits and signs for letters.
  private func wordPieces(_ start: Int) -> [Piece] {
    var found: [Piece] = []
    for form in [password.plain] + password.spelled {
      let rest = form[start...]
      for name in names where rest.starts(with: name) {
        found.append(Piece(count: name.count, tenths: 20, kind: .name))
      }
      for length in CommonWords.lengths where length <= rest.count {
        let word = rest.prefix(length)
        guard word.allSatisfy(\.isAlphanumeric) else { break }
        guard words.contains(word) else { continue }
        found.append(Piece(count: length, tenths: wasBefore(word, in: form) ? 30 : 120, kind: .word))
      }
    }
    return found
  }

  private func wasBefore(_ word: ArraySlice<UInt8>, in form: [UInt8]) -> Bool {
    guard word.startIndex >= word.count else { return false }
    return (0...(word.startIndex - word.count)).contains { form[$0...].starts(with: word) }
  }

  private func year(_ start: Int) -> [Piece] {
    let digits = password.plain[start...].prefix(4)
    guard digits.count == 4, digits.allSatisfy(\.isDigit) else { return [] }
    let number = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    return (1900...2099).contains(number) ? [Piece(count: 4, tenths: 60, kind: .other)] : []
  }
}
