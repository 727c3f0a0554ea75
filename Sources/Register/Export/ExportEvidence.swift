import Crypto
import Model
import Wire

/// What is kept beside an exported file: what was asked, what it holds, and the checkpoint that vouches for it.
///
/// The digest is SHA-256 over every line with a line feed after it; of an export of tiles, over `PATH SP SHA-256 LF` of
/// each file in the order sent.
struct ExportEvidence: Sendable {
  private var hasher = SHA256()
  private(set) var rows: Int64 = 0
  /// Of the lines with their ends, or of the files.
  private(set) var bytes: Int64 = 0
  /// The lowest index in it.
  private(set) var first: Int64?
  /// The highest index in it.
  private(set) var last: Int64?

  /// Takes note of a line; without an index it is a header, which is no row of the log.
  mutating func take(line: String, index: Int64?) {
    var text = line
    text.append("\n")
    text.withUTF8 { hasher.update(bufferPointer: UnsafeRawBufferPointer($0)) }
    bytes += Int64(text.utf8.count)
    guard let index else { return }
    rows += 1
    take(first: index, last: index)
  }

  /// Takes note of a file.
  mutating func take(path: String, data: [UInt8]) {
    let line = "\(path) \(Hex.encode(Array(SHA256.hash(data: data))))\n"
    hasher.update(data: Array(line.utf8))
    bytes += Int64(data.count)
    rows += 1
  }

  /// Takes note of which entries are in it.
  mutating func take(first: Int64, last: Int64) {
    self.first = min(self.first ?? first, first)
    self.last = max(self.last ?? last, last)
  }

  /// SHA-256 of what was taken so far, in hexadecimal.
  var digest: String { Hex.encode(Array(hasher.finalize())) }

  /// The object, as the final line carries it.
  func object(_ source: Source) -> JSONObject {
    var object: JSONObject = [
      "command": .string(source.command), "parameters": .object(source.parameters),
      "versions": ["rekisterid": .string(Product.version), "format": .string(source.format)],
      "origin": .string(source.origin), "size": .int(source.size), "checkpoint": .string(source.note),
      "first": first.map { .int($0) } ?? .null, "last": last.map { .int($0) } ?? .null, "rows": .int(rows),
      "bytes": .int(bytes), "sha256": .string(digest), "by": .id(source.user),
      "at": .string(source.at.description),
    ]
    if let missing = source.missingBundles { object["missing-bundles"] = .int(missing) }
    return object
  }

  /// Who asked for what, and of which state of the log.
  struct Source: Sendable {
    let command: String
    let parameters: JSONObject
    /// The version of the form, such as `ocsf 1.5.0`.
    let format: String
    let origin: String
    let size: Int64
    let note: String
    let user: UserID
    let at: Instant
    var missingBundles: Int64?
  }
}
