import AccessLog
import Glibc
import Model

/// A file that keeps the log's signed checkpoints outside of the database, one after another (`CheckpointRecord`).
///
/// Nothing in it is ever changed or removed: above 64 MiB it is renamed, `PATH.TIME`, and a new file begins with the
/// newest checkpoint. The path may not be a symbolic link; nobody but the server's account may read a file that it
/// makes. Several servers may write to one file. Calls block, for as long as the storage does.
struct CheckpointFile: Sendable {
  private static let tailBytes: off_t = 4096

  let path: String
  /// Above this the file is renamed.
  var bytesMax: off_t = 64 * 1024 * 1024
  /// How long to wait for another writer.
  var lockMilliseconds = 5000

  /// What became of a checkpoint.
  enum Outcome: Sendable, Equatable {
    /// It is in the file, durably.
    case kept
    /// It was the newest there already.
    case there
    /// The file holds a checkpoint of the same log with more entries, or with as many and another root; nothing is
    /// added.
    case conflict(Checkpoint)
  }

  /// Appends a note, durable on return. With `again`, also where it is there: a failed sync says nothing of what is on
  /// the disk.
  func append(_ note: String, again: Bool = false, at instant: Instant = .now()) throws(ServerFault) -> Outcome {
    guard note.utf8.count <= CheckpointRecord.noteBytesMax, let new = try? KeptCheckpoint(note).checkpoint else {
      throw fault("it is no signed checkpoint")
    }
    let descriptor = try openLocked()
    defer { close(descriptor) }
    let length = try Self.length(descriptor, path)
    if let last = try Self.last(descriptor, length, path)?.checkpoint, last.origin == new.origin {
      if last.size > new.size || (last.size == new.size && last.root != new.root) { return .conflict(last) }
      if last.size == new.size, !again {
        guard fsync(descriptor) == 0 else { throw fault() }
        return .there
      }
    }
    let record = CheckpointRecord.bytes(note, at: instant)
    if length > bytesMax {
      try rotate(record, instant)
    } else {
      let end = try Self.read(descriptor, max(0, length - 1), 1, path)
      let isEnded = end.isEmpty || end == [UInt8(ascii: "\n")]
      try write(isEnded ? record : [UInt8(ascii: "\n")] + record, to: descriptor)
      if length == 0 { try syncFolder() }
    }
    return .kept
  }

  /// The newest whole checkpoint; nil where there is no file, or nothing in it yet.
  func newest() throws(ServerFault) -> KeptCheckpoint? {
    if let found = try Self.whole(path) { return found.kept }
    // A server that ended while it renamed left the new file under its first name.
    return try Self.whole(beginning)?.kept
  }

  /// The note of the newest whole checkpoint in a file; nil where there is no file, or nothing in it yet.
  ///
  /// - Throws: Where it cannot be read, is no file, or holds something else.
  static func newest(_ path: String) throws(ServerFault) -> String? { try CheckpointFile(path: path).newest()?.note }
}

// MARK: Opening

extension CheckpointFile {
  /// Where a new file is begun.
  private var beginning: String { path + ".next" }

  /// The file, made where there is none, with the lock that every writer takes.
  private func openLocked() throws(ServerFault) -> Int32 {
    let deadline = Tick.now().adding(milliseconds: lockMilliseconds)
    while true {
      guard let descriptor = try openOnce() else { continue }
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
        if isStill(descriptor) { return descriptor }
        close(descriptor)
      } else {
        let reason = errno
        close(descriptor)
        guard reason == EWOULDBLOCK || reason == EINTR else { throw fault(String(cString: strerror(reason))) }
        usleep(10_000)
      }
      guard Tick.now() < deadline else { throw fault("another writer holds it") }
    }
  }

  private func openOnce() throws(ServerFault) -> Int32? {
    let flags = O_RDWR | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
    var descriptor = open(path, flags)
    if descriptor < 0, errno == ENOENT {
      if rename(beginning, path) == 0 { return nil }
      descriptor = open(path, flags | O_CREAT | O_EXCL, 0o600)
      if descriptor < 0, errno == EEXIST { return nil }
    }
    try Self.check(descriptor, path)
    return descriptor
  }

  /// Whether the file is under its name yet: another server may have renamed it before the lock was free.
  private func isStill(_ descriptor: Int32) -> Bool {
    var (own, named) = (stat(), stat())
    return fstat(descriptor, &own) == 0 && lstat(path, &named) == 0 && own.st_ino == named.st_ino
      && own.st_dev == named.st_dev
  }

  /// Refuses what could not be opened, or is no ordinary file; closes that.
  private static func check(_ descriptor: Int32, _ path: String) throws(ServerFault) {
    guard descriptor >= 0 else {
      throw ServerFault("cannot open \(path): \(errno == ELOOP ? "it is a symbolic link" : PrivateFiles.reason())")
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw ServerFault("\(path) is no file")
    }
  }
}

// MARK: Writing

extension CheckpointFile {
  /// Writes all bytes; those of a write that fails on the way stay, as a record that was cut short.
  private func write(_ bytes: [UInt8], to descriptor: Int32) throws(ServerFault) {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw fault() }
      sent += count
    }
    guard fsync(descriptor) == 0 else { throw fault() }
  }

  /// Begins a new file with a record, and gives the full one another name. The full one's lock is held.
  private func rotate(_ record: [UInt8], _ instant: Instant) throws(ServerFault) {
    let descriptor = open(beginning, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0o600)
    try Self.check(descriptor, beginning)
    defer { close(descriptor) }
    try write(record, to: descriptor)
    let name = "\(path).\(instant.description.filter(\.isNumber).prefix(14))"
    var free = name
    var number = 1
    var status = stat()
    while lstat(free, &status) == 0 {
      number += 1
      free = "\(name)-\(number)"
    }
    guard rename(path, free) == 0 else { throw fault() }
    // Another server that found no file in between has given the new one its name already.
    guard rename(beginning, path) == 0 || errno == ENOENT else { throw fault() }
    try syncFolder()
  }

  /// Makes the file's name durable; not every kind of storage can.
  private func syncFolder() throws(ServerFault) {
    let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw fault() }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP else { throw fault() }
  }

  private func fault(_ reason: String = PrivateFiles.reason()) -> ServerFault {
    ServerFault("cannot keep a checkpoint in \(path): \(reason)")
  }
}

// MARK: Reading

extension CheckpointFile {
  /// What a file holds; nil where there is none.
  private static func whole(_ path: String) throws(ServerFault) -> (kept: KeptCheckpoint?, Void)? {
    let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    if descriptor < 0, errno == ENOENT { return nil }
    try check(descriptor, path)
    defer { close(descriptor) }
    return (try last(descriptor, try length(descriptor, path), path), ())
  }

  /// The last whole record, looked for from the end; nil where there is none yet.
  private static func last(
    _ descriptor: Int32, _ length: off_t, _ path: String
  ) throws(ServerFault) -> KeptCheckpoint? {
    var piece = tailBytes
    while true {
      let start = max(0, length - piece)
      let bytes = try read(descriptor, start, Int(length - start), path)
      if let kept = CheckpointRecord.last(in: bytes, isWhole: start == 0) { return kept }
      if start == 0 {
        guard CheckpointRecord.isBeginning(bytes) else { throw ServerFault("\(path) holds no checkpoint") }
        return nil
      }
      piece *= 16
    }
  }

  private static func length(_ descriptor: Int32, _ path: String) throws(ServerFault) -> off_t {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw ServerFault("cannot read \(path): \(PrivateFiles.reason())") }
    return status.st_size
  }

  private static func read(
    _ descriptor: Int32, _ start: off_t, _ length: Int, _ path: String
  ) throws(ServerFault) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: length)
    var taken = 0
    while taken < length {
      let count = bytes.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress.map { $0 + taken }, length - taken, start + off_t(taken))
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw ServerFault("cannot read \(path): \(PrivateFiles.reason())") }
      if count == 0 { return Array(bytes[..<taken]) }
      taken += count
    }
    return bytes
  }
}
