import Glibc

/// Which file systems may hold a key store: those on which a write in one process is what the next read in another gets,
/// and on which locks are those of the kernel. Network file systems cache and are refused, and so is what is not known.
enum FileSystemKind {
  /// The name of a refused kind; nil for a suitable one. Numbers are those of linux/magic.h and statfs(2).
  static func refusal(magic: UInt32) -> String? {
    switch magic {
    case 0xEF53, 0x5846_5342, 0x9123_683E, 0x0102_1994, 0x794C_7630: nil  // ext, XFS, Btrfs, tmpfs, overlay
    case 0xF2F5_2010, 0x2FC1_2FC1, 0xCA45_1A4E, 0x8584_58F6: nil  // F2FS, ZFS, bcachefs, ramfs
    case 0x6969: "nfs"
    case 0x517B, 0xFF53_4D42, 0xFE53_4D42: "smb"
    case 0x0102_1997: "9p"
    case 0x6573_5546: "fuse"
    case 0x00C3_6400: "ceph"
    case 0x5346_414F, 0x6B41_4653: "afs"
    case 0x0BD0_0BD0: "lustre"
    case 0x7375_7245: "coda"
    case 0x564C: "ncp"
    default: "unknown (0x" + String(magic, radix: 16) + ")"
    }
  }

  /// The kind of file system that an open file is on; nil where it cannot be told.
  ///
  /// statfs(2) is not among what the C library module shows, so it is looked up by name. The kind is the first word of
  /// `struct statfs` on all 64-bit Linux; the buffer is more than twice the size of the struct.
  static func magic(of descriptor: Int32) -> UInt32? {
    typealias Call = @convention(c) (Int32, UnsafeMutableRawPointer) -> Int32
    guard let symbol = dlsym(nil, "fstatfs") else { return nil }
    let call = unsafeBitCast(symbol, to: Call.self)
    var buffer = [UInt64](repeating: 0, count: 64)
    let result = buffer.withUnsafeMutableBytes { bytes in
      guard let base = bytes.baseAddress else { return Int32(-1) }
      return call(descriptor, base)
    }
    return result == 0 ? UInt32(truncatingIfNeeded: buffer[0]) : nil
  }

  /// Throws where a key store must not be.
  static func check(_ descriptor: Int32, path: String) throws(KeyStoreError) {
    guard let magic = magic(of: descriptor) else { throw .unsuitableFileSystem(path: path, name: "unknown") }
    if let name = refusal(magic: magic) { throw .unsuitableFileSystem(path: path, name: name) }
  }
}
