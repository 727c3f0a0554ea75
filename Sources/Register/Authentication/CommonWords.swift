import CWords

/// The common words and passwords that the program has embedded (words/README.md), looked up where they lie.
struct CommonWords: Sendable {
  /// The lengths that words have.
  static let lengths = 4...24

  /// Whether a word, folded to `a` to `z` and digits, is common.
  func contains(_ word: some Collection<UInt8>) -> Bool {
    guard Self.lengths.contains(word.count) else { return false }
    return (0..<rekisteri_words_count()).contains { index in
      let list = rekisteri_words_at(index)
      return UnsafeRawBufferPointer(start: list.bytes, count: list.count).hasLine(word)
    }
  }
}

extension UnsafeRawBufferPointer {
  /// Whether sorted lines, each with its line feed, hold this one.
  fileprivate func hasLine(_ word: some Collection<UInt8>) -> Bool {
    var low = 0
    var high = count
    while low < high {
      var start = (low + high) / 2
      while start > low, self[start - 1] != 0x0A { start -= 1 }
      var end = start
      while end < high, self[end] != 0x0A { end += 1 }
      let line = self[start..<end]
      if line.elementsEqual(word) { return true }
      if line.lexicographicallyPrecedes(word) { low = end + 1 } else { high = start }
    }
    return false
  }
}
