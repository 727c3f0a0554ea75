/// One signature line of a note, `— NAME BASE64(id ‖ signature)` (C2SP signed-note).
public struct NoteSignature: Hashable, Sendable {
  /// The name of the key.
  public let name: String
  /// The four bytes that tell the key.
  public let id: [UInt8]
  /// The signature, of whatever length its algorithm has.
  public let bytes: [UInt8]

  private static let dash = "\u{2014} "

  init(name: String, id: [UInt8], bytes: [UInt8]) {
    self.name = name
    self.id = id
    self.bytes = bytes
  }

  /// Reads a line without its end; nil for anything that `description` would not have written.
  public init?(_ line: String) {
    guard line.utf8.starts(with: NoteSignature.dash.utf8) else { return nil }
    let parts = line.utf8.dropFirst(NoteSignature.dash.utf8.count)
      .split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    guard parts.count == 2, let name = String(parts[0]), NoteText.isName(name), let blob = Base64.decode(parts[1]),
      blob.count > 4
    else { return nil }
    self.init(name: name, id: Array(blob.prefix(4)), bytes: Array(blob.dropFirst(4)))
  }

  /// Whether a key's name and id are those of the line.
  public func isBy(_ key: VerifierKey) -> Bool { id == key.id && NoteText.same(name, key.name) }

  /// The time within a cosignature, in seconds since 1970; nil for a signature of another length.
  public var time: UInt64? {
    guard bytes.count == 72 else { return nil }
    return bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }
}

extension NoteSignature: CustomStringConvertible {
  /// The line without its end.
  public var description: String { "\(NoteSignature.dash)\(name) \(Base64.encode(id + bytes))" }
}
