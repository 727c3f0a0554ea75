import Glibc

/// The few calls on files that a cluster needs.
enum Files {
  static func reason() -> String { String(cString: strerror(errno)) }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  static func read(_ path: String, bytesMax: Int = 65_536) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: bytesMax)
    var count = 0
    while count < bytes.count {
      let got = bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress! + count, $0.count - count) }
      guard got > 0 else { break }
      count += got
    }
    return String(decoding: bytes[..<count], as: UTF8.self)
  }

  /// Writes a file whole or not at all.
  static func write(_ text: String, to path: String, owner: UserAccount?) throws(ClusterError) {
    let temporary = path + ".new"
    unlink(temporary)
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw ClusterError("cannot write \(path): \(reason())") }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count,
      owner.map({ fchown(descriptor, $0.user, $0.group) == 0 }) ?? true, fsync(descriptor) == 0,
      rename(temporary, path) == 0
    else { throw ClusterError("cannot write \(path): \(reason())") }
  }

  /// A directory that is the owner's alone. One that is there already must be so.
  static func makePrivateDirectory(_ path: String, owner: UserAccount?) throws(ClusterError) {
    let uid = owner?.user ?? geteuid()
    if mkdir(path, 0o700) == 0 {
      if let owner, chown(path, owner.user, owner.group) != 0 {
        throw ClusterError("cannot give \(path) to its owner: \(reason())")
      }
      return
    }
    var status = stat()
    guard errno == EEXIST, lstat(path, &status) == 0 else { throw ClusterError("cannot make \(path): \(reason())") }
    guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == uid, status.st_mode & 0o077 == 0 else {
      throw ClusterError("\(path) is not a directory that is private to user \(uid)")
    }
  }

  static func names(in path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  static func removeTree(_ path: String) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      unlink(path)
      return
    }
    for name in names(in: path) { removeTree(path + "/" + name) }
    rmdir(path)
  }

  static func link(_ path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let length = readlink(path, &buffer, Int(PATH_MAX))
    guard length > 0 else { return nil }
    return String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  static func absolute(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}

/// A user of the system that processes can be run as.
struct UserAccount: Sendable, Equatable {
  let name: String
  let user: uid_t
  let group: gid_t

  init?(_ name: String) {
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    var buffer = [CChar](repeating: 0, count: 16_384)
    guard getpwnam_r(name, &entry, &buffer, buffer.count, &found) == 0, found != nil else { return nil }
    self.name = name
    user = entry.pw_uid
    group = entry.pw_gid
  }
}
