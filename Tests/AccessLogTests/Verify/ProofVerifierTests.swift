import AccessLog
import Testing

@Suite struct ProofVerifierTests {
  @Test func anEntryIsProvedAndNothingElseIs() throws {
    let log = try TestLog(size: 300)
    let keys = [log.signer.verifierKey]
    for index in [0, 1, 255, 256, 299] {
      let proof = try log.proof(index)
      let report = try ProofVerifier.verify(tlogProof: proof, entry: log.entries[index], keys: keys)
      #expect(report.index == Int64(index))
      #expect(report.signers == keys)
      #expect(report.isEntryVerified)
      #expect(report.checkpoint.size == 300)
      #expect(try !ProofVerifier.verify(tlogProof: proof, entry: nil, keys: keys).isEntryVerified)
      #expect(throws: NoteFault.self) {
        try ProofVerifier.verify(tlogProof: proof, entry: log.entries[index] + [0], keys: keys)
      }
      #expect(throws: NoteFault.self) { try ProofVerifier.verify(tlogProof: proof, entry: [], keys: keys) }
      #expect(throws: NoteFault.self) {
        try ProofVerifier.verify(tlogProof: proof, entry: log.entries[index], keys: [])
      }
    }
    let parsed = try TlogProof(try log.proof(5))
    let longer = TlogProof(index: 5, hashes: parsed.hashes + [.leaf([])], checkpoint: parsed.checkpoint)
    let outside = TlogProof(index: 300, hashes: parsed.hashes, checkpoint: parsed.checkpoint)
    let other = TlogProof(index: 4, hashes: parsed.hashes, checkpoint: parsed.checkpoint)
    for proof in [longer, outside, other] {
      #expect(throws: NoteFault.self) {
        try ProofVerifier.verify(tlogProof: proof.text, entry: log.entries[5], keys: keys)
      }
    }
    let foreign = try #require(NoteSigner.generate(name: log.signer.name)).verifierKey
    #expect(throws: NoteFault.self) {
      try ProofVerifier.verify(tlogProof: parsed.text, entry: log.entries[5], keys: [foreign])
    }
  }

  @Test func aPairOfCheckpointsIsConsistentForkedOrRolledBack() throws {
    let leaves = TreeVectors.leafHashes(20)
    let reader = TreeVectors.reader(leaves)
    func checkpoint(_ size: Int64, origin: String = "log") -> Checkpoint {
      Checkpoint(origin: origin, size: size, root: Merkle.root(size: size, hash: reader))
    }
    func verdict(_ earlier: Checkpoint, _ later: Checkpoint, _ proof: [TreeHash]) throws -> CheckpointPair.Verdict {
      try CheckpointPair(earlier: earlier, later: later).verdict(proof: proof)
    }
    for from in 0...20 as ClosedRange<Int64> {
      for to in from...20 {
        let proof = try #require(Merkle.consistencyProof(from: from, to: to, hash: reader))
        #expect(try verdict(checkpoint(from), checkpoint(to), proof) == .consistent)
        let fork = Checkpoint(origin: "log", size: to, root: .leaf([9]))
        if from > 0 { #expect(try verdict(checkpoint(from), fork, proof) == .forked) }
        if from > 0, from < to {
          #expect(try verdict(checkpoint(from), checkpoint(to), []) == .forked)
          #expect(try verdict(checkpoint(to), checkpoint(from), []) == .rolledBack)
          #expect(try verdict(checkpoint(to), checkpoint(from), proof) == .rolledBack)
          #expect(try verdict(fork, checkpoint(from), proof) == .forked)
        }
      }
    }
    #expect(throws: NoteFault.self) { try CheckpointPair(earlier: checkpoint(1), later: checkpoint(2, origin: "l")) }
    let signer = try #require(NoteSigner.generate(name: "log"))
    let notes = [checkpoint(3), checkpoint(3)].map { signer.sign($0.text) }
    let pair = try CheckpointPair(earlier: notes[0], later: notes[1], keys: [signer.verifierKey])
    #expect(pair.verdict(proof: []) == .consistent)
    #expect(throws: NoteFault.self) { try CheckpointPair(earlier: notes[0], later: notes[1], keys: []) }
  }
}
