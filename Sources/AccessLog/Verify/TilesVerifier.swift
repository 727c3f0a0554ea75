/// Verifies a log of any party in the form of C2SP tlog-tiles, from its files alone: `checkpoint`, `tile/…` and
/// `tile/entries/…`.
///
/// It reads each file once, in order, and holds no more than one tile a level, however long the log is. What entries
/// mean is never looked at. A full tile or bundle stands in for a partial one that the checkpoint asks for, as in a
/// log that has grown since.
public struct TilesVerifier: Sendable {
  /// How deep to look.
  public enum Level: Hashable, Sendable {
    /// The hash tiles only.
    case hashesOnly
    /// The hash tiles and every entry.
    case entries
  }

  /// How deep to look; the entries too unless set otherwise.
  public var level = Level.entries
  /// Whether missing entry bundles, as of months past their retention, are only counted.
  public var allowsMissingEntries = false
  /// After how many problems to stop looking, so that a log of nonsense does not take for ever; at least 1.
  public var problemsMax = 100

  let keys: [VerifierKey]
  let read: @Sendable (String) throws -> [UInt8]?

  /// A verifier that trusts the given keys.
  /// - Parameter read: The content of the file at a path relative to the log's root; nil where there is none. What it
  ///   throws ends the verification.
  public init(keys: [VerifierKey], read: @escaping @Sendable (String) throws -> [UInt8]?) {
    self.keys = keys
    self.read = read
  }

  /// Reads and verifies the whole log.
  ///
  /// Throws a `NoteFault` where there is no checkpoint that at least one of the keys signed well, since nothing can be
  /// said then, and whatever the reader throws. Everything else is in the report.
  /// - Parameter progress: Called after each bundle or lowest tile with the entries done and the entries in all.
  public func verify(progress: (Int64, Int64) -> Void = { _, _ in }) throws -> Report {
    guard let bytes = try read("checkpoint") else { throw NoteFault(reason: "checkpoint: missing") }
    guard let note = String(validating: bytes, as: UTF8.self) else { throw NoteFault(reason: "checkpoint: not UTF-8") }
    let (checkpoint, signers) = try Checkpoint.opened(note, keys: keys)
    var walk = TilesWalk(self, report: Report(checkpoint: checkpoint, signers: signers))
    try walk.run(progress)
    return walk.report
  }

  /// What was found in a log.
  public struct Report: Hashable, Sendable {
    /// The signed checkpoint that everything was compared with.
    public let checkpoint: Checkpoint
    /// Those of the given keys that signed it, at least one.
    public let signers: [VerifierKey]
    /// How many leaves of the tree were looked at.
    public internal(set) var leaves: Int64 = 0
    /// How many entries were hashed and compared.
    public internal(set) var entriesChecked: Int64 = 0
    /// The lowest index of an entry that is not proved to be the signed one; for a bad hash tile the first that it
    /// covers.
    public internal(set) var firstBad: Int64?
    /// What is wrong, in the order in which it was found, each with its path and first bad index.
    public internal(set) var problems: [String] = []
    /// How many entry bundles are not there, where that is allowed.
    public internal(set) var missingBundles: Int64 = 0
    /// The entries of those bundles, neighbours joined.
    public internal(set) var missingEntries: [Range<Int64>] = []
    /// Whether the verification stopped at too many problems.
    public internal(set) var stoppedEarly = false

    init(checkpoint: Checkpoint, signers: [VerifierKey]) {
      self.checkpoint = checkpoint
      self.signers = signers
    }

    /// Whether everything that was looked at is as signed.
    public var isGood: Bool { problems.isEmpty }

    mutating func add(_ path: TilePath, at index: Int64, _ problem: String) {
      problems.append("\(path): \(problem) (first bad index \(index))")
      note(index)
    }

    mutating func addRoot() {
      problems.append(
        "checkpoint: the hashes give another root than the signed one of size \(checkpoint.size) (first bad index 0)")
      note(0)
    }

    private mutating func note(_ index: Int64) { firstBad = min(firstBad ?? index, index) }

    mutating func addMissing(_ entries: Range<Int64>) {
      missingBundles += 1
      if let last = missingEntries.last, last.upperBound == entries.lowerBound {
        missingEntries[missingEntries.count - 1] = last.lowerBound..<entries.upperBound
      } else {
        missingEntries.append(entries)
      }
    }
  }
}
