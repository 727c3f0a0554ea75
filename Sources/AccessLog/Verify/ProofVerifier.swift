/// Verifies the proof of a single entry, offline.
public enum ProofVerifier {
  /// What a good proof shows.
  public struct Report: Hashable, Sendable {
    /// The signed checkpoint that the entry is under.
    public let checkpoint: Checkpoint
    /// Which entry of the log it is, from 0.
    public let index: Int64
    /// Those of the given keys that signed the checkpoint, at least one.
    public let signers: [VerifierKey]
    /// Whether an entry was given and is the one at the index; without one only form and signatures were verified.
    public let isEntryVerified: Bool
  }

  /// Verifies a proof's form, its checkpoint's signatures and, where an entry is given, that it stands at the index.
  ///
  /// Throws with the reason where anything is not good, and where none of the keys signed.
  public static func verify(
    tlogProof: String, entry: [UInt8]?, keys: [VerifierKey]
  ) throws(NoteFault) -> Report {
    let proof = try TlogProof(tlogProof)
    let (checkpoint, signers) = try Checkpoint.opened(proof.checkpoint, keys: keys)
    let needed = Merkle.inclusionProof(index: proof.index, size: checkpoint.size) { _ in .ofEmptyTree }
    guard let needed else {
      throw NoteFault(reason: "index \(proof.index) is not below the checkpoint's size, \(checkpoint.size)")
    }
    guard needed.count == proof.hashes.count else {
      throw NoteFault(reason: "the proof has \(proof.hashes.count) hashes, \(needed.count) are needed")
    }
    if let entry {
      let isIncluded = Merkle.verifyInclusion(
        leaf: .leaf(entry), index: proof.index, size: checkpoint.size, proof: proof.hashes, root: checkpoint.root)
      guard isIncluded else { throw NoteFault(reason: "the entry is not the one at index \(proof.index) of the log") }
    }
    return Report(
      checkpoint: checkpoint, index: proof.index, signers: signers, isEntryVerified: entry != nil)
  }
}
