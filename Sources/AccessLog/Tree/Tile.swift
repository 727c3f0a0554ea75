/// A tile of C2SP tlog-tiles: up to 256 hashes of the tree level 8 · `level`, side by side.
public struct Tile: Sendable {
  /// How many hashes a full tile has.
  public static let width = 256

  /// The level among tiles; its hashes are nodes of the tree level 8 · `level`.
  public let level: Int
  /// Its place among the tiles of its level, from 0.
  public let index: Int64
  /// Its hashes, 1 to 256 of them.
  public let hashes: [TreeHash]

  private let knownRoot: TreeHash?

  /// The tile at a level and index with its hashes.
  public init(level: Int, index: Int64, hashes: [TreeHash]) {
    self.init(level: level, index: index, hashes: hashes, root: nil)
  }

  init(level: Int, index: Int64, hashes: [TreeHash], root: TreeHash?) {
    self.level = level
    self.index = index
    self.hashes = hashes
    knownRoot = root
  }

  /// Whether it has all 256 hashes and never changes again.
  public var isFull: Bool { hashes.count == Tile.width }

  /// The node above a full tile, which is a hash of the tile one level up; of a partial tile the root of its hashes
  /// alone.
  public var root: TreeHash { knownRoot ?? Tile.root(of: hashes) }

  /// The file's content: the hashes one after another.
  public var bytes: [UInt8] {
    var buffer: [UInt8] = []
    buffer.reserveCapacity(hashes.count * TreeHash.byteCount)
    for hash in hashes { hash.append(to: &buffer) }
    return buffer
  }

  /// Where the tile is kept, with its width.
  public var path: TilePath { TilePath(kind: .hashes(level: level), index: index, width: hashes.count) }

  /// The hashes in a tile's content; nil unless they are 1 to 256 of 32 bytes each.
  public static func hashes(from bytes: [UInt8]) -> [TreeHash]? {
    let count = bytes.count / TreeHash.byteCount
    guard count * TreeHash.byteCount == bytes.count, (1...width).contains(count) else { return nil }
    return bytes.withUnsafeBytes { raw in
      (0..<count).compactMap { TreeHash(raw: UnsafeRawBufferPointer(rebasing: raw[$0 * 32..<$0 * 32 + 32])) }
    }
  }

  /// The hash of a node of the tree levels 8 · `level` … 8 · `level` + 7 that lies wholly in this tile; nil for any
  /// other.
  public func hash(of node: TreeNode) -> TreeHash? {
    let height = node.level - 8 * level
    guard (0..<8).contains(height), node.index >= 0, (node.index << height) >> 8 == index else { return nil }
    let start = Int((node.index << height) & 255)
    guard start + 1 << height <= hashes.count else { return nil }
    return TreeHash.perfect(hashes[start..<start + 1 << height])
  }

  /// The root of a tree whose leaves are these hashes.
  static func root(of hashes: [TreeHash]) -> TreeHash {
    if hashes.count == width { return TreeHash.perfect(hashes[...]) }
    return fold(hashes, onto: nil) ?? .ofEmptyTree
  }

  /// Joins the perfect subtrees of a level's hashes, smallest first, with what stands to their right.
  static func fold(_ hashes: [TreeHash], onto right: TreeHash?) -> TreeHash? {
    var root = right
    var end = hashes.count
    while end > 0 {
      let count = 1 << end.trailingZeroBitCount
      let subtree = TreeHash.perfect(hashes[end - count..<end])
      root = root.map { TreeHash.node(subtree, $0) } ?? subtree
      end -= count
    }
    return root
  }
}

extension Tile: Hashable {
  /// Equal level, index and hashes.
  public static func == (left: Tile, right: Tile) -> Bool {
    left.level == right.level && left.index == right.index && left.hashes == right.hashes
  }

  /// Hashes level, index and hashes.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(level)
    hasher.combine(index)
    hasher.combine(hashes)
  }
}
