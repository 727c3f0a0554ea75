/// The proof that one entry is in a log, to be kept beside the entry and verified without the log (C2SP tlog-proof v1).
public struct TlogProof: Hashable, Sendable {
  private static let header = "c2sp.org/tlog-proof@v1"
  private static let extraPrefix = "extra "
  private static let indexPrefix = "index "

  /// No tree that this program counts has a longer path from leaf to root.
  public static let hashesMax = 63

  /// Opaque data that the application put there, which nothing vouches for; nil where there is none.
  public let extra: [UInt8]?
  /// Which entry of the log it is about, from 0.
  public let index: Int64
  /// The inclusion proof, from the leaf upwards.
  public let hashes: [TreeHash]
  /// The signed checkpoint, as it was received.
  public let checkpoint: String

  /// A proof from its parts.
  public init(index: Int64, hashes: [TreeHash], checkpoint: String, extra: [UInt8]? = nil) {
    self.extra = extra
    self.index = index
    self.hashes = hashes
    self.checkpoint = checkpoint
  }

  /// Reads a proof; throws for anything that `text` would not have written, and where what follows is no signed
  /// checkpoint (its signatures are not verified here).
  public init(_ text: String) throws(NoteFault) {
    let bytes = Array(text.utf8)
    guard bytes.count <= NoteText.noteBytesMax else { throw NoteFault(reason: "the proof is too long") }
    let end = bytes.indices.dropFirst().first { bytes[$0] == UInt8(ascii: "\n") && bytes[$0 - 1] == UInt8(ascii: "\n") }
    guard let end, var lines = NoteText.lines(bytes[..<end])?[...], lines.popFirst() == TlogProof.header else {
      throw NoteFault(reason: "this is no proof of the kind \(TlogProof.header)")
    }
    var extra: [UInt8]?
    if let line = lines.first, line.utf8.starts(with: TlogProof.extraPrefix.utf8) {
      extra = Base64.decode(line.utf8.dropFirst(TlogProof.extraPrefix.utf8.count))
      guard extra?.isEmpty == false else { throw NoteFault(reason: "the proof's extra data is not base64") }
      lines.removeFirst()
    }
    guard let line = lines.popFirst(), line.utf8.starts(with: TlogProof.indexPrefix.utf8),
      let index = Decimal.read(line.utf8.dropFirst(TlogProof.indexPrefix.utf8.count))
    else { throw NoteFault(reason: "the proof's index is not a plain number") }
    guard lines.count <= TlogProof.hashesMax else { throw NoteFault(reason: "the proof has too many hashes") }
    var hashes: [TreeHash] = []
    for line in lines {
      guard let hash = TreeHash(base64: line) else {
        throw NoteFault(reason: "a hash of the proof is not 32 bytes in base64")
      }
      hashes.append(hash)
    }
    let checkpoint = String(decoding: bytes[(end + 1)...], as: UTF8.self)
    _ = try Checkpoint(try SignedNote(checkpoint).text)
    self.init(index: index, hashes: hashes, checkpoint: checkpoint, extra: extra)
  }

  /// The proof as it is kept in a file (`.tlog-proof`).
  public var text: String {
    let extraLine = extra.map { "\(TlogProof.extraPrefix)\(Base64.encode($0))\n" } ?? ""
    return "\(TlogProof.header)\n\(extraLine)\(TlogProof.indexPrefix)\(index)\n"
      + hashes.map { "\($0.base64)\n" }.joined() + "\n\(checkpoint)"
  }
}
