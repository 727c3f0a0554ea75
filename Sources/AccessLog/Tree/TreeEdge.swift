/// The growing right edge of the tree: the unfinished tile of each level, which is all that appending needs.
public struct TreeEdge: Sendable {
  /// How many leaves the tree has.
  public private(set) var size: Int64
  /// The hashes of the unfinished tile of each tile level, as many levels as the size has; an array may be empty.
  public private(set) var partial: [[TreeHash]]

  private var finished: [Tile] = []

  /// The edge of an empty tree.
  public init() {
    size = 0
    partial = []
  }

  /// The edge of a tree of `size` leaves, where `partial[L]` holds the `(size >> 8L) % 256` hashes of the unfinished
  /// tile at tile level L; nil where a count does not fit. Empty arrays at the end may be left out.
  public init?(size: Int64, partial: [[TreeHash]]) {
    guard size >= 0 else { return nil }
    let levels = TreeEdge.levels(size: size)
    for level in 0..<max(levels, partial.count) {
      let count = level < partial.count ? partial[level].count : 0
      guard count == TreeEdge.partialWidth(size: size, level: level) else { return nil }
    }
    self.size = size
    self.partial = (0..<levels).map { $0 < partial.count ? partial[$0] : [] }
  }

  /// How many tile levels a tree of this size has.
  public static func levels(size: Int64) -> Int { size <= 0 ? 0 : (63 - size.leadingZeroBitCount) / 8 + 1 }

  /// How many hashes the unfinished tile of a level has in a tree of this size.
  public static func partialWidth(size: Int64, level: Int) -> Int { Int((size >> (8 * Int64(level))) & 255) }

  /// Adds a leaf at the right.
  public mutating func append(_ leaf: TreeHash) {
    add(leaf, level: 0)
    size += 1
  }

  private mutating func add(_ hash: TreeHash, level: Int) {
    if level == partial.count { partial.append([]) }
    if partial[level].isEmpty { partial[level].reserveCapacity(Tile.width) }
    partial[level].append(hash)
    guard partial[level].count == Tile.width else { return }
    var hashes: [TreeHash] = []
    swap(&hashes, &partial[level])
    let root = TreeHash.perfect(hashes[...])
    let index = size >> (8 * Int64(level) + 8)
    finished.append(Tile(level: level, index: index, hashes: hashes, root: root))
    add(root, level: level + 1)
  }

  /// The full tiles that appending finished since the last call, a tile before the one above it.
  public mutating func takeFinished() -> [Tile] {
    defer { finished = [] }
    return finished
  }

  /// The root of the tree.
  public var root: TreeHash {
    var root: TreeHash?
    for hashes in partial { root = Tile.fold(hashes, onto: root) }
    return root ?? .ofEmptyTree
  }
}
