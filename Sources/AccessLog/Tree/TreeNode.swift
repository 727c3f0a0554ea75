/// A node of the tree: the perfect subtree of 2^`level` leaves that is the `index`-th of its level.
public struct TreeNode: Hashable, Sendable {
  /// How high above the leaves it stands; leaves are level 0.
  public var level: Int
  /// Its place among the nodes of its level, from 0.
  public var index: Int64

  /// The node at a level and index.
  public init(level: Int, index: Int64) {
    self.level = level
    self.index = index
  }

  /// The index of the first leaf beneath it.
  public var firstLeaf: Int64 { index << level }

  /// How many leaves are beneath it.
  public var leafCount: Int64 { 1 << level }
}
