/// Tells how many typos lie between a word and a pattern: inserted, missing, wrong or swapped letters.
///
/// The optimal string alignment distance (Damerau's, where swapped neighbours count one and are not edited again),
/// bounded at two, as a nondeterministic automaton in machine words after Wu and Manber, "Fast text searching allowing
/// errors", with transpositions after Hyyrö. It gives up at the first letter past which no match is left.
struct TypoAutomaton: Sendable {
  /// Bit `i + 1` of a byte's mask is set where the pattern's byte `i` is that byte.
  private let masks: [UInt64]
  private let count: Int
  /// How many typos are tolerated: none, one or two.
  let typos: Int
  /// The parity of each letter's count in the pattern.
  let signature: UInt32

  /// The longest pattern, in bytes.
  static let patternBytesMax = 60

  /// An automaton for a pattern; typos are tolerated in words without digits and other letters than a to z: one from
  /// four letters, two from eight.
  init(_ pattern: [UInt8]) {
    var masks = [UInt64](repeating: 0, count: 256)
    count = min(pattern.count, Self.patternBytesMax)
    for index in 0..<count { masks[Int(pattern[index])] |= 2 << UInt64(index) }
    self.masks = masks
    let isPlain = pattern.allSatisfy { (0x61...0x7A).contains($0) }
    typos = !isPlain || pattern.count < 4 || pattern.count > Self.patternBytesMax ? 0 : pattern.count < 8 ? 1 : 2
    signature = pattern.withUnsafeBufferPointer(Self.signature)
  }

  /// The parity of each letter's count: a typo flips at most two bits, so most words are ruled out by one comparison.
  static func signature(_ word: UnsafeBufferPointer<UInt8>) -> UInt32 {
    var bits: UInt32 = 0
    for byte in word { bits ^= 1 << UInt32(byte & 31) }
    return bits
  }

  /// Whether words of these signatures can be within the tolerated typos.
  @inline(__always)
  func admits(signature other: UInt32) -> Bool { (signature ^ other).nonzeroBitCount <= 2 * typos }

  /// The typos between the pattern and a word, nil where there are more than tolerated.
  func distance(to word: UnsafeBufferPointer<UInt8>) -> Int? {
    guard typos > 0, abs(word.count - count) <= typos else { return nil }
    return masks.withUnsafeBufferPointer { masks in
      // A set bit `i` of `exact`, `one`, `two`: the pattern's first `i` bytes match with at most so many typos.
      var exact: UInt64 = 1
      var one: UInt64 = 3
      var two: UInt64 = typos > 1 ? 7 : 0
      var exactBefore: UInt64 = 0
      var oneBefore: UInt64 = 0
      var maskBefore: UInt64 = 0
      for byte in word {
        let mask = masks[Int(byte)]
        let swapped = mask << 1 & maskBefore
        let nextExact = exact << 1 & mask
        let nextOne = one << 1 & mask | exact | (exact | nextExact) << 1 | exactBefore << 2 & swapped
        if typos > 1 {
          let nextTwo = two << 1 & mask | one | (one | nextOne) << 1 | oneBefore << 2 & swapped
          if nextTwo == 0 { return nil }
          two = nextTwo
        } else if nextOne == 0 {
          return nil
        }
        (exactBefore, oneBefore, maskBefore) = (exact, one, mask)
        (exact, one) = (nextExact, nextOne)
      }
      let final: UInt64 = 1 << UInt64(count)
      if exact & final != 0 { return 0 }
      if one & final != 0 { return 1 }
      return two & final != 0 ? 2 : nil
    }
  }
}
