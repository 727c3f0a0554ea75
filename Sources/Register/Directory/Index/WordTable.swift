/// A dictionary of distinct words, each with the records that have it; a word that nobody has is overwritten and gone.
///
/// Words are bytes in one arena, named by ordinals that are used again. Its hash is seeded by each process, so nobody
/// can choose names that collide.
struct WordTable: ~Copyable, Sendable {
  /// What a dictionary is asked for.
  enum Kind: Sendable {
    /// Words of names: every prefix, substrings from three letters, typos.
    case names
    /// Parts of e-mail addresses: every prefix, substrings from four letters.
    case addresses
    /// Digits of phones: prefixes from three, substrings from four.
    case phones
  }

  /// The longest word kept, in bytes; longer ones are cut, in questions too.
  static let wordBytesMax = 64

  private var bytes: ZeroingBuffer<UInt8>
  private var offsets: ZeroingBuffer<UInt32>
  private var lengths: ZeroingBuffer<UInt8>
  private var signatures: ZeroingBuffer<UInt32>
  private var slots: ZeroingBuffer<UInt32>
  private var used = 0
  private var freeWords: [UInt32] = []
  private var freeBytes: [[UInt32]] = Array(repeating: [], count: WordTable.wordBytesMax + 1)
  private let seed = UInt64.random(in: 0...UInt64.max)
  private let kind: Kind
  private var isLoading: Bool
  private(set) var postings: Postings
  private(set) var grams: GramIndex

  /// Slots hold 26 bits of an ordinal and six of the hash.
  private static let ordinalMask: UInt32 = 1 << 26 - 1
  private static let empty = UInt32.max

  /// An empty dictionary; while loading, prefixes and substrings are not found until `finishLoading`.
  init(_ kind: Kind, expecting count: Int = 0, isLoading: Bool = false) {
    self.kind = kind
    self.isLoading = isLoading
    bytes = ZeroingBuffer(reserving: count * 12)
    offsets = ZeroingBuffer(reserving: count)
    lengths = ZeroingBuffer(reserving: count)
    signatures = ZeroingBuffer(reserving: kind == .names ? count : 0)
    postings = Postings(reserving: count)
    var slotCount = 1024
    while slotCount * 2 < count * 3 { slotCount *= 2 }
    slots = ZeroingBuffer(reserving: slotCount)
    slots.append(repeating: Self.empty, count: slotCount)
    grams =
      switch kind {
      case .names: GramIndex(stride: 1, anchored: true)
      case .addresses: GramIndex(stride: 2, anchored: true)
      case .phones: GramIndex(stride: 2, anchored: false)
      }
  }

  /// How many words there are.
  var count: Int { used }

  /// The bytes of a word, valid until the dictionary changes; empty for an ordinal that is free.
  @inline(__always)
  func word(_ ordinal: Int) -> UnsafeBufferPointer<UInt8> { bytes.view(Int(offsets[ordinal]), Int(lengths[ordinal])) }

  /// Gives a record a word that it does not have yet, and says the word's ordinal.
  mutating func add(_ text: UnsafeBufferPointer<UInt8>, record: UInt32) -> Int {
    let ordinal = intern(text)
    postings.add(record, to: ordinal)
    return ordinal
  }

  /// Takes a word from a record; the last one's going overwrites the word.
  mutating func release(_ ordinal: Int, record: UInt32) {
    if postings.remove(record, from: ordinal) { drop(ordinal) }
  }

  /// Makes everything loaded findable.
  mutating func finishLoading() {
    guard isLoading else { return }
    isLoading = false
    grams.load(count: offsets.count) { bytes.view(Int(offsets[$0]), Int(lengths[$0])) }
  }

  /// The ordinal of exactly this word.
  func find(_ text: UnsafeBufferPointer<UInt8>) -> Int? {
    let hash = hash(text)
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != Self.empty {
      if let ordinal = matching(slots[slot], hash, text) { return ordinal }
      slot = (slot + 1) & mask
    }
    return nil
  }

  private func matching(_ slot: UInt32, _ hash: UInt64, _ text: UnsafeBufferPointer<UInt8>) -> Int? {
    guard slot >> 26 == Self.tag(hash) else { return nil }
    let ordinal = Int(slot & Self.ordinalMask)
    return isEqual(word(ordinal), text) ? ordinal : nil
  }

  private static func tag(_ hash: UInt64) -> UInt32 { min(UInt32(hash >> 58), 62) }

  private mutating func intern(_ text: UnsafeBufferPointer<UInt8>) -> Int {
    if (used + 1) * 4 > slots.count * 3 { enlarge() }
    let hash = hash(text)
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != Self.empty {
      if let ordinal = matching(slots[slot], hash, text) { return ordinal }
      slot = (slot + 1) & mask
    }
    let ordinal = place(text)
    slots[slot] = Self.tag(hash) << 26 | UInt32(ordinal)
    used += 1
    if !isLoading { grams.add(UInt32(ordinal), word(ordinal)) }
    return ordinal
  }

  private mutating func place(_ text: UnsafeBufferPointer<UInt8>) -> Int {
    let offset: UInt32
    if let free = freeBytes[text.count].popLast() {
      offset = free
      bytes.replace(at: Int(free), with: text)
    } else {
      offset = UInt32(bytes.count)
      bytes.append(text)
    }
    let ordinal: Int
    if let free = freeWords.popLast() {
      ordinal = Int(free)
    } else {
      ordinal = offsets.count
      offsets.append(0)
      lengths.append(0)
      if kind == .names { signatures.append(0) }
      postings.extend(to: ordinal + 1)
    }
    offsets[ordinal] = offset
    lengths[ordinal] = UInt8(text.count)
    if kind == .names { signatures[ordinal] = TypoAutomaton.signature(text) }
    return ordinal
  }

  private mutating func drop(_ ordinal: Int) {
    let text = word(ordinal)
    if !isLoading { grams.remove(UInt32(ordinal), text) }
    vacate(ordinal, hash(text))
    let offset = Int(offsets[ordinal])
    for index in 0..<text.count { bytes[offset + index] = 0 }
    freeBytes[text.count].append(UInt32(offset))
    freeWords.append(UInt32(ordinal))
    offsets[ordinal] = 0
    lengths[ordinal] = 0
    if kind == .names { signatures[ordinal] = 0 }
    used -= 1
  }

  /// Empties a word's slot and moves back those that had to probe past it (Knuth, volume 3, algorithm 6.4R).
  private mutating func vacate(_ ordinal: Int, _ hash: UInt64) {
    let mask = slots.count - 1
    var hole = Int(truncatingIfNeeded: hash) & mask
    while slots[hole] & Self.ordinalMask != UInt32(ordinal) {
      guard slots[hole] != Self.empty else { return }
      hole = (hole + 1) & mask
    }
    var next = hole
    while true {
      next = (next + 1) & mask
      let slot = slots[next]
      if slot == Self.empty { break }
      let home = Int(truncatingIfNeeded: self.hash(word(Int(slot & Self.ordinalMask)))) & mask
      if (next - home) & mask >= (next - hole) & mask {
        slots[hole] = slot
        hole = next
      }
    }
    slots[hole] = Self.empty
  }

  private mutating func enlarge() {
    let larger = slots.count * 2
    slots = ZeroingBuffer(reserving: larger)
    slots.append(repeating: Self.empty, count: larger)
    for ordinal in 0..<offsets.count where lengths[ordinal] > 0 {
      let hash = hash(word(ordinal))
      var slot = Int(truncatingIfNeeded: hash) & (larger - 1)
      while slots[slot] != Self.empty { slot = (slot + 1) & (larger - 1) }
      slots[slot] = Self.tag(hash) << 26 | UInt32(ordinal)
    }
  }

  private func hash(_ text: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var state = seed ^ UInt64(text.count)
    let raw = UnsafeRawBufferPointer(text)
    var position = 0
    while position + 8 <= raw.count {
      state = (state ^ raw.loadUnaligned(fromByteOffset: position, as: UInt64.self)) &* 0x9FB2_1C65_1E98_DF25
      state ^= state >> 29
      position += 8
    }
    while position < raw.count {
      state = (state ^ UInt64(raw[position])) &* 0x9FB2_1C65_1E98_DF25
      position += 1
    }
    state ^= state >> 32
    return state &* 0xD6E8_FEB8_6659_FD93 ^ state >> 29
  }
}

extension WordTable {
  /// The words that start with a pattern.
  func words(startingWith pattern: UnsafeBufferPointer<UInt8>) -> [UInt32] {
    (grams.prefix(pattern) ?? []).filter { hasPrefix(word(Int($0)), pattern) }
  }

  /// The words with a pattern in them; none for a pattern shorter than the dictionary's kind allows.
  func words(containing pattern: UnsafeBufferPointer<UInt8>) -> [UInt32] {
    grams.substring(pattern).flatMap { list in list.filter { holds(word(Int($0)), pattern) } }
  }

  /// The words within one typo, and those within two.
  func words(near automaton: TypoAutomaton) -> (one: [UInt32], two: [UInt32]) {
    var found: (one: [UInt32], two: [UInt32]) = ([], [])
    guard automaton.typos > 0, kind == .names else { return found }
    func consider(_ ordinal: Int) {
      switch automaton.distance(to: word(ordinal)) {
      case 1: found.one.append(UInt32(ordinal))
      case 2: found.two.append(UInt32(ordinal))
      default: break
      }
    }
    let all = UnsafeRawBufferPointer(signatures.view(0, signatures.count))
    let wanted = SIMD8<UInt32>(repeating: automaton.signature)
    let one = SIMD8<UInt32>(repeating: 1)
    let rounds = 2 * automaton.typos
    var start = 0
    while start + 8 <= signatures.count {
      // Clears the lowest set bit as often as bits may differ: lanes that end at zero are near enough.
      var difference = all.loadUnaligned(fromByteOffset: start * 4, as: SIMD8<UInt32>.self) ^ wanted
      for _ in 0..<rounds { difference &= difference &- one }
      let isNear = difference .== SIMD8(repeating: 0)
      if any(isNear) { for lane in 0..<8 where isNear[lane] { consider(start + lane) } }
      start += 8
    }
    for ordinal in start..<signatures.count where automaton.admits(signature: signatures[ordinal]) {
      consider(ordinal)
    }
    return found
  }

  /// Whether these bytes stand anywhere in the arena; for tests of erasure.
  func arenaHolds(_ needle: [UInt8]) -> Bool {
    needle.withUnsafeBufferPointer { holds(bytes.view(0, bytes.count), $0) }
  }
}

/// Whether two texts are the same bytes.
@inline(__always)
func isEqual(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
  left.count == right.count && hasPrefix(left, right)
}

/// Whether a text starts with a pattern.
@inline(__always)
func hasPrefix(_ text: UnsafeBufferPointer<UInt8>, _ pattern: UnsafeBufferPointer<UInt8>) -> Bool {
  guard text.count >= pattern.count else { return false }
  for index in 0..<pattern.count where text[index] != pattern[index] { return false }
  return true
}

/// Whether a text ends with a pattern.
func hasSuffix(_ text: UnsafeBufferPointer<UInt8>, _ pattern: UnsafeBufferPointer<UInt8>) -> Bool {
  guard text.count >= pattern.count else { return false }
  return isEqual(UnsafeBufferPointer(rebasing: text[(text.count - pattern.count)...]), pattern)
}

/// Whether a text has a pattern in it.
func holds(_ text: UnsafeBufferPointer<UInt8>, _ pattern: UnsafeBufferPointer<UInt8>) -> Bool {
  guard pattern.count > 0 else { return true }
  guard text.count >= pattern.count else { return false }
  for start in 0...(text.count - pattern.count) where text[start] == pattern[0] {
    var index = 1
    while index < pattern.count, text[start + index] == pattern[index] { index += 1 }
    if index == pattern.count { return true }
  }
  return false
}
