import Glibc
import Synchronization

/// A folder that takes its name only once it is complete; until then it has a name of its own beside it, and 0700.
///
/// Paths within it must be of plain names that the caller has checked.
final class PartialFolder: Sendable {
  private struct Content {
    var folders: Set<String> = []
    /// In the order in which they were made.
    var made: [String] = []
    var isEnded = false
  }

  private static let open = Mutex<[String: PartialFolder]>([:])

  private let path: String
  private let temporary: String
  private let content = Mutex(Content())

  /// A folder that is to be at a path where nothing is yet, or an empty folder. Throws where that is not so.
  init(_ place: String) throws(ClientError) {
    var path = place
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    self.path = path
    temporary = "\(path).\(getpid()).part"
    guard Self.isFree(path) else { throw .usage(LogExportText.notEmpty(path)) }
    guard mkdir(temporary, 0o700) == 0 else { throw LocalFile.failure(temporary) }
    Self.open.withLock { $0[temporary] = self }
  }

  /// Whether nothing is at a path, or an empty folder.
  private static func isFree(_ path: String) -> Bool {
    var status = stat()
    guard lstat(path, &status) == 0 else { return errno == ENOENT }
    guard status.st_mode & S_IFMT == S_IFDIR, let folder = opendir(path) else { return false }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { raw in
        String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { return false }
    }
    return true
  }

  /// Writes a new file. Throws where there is one of that path, or it cannot be written.
  func write(_ bytes: [UInt8], to name: String) throws(ClientError) {
    if let slash = name.lastIndex(of: "/") { try makeFolder(String(name[..<slash])) }
    let full = "\(temporary)/\(name)"
    let descriptor = Glibc.open(full, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw LocalFile.failure(full) }
    defer { close(descriptor) }
    content.withLock { $0.made.append(full) }
    guard Terminal.write(bytes, to: descriptor) else { throw LocalFile.failure(full) }
  }

  private func makeFolder(_ name: String) throws(ClientError) {
    guard !content.withLock({ $0.folders.contains(name) }) else { return }
    if let slash = name.lastIndex(of: "/") { try makeFolder(String(name[..<slash])) }
    let full = "\(temporary)/\(name)"
    guard mkdir(full, 0o700) == 0 else { throw LocalFile.failure(full) }
    content.withLock { content in
      content.folders.insert(name)
      content.made.append(full)
    }
  }

  /// Gives the folder its name. Throws where it cannot; then nothing is left behind.
  func commit() throws(ClientError) {
    // One call for all files: a call for each would take minutes for a long log.
    sync()
    guard rename(temporary, path) == 0 else {
      let failure = LocalFile.failure(path)
      abandon()
      throw failure
    }
    end()
  }

  /// Removes what was written.
  func abandon() {
    let made = content.withLock { content in
      defer { content.isEnded = true }
      return content.isEnded ? nil : content.made
    }
    guard let made else { return }
    for path in made.reversed() { remove(path) }
    rmdir(temporary)
    end()
  }

  private func end() {
    content.withLock { $0.isEnded = true }
    Self.open.withLock { $0[temporary] = nil }
  }

  /// Removes all folders that are not complete, when the program must end at once.
  static func removeAll() {
    for folder in open.withLock({ Array($0.values) }) { folder.abandon() }
  }
}
