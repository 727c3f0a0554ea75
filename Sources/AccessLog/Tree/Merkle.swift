/// Which nodes a root or a proof is made of, and how they are joined (RFC 6962 section 2.1).
///
/// Nothing here holds the tree: the caller gives the hashes of perfect subtrees, which the tiles have.
public enum Merkle {
  /// The perfect subtrees that make up a tree of this size, from left to right; none for an empty tree.
  public static func rootNodes(size: Int64) -> [TreeNode] {
    size <= 0 ? [] : LeafSpan(first: 0, end: size).nodes
  }

  /// The root of a tree of this size from the hashes of its perfect subtrees.
  public static func root(size: Int64, hash: (TreeNode) throws -> TreeHash) rethrows -> TreeHash {
    size <= 0 ? .ofEmptyTree : try LeafSpan(first: 0, end: size).root(hash)
  }

  /// All nodes whose hashes the inclusion proof of a leaf is built from; nil where the index is outside the tree.
  public static func inclusionNodes(index: Int64, size: Int64) -> [TreeNode]? {
    inclusionSpans(index: index, size: size)?.flatMap(\.nodes)
  }

  /// The inclusion proof of a leaf, from the leaf upwards; nil where the index is outside the tree.
  public static func inclusionProof(
    index: Int64, size: Int64, hash: (TreeNode) throws -> TreeHash
  ) rethrows -> [TreeHash]? {
    try inclusionSpans(index: index, size: size)?.map { try $0.root(hash) }
  }

  /// All nodes whose hashes a consistency proof is built from; nil where `from` is negative or greater than `to`.
  public static func consistencyNodes(from: Int64, to: Int64) -> [TreeNode]? {
    consistencySpans(from: from, to: to)?.flatMap(\.nodes)
  }

  /// The proof that the tree of size `to` extends that of size `from`; empty where `from` is 0 or equals `to`, nil
  /// where it is negative or greater.
  public static func consistencyProof(
    from: Int64, to: Int64, hash: (TreeNode) throws -> TreeHash
  ) rethrows -> [TreeHash]? {
    try consistencySpans(from: from, to: to)?.map { try $0.root(hash) }
  }

  /// Where a node's hash is found in a log of this size: the tile that holds it or the hashes beneath it, with its
  /// width.
  public static func tile(of node: TreeNode, size: Int64) -> TilePath {
    let level = node.level / 8
    let index = (node.index << (node.level % 8)) >> 8
    let hashes = (size >> (8 * level)) - index << 8
    return TilePath(kind: .hashes(level: level), index: index, width: Int(max(0, min(hashes, Int64(Tile.width)))))
  }

  private static func inclusionSpans(index: Int64, size: Int64) -> [LeafSpan]? {
    guard index >= 0, index < size else { return nil }
    var spans: [LeafSpan] = []
    var tree = LeafSpan(first: 0, end: size)
    while tree.count > 1 {
      let (left, right) = tree.halves
      spans.append(index < left.end ? right : left)
      tree = index < left.end ? left : right
    }
    return spans.reversed()
  }

  private static func consistencySpans(from: Int64, to: Int64) -> [LeafSpan]? {
    guard from >= 0, from <= to else { return nil }
    guard from > 0, from < to else { return [] }
    var spans: [LeafSpan] = []
    var tree = LeafSpan(first: 0, end: to)
    while tree.end > from {
      let (left, right) = tree.halves
      spans.append(from <= left.end ? right : left)
      tree = from <= left.end ? left : right
    }
    // What is left is a subtree of both; the older root alone is known to the verifier already.
    if tree.first > 0 { spans.append(tree) }
    return spans.reversed()
  }
}

/// Neighbouring leaves that RFC 6962 hashes as one tree: it begins where a perfect subtree of its height could.
struct LeafSpan {
  var first: Int64
  var end: Int64

  var count: Int64 { end - first }

  /// The left part is the largest perfect subtree that leaves something to the right.
  var halves: (LeafSpan, LeafSpan) {
    let middle = first + 1 << Int64(63 - (count - 1).leadingZeroBitCount)
    return (LeafSpan(first: first, end: middle), LeafSpan(first: middle, end: end))
  }

  /// The perfect subtrees it is made of, from left to right.
  var nodes: [TreeNode] {
    var nodes: [TreeNode] = []
    var place = first
    while place < end {
      let level = 63 - (end - place).leadingZeroBitCount
      nodes.append(TreeNode(level: level, index: place >> level))
      place += 1 << level
    }
    return nodes
  }

  func root(_ hash: (TreeNode) throws -> TreeHash) rethrows -> TreeHash {
    var root: TreeHash?
    for node in nodes.reversed() {
      let subtree = try hash(node)
      root = root.map { TreeHash.node(subtree, $0) } ?? subtree
    }
    return root ?? .ofEmptyTree
  }
}
