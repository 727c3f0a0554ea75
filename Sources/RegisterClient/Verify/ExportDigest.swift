import Crypto
import Glibc
import Wire

/// What a file of exported lines holds, read once from its beginning to its end.
struct ExportDigest: Sendable, Equatable {
  var bytes: Int64 = 0
  /// Lines without the header.
  var rows: Int64 = 0
  var sha256 = ""
  /// The index of the first row, where it can be told.
  var first: Int64?
  /// The index of the last row.
  var last: Int64?

  /// A line longer than this is no row of an export.
  private static let lineBytesMax = 1 << 20

  /// Reads a file. Throws `ClientError.file` where it cannot.
  init(_ path: String, format: String, progress: (Int64, Int64) -> Void) throws(ClientError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw LocalFile.failure(path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw LocalFile.failure(path) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .file(path: path, reason: "no regular file") }
    var hasher = SHA256()
    var line: [UInt8] = []
    var header = format == "csv"
    var lastLine: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw LocalFile.failure(path) }
      if count == 0 { break }
      chunk.withUnsafeBytes { hasher.update(bufferPointer: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
      bytes += Int64(count)
      var rest = chunk[..<count]
      while let end = rest.firstIndex(of: 0x0A) {
        line.append(contentsOf: rest[..<end])
        rest = rest[(end + 1)...]
        if header {
          header = false
        } else {
          rows += 1
          if rows == 1 { first = Self.index(line, format: format) }
          swap(&lastLine, &line)
        }
        line.removeAll(keepingCapacity: true)
      }
      line.append(contentsOf: rest)
      guard line.count <= Self.lineBytesMax else { throw .usage(VerifyText.unknownFile) }
      progress(bytes, Int64(status.st_size))
    }
    if !line.isEmpty {
      rows += 1
      lastLine = line
    }
    last = rows > 0 ? Self.index(lastLine, format: format) : nil
    sha256 = Hex.encode(hasher.finalize())
  }

  /// The index of the entry that a row is of; nil where the row does not tell.
  static func index(_ line: [UInt8], format: String) -> Int64? {
    let text = String(decoding: line, as: UTF8.self)
    switch format {
    case "csv":
      return text.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false).first.flatMap { Int64($0) }
    case "cef":
      guard let mark = text.firstRange(of: " externalId=") ?? text.firstRange(of: "|externalId=") else { return nil }
      return Int64(text[mark.upperBound...].prefix { $0.isASCII && $0.isNumber })
    case "ndjson": return (try? JSON.parse(text))?["index"]?.int
    case "ocsf": return (try? JSON.parse(text))?["metadata"]?["sequence"]?.int
    default: return nil
    }
  }
}
