extension Merkle {
  /// Whether a proof shows that a leaf stands at an index of the tree with this size and root (RFC 9162 section
  /// 2.1.3.2).
  public static func verifyInclusion(
    leaf: TreeHash, index: Int64, size: Int64, proof: [TreeHash], root: TreeHash
  ) -> Bool {
    guard index >= 0, index < size else { return false }
    var place = index
    var last = size - 1
    var hash = leaf
    for sibling in proof {
      guard last != 0 else { return false }
      if place & 1 == 1 || place == last {
        hash = TreeHash.node(sibling, hash)
        climb(&place, &last)
      } else {
        hash = TreeHash.node(hash, sibling)
      }
      place >>= 1
      last >>= 1
    }
    return last == 0 && hash == root
  }

  /// Whether a proof shows that one tree extends another (RFC 9162 section 2.1.4.2).
  ///
  /// Every tree extends the empty one and itself, with an empty proof.
  public static func verifyConsistency(
    from: Int64, fromRoot: TreeHash, to: Int64, toRoot: TreeHash, proof: [TreeHash]
  ) -> Bool {
    guard from >= 0, from <= to else { return false }
    if from == to { return proof.isEmpty && fromRoot == toRoot && (from > 0 || fromRoot == .ofEmptyTree) }
    if from == 0 { return proof.isEmpty && fromRoot == .ofEmptyTree }
    var path = proof[...]
    // A perfect older tree is a node of the newer one, so its root is not repeated in the proof.
    guard let start = from.nonzeroBitCount == 1 ? fromRoot : path.popFirst() else { return false }
    var place = from - 1
    var last = to - 1
    let steps = (~place).trailingZeroBitCount
    place >>= steps
    last >>= steps
    var (older, newer) = (start, start)
    for sibling in path {
      guard last != 0 else { return false }
      if place & 1 == 1 || place == last {
        older = TreeHash.node(sibling, older)
        newer = TreeHash.node(sibling, newer)
        climb(&place, &last)
      } else {
        newer = TreeHash.node(newer, sibling)
      }
      place >>= 1
      last >>= 1
    }
    return last == 0 && older == fromRoot && newer == toRoot
  }

  /// Passes over the levels where the last node has no sibling.
  private static func climb(_ place: inout Int64, _ last: inout Int64) {
    while place & 1 == 0, place != 0 {
      place >>= 1
      last >>= 1
    }
  }
}
