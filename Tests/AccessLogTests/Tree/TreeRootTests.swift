import AccessLog
import Testing

@Suite struct TreeRootTests {
  @Test func thePublishedRootsAreReached() {
    var edge = TreeEdge()
    #expect(TreeHash.ofEmptyTree.bytes == TreeVectors.bytes(TreeVectors.roots[0]))
    for (size, root) in TreeVectors.roots.enumerated() {
      #expect(edge.root.bytes == TreeVectors.bytes(root))
      #expect(edge.size == Int64(size))
      if size < TreeVectors.leaves.count { edge.append(.leaf(TreeVectors.leaves[size])) }
    }
  }

  @Test func everySmallTreeHasTheRootOfTheNaiveOne() throws {
    let naive = TreeVectors.naiveLeaves(300)
    let leaves = TreeVectors.leafHashes(300)
    #expect(leaves.map(\.bytes) == naive)
    var edge = TreeEdge()
    for size in 0...300 {
      let root = try #require(TreeHash(TreeVectors.naiveRoot(naive[..<size])))
      #expect(edge.root == root)
      #expect(TreeVectors.root(Array(leaves[..<size])) == root)
      if size < 300 { edge.append(leaves[size]) }
    }
  }

  @Test func greaterTreesHaveTheRootOfTheNaiveOneAndTheirTilesAreWhole() throws {
    var generator = Seeded(state: 11)
    let sizes =
      [65_535, 65_536, 65_537, 70_000].map { $0 } + (0..<3).map { _ in Int.random(in: 301...70_000, using: &generator) }
    let naive = TreeVectors.naiveLeaves(70_000)
    let leaves = try naive.map { try #require(TreeHash($0)) }
    var edge = TreeEdge()
    var tiles: [Tile] = []
    for (index, leaf) in leaves.enumerated() {
      edge.append(leaf)
      if index % 1000 == 0 { tiles += edge.takeFinished() }
      guard sizes.contains(index + 1) else { continue }
      #expect(edge.root.bytes == TreeVectors.naiveRoot(naive[...index]))
      let restored = try #require(TreeEdge(size: edge.size, partial: edge.partial))
      #expect(restored.root == edge.root)
    }
    tiles += edge.takeFinished()
    #expect(edge.takeFinished().isEmpty)
    #expect(tiles.filter { $0.level == 0 }.map(\.index) == Array(0..<273))
    #expect(tiles.filter { $0.level == 1 }.map(\.index) == [0])
    #expect(edge.partial.map(\.count) == [112, 17, 1])
    for tile in tiles {
      #expect(tile.isFull)
      #expect(tile.root == Tile(level: tile.level, index: tile.index, hashes: tile.hashes).root)
      #expect(Tile.hashes(from: tile.bytes) == tile.hashes)
    }
    #expect(tiles.first { $0.level == 1 }?.hashes == tiles.filter { $0.level == 0 }.prefix(256).map(\.root))
  }

  @Test func anEdgeThatWasRestoredGoesOnLikeOneThatAppendedAll() throws {
    let leaves = TreeVectors.leafHashes(1200)
    for cut in [0, 1, 255, 256, 257, 511, 512, 700] {
      var whole = TreeEdge()
      for leaf in leaves[..<cut] { whole.append(leaf) }
      _ = whole.takeFinished()
      var restored = try #require(TreeEdge(size: Int64(cut), partial: whole.partial))
      for leaf in leaves[cut...] {
        whole.append(leaf)
        restored.append(leaf)
      }
      #expect(restored.partial == whole.partial)
      #expect(restored.root == whole.root)
      #expect(restored.size == whole.size)
      #expect(restored.takeFinished() == whole.takeFinished())
    }
  }

  @Test func anEdgeWhoseCountsDoNotFitIsRefused() {
    let hash = TreeHash.leaf([1])
    #expect(TreeEdge(size: -1, partial: []) == nil)
    #expect(TreeEdge(size: 1, partial: []) == nil)
    #expect(TreeEdge(size: 0, partial: [[hash]]) == nil)
    #expect(TreeEdge(size: 256, partial: [[], []]) == nil)
    #expect(TreeEdge(size: 256, partial: [[], [hash], [hash]]) == nil)
    #expect(TreeEdge(size: 256, partial: [[hash], [hash]]) == nil)
    #expect(TreeEdge(size: 256, partial: [[], [hash], [], []])?.partial == [[], [hash]])
    #expect(TreeEdge(size: .max, partial: []) == nil)
    #expect(TreeEdge(size: 0, partial: [])?.root == .ofEmptyTree)
  }

  @Test func aHashHasExactlyThirtyTwoBytes() {
    for count in [0, 1, 31, 33, 64] {
      #expect(TreeHash([UInt8](repeating: 7, count: count)) == nil)
      #expect(TreeHash(base64: String(repeating: "A", count: count)) == nil)
    }
    let bytes = (0..<32).map { UInt8($0 * 7) }
    #expect(TreeHash(bytes)?.bytes == bytes)
    #expect(TreeHash(bytes[...])?.bytes == bytes)
    #expect(TreeHash(bytes.reversed().reversed() as ReversedCollection<ReversedCollection<[UInt8]>>)?.bytes == bytes)
    var buffer: [UInt8] = [9]
    TreeHash(bytes)?.append(to: &buffer)
    #expect(buffer == [9] + bytes)
    #expect(TreeHash(bytes).flatMap { TreeHash(base64: $0.base64) }?.bytes == bytes)
    #expect(TreeHash.leaf(bytes[3..<9]) == TreeHash.leaf(Array(bytes[3..<9])))
    #expect(TreeHash.leaf(bytes.reversed()) == TreeHash.leaf(Array(bytes.reversed())))
  }
}
