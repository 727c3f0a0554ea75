import AccessLog
import Testing

@Suite struct ProofTests {
  static let sizes: Int64 = 40
  static let leaves = TreeVectors.leafHashes(Int(sizes))
  static let roots = (0...Int(sizes)).map { TreeVectors.root(Array(leaves[..<$0])) }
  static let reader = TreeVectors.reader(leaves)

  /// Every proof that differs a little: one bit of one hash, one more, one fewer, two swapped.
  static func mutations(_ proof: [TreeHash]) -> [[TreeHash]] {
    var all: [[TreeHash]] = [
      proof + [leaves[0]], [leaves[0]] + proof, proof + proof.suffix(1) + proof.prefix(1) + [roots[0]],
    ]
    for (place, hash) in proof.enumerated() {
      var bytes = hash.bytes
      bytes[place % 32] ^= 1 << UInt8(place % 8)
      var flipped = proof
      flipped[place] = TreeHash(bytes) ?? hash
      var fewer = proof
      fewer.remove(at: place)
      all += [flipped, fewer]
      if place > 0 {
        var swapped = proof
        swapped.swapAt(place - 1, place)
        all.append(swapped)
      }
    }
    return all.filter { $0 != proof }
  }

  @Test func everyInclusionProofHoldsAndNoChangedOneDoes() throws {
    for size in 1...Self.sizes {
      let root = Self.roots[Int(size)]
      for index in 0..<size {
        let leaf = Self.leaves[Int(index)]
        let proof = try #require(Merkle.inclusionProof(index: index, size: size, hash: Self.reader))
        func holds(
          _ leaf: TreeHash = leaf, _ index: Int64 = index, _ size: Int64 = size, _ proof: [TreeHash] = proof,
          _ root: TreeHash = root
        ) -> Bool {
          Merkle.verifyInclusion(leaf: leaf, index: index, size: size, proof: proof, root: root)
        }
        #expect(holds())
        #expect(Self.mutations(proof).allSatisfy { !holds(leaf, index, size, $0) })
        #expect((-1...size).allSatisfy { $0 == index || !holds(leaf, $0) })
        #expect(!holds(Self.leaves[Int((index + 1) % Self.sizes)]))
        #expect((0...Self.sizes).allSatisfy { $0 == size || !holds(leaf, index, size, proof, Self.roots[Int($0)]) })
        // A proof fits another size only with that size's root.
        #expect(
          (-1...Self.sizes).allSatisfy { $0 < 0 || $0 == size || !holds(leaf, index, $0, proof, Self.roots[Int($0)]) })
      }
    }
  }

  @Test func aProofMadeForAnotherSizeOfDifferentShapeIsRefused() throws {
    let proof = try #require(Merkle.inclusionProof(index: 4, size: 7, hash: Self.reader))
    let fits = (1...Self.sizes).filter {
      Merkle.verifyInclusion(leaf: Self.leaves[4], index: 4, size: $0, proof: proof, root: Self.roots[7])
    }
    // Sizes 7 and 8 have the same path for leaf 4; the signed checkpoint binds size and root together.
    #expect(fits == [7, 8])
    #expect(!Merkle.verifyInclusion(leaf: Self.leaves[0], index: 0, size: 0, proof: [], root: Self.leaves[0]))
    #expect(!Merkle.verifyInclusion(leaf: Self.leaves[0], index: .max, size: .max, proof: [], root: Self.leaves[0]))
    #expect(!Merkle.verifyInclusion(leaf: Self.leaves[0], index: .min, size: 1, proof: [], root: Self.leaves[0]))
  }

  @Test func everyConsistencyProofHoldsAndNoChangedOneDoes() throws {
    for to in 0...Self.sizes {
      for from in 0...to {
        let proof = try #require(Merkle.consistencyProof(from: from, to: to, hash: Self.reader))
        #expect(proof.isEmpty == (from == 0 || from == to))
        let (older, newer) = (Self.roots[Int(from)], Self.roots[Int(to)])
        func holds(
          _ from: Int64 = from, _ to: Int64 = to, _ proof: [TreeHash] = proof, _ older: TreeHash = older,
          _ newer: TreeHash = newer
        ) -> Bool {
          Merkle.verifyConsistency(from: from, fromRoot: older, to: to, toRoot: newer, proof: proof)
        }
        #expect(holds())
        #expect(Self.mutations(proof).allSatisfy { !holds(from, to, $0) })
        #expect(from == to || !holds(to, from))
        #expect((0...Self.sizes).allSatisfy { $0 == from || !holds(from, to, proof, Self.roots[Int($0)]) })
        if from > 0 {
          #expect((0...Self.sizes).allSatisfy { $0 == to || !holds(from, to, proof, older, Self.roots[Int($0)]) })
          #expect((0...Self.sizes).allSatisfy { $0 == from || $0 == 0 || !holds($0, to, proof, Self.roots[Int($0)]) })
        }
      }
    }
  }

  @Test func proofsOutsideTheTreeAreNil() {
    #expect(Merkle.inclusionNodes(index: 0, size: 0) == nil)
    #expect(Merkle.inclusionNodes(index: -1, size: 5) == nil)
    #expect(Merkle.inclusionNodes(index: 5, size: 5) == nil)
    #expect(Merkle.inclusionNodes(index: 0, size: 1) == [])
    #expect(Merkle.consistencyNodes(from: 6, to: 5) == nil)
    #expect(Merkle.consistencyNodes(from: -1, to: 5) == nil)
    #expect(Merkle.consistencyNodes(from: 0, to: 5) == [])
    #expect(Merkle.consistencyNodes(from: 5, to: 5) == [])
    #expect(Merkle.rootNodes(size: 0).isEmpty)
    #expect(
      Merkle.rootNodes(size: 7) == [.init(level: 2, index: 0), .init(level: 1, index: 2), .init(level: 0, index: 6)])
    #expect(Merkle.rootNodes(size: .max).count == 63)
    #expect(Merkle.inclusionNodes(index: .max - 1, size: .max)?.isEmpty == false)
  }
}
