import Glibc
import Synchronization

/// A file that takes its name only once it is complete; until then it has a name of its own, and 0600.
///
/// What is no regular file, such as a pipe, is written as it is.
final class PartialFile: Sendable {
  private static let open = Mutex<Set<String>>([])

  private let path: String
  private let temporary: String?
  private let descriptor: Int32

  init(_ path: String) throws(ClientError) {
    self.path = path
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      temporary = nil
      descriptor = Glibc.open(path, O_WRONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw LocalFile.failure(path) }
      return
    }
    let name = "\(path).\(getpid()).part"
    descriptor = Glibc.open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw LocalFile.failure(path) }
    temporary = name
    Self.open.withLock { _ = $0.insert(name) }
  }

  /// Appends bytes; false where they could not be written.
  func append(_ bytes: [UInt8]) -> Bool { Terminal.write(bytes, to: descriptor) }

  /// Gives the file its name. Throws where it cannot; then nothing is left behind.
  func commit() throws(ClientError) {
    guard let temporary else { return }
    guard fsync(descriptor) == 0, rename(temporary, path) == 0 else { throw abandon() }
    Self.open.withLock { _ = $0.remove(temporary) }
  }

  /// Removes what was written and gives the reason of the last failure.
  @discardableResult
  func abandon() -> ClientError {
    let failure = LocalFile.failure(path)
    if let temporary {
      unlink(temporary)
      Self.open.withLock { _ = $0.remove(temporary) }
    }
    return failure
  }

  deinit { close(descriptor) }

  /// Removes all files that are not complete, when the program must end at once.
  static func removeAll() {
    open.withLock { names in
      for name in names { unlink(name) }
      names = []
    }
  }
}
