import AccessLog
import Wire

/// What the client knows of the log from before, so that the server cannot tell it just anything.
struct ReportTrust: Sendable {
  /// Verifier keys that are trusted: the log's, and witnesses'.
  var keys: [String] = []
  /// The note of a checkpoint that this client saw before.
  var remembered: String?

  /// Nothing from before.
  static let none = ReportTrust()
}

/// What was found out about the log by looking at its checkpoint.
struct ReportVerification: Sendable {
  /// How a check came out.
  enum Verdict: Sendable, Equatable { case good, bad, open }

  /// What was checked.
  enum Kind: Sendable, Equatable { case form, signature, key, consistency, witnesses }

  /// A check that was done, or why it could not be.
  struct Check: Sendable, Equatable {
    var kind: Kind
    var verdict: Verdict
    /// What else there is to say; of this program's making or of the server's.
    var detail: String = ""
  }

  /// The register that the log is of.
  var origin: String?
  /// How many entries the checkpoint covers.
  var size: Int64?
  /// The root of the tree, in base64.
  var root: String?
  /// The checkpoint with its signatures.
  var note: String?
  /// The verifier key that the server named.
  var key: String?
  /// The checks, in the order in which they are told.
  var checks: [Check] = []

  /// What all checks come to: bad where one is, good where the signature is by a key known from before.
  var verdict: Verdict {
    if checks.contains(where: { $0.verdict == .bad }) { return .bad }
    let isKnown = checks.contains { $0.kind == .key && $0.verdict == .good }
    return isKnown && checks.contains { $0.kind == .signature && $0.verdict == .good } ? .good : .open
  }
}

extension ReportVerification {
  /// Looks at a row of `log.checkpoint`.
  init(row: JSON, trust: ReportTrust) {
    origin = row["origin"]?.string
    size = row["size"]?.int
    root = row["root"]?.string
    note = row["note"]?.string
    key = row["key"]?.string
    do {
      let signed = try SignedNote(note ?? "")
      let checkpoint = try Checkpoint(signed.text)
      let isSame =
        (origin ?? checkpoint.origin) == checkpoint.origin && (size ?? checkpoint.size) == checkpoint.size
        && (root ?? checkpoint.root.base64) == checkpoint.root.base64
      (origin, size, root) = (checkpoint.origin, checkpoint.size, checkpoint.root.base64)
      checks.append(Check(kind: .form, verdict: isSame ? .good : .bad))
      checkSignatures(signed, checkpoint, trust)
    } catch {
      checks.append(Check(kind: .form, verdict: .bad, detail: error.reason))
    }
  }

  /// Keys by their text.
  private static func keys(_ texts: [String]) -> [VerifierKey] { texts.compactMap { VerifierKey($0) } }

  private mutating func checkSignatures(_ signed: SignedNote, _ checkpoint: Checkpoint, _ trust: ReportTrust) {
    let trusted = Self.keys(trust.keys)
    let pinned = trusted.filter { $0.algorithm == .ed25519 && $0.name == checkpoint.origin }
    let named = key.flatMap { VerifierKey($0) }
    let used = pinned.isEmpty ? [named].compactMap { $0 } : pinned
    do {
      let good = try signed.verify(used)
      checks.append(Check(kind: .signature, verdict: good.isEmpty ? .bad : .good, detail: good.first?.name ?? ""))
    } catch {
      checks.append(Check(kind: .signature, verdict: .bad, detail: error.reason))
    }
    let isOther = !pinned.isEmpty && named.map { !pinned.contains($0) } ?? false
    checks.append(Check(kind: .key, verdict: isOther ? .bad : pinned.isEmpty ? .open : .good))
    checkWitnesses(signed, trusted.filter { $0.algorithm == .cosignature })
  }

  private mutating func checkWitnesses(_ signed: SignedNote, _ witnesses: [VerifierKey]) {
    let others = signed.signatures.filter { $0.name != origin }
    let good = witnesses.filter { signed.cosignatureTime(of: $0) != nil }
    let isBad = (try? signed.verify(witnesses)) == nil
    let names = good.isEmpty ? others.map(\.name) : good.map(\.name)
    checks.append(
      Check(kind: .witnesses, verdict: isBad ? .bad : good.isEmpty ? .open : .good, detail: Self.listed(names)))
  }

  private static func listed(_ names: [String]) -> String {
    var seen: [String] = []
    for name in names where !seen.contains(name) { seen.append(name) }
    return seen.joined(separator: ", ")
  }

  // MARK: - Consistency with what was remembered

  /// The checkpoint that was remembered, where its note is one of the same log and signed by a trusted key.
  func remembered(_ trust: ReportTrust) -> Checkpoint? {
    guard let note = trust.remembered,
      let opened = try? Checkpoint.opened(note, keys: Self.keys(trust.keys)).checkpoint,
      opened.origin == origin
    else { return nil }
    return opened
  }

  /// Whether a proof is needed to compare: where the log has grown since.
  func needsProof(since earlier: Checkpoint) -> Bool { earlier.size > 0 && earlier.size < size ?? 0 }

  /// Compares with an earlier checkpoint. `answer` is the row of `log.consistency` where one was needed.
  mutating func compare(with earlier: Checkpoint, answer: JSON?) {
    guard let size, let root = root.flatMap({ TreeHash(base64: $0) }), let origin else { return }
    let later = Checkpoint(origin: origin, size: size, root: root)
    let hashes = answer.map(Self.hashes) ?? []
    let detail = "\(earlier.size) → \(size)"
    guard let pair = try? CheckpointPair(earlier: earlier, later: later), let hashes else {
      checks.append(Check(kind: .consistency, verdict: .bad, detail: detail))
      return
    }
    let isGood = pair.verdict(proof: hashes) == .consistent
    checks.append(Check(kind: .consistency, verdict: isGood ? .good : .bad, detail: detail))
  }

  /// Says that nothing was there to compare with.
  mutating func compareWithNothing() { checks.append(Check(kind: .consistency, verdict: .open)) }

  /// The hashes of a proof, as a list or as words in base64; nil where one is no hash.
  private static func hashes(_ row: JSON) -> [TreeHash]? {
    let texts: [String]
    switch row["hashes"] {
    case .array(let values): texts = values.map { $0.string ?? "" }
    case .string(let text): texts = text.split { $0.isWhitespace || $0 == "," }.map { String($0) }
    default: return nil
    }
    let hashes = texts.compactMap { TreeHash(base64: $0) }
    return hashes.count == texts.count ? hashes : nil
  }
}
