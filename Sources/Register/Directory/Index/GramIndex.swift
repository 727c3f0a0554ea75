/// From three neighbouring letters to the words that hold them: what finds prefixes and substrings without a scan.
///
/// A word stands in one list a gram. With a stride above one only each second or third gram of a word is listed, for
/// dictionaries with a million words; a pattern then needs `minimumSubstring` letters. Lists name words that *may*
/// match: whoever asks compares the bytes.
struct GramIndex: ~Copyable, Sendable {
  private var lists: [[UInt32]]
  private let stride: Int
  private let anchored: Bool

  /// An index that lists each `stride`th gram, and with `anchored` the word's start too (for prefixes of one and two).
  init(stride: Int, anchored: Bool) {
    lists = Array(repeating: [], count: 1 << 18)
    self.stride = stride
    self.anchored = anchored
  }

  /// The shortest pattern that `substring` answers.
  var minimumSubstring: Int { 2 + stride }

  /// Six bits for a byte: letters and digits have one each, other bytes share; zero is a word's start.
  private static let codes: [Int] = (0..<256).map { byte in
    switch byte {
    case 0x61...0x7A: byte - 0x60
    case 0x30...0x39: byte - 0x30 + 27
    default: 37 + byte % 27
    }
  }

  @inline(__always)
  private func forEachGram(of word: UnsafeBufferPointer<UInt8>, _ body: (Int) -> Void) {
    Self.codes.withUnsafeBufferPointer { codes in
      if anchored, word.count >= 1 { body(codes[Int(word[0])]) }
      if anchored, word.count >= 2 { body(codes[Int(word[0])] << 6 | codes[Int(word[1])]) }
      var start = 0
      while start + 3 <= word.count {
        body(Self.gram(word, start, codes))
        start += stride
      }
    }
  }

  @inline(__always)
  private static func gram(
    _ text: UnsafeBufferPointer<UInt8>, _ start: Int, _ codes: UnsafeBufferPointer<Int>
  ) -> Int {
    codes[Int(text[start])] << 12 | codes[Int(text[start + 1])] << 6 | codes[Int(text[start + 2])]
  }

  /// Lists a word.
  mutating func add(_ ordinal: UInt32, _ word: UnsafeBufferPointer<UInt8>) {
    var grams: [Int] = []
    forEachGram(of: word) { grams.append($0) }
    for gram in grams where lists[gram].last != ordinal {
      let count = lists[gram].count
      if count == lists[gram].capacity { lists[gram].reserveCapacity(count + max(2, count / 8)) }
      lists[gram].append(ordinal)
    }
  }

  /// Takes a word out of every list.
  mutating func remove(_ ordinal: UInt32, _ word: UnsafeBufferPointer<UInt8>) {
    var grams: [Int] = []
    forEachGram(of: word) { grams.append($0) }
    for gram in grams { swapRemove(ordinal, from: &lists[gram]) }
  }

  /// Lists every word of a new dictionary at once: counts first, so that no list grows.
  mutating func load(count: Int, _ word: (Int) -> UnsafeBufferPointer<UInt8>) {
    var counts = [UInt32](repeating: 0, count: lists.count)
    counts.withUnsafeMutableBufferPointer { counts in
      for ordinal in 0..<count { forEachGram(of: word(ordinal)) { counts[$0] += 1 } }
    }
    var fills = lists
    fills.withUnsafeMutableBufferPointer { lists in
      for gram in 0..<lists.count where counts[gram] > 0 { lists[gram].reserveCapacity(Int(counts[gram])) }
      for ordinal in 0..<count {
        forEachGram(of: word(ordinal)) { gram in
          if lists[gram].last != UInt32(ordinal) { lists[gram].append(UInt32(ordinal)) }
        }
      }
    }
    lists = fills
  }

  /// The shortest list that holds every word with this prefix; nil when the prefix is too short to say.
  func prefix(_ pattern: UnsafeBufferPointer<UInt8>) -> [UInt32]? {
    var best: Int?
    forEachGram(of: pattern) { gram in
      if let known = best, lists[known].count <= lists[gram].count { return }
      best = gram
    }
    return best.map { lists[$0] }
  }

  /// Lists that together hold every word with this pattern in it; none when it is shorter than `minimumSubstring`.
  func substring(_ pattern: UnsafeBufferPointer<UInt8>) -> [[UInt32]] {
    guard pattern.count >= minimumSubstring else { return [] }
    return Self.codes.withUnsafeBufferPointer { codes in
      (0..<stride).map { alignment in
        var best = Self.gram(pattern, alignment, codes)
        for start in Swift.stride(from: alignment, through: pattern.count - 3, by: stride) {
          let gram = Self.gram(pattern, start, codes)
          if lists[gram].count < lists[best].count { best = gram }
        }
        return lists[best]
      }
    }
  }

  /// Whether a word is in any list; for tests.
  func mentions(_ ordinal: UInt32) -> Bool { lists.contains { $0.contains(ordinal) } }
}

/// Takes one value out of a list whose order does not matter.
func swapRemove(_ value: UInt32, from list: inout [UInt32]) {
  guard let index = list.firstIndex(of: value) else { return }
  list[index] = list[list.count - 1]
  list.removeLast()
}
