import Glibc

/// System calls on files, restarted where a signal interrupted them; every failure is `KeyFault.io`.
enum FileCalls {
  /// Writes all bytes at an offset.
  static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, at offset: Int64) throws(KeyFault) {
    var done = 0
    while done < bytes.count {
      let count = pwrite(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(offset) + done)
      if count > 0 {
        done += count
      } else if count == 0 {
        throw .io(ENOSPC)
      } else if errno != EINTR {
        throw .io(errno)
      }
    }
  }

  /// Reads at an offset until the buffer is full or the file ends; the rest of the buffer becomes zero.
  @discardableResult
  static func read(
    _ descriptor: Int32, at offset: Int64, into buffer: UnsafeMutableRawBufferPointer
  ) throws(KeyFault) -> Int {
    var done = 0
    while done < buffer.count {
      let count = pread(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done, off_t(offset) + done)
      if count > 0 {
        done += count
      } else if count == 0 {
        UnsafeMutableRawBufferPointer(rebasing: buffer[done...]).initializeMemory(as: UInt8.self, repeating: 0)
        return done
      } else if errno != EINTR {
        throw .io(errno)
      }
    }
    return done
  }

  /// fdatasync(2).
  static func synchronise(_ descriptor: Int32) throws(KeyFault) {
    while fdatasync(descriptor) != 0 { if errno != EINTR { throw .io(errno) } }
  }

  #if arch(arm64) || arch(arm)
    private static let direct: Int32 = 0o200000
  #else
    private static let direct: Int32 = 0o40000
  #endif
  private static let block = 4096

  /// Reads from the device rather than the page cache: drops the range from the cache, then reads the blocks around it
  /// with O_DIRECT; where the file system refuses that (tmpfs has no device), a plain read.
  static func readPastCache(_ descriptor: Int32, at offset: Int64, count: Int) throws(KeyFault) -> [UInt8] {
    let start = offset / Int64(block) * Int64(block)
    let length = (Int(offset - start) + count + block - 1) / block * block
    _ = posix_fadvise(descriptor, off_t(start), off_t(length), POSIX_FADV_DONTNEED)
    let second = Glibc.open("/proc/self/fd/\(descriptor)", O_RDONLY | O_CLOEXEC | direct)
    defer { if second >= 0 { close(second) } }
    var memory: UnsafeMutableRawPointer?
    guard posix_memalign(&memory, block, length) == 0, let memory else { throw .io(ENOMEM) }
    defer { free(memory) }
    let buffer = UnsafeMutableRawBufferPointer(start: memory, count: length)
    let skip = Int(offset - start)
    if second >= 0 {
      let got = pread(second, memory, length, off_t(start))
      if got >= skip + count { return Array(buffer[skip..<skip + count]) }
      if got < 0 && errno != EINVAL && errno != EINTR && errno != EOPNOTSUPP { throw .io(errno) }
    }
    try read(descriptor, at: start, into: buffer)
    return Array(buffer[skip..<skip + count])
  }

  /// fsync(2) of the folder that a file is in, so that its name lasts too.
  static func syncFolder(of path: String) throws(KeyFault) {
    let folder: String
    if let slash = path.lastIndex(of: "/") {
      folder = slash == path.startIndex ? "/" : String(path[..<slash])
    } else {
      folder = "."
    }
    let descriptor = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .io(errno) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .io(errno) }
  }

  // linux/fcntl.h; the C library module does not show them.
  private static let setOpenFileLock: Int32 = 37
  private static let setOpenFileLockWait: Int32 = 38

  /// Locks or unlocks a byte range for this open file description (fcntl(2), F_OFD_SETLKW); waits for the lock.
  static func lock(_ descriptor: Int32, offset: Int64, count: Int64, exclusive: Bool) throws(KeyFault) {
    var request = flock()
    request.l_type = Int16(exclusive ? F_WRLCK : F_UNLCK)
    request.l_whence = Int16(SEEK_SET)
    request.l_start = off_t(offset)
    request.l_len = off_t(count)
    request.l_pid = 0
    let command = exclusive ? setOpenFileLockWait : setOpenFileLock
    while fcntl(descriptor, command, &request) != 0 { if errno != EINTR { throw .io(errno) } }
  }
}
