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
  /// The best score that anybody's address can have for each term, as far as known: better ones need no look at it.
  private(set) var addressScores: [Int]
  private(set) var finds: [Find] = []
  private var done: RecordSet
  /// The last find's rank and key once there are as many as asked for.
  private var worstRank = Int.max
  private var worstKey = UInt64.max

  init(terms: [SearchTerm], fields: SearchFields, limit: Int, organisation: Int?, recordBound: Int) {
    self.terms = terms
    self.fields = fields
    self.limit = limit
    self.organisation = organisation
    addressScores = Array(repeating: 0, count: terms.count)
    done = RecordSet(below: recordBound)
  }

  /// Whether as many were found as asked for, all better than this rank.
  func isSettled(before rank: Int) -> Bool { worstRank < rank }

  /// Notes what a term's proposals in a class say of addresses.
  mutating func note(_ proposals: Proposals, of term: Int, _ match: MatchClass, areFirst: Bool) {
    if areFirst { addressScores[term] = .max }
    guard !proposals.locals.isEmpty || !proposals.domains.isEmpty else { return }
    addressScores[term] = min(addressScores[term], Rank.score(match, .email))
  }

  @inline(__always)
  func isDone(_ record: Int) -> Bool { done.contains(record) }

  @inline(__always)
  mutating func setDone(_ record: Int) { done.insert(record) }

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

/// Records as a bit each.
struct RecordSet {
  private var bits: [UInt64]

  init(below bound: Int) { bits = Array(repeating: 0, count: (bound + 63) / 64) }

  @inline(__always)
  func contains(_ record: Int) -> Bool { bits[record >> 6] & 1 << UInt64(record & 63) != 0 }

  @inline(__always)
  mutating func insert(_ record: Int) { bits[record >> 6] |= 1 << UInt64(record & 63) }

  mutating func formIntersection(_ other: RecordSet) {
    for index in bits.indices { bits[index] &= other.bits[index] }
  }
}
