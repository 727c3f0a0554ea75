import AccessLog

/// What is said to a witness and what its answers mean (C2SP tlog-witness). Pure.
struct WitnessExchange: Sendable {
  /// The most lines of an answer that are read.
  static let linesMax = 64

  let key: VerifierKey

  /// What a witness answered that helps.
  enum Answer: Equatable, Sendable {
    /// It cosigned: its line for the note.
    case cosigned(NoteSignature)
    /// It has seen a checkpoint of this size, from which the proof must begin.
    case has(Int64)
  }

  /// The body of `add-checkpoint`: the size that the witness has, the proof from there, and the signed note.
  static func body(old: Int64, proof: [TreeHash], note: String) -> [UInt8] {
    var text = "old \(old)\n"
    for hash in proof { text += "\(hash.base64)\n" }
    return Array((text + "\n" + note).utf8)
  }

  /// Reads an answer to a request with `old` for the checkpoint of `note`. Cosignatures of other keys are passed over;
  /// one of the witness's key that does not verify is a problem.
  func read(_ answer: HTTPPost.Answer, old: Int64, note: String) throws(OutsideProblem) -> Answer {
    switch answer.status {
    case 200: return .cosigned(try cosignature(answer.body, note))
    case 409: return .has(try size(answer.body))
    case 400: throw .notUnderstood
    case 403: throw .unknownKey
    case 404: throw .unknownLog
    // The witness has the size that the proof begins with, else it would have said 409: its log there is another.
    case 422 where old > 0: throw .forked(old)
    default: throw .status(answer.status)
    }
  }

  /// The body of a 409: a number without leading zeros, and a line feed.
  private func size(_ body: [UInt8]) throws(OutsideProblem) -> Int64 {
    let text = String(decoding: body.prefix(32), as: UTF8.self)
    guard let size = Int64(text.dropLast()), size >= 0, "\(size)\n".utf8.elementsEqual(body) else { throw .malformed }
    return size
  }

  private func cosignature(_ body: [UInt8], _ note: String) throws(OutsideProblem) -> NoteSignature {
    guard let text = String(validating: body, as: UTF8.self) else { throw .malformed }
    // By scalars: a combining mark after a line feed would hide it from a split by characters.
    var lines = text.unicodeScalars.split(separator: "\n", maxSplits: Self.linesMax, omittingEmptySubsequences: false)
    guard lines.popLast()?.isEmpty == true, !lines.isEmpty else { throw .malformed }
    var own: [NoteSignature] = []
    for line in lines {
      guard let signature = NoteSignature(String(line)) else { throw .malformed }
      if signature.isBy(key) { own.append(signature) }
    }
    guard let first = own.first else { throw .noCosignature }
    for signature in own where !isGood(signature, note) { throw .badCosignature }
    return first
  }

  /// Whether it is this key's, of this note, at a time that can be written (at most 2^63 - 1).
  private func isGood(_ signature: NoteSignature, _ note: String) -> Bool {
    guard let time = signature.time, time <= UInt64(Int64.max),
      let signed = try? SignedNote(note + "\(signature)\n"), let good = try? signed.verify([key])
    else { return false }
    return good.contains(key)
  }
}
