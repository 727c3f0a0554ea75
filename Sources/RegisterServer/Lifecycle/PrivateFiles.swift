import Glibc

/// The files and folders that the server makes for itself; nobody else may read them.
enum PrivateFiles {
  static func reason() -> String { String(cString: strerror(errno)) }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// A whole file.
  static func read(_ path: String, bytesMax: Int) throws(ServerFault) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw ServerFault("cannot read \(path): \(reason())") }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = Glibc.read(descriptor, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw ServerFault("cannot read \(path): \(reason())") }
      if count == 0 { return bytes }
      bytes += piece[..<count]
      guard bytes.count <= bytesMax else { throw ServerFault("\(path) is too large") }
    }
  }

  /// Writes a file whole or not at all, durable on return.
  static func write(_ text: String, to path: String, mode: mode_t = 0o600) throws(ServerFault) {
    let temporary = path + ".new"
    unlink(temporary)
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
    guard descriptor >= 0 else { throw ServerFault("cannot write \(path): \(reason())") }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count, fchmod(descriptor, mode) == 0,
      fsync(descriptor) == 0, rename(temporary, path) == 0
    else { throw ServerFault("cannot write \(path): \(reason())") }
  }

  /// A folder that only we may write to; one that is there must be ours.
  static func makeFolder(_ path: String, mode: mode_t = 0o700) throws(ServerFault) {
    if mkdir(path, mode) != 0, errno != EEXIST { throw ServerFault("cannot make \(path): \(reason())") }
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw ServerFault("\(path) is no folder")
    }
    guard status.st_uid == geteuid() else { throw ServerFault("\(path) belongs to another user") }
    guard chmod(path, mode) == 0 else { throw ServerFault("cannot set the mode of \(path): \(reason())") }
  }

  static func names(in path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  static func absolute(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}

/// A lock on a folder that another server on it cannot have; it goes with the process.
enum FolderLock {
  /// Takes the lock of a folder; closing the descriptor gives it back.
  @discardableResult
  static func take(_ folder: String) throws(ServerFault) -> Int32 {
    let descriptor = open(folder + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw ServerFault("cannot lock \(folder): \(PrivateFiles.reason())") }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw ServerFault("another rekisterid is running on \(folder)")
    }
    return descriptor
  }

  /// Whether a server listens on a Unix socket.
  static func isAnswered(_ path: String) -> Bool {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let fits = withUnsafeMutableBytes(of: &address.sun_path) { target in
      let bytes = Array(path.utf8)
      guard bytes.count < target.count else { return false }
      target.copyBytes(from: bytes)
      return true
    }
    guard fits else { return false }
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
  }
}
