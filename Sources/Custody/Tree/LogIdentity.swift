public import AccessLog

/// Who signs the log's checkpoints, and what must be true of a log that goes on.
public struct LogIdentity: Sendable {
  let signer: NoteSigner
  /// The keys that signed this log before, under another origin.
  public var former: [VerifierKey] = []
  /// Signed checkpoints that are kept outside of the database: the stored log must hold what each of them covers.
  public var outside: [String] = []
  /// The keys of the witnesses that cosign this log: what is stored as theirs must be.
  public var witnesses: [VerifierKey] = []
  /// The checkpoint that a new origin goes on from; its first entry holds it.
  public var continued: Checkpoint?

  /// A log that is signed by a key; the key's name is the log's origin.
  public init(signer: NoteSigner) { self.signer = signer }

  /// The name of the log.
  public var origin: String { signer.name }
  /// What anybody checks a checkpoint with.
  public var verifierKey: VerifierKey { signer.verifierKey }

  var keys: [VerifierKey] { [verifierKey] + former }

  /// The checkpoint of a note that this log signed, where it is stored for that of a size; throws where it is not one.
  func checkpoint(_ note: String, of size: Int64? = nil) throws(LogFault) -> Checkpoint {
    do throws(NoteFault) {
      let signed = try SignedNote(note)
      let signers = try signed.verify(keys)
      let checkpoint = try Checkpoint(signed.text)
      guard signers.contains(where: { $0.name == checkpoint.origin }) else {
        throw NoteFault(reason: "no key of this log signed it")
      }
      return checkpoint
    } catch {
      let which = size.map { "the checkpoint of size \($0)" } ?? "a checkpoint"
      throw LogFault(reason: "\(which) of the log does not verify: \(error.reason)")
    }
  }

  /// The signed checkpoint of a tree.
  func sign(size: Int64, root: TreeHash) -> String {
    signer.sign(Checkpoint(origin: origin, size: size, root: root).text)
  }
}
