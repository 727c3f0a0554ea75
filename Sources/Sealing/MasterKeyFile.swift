import Crypto
import Glibc

extension MasterKey {
  /// Reads a key file. Refuses a symbolic link, anything but a regular file, a file that its group or others may
  /// read or write, one of another user's (root's is accepted), and any text but exactly that of a key file.
  public static func load(file path: String) throws(KeyStoreError) -> MasterKey {
    try load(path, forbiddenMode: 0o077)
  }

  /// Reads a key from the systemd credential of this name (`LoadCredential=`, systemd.exec(5)), a file of the text of
  /// a key file in `$CREDENTIALS_DIRECTORY`. Group bits are not refused there: systemd sets them with its access list.
  public static func loadCredential(name: String) throws(KeyStoreError) -> MasterKey {
    guard let folder = getenv("CREDENTIALS_DIRECTORY") else { throw .file(path: name, errno: ENOENT) }
    guard !name.isEmpty, !name.contains("/"), name != ".", name != ".." else { throw .file(path: name, errno: EINVAL) }
    return try load(String(cString: folder) + "/" + name, forbiddenMode: 0o027)
  }

  private static func load(_ path: String, forbiddenMode: mode_t) throws(KeyStoreError) -> MasterKey {
    let descriptor = Glibc.open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw errno == ELOOP ? .unsafeFile(path: path) : .file(path: path, errno: errno)
    }
    defer { close(descriptor) }
    try checkOwned(descriptor, path, forbiddenMode: forbiddenMode)
    var text = [UInt8](repeating: 0, count: 257)
    defer { text.withUnsafeMutableBytes { if let base = $0.baseAddress { explicit_bzero(base, $0.count) } } }
    let count = text.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
    guard count >= 0 else { throw .file(path: path, errno: errno) }
    var exact = Array(text.prefix(count))
    defer { exact.withUnsafeMutableBytes { if let base = $0.baseAddress { explicit_bzero(base, $0.count) } } }
    guard let key = MasterKey(encoded: exact) else { throw .malformedMasterKey(path: path) }
    return key
  }

  private static func checkOwned(
    _ descriptor: Int32, _ path: String, forbiddenMode: mode_t
  ) throws(KeyStoreError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .file(path: path, errno: errno) }
    guard status.st_mode & S_IFMT == S_IFREG, status.st_mode & forbiddenMode == 0,
      status.st_uid == geteuid() || status.st_uid == 0
    else { throw .unsafeFile(path: path) }
  }

  /// Writes the key to a new file of mode 0600, durable with its folder's entry on return; refuses to replace a file.
  public func write(newFile path: String) throws(KeyStoreError) {
    let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw errno == EEXIST ? .exists(path: path) : .file(path: path, errno: errno) }
    defer { close(descriptor) }
    var text = encoded()
    defer { text.withUnsafeMutableBytes { if let base = $0.baseAddress { explicit_bzero(base, $0.count) } } }
    do throws(KeyFault) {
      try text.withRawBytes { bytes throws(KeyFault) in try FileCalls.write(bytes, to: descriptor, at: 0) }
      guard fchmod(descriptor, 0o600) == 0, fsync(descriptor) == 0 else { throw KeyFault.io(errno) }
      try FileCalls.syncFolder(of: path)
    } catch {
      unlink(path)
      guard case .io(let code) = error else { throw .file(path: path, errno: EIO) }
      throw .file(path: path, errno: code)
    }
  }

  /// A new random key in a new file of mode 0600, durable on return.
  public static func create(file path: String, generation: UInt32 = 1) throws(KeyStoreError) -> MasterKey {
    let key = MasterKey(generation: generation)
    try key.write(newFile: path)
    return key
  }

  /// Overwrites a key file with random bytes, reads it back past the page cache and removes it.
  ///
  /// Only after `KeyStore.rotate` reported that it finished. A file that is gone already is no error.
  public static func overwriteFile(_ path: String) throws(KeyStoreError) {
    let descriptor = Glibc.open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return }
      throw errno == ELOOP ? .unsafeFile(path: path) : .file(path: path, errno: errno)
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .file(path: path, errno: errno) }
    guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= 4096 else { throw .unsafeFile(path: path) }
    let noise = Randomness.bytes(Int(status.st_size))
    do throws(KeyFault) {
      try noise.withRawBytes { bytes throws(KeyFault) in try FileCalls.write(bytes, to: descriptor, at: 0) }
      guard fsync(descriptor) == 0 else { throw KeyFault.io(errno) }
      let back = try FileCalls.readPastCache(descriptor, at: 0, count: noise.count)
      guard back == noise else { throw KeyFault.io(EIO) }
      guard unlink(path) == 0 else { throw KeyFault.io(errno) }
      try FileCalls.syncFolder(of: path)
    } catch {
      guard case .io(let code) = error else { throw .file(path: path, errno: EIO) }
      throw .file(path: path, errno: code)
    }
  }
}
