extension Checkpoint {
  /// Reads a signed checkpoint that at least one of the given keys signed; throws where none did, or one of their
  /// signatures is not good.
  public static func opened(
    _ note: String, keys: [VerifierKey]
  ) throws(NoteFault) -> (checkpoint: Checkpoint, signers: [VerifierKey]) {
    let signed = try SignedNote(note)
    let signers = try signed.verify(keys)
    guard !signers.isEmpty else { throw NoteFault(reason: "none of the given keys signed the checkpoint") }
    return (try Checkpoint(signed.text), signers)
  }
}

/// Two checkpoints of one log, one remembered and one shown later: does the log still tell the same story?
public struct CheckpointPair: Hashable, Sendable {
  /// How the later checkpoint stands to the earlier one.
  public enum Verdict: Hashable, Sendable {
    /// The later tree extends the earlier one, or is the same.
    case consistent
    /// It is not shown that one tree extends the other: entries were changed, or the proof is not good.
    case forked
    /// The later tree has fewer entries than the log had already shown.
    case rolledBack
  }

  /// The one that was remembered.
  public let earlier: Checkpoint
  /// The one that was shown afterwards.
  public let later: Checkpoint

  /// A pair; throws where the two are not of the same log.
  public init(earlier: Checkpoint, later: Checkpoint) throws(NoteFault) {
    guard NoteText.same(earlier.origin, later.origin) else {
      throw NoteFault(reason: "the checkpoints are of two logs: \(earlier.origin), \(later.origin)")
    }
    self.earlier = earlier
    self.later = later
  }

  /// A pair of signed checkpoints, each of which at least one of the keys signed.
  public init(earlier: String, later: String, keys: [VerifierKey]) throws(NoteFault) {
    try self.init(
      earlier: try Checkpoint.opened(earlier, keys: keys).checkpoint,
      later: try Checkpoint.opened(later, keys: keys).checkpoint)
  }

  /// The verdict with the log's proof from the smaller size to the greater; an empty one for equal sizes and from size
  /// 0.
  ///
  /// For a tree that shrank, no proof is needed; with one that does not fit, it is a fork as well.
  public func verdict(proof: [TreeHash]) -> Verdict {
    let shrank = later.size < earlier.size
    let (small, great) = shrank ? (later, earlier) : (earlier, later)
    let isProved = Merkle.verifyConsistency(
      from: small.size, fromRoot: small.root, to: great.size, toRoot: great.root, proof: proof)
    if shrank { return isProved || proof.isEmpty ? .rolledBack : .forked }
    return isProved ? .consistent : .forked
  }
}
