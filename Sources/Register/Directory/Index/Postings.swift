/// From a word to the records that have it. Most words of addresses and phones have one, kept in place.
struct Postings: ~Copyable, Sendable {
  private var heads: ZeroingBuffer<UInt32>
  private var lists: [[UInt32]] = []
  private var freeLists: [UInt32] = []

  private static let none = UInt32.max
  private static let listBit: UInt32 = 1 << 31

  /// No words yet, with room for some.
  init(reserving count: Int) { heads = ZeroingBuffer(reserving: count) }

  /// Makes room for the words below `count`.
  mutating func extend(to count: Int) {
    if heads.count < count { heads.append(repeating: Self.none, count: count - heads.count) }
  }

  /// Adds a record that the word does not have yet.
  mutating func add(_ record: UInt32, to word: Int) {
    let head = heads[word]
    if head == Self.none {
      heads[word] = record
    } else if head & Self.listBit != 0 {
      lists[Int(head & ~Self.listBit)].append(record)
    } else if let free = freeLists.popLast() {
      lists[Int(free)] = [head, record]
      heads[word] = free | Self.listBit
    } else {
      heads[word] = UInt32(lists.count) | Self.listBit
      lists.append([head, record])
    }
  }

  /// Takes a record from a word; true when none is left.
  mutating func remove(_ record: UInt32, from word: Int) -> Bool {
    let head = heads[word]
    guard head != Self.none else { return true }
    guard head & Self.listBit != 0 else {
      if head == record { heads[word] = Self.none }
      return head == record
    }
    let list = Int(head & ~Self.listBit)
    swapRemove(record, from: &lists[list])
    if lists[list].count == 1 {
      heads[word] = lists[list][0]
      lists[list] = []
      freeLists.append(UInt32(list))
    }
    return false
  }

  /// How many records a word has.
  func count(of word: Int) -> Int {
    let head = heads[word]
    if head == Self.none { return 0 }
    return head & Self.listBit != 0 ? lists[Int(head & ~Self.listBit)].count : 1
  }

  /// Calls with each record of a word.
  @inline(__always)
  func forEach(of word: Int, _ body: (Int) -> Void) {
    let head = heads[word]
    if head == Self.none { return }
    if head & Self.listBit == 0 { return body(Int(head)) }
    lists[Int(head & ~Self.listBit)].withUnsafeBufferPointer { list in
      for record in list { body(Int(record)) }
    }
  }
}
