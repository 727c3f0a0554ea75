import Model

/// Blocks of the log's entries, counted. The entries of a block have consecutive indexes and never change, so what was
/// counted of them stays true; a question over millions of entries then reads the few that its blocks do not answer.
struct LogBlocks: Sendable {
  /// The entries of a block that one user made with one verb in one role, for one purpose and with one outcome within
  /// an hour of UTC.
  struct Tally: Sendable {
    let first: Instant
    let last: Instant
    let user: UInt32
    let count: UInt32
    let verb: UInt16
    let role: UInt8
    let purpose: UInt8
    let outcome: UInt8
  }

  /// How many entries a block has.
  let length: Int64
  /// Beyond so many tallies the oldest blocks are forgotten; about 32 bytes each.
  private let talliesMax: Int
  /// The first block that is counted.
  private(set) var firstBlock: Int64 = 0
  /// Where in `tallies` each block begins, and the end of the last.
  private var starts = [0]
  private(set) var tallies: [Tally] = []
  private(set) var users = Numbering<UserID?, UInt32>()
  private(set) var verbs = Numbering<String, UInt16>()

  init(length: Int64, talliesMax: Int) {
    self.length = length
    self.talliesMax = talliesMax
  }

  /// The indexes of the entries that are counted.
  var counted: Range<Int64> { firstBlock * length..<end * length }

  /// The first block that is not counted yet.
  var end: Int64 { firstBlock + Int64(starts.count - 1) }

  /// The tallies of a block that is counted.
  func block(_ number: Int64) -> ArraySlice<Tally> {
    let place = Int(number - firstBlock)
    return tallies[starts[place]..<starts[place + 1]]
  }

  /// Adds the blocks from `end` up to another one.
  ///
  /// - Parameter rows: In the order of their blocks.
  mutating func append(upTo block: Int64, _ rows: [LogBlockRow]) throws(RegisterError) {
    let counted = try rows.map { row throws(RegisterError) in try tally(row) }
    var place = rows.startIndex
    while end < block {
      while place < rows.endIndex, rows[place].block == end {
        tallies.append(counted[place])
        place += 1
      }
      starts.append(tallies.count)
    }
    if tallies.count > talliesMax { forgetOldest() }
  }

  private mutating func tally(_ row: LogBlockRow) throws(RegisterError) -> Tally {
    guard let user = users.number(row.user), let verb = verbs.number(row.verb) else { throw .internal }
    return Tally(
      first: row.first, last: row.last, user: user, count: UInt32(clamping: row.count), verb: verb, role: row.role,
      purpose: row.purpose, outcome: row.outcome)
  }

  /// A quarter of them, so that it is seldom.
  private mutating func forgetOldest() {
    guard let place = starts.firstIndex(where: { $0 >= talliesMax / 4 }) else { return }
    let gone = starts[place]
    tallies.removeFirst(gone)
    starts = starts[place...].map { $0 - gone }
    firstBlock += Int64(place)
  }
}

/// Numbers for values, in the order in which they came.
struct Numbering<Value: Hashable & Sendable, Number: FixedWidthInteger & Sendable>: Sendable {
  private(set) var values: [Value] = []
  private var numbers: [Value: Number] = [:]

  /// The number of a value; nil where there are no more.
  mutating func number(_ value: Value) -> Number? {
    if let known = numbers[value] { return known }
    guard let next = Number(exactly: values.count) else { return nil }
    values.append(value)
    numbers[value] = next
    return next
  }

  /// The number of a value that has one.
  func known(_ value: Value) -> Number? { numbers[value] }
}
