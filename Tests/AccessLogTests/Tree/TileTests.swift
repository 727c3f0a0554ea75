import AccessLog
import Testing

@Suite struct TileTests {
  @Test func pathsAreWrittenInGroupsOfThreeDigits() {
    #expect(TilePath(kind: .hashes(level: 0), index: 1_234_067).description == "tile/0/x001/x234/067")
    #expect(TilePath(kind: .entries, index: 0).description == "tile/entries/000")
    #expect(TilePath(kind: .hashes(level: 1), index: 1000, width: 5).description == "tile/1/x001/000.p/5")
    #expect(TilePath("tile/0/x001/067.p/112") == TilePath(kind: .hashes(level: 0), index: 1067, width: 112))
    #expect(
      TilePath(kind: .entries, index: .max).description == "tile/entries/x009/x223/x372/x036/x854/x775/807")
    #expect(TilePath("tile/entries/x009/x223/x372/x036/x854/x775/807")?.index == .max)
  }

  @Test func otherPathsAreRefused() {
    let bad = [
      "", "/", "tile", "tile/", "tile/0", "tile/0/", "tile/0/0", "tile/0/00", "tile/0/0000", "tile/0/x000",
      "tile/0/x000/001", "tile/0/001/002", "tile/0/x001/x002", "tile/00/000", "tile/01/000", "tile/-1/000",
      "tile/64/000",
      "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/", "tile/0/000.p", "tile/0/.p/5",
      "tile/0/000/", "/tile/0/000", "tile//000", "tile/0/x01/000", "tile/0/+00", "tile/entry/000", "tile/0/000.p/5/6",
      "tile/0/x009/x223/x372/x036/x854/x775/808", "tile/0/x001/x000/x000/x000/x000/x000/x000/000", "tile/data/000",
      "tile/0/..", "tile/0/../000", "tile/0/000.q/5", "TILE/0/000", "tile/0/x001.p/067",
      "tile/99999999999999999999/000",
    ]
    for path in bad { #expect(TilePath(path) == nil, "\(path)") }
  }

  @Test func aLogOfSeventyThousandEntriesHasThePublishedTiles() {
    let paths = TilePath.all(size: 70_000)
    func count(_ kind: TilePath.Kind, full: Bool) -> Int { paths.filter { $0.kind == kind && $0.isFull == full }.count }
    #expect(count(.hashes(level: 0), full: true) == 273)
    #expect(count(.hashes(level: 1), full: true) == 1)
    #expect(count(.entries, full: true) == 273)
    #expect(
      paths.filter { !$0.isFull }.map(\.description) == [
        "tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1", "tile/entries/273.p/112",
      ])
    #expect(paths.count == 273 + 1 + 273 + 4)
    #expect(Set(paths).count == paths.count)
    #expect(TilePath.all(size: 0).isEmpty)
    #expect(TilePath.all(size: 1).map(\.description) == ["tile/0/000.p/1", "tile/entries/000.p/1"])
    #expect(TilePath.all(size: 256).map(\.description) == ["tile/0/000", "tile/1/000.p/1", "tile/entries/000"])
  }

  @Test func mutatedPathsParseOnlyToThemselves() {
    var generator = Seeded(state: 21)
    for _ in 0..<5000 {
      let path = TilePath(
        kind: Bool.random(using: &generator) ? .entries : .hashes(level: Int.random(in: 0...63, using: &generator)),
        index: Int64.random(in: 0...Int64.max >> Int64.random(in: 0...62, using: &generator), using: &generator),
        width: Int.random(in: 1...256, using: &generator))
      #expect(TilePath(path.description) == path)
      let text = Fuzz.mutate(path.description, &generator)
      if let parsed = TilePath(text) { #expect(parsed.description.utf8.elementsEqual(text.utf8)) }
    }
  }

  @Test func aTileHasTheHashesOfItsNodesAndNoOthers() {
    let leaves = TreeVectors.leafHashes(600)
    let reader = TreeVectors.reader(leaves)
    let tile = Tile(level: 0, index: 1, hashes: Array(leaves[256..<512]))
    let part = Tile(level: 0, index: 2, hashes: Array(leaves[512..<600]))
    for level in 0..<8 {
      for index in 0..<Int64(1024 >> level) {
        let node = TreeNode(level: level, index: index)
        let isInFull = node.firstLeaf >= 256 && node.firstLeaf + node.leafCount <= 512
        let isInPart = node.firstLeaf >= 512 && node.firstLeaf + node.leafCount <= 600
        #expect(tile.hash(of: node) == (isInFull ? reader(node) : nil))
        #expect(part.hash(of: node) == (isInPart ? reader(node) : nil))
      }
    }
    #expect(tile.hash(of: TreeNode(level: 8, index: 1)) == nil)
    #expect(tile.hash(of: TreeNode(level: -1, index: 1)) == nil)
    #expect(tile.hash(of: TreeNode(level: 0, index: -1)) == nil)
    #expect(
      Tile(level: 1, index: 0, hashes: [tile.root]).hash(of: TreeNode(level: 8, index: 0))
        == reader(TreeNode(level: 8, index: 1)))
    #expect(part.root == TreeVectors.root(part.hashes))
  }

  @Test func theContentOfATileIsOneTo256Hashes() {
    for count in [0, 31, 33, 8191, 8193, 8224] { #expect(Tile.hashes(from: .init(repeating: 1, count: count)) == nil) }
    for count in [1, 2, 255, 256] {
      let tile = Tile(level: 0, index: 0, hashes: TreeVectors.leafHashes(count))
      #expect(Tile.hashes(from: tile.bytes) == tile.hashes)
      #expect(tile.path.width == count)
    }
  }

  @Test func everyNodeOfAProofLiesInTheTileThatIsNamed() throws {
    let leaves = TreeVectors.leafHashes(70_000)
    var edge = TreeEdge()
    for leaf in leaves { edge.append(leaf) }
    var tiles: [TilePath: Tile] = [:]
    for tile in edge.takeFinished() { tiles[tile.path] = tile }
    for (level, hashes) in edge.partial.enumerated() {
      let tile = Tile(level: level, index: 70_000 >> Int64(8 * level + 8), hashes: hashes)
      tiles[tile.path] = tile
    }
    #expect(Set(tiles.keys) == Set(TilePath.all(size: 70_000).filter { $0.kind != .entries }))
    func hash(_ node: TreeNode) throws -> TreeHash {
      try #require(tiles[Merkle.tile(of: node, size: 70_000)]?.hash(of: node))
    }
    #expect(try Merkle.root(size: 70_000, hash: hash) == edge.root)
    for index in [0, 255, 256, 65_535, 65_536, 69_887, 69_999] as [Int64] {
      let proof = try #require(try Merkle.inclusionProof(index: index, size: 70_000, hash: hash))
      #expect(
        Merkle.verifyInclusion(leaf: leaves[Int(index)], index: index, size: 70_000, proof: proof, root: edge.root))
      let nodes = try #require(Merkle.inclusionNodes(index: index, size: 70_000))
      #expect(nodes.count >= proof.count)
    }
    for from in [1, 255, 256, 300, 65_536, 69_999] as [Int64] {
      let proof = try #require(try Merkle.consistencyProof(from: from, to: 70_000, hash: hash))
      let older = try Merkle.root(size: from, hash: hash)
      #expect(Merkle.verifyConsistency(from: from, fromRoot: older, to: 70_000, toRoot: edge.root, proof: proof))
    }
  }
}
