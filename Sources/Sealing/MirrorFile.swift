import Glibc

/// One open file of a key store.
final class MirrorFile: Sendable {
  let path: String
  let isWritable: Bool
  /// The device and inode: the order in which mirrors are locked, the same in every process.
  let identity: (device: UInt64, inode: UInt64)
  private let descriptor: Int32

  /// Takes over an open descriptor.
  init(descriptor: Int32, path: String, isWritable: Bool) throws(KeyStoreError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let code = errno
      close(descriptor)
      throw .file(path: path, errno: code)
    }
    self.descriptor = descriptor
    self.path = path
    self.isWritable = isWritable
    self.identity = (UInt64(status.st_dev), UInt64(status.st_ino))
  }

  deinit { close(descriptor) }

  /// Opens a mirror; nil where there is no such file. One that may not be written is opened for reading.
  static func open(_ path: String, readOnly: Bool = false) throws(KeyStoreError) -> MirrorFile? {
    var isWritable = !readOnly
    let flags = O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
    var descriptor = Glibc.open(path, flags | (readOnly ? O_RDONLY : O_RDWR))
    if descriptor < 0 && [EROFS, EACCES, EPERM].contains(errno) {
      isWritable = false
      descriptor = Glibc.open(path, flags | O_RDONLY)
    }
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw errno == ELOOP ? .unsafeFile(path: path) : .file(path: path, errno: errno)
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw .notAKeyStore(path: path)
    }
    do throws(KeyStoreError) { try FileSystemKind.check(descriptor, path: path) } catch {
      close(descriptor)
      throw error
    }
    return try MirrorFile(descriptor: descriptor, path: path, isWritable: isWritable)
  }

  /// Makes a new file of mode 0600.
  static func create(_ path: String) throws(KeyStoreError) -> MirrorFile {
    let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw errno == EEXIST ? .exists(path: path) : .file(path: path, errno: errno) }
    do throws(KeyStoreError) { try FileSystemKind.check(descriptor, path: path) } catch {
      close(descriptor)
      unlink(path)
      throw error
    }
    return try MirrorFile(descriptor: descriptor, path: path, isWritable: true)
  }

  /// The number of slots up to the file's end.
  func slotCount() throws(KeyFault) -> Int64 {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .io(errno) }
    return (Int64(status.st_size) + Int64(Slot.bytes) - 1) / Int64(Slot.bytes)
  }

  /// One slot; beyond the end it is empty.
  func read(_ slot: Int64) throws(KeyFault) -> Slot {
    var result = Slot()
    let count = result.withMutableBytes { pread(descriptor, $0.baseAddress, Slot.bytes, off_t(slot) * Slot.bytes) }
    if count == Slot.bytes { return result }
    // Interrupted, at the end of the file or failed: again, slowly.
    var buffer = [UInt8](repeating: 0, count: Slot.bytes)
    try buffer.withMutableRawBytes { bytes throws(KeyFault) in _ = try read(from: slot, into: bytes) }
    return buffer.withUnsafeBytes { Slot($0) }
  }

  /// Slots one after another, as many as the buffer holds.
  func read(from slot: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(KeyFault) {
    try FileCalls.read(descriptor, at: slot * Int64(Slot.bytes), into: buffer)
  }

  /// Slots one after another.
  func readRun(_ slots: Range<Int64>) throws(KeyFault) -> [Slot] {
    var buffer = [UInt8](repeating: 0, count: slots.count * Slot.bytes)
    try buffer.withMutableRawBytes { bytes throws(KeyFault) in try read(from: slots.lowerBound, into: bytes) }
    return buffer.withUnsafeBytes { bytes in
      (0..<slots.count).map { Slot(UnsafeRawBufferPointer(rebasing: bytes[($0 * Slot.bytes)...])) }
    }
  }

  /// Writes slots one after another.
  func write(_ slots: some Collection<Slot>, from first: Int64) throws(KeyFault) {
    guard isWritable else { throw .io(EROFS) }
    var buffer = [UInt8]()
    buffer.reserveCapacity(slots.count * Slot.bytes)
    for slot in slots { slot.withBytes { buffer.append(contentsOf: $0) } }
    try buffer.withRawBytes { bytes throws(KeyFault) in
      try FileCalls.write(bytes, to: descriptor, at: first * Int64(Slot.bytes))
    }
  }

  /// Writes one slot.
  func write(_ slot: Slot, at number: Int64) throws(KeyFault) { try write(CollectionOfOne(slot), from: number) }

  /// Makes what was written durable.
  func synchronise() throws(KeyFault) {
    guard isWritable else { throw .io(EROFS) }
    try FileCalls.synchronise(descriptor)
  }

  /// One slot as the device has it.
  func readPastCache(_ slot: Int64) throws(KeyFault) -> Slot {
    let bytes = try FileCalls.readPastCache(descriptor, at: slot * Int64(Slot.bytes), count: Slot.bytes)
    return bytes.withUnsafeBytes { Slot($0) }
  }

  /// Locks slots against other processes and stores.
  func lock(_ slots: Range<Int64>) throws(KeyFault) {
    let size = Int64(Slot.bytes)
    try FileCalls.lock(descriptor, offset: slots.lowerBound * size, count: Int64(slots.count) * size, exclusive: true)
  }

  /// Unlocks them.
  func unlock(_ slots: Range<Int64>) {
    let size = Int64(Slot.bytes)
    try? FileCalls.lock(descriptor, offset: slots.lowerBound * size, count: Int64(slots.count) * size, exclusive: false)
  }
}
