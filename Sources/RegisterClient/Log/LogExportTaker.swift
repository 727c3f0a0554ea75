import AccessLog
import Crypto
import Glibc
import Wire

/// Takes the rows of an export and keeps them once they are known to be what the server sent.
protocol LogExportTaker {
  /// Lines without the header, or files.
  var rows: Int64 { get }
  /// Takes a row. Throws where it is none of an export, or cannot be written.
  mutating func take(_ row: JSON) throws(ClientError)
  /// SHA-256 of all that was taken, in hexadecimal, and how many bytes that was.
  func digest() -> (sha256: String, bytes: Int64)
  /// Writes what is left.
  mutating func flush() throws(ClientError)
  /// Gives the file or folder its name.
  func commit() throws(ClientError)
  /// Leaves nothing behind.
  func abandon()
}

/// Lines, to a file or to the standard output.
struct LogLinesTaker: LogExportTaker {
  private static let bufferBytes = 1 << 16

  private(set) var rows: Int64 = 0
  private let file: PartialFile?
  private let isTerminal: Bool
  private var hasher = SHA256()
  private var bytes: Int64 = 0
  private var buffer: [UInt8] = []

  init(place: String?) throws(ClientError) {
    if let place {
      var status = stat()
      // What may be evidence is not written over; a device or a pipe is none.
      guard stat(place, &status) != 0 || status.st_mode & S_IFMT != S_IFREG else {
        throw .usage(LogExportText.isThere.with(.plain(place)))
      }
    }
    file = try place.map { place throws(ClientError) in try PartialFile(place) }
    isTerminal = file == nil && Terminal.isTerminal(STDOUT_FILENO)
  }

  mutating func take(_ row: JSON) throws(ClientError) {
    guard let text = row["text"]?.string, let index = row["index"], index.isNull || index.int != nil,
      !text.unicodeScalars.contains(where: { $0 == "\n" || $0 == "\r" })
    else { throw .protocol("a row of an export") }
    if !index.isNull { rows += 1 }
    let line = Array(text.utf8) + [0x0A]
    hasher.update(data: line)
    bytes += Int64(line.count)
    buffer += isTerminal ? Array((SafeText.forTerminal(text) + "\n").utf8) : line
    if isTerminal || buffer.count >= Self.bufferBytes { try flush() }
  }

  func digest() -> (sha256: String, bytes: Int64) { (Hex.encode(hasher.finalize()), bytes) }

  mutating func flush() throws(ClientError) {
    defer { buffer.removeAll(keepingCapacity: true) }
    if let file {
      guard file.append(buffer) else { throw file.abandon() }
    } else if !Terminal.write(buffer, to: STDOUT_FILENO) {
      throw LocalFile.failure("stdout")
    }
  }

  func commit() throws(ClientError) { try file?.commit() }
  func abandon() { file?.abandon() }
}

/// The files of a log, to a folder.
struct LogTilesTaker: LogExportTaker {
  private(set) var rows: Int64 = 0
  private let folder: PartialFolder
  private var hasher = SHA256()
  private var bytes: Int64 = 0

  init(place: String) throws(ClientError) { folder = try PartialFolder(place) }

  mutating func take(_ row: JSON) throws(ClientError) {
    guard let path = row["path"]?.string, let data = row["data"]?.string.flatMap({ Base64.decode($0) }) else {
      throw .protocol("a row of an export")
    }
    // What comes from the server never names a place of its own choice.
    guard let bytesMax = TilesFolder.bytesMax(path), TilePath(path)?.description ?? "checkpoint" == path else {
      throw .log(LogExportText.badPath(path))
    }
    guard data.count <= bytesMax else { throw .protocol("a file of \(data.count) bytes") }
    try folder.write(data, to: path)
    hasher.update(data: Array("\(path) \(Hex.encode(SHA256.hash(data: data)))\n".utf8))
    bytes += Int64(data.count)
    rows += 1
  }

  func digest() -> (sha256: String, bytes: Int64) { (Hex.encode(hasher.finalize()), bytes) }
  mutating func flush() throws(ClientError) {}
  func commit() throws(ClientError) { try folder.commit() }
  func abandon() { folder.abandon() }
}
