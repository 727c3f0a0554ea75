import AccessLog
import Glibc

/// The files of a tlog-tiles directory that may come from anybody: only paths of the format are read, no link within it
/// is followed, and nothing but regular files of a plausible size.
struct TilesFolder: Sendable {
  /// The largest bundle: 256 entries, each with its length.
  private static let bundleBytesMax = Tile.width * (2 + EntryBundle.entryBytesMax)
  private static let checkpointBytesMax = 1 << 20

  let path: String

  /// The content of a file; nil where there is none. Throws `ClientError.file` for what is no file.
  func read(_ name: String) throws(ClientError) -> [UInt8]? {
    guard let bytesMax = Self.bytesMax(name) else { throw .file(path: name, reason: "no path of a log") }
    guard let descriptor = try open(name) else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw LocalFile.failure(full(name)) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .file(path: full(name), reason: "no regular file") }
    guard status.st_size <= bytesMax else { throw .file(path: full(name), reason: "> \(bytesMax) B") }
    return try content(descriptor, name, size: Int(status.st_size))
  }

  private func full(_ name: String) -> String { "\(path)/\(name)" }

  /// How large the file of a path may be; nil for one that is not of the format.
  static func bytesMax(_ name: String) -> Int? {
    if name == "checkpoint" { return checkpointBytesMax }
    guard let path = TilePath(name) else { return nil }
    return path.kind == .entries ? bundleBytesMax : Tile.width * TreeHash.byteCount
  }

  /// Opens folder by folder, so that no link on the way is followed.
  private func open(_ name: String) throws(ClientError) -> Int32? {
    var folder = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw LocalFile.failure(path) }
    let parts = name.split(separator: "/")
    for (place, part) in parts.enumerated() {
      let isLast = place == parts.count - 1
      // A pipe would wait for its other end.
      let next = openat(folder, String(part), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | (isLast ? O_NONBLOCK : O_DIRECTORY))
      let number = errno
      close(folder)
      guard next >= 0 else {
        if number == ENOENT { return nil }
        errno = number
        throw LocalFile.failure(full(parts[...place].joined(separator: "/")))
      }
      folder = next
    }
    return folder
  }

  private func content(_ descriptor: Int32, _ name: String, size: Int) throws(ClientError) -> [UInt8] {
    var filled = 0
    var failed = false
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while filled < size {
        let got = Glibc.read(descriptor, buffer.baseAddress.map { $0 + filled }, size - filled)
        if got < 0, errno == EINTR { continue }
        failed = got < 0
        guard got > 0 else { break }
        filled += got
      }
      count = filled
    }
    guard !failed else { throw LocalFile.failure(full(name)) }
    return bytes
  }
}
