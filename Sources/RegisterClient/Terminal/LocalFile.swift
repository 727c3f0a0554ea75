import Glibc
import Model

/// Files of the user, read whole and written for the user only.
enum LocalFile {
  /// The bytes of a file of at most `bytesMax`; nil where there is none.
  ///
  /// `isSecret` refuses a regular file that anybody else could read.
  static func read(_ path: String, bytesMax: Int, isSecret: Bool = false) throws(ClientError) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw failure(path)
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure(path) }
    if isSecret, status.st_mode & S_IFMT == S_IFREG {
      guard status.st_mode & 0o077 == 0, status.st_uid == geteuid() || status.st_uid == 0 else {
        throw .usage(unsafe(path))
      }
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(max(0, min(Int(status.st_size), bytesMax)))
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw failure(path) }
      if count == 0 { return bytes }
      bytes.append(contentsOf: chunk[..<count])
      guard bytes.count <= bytesMax else { throw .file(path: path, reason: "> \(bytesMax) B") }
    }
  }

  /// The first line of a secret's file. Throws where there is none.
  static func secretLine(_ path: String) throws(ClientError) -> String {
    guard let bytes = try read(path, bytesMax: 4096, isSecret: true) else { throw missing(path) }
    let line = bytes.prefix { $0 != 0x0A && $0 != 0x0D }
    return String(decoding: line, as: UTF8.self)
  }

  /// Writes a file for the user only (0600, its folder 0700), whole or not at all.
  static func write(_ text: String, to path: String) throws(ClientError) {
    makeFolder(of: path)
    let file = try PartialFile(path)
    guard file.append(Array(text.utf8)) else { throw file.abandon() }
    try file.commit()
  }

  /// Writes a new file for the user only; false where there is one of that name, which stays as it is.
  static func create(_ text: String, at path: String) throws(ClientError) -> Bool {
    makeFolder(of: path)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      if errno == EEXIST { return false }
      throw failure(path)
    }
    defer { close(descriptor) }
    guard Terminal.write(Array(text.utf8), to: descriptor), fsync(descriptor) == 0 else {
      let reason = failure(path)
      unlink(path)
      throw reason
    }
    return true
  }

  /// Adds text to a file for the user only, durable on return.
  static func append(_ text: String, to path: String) throws(ClientError) {
    makeFolder(of: path)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    guard Terminal.write(Array(text.utf8), to: descriptor), fsync(descriptor) == 0 else { throw failure(path) }
  }

  private static func makeFolder(of path: String) {
    if let slash = path.lastIndex(of: "/"), slash != path.startIndex { makeFolders(String(path[..<slash])) }
  }

  /// The path from the root, links followed; the path itself where there is no such file.
  static func absolute(_ path: String) -> String {
    guard let found = realpath(path, nil) else { return path }
    defer { free(found) }
    return String(cString: found)
  }

  /// Removes a file; it may be missing.
  static func remove(_ path: String) { unlink(path) }

  private static func makeFolders(_ path: String) {
    if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
    makeFolders(String(path[..<slash]))
    mkdir(path, 0o700)
  }

  /// The error for a file that is not there.
  static func missing(_ path: String) -> ClientError { .file(path: path, reason: reason(ENOENT)) }

  /// The error of the last call that failed.
  static func failure(_ path: String) -> ClientError { .file(path: path, reason: reason(errno)) }

  private static func reason(_ number: Int32) -> String { String(cString: strerror(number)) }

  private static func unsafe(_ path: String) -> Text {
    let text = ProgramText.unsafeFile
    return Text(en: "\(text.en) \(path)", fi: "\(text.fi) \(path)", sv: "\(text.sv) \(path)")
  }
}
