/// What one search knows while it runs: its terms, whom it is done with, and the best finds so far.
struct SearchState {
  /// A find: how good, the first bytes of its name, and who.
  struct Find {
    var rank: Int
    var key: UInt64
    var record: Int
  }

  let terms: [SearchTerm]
  let fields: SearchFields
  let limit: Int
  /// The record of the organisation to whose persons the search is limited.
  let organisation: Int?
  private(set) var finds: [Find] = []
  private var done: [UInt64]
  /// The last find's rank and key once there are as many as asked for.
  private var worstRank = Int.max
  private var worstKey = UInt64.max

  init(terms: [SearchTerm], fields: SearchFields, limit: Int, organisation: Int?, recordBound: Int) {
    self.terms = terms
    self.fields = fields
    self.limit = limit
    self.organisation = organisation
    done = Array(repeating: 0, count: (recordBound + 63) / 64)
  }

  /// Whether as many were found as asked for, none worse than this rank.
  func isSettled(at rank: Int) -> Bool { finds.count == limit && finds[limit - 1].rank <= rank }

  @inline(__always)
  func isDone(_ record: Int) -> Bool { done[record >> 6] & 1 << UInt64(record & 63) != 0 }

  @inline(__always)
  mutating func setDone(_ record: Int) { done[record >> 6] |= 1 << UInt64(record & 63) }

  /// Whether a find of this rank and key, or better, may be among the best.
  @inline(__always)
  func admits(rank: Int, key: UInt64) -> Bool {
    rank < worstRank || rank == worstRank && key <= worstKey
  }

  /// Puts a find in its place; `precedes` decides between equal ranks and keys.
  mutating func add(_ find: Find, _ precedes: (_ left: Int, _ right: Int) -> Bool) {
    var low = 0
    var high = finds.count
    while low < high {
      let middle = (low + high) / 2
      let other = finds[middle]
      let isBefore =
        find.rank != other.rank
        ? find.rank < other.rank
        : find.key != other.key ? find.key < other.key : precedes(find.record, other.record)
      if isBefore { high = middle } else { low = middle + 1 }
    }
    guard low < limit else { return }
    if finds.count == limit { finds.removeLast() }
    finds.insert(find, at: low)
    if finds.count == limit { (worstRank, worstKey) = (finds[limit - 1].rank, finds[limit - 1].key) }
  }
}
