import Model

/// A word of a record, or an organisation of a person: what it is in the upper three bits, its ordinal in the others.
struct Reference: Equatable {
  enum Kind: UInt32 {
    case name = 0
    /// The part of an address before its at sign; the part after it comes next.
    case local = 1
    case domain = 2
    case phone = 3
    case organisation = 4
  }

  let bits: UInt32

  init(bits: UInt32) { self.bits = bits }
  init(_ kind: Kind, _ ordinal: Int) { bits = kind.rawValue << 29 | UInt32(ordinal) }

  @inline(__always) var kind: Kind { Kind(rawValue: bits >> 29) ?? .name }
  @inline(__always) var ordinal: Int { Int(bits & (1 << 29 - 1)) }
}

/// Persons and organisations by ordinal: ids, what filters look at, and the words of each. Ordinals are used again.
struct RecordTable: ~Copyable, Sendable {
  private var highs: ZeroingBuffer<UInt64>
  private var lows: ZeroingBuffer<UInt64>
  private var keys: ZeroingBuffer<UInt64>
  private var flags: ZeroingBuffer<UInt32>
  private var managerOrdinals: ZeroingBuffer<UInt32>
  private var offsets: ZeroingBuffer<UInt32>
  private var counts: ZeroingBuffer<UInt8>
  private var references: ZeroingBuffer<UInt32>
  private var freeRecords: [UInt32] = []
  private var freeReferences: [[UInt32]] = Array(repeating: [], count: RecordTable.referencesMax + 1)
  private var slots: ZeroingBuffer<UInt32>
  private var used = 0
  private let seed = UInt64.random(in: 0...UInt64.max)
  private var managers: [UserID] = []
  private var managerNumbers: [UserID: UInt32] = [:]

  /// The most words and organisations of one record; more are not found.
  static let referencesMax = 255
  private static let empty = UInt32.max
  private static let presentBit: UInt32 = 1
  private static let organisationBit: UInt32 = 2

  /// An empty table with room for some records.
  init(expecting count: Int = 0) {
    highs = ZeroingBuffer(reserving: count)
    lows = ZeroingBuffer(reserving: count)
    keys = ZeroingBuffer(reserving: count)
    flags = ZeroingBuffer(reserving: count)
    managerOrdinals = ZeroingBuffer(reserving: count)
    offsets = ZeroingBuffer(reserving: count)
    counts = ZeroingBuffer(reserving: count)
    references = ZeroingBuffer(reserving: count * 6)
    var slotCount = 1024
    while slotCount * 2 < count * 3 { slotCount *= 2 }
    slots = ZeroingBuffer(reserving: slotCount)
    slots.append(repeating: Self.empty, count: slotCount)
  }

  /// One more than the highest ordinal.
  var bound: Int { flags.count }

  @inline(__always)
  func isOrganisation(_ record: Int) -> Bool { flags[record] & Self.organisationBit != 0 }

  /// Whether the record was entered; organisations that persons name beforehand are not.
  @inline(__always)
  func isPresent(_ record: Int) -> Bool { flags[record] & Self.presentBit != 0 }

  /// The first eight bytes of the folded name, for sorting.
  @inline(__always)
  func key(_ record: Int) -> UInt64 { keys[record] }

  /// The record's words and organisations.
  @inline(__always)
  func references(of record: Int) -> UnsafeBufferPointer<UInt32> {
    references.view(Int(offsets[record]), Int(counts[record]))
  }

  /// The record's id.
  func id(_ record: Int) -> DirectoryID {
    isOrganisation(record)
      ? .organisation(OrganisationID(high: highs[record], low: lows[record]))
      : .person(PersonID(high: highs[record], low: lows[record]))
  }

  /// What a filter sees of a record.
  func candidate(_ record: Int) -> DirectoryCandidate {
    let bits = flags[record]
    let manager = Int(managerOrdinals[record])
    return DirectoryCandidate(
      id: id(record), kind: PersonKind(rawValue: UInt8(bits >> 2 & 3)),
      status: CustomerStatus(rawValue: UInt8(bits >> 4 & 3)), manager: manager == 0 ? nil : managers[manager - 1],
      marks: Marks(rawValue: UInt16(bits >> 16)))
  }

  /// Sets what filters look at and the sorting key, and makes the record present.
  mutating func describe(_ record: Int, _ entry: DirectoryEntry, key: UInt64) {
    var bits = Self.presentBit | (entry.id.isOrganisation ? Self.organisationBit : 0)
    bits |= UInt32(entry.id.isOrganisation ? 0 : entry.kind?.rawValue ?? 0) << 2
    bits |= UInt32(entry.status?.rawValue ?? 0) << 4 | UInt32(entry.marks.rawValue) << 16
    flags[record] = bits
    setManager(entry.manager, of: record)
    keys[record] = key
  }

  /// Sets whose customer the record is.
  mutating func setManager(_ manager: UserID?, of record: Int) {
    managerOrdinals[record] = manager.map { number(of: $0) } ?? 0
  }

  private mutating func number(of manager: UserID) -> UInt32 {
    if let known = managerNumbers[manager] { return known }
    managers.append(manager)
    managerNumbers[manager] = UInt32(managers.count)
    return UInt32(managers.count)
  }

  /// Gives a record, which has none, its words and organisations.
  mutating func setReferences(_ list: [UInt32], of record: Int) {
    precondition(list.count <= Self.referencesMax && counts[record] == 0)
    guard !list.isEmpty else { return }
    list.withUnsafeBufferPointer { list in
      if let free = freeReferences[list.count].popLast() {
        offsets[record] = free
        references.replace(at: Int(free), with: list)
      } else {
        offsets[record] = UInt32(references.count)
        references.append(list)
      }
    }
    counts[record] = UInt8(list.count)
  }

  /// Overwrites all of a record but its id.
  mutating func clear(_ record: Int) {
    let count = Int(counts[record])
    if count > 0 {
      for index in 0..<count { references[Int(offsets[record]) + index] = 0 }
      freeReferences[count].append(offsets[record])
    }
    offsets[record] = 0
    counts[record] = 0
    keys[record] = 0
    managerOrdinals[record] = 0
    flags[record] &= Self.organisationBit
  }

  /// Overwrites a cleared record's id and gives its ordinal back.
  mutating func free(_ record: Int) {
    vacate(record)
    highs[record] = 0
    lows[record] = 0
    flags[record] = 0
    freeRecords.append(UInt32(record))
    used -= 1
  }

  /// The record of an id.
  func find(_ id: DirectoryID) -> Int? {
    var slot = home(id.halves.high, id.halves.low)
    while slots[slot] != Self.empty {
      let record = Int(slots[slot])
      if isRecord(record, id) { return record }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  /// The record of an id, made where there is none; a new one is not present yet.
  mutating func findOrMake(_ id: DirectoryID) -> Int {
    if let known = find(id) { return known }
    if (used + 1) * 4 > slots.count * 3 { enlarge() }
    let (high, low) = id.halves
    let bits = id.isOrganisation ? Self.organisationBit : 0
    let record: Int
    if let free = freeRecords.popLast() {
      record = Int(free)
      highs[record] = high
      lows[record] = low
      flags[record] = bits
    } else {
      record = flags.count
      highs.append(high)
      lows.append(low)
      flags.append(bits)
      keys.append(0)
      managerOrdinals.append(0)
      offsets.append(0)
      counts.append(0)
    }
    link(record)
    used += 1
    return record
  }

  @inline(__always)
  private func isRecord(_ record: Int, _ id: DirectoryID) -> Bool {
    let (high, low) = id.halves
    return lows[record] == low && highs[record] == high && isOrganisation(record) == id.isOrganisation
  }

  @inline(__always)
  private func home(_ high: UInt64, _ low: UInt64) -> Int {
    var state = (low ^ seed) &* 0x9FB2_1C65_1E98_DF25
    state = (state ^ state >> 32 ^ high) &* 0xD6E8_FEB8_6659_FD93
    return Int(truncatingIfNeeded: state ^ state >> 32) & (slots.count - 1)
  }

  private mutating func link(_ record: Int) {
    var slot = home(highs[record], lows[record])
    while slots[slot] != Self.empty { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = UInt32(record)
  }

  private mutating func enlarge() {
    let linked = (0..<slots.count).compactMap { slots[$0] == Self.empty ? nil : Int(slots[$0]) }
    let larger = slots.count * 2
    slots = ZeroingBuffer(reserving: larger)
    slots.append(repeating: Self.empty, count: larger)
    for record in linked { link(record) }
  }

  /// Empties a record's slot and moves back those that had to probe past it (Knuth, volume 3, algorithm 6.4R).
  private mutating func vacate(_ record: Int) {
    let mask = slots.count - 1
    var hole = home(highs[record], lows[record])
    while slots[hole] != UInt32(record) {
      guard slots[hole] != Self.empty else { return }
      hole = (hole + 1) & mask
    }
    var next = hole
    while true {
      next = (next + 1) & mask
      if slots[next] == Self.empty { break }
      let other = Int(slots[next])
      let start = home(highs[other], lows[other])
      if (next - start) & mask >= (next - hole) & mask {
        slots[hole] = slots[next]
        hole = next
      }
    }
    slots[hole] = Self.empty
  }

  /// Whether a freed ordinal, or any ordinal, still holds these halves or this key; for tests of erasure.
  func holds(high: UInt64, low: UInt64, key: UInt64) -> Bool {
    (0..<bound).contains { highs[$0] == high && lows[$0] == low || key != 0 && keys[$0] == key }
  }
}
