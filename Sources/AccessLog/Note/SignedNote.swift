/// A text with signature lines below it (C2SP signed-note).
///
/// Stricter than the specification in three ways: it refuses all Unicode control characters, not only those of ASCII;
/// the same signature line twice; and more than 64 of them.
public struct SignedNote: Hashable, Sendable {
  /// What is signed, with its last line feed.
  public let text: String
  /// The signature lines, in order; nothing is verified yet.
  public let signatures: [NoteSignature]

  /// Reads a note; throws for anything that `description` would not have written.
  public init(_ note: String) throws(NoteFault) {
    let bytes = Array(note.utf8)
    guard bytes.count <= NoteText.noteBytesMax else { throw NoteFault(reason: "the note is too long") }
    guard NoteText.isPlain(note) else { throw NoteFault(reason: "the note has control characters") }
    let end = bytes.indices.dropFirst().last { bytes[$0] == UInt8(ascii: "\n") && bytes[$0 - 1] == UInt8(ascii: "\n") }
    guard let end else { throw NoteFault(reason: "the note has no blank line before its signatures") }
    guard let lines = NoteText.lines(bytes[(end + 1)...]), !lines.isEmpty else {
      throw NoteFault(reason: "the note does not end with a signature line")
    }
    guard lines.count <= NoteText.signaturesMax else { throw NoteFault(reason: "the note has too many signatures") }
    var signatures: [NoteSignature] = []
    for line in lines {
      guard let signature = NoteSignature(line) else {
        throw NoteFault(reason: "the note has a malformed signature line")
      }
      guard !signatures.contains(signature) else { throw NoteFault(reason: "the note has a signature line twice") }
      signatures.append(signature)
    }
    text = String(decoding: bytes[..<end], as: UTF8.self)
    self.signatures = signatures
  }

  /// Reads a note from its bytes; throws also where they are not UTF-8.
  public init(bytes: some Collection<UInt8>) throws(NoteFault) {
    guard bytes.count <= NoteText.noteBytesMax, let note = String(validating: bytes, as: UTF8.self) else {
      throw NoteFault(reason: "the note is too long or not UTF-8")
    }
    try self.init(note)
  }

  /// The given keys that signed the note, in their order; lines of other keys are passed over.
  ///
  /// Throws where a signature by one of the given keys is not good. Who needs a signature must look whether the result
  /// has one.
  public func verify(_ keys: [VerifierKey]) throws(NoteFault) -> [VerifierKey] {
    var good: [VerifierKey] = []
    for key in keys where !good.contains(key) {
      let lines = signatures.filter { $0.isBy(key) }
      for line in lines {
        guard key.isGood(line, of: text) else {
          throw NoteFault(reason: "the signature of \(key.name) is not good")
        }
      }
      if !lines.isEmpty { good.append(key) }
    }
    return good
  }

  /// When a witness cosigned, in seconds since 1970, the newest of several; nil unless its cosignature is there and
  /// good.
  public func cosignatureTime(of key: VerifierKey) -> UInt64? {
    guard key.algorithm == .cosignature else { return nil }
    return signatures.filter { $0.isBy(key) && key.isGood($0, of: text) }.compactMap(\.time).max()
  }
}

extension SignedNote: CustomStringConvertible {
  /// The note as it was read.
  public var description: String { "\(text)\n" + signatures.map { "\($0)\n" }.joined() }
}
