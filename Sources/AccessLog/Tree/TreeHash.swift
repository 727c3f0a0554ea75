import Crypto

/// The 32 bytes of a SHA-256 hash in a Merkle tree (RFC 6962 section 2.1).
///
/// Held as four words in memory order, so that a million of them are one array without a second allocation.
public struct TreeHash: Hashable, Sendable {
  /// How many bytes a hash has.
  public static let byteCount = 32

  private var first: UInt64
  private var second: UInt64
  private var third: UInt64
  private var fourth: UInt64

  /// A hash from its bytes; nil unless there are exactly 32.
  public init?(_ bytes: some Collection<UInt8>) {
    let copied = bytes.withContiguousStorageIfAvailable { TreeHash(raw: UnsafeRawBufferPointer($0)) }
    guard let hash = copied ?? Array(bytes).withUnsafeBytes({ TreeHash(raw: $0) }) else { return nil }
    self = hash
  }

  init?(raw: UnsafeRawBufferPointer) {
    guard raw.count == TreeHash.byteCount else { return nil }
    first = raw.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
    second = raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
    third = raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
    fourth = raw.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
  }

  private init(digest: SHA256.Digest) {
    (first, second, third, fourth) = digest.withUnsafeBytes { raw in
      (
        raw.loadUnaligned(fromByteOffset: 0, as: UInt64.self), raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
        raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self), raw.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
      )
    }
  }

  private func store(to raw: UnsafeMutableRawBufferPointer, at offset: Int) {
    raw.storeBytes(of: first, toByteOffset: offset, as: UInt64.self)
    raw.storeBytes(of: second, toByteOffset: offset + 8, as: UInt64.self)
    raw.storeBytes(of: third, toByteOffset: offset + 16, as: UInt64.self)
    raw.storeBytes(of: fourth, toByteOffset: offset + 24, as: UInt64.self)
  }

  /// The 32 bytes.
  public var bytes: [UInt8] {
    [UInt8](unsafeUninitializedCapacity: TreeHash.byteCount) { buffer, count in
      store(to: UnsafeMutableRawBufferPointer(buffer), at: 0)
      count = TreeHash.byteCount
    }
  }

  /// Appends the 32 bytes to a buffer.
  public func append(to buffer: inout [UInt8]) {
    withUnsafeBytes(of: self) { buffer.append(contentsOf: $0) }
  }
}

extension TreeHash {
  /// The root of a tree without leaves, `SHA-256("")`.
  public static let ofEmptyTree = TreeHash(digest: SHA256().finalize())

  /// The hash of a leaf, `SHA-256(0x00 ‖ entry)`; contiguous bytes are hashed where they lie.
  public static func leaf(_ entry: some Collection<UInt8>) -> TreeHash {
    let hash = entry.withContiguousStorageIfAvailable { leaf(raw: UnsafeRawBufferPointer($0)) }
    return hash ?? Array(entry).withUnsafeBytes { leaf(raw: $0) }
  }

  private static func leaf(raw: UnsafeRawBufferPointer) -> TreeHash {
    var hasher = SHA256()
    withUnsafeBytes(of: UInt8(0)) { hasher.update(bufferPointer: $0) }
    hasher.update(bufferPointer: raw)
    return TreeHash(digest: hasher.finalize())
  }

  /// The hash of an inner node, `SHA-256(0x01 ‖ left ‖ right)`.
  public static func node(_ left: TreeHash, _ right: TreeHash) -> TreeHash {
    withUnsafeTemporaryAllocation(byteCount: 1 + 2 * byteCount, alignment: 8) { buffer in
      buffer[0] = 1
      left.store(to: buffer, at: 1)
      right.store(to: buffer, at: 1 + byteCount)
      var hasher = SHA256()
      hasher.update(bufferPointer: UnsafeRawBufferPointer(buffer))
      return TreeHash(digest: hasher.finalize())
    }
  }

  /// The root of a perfect subtree over hashes whose count is a power of two.
  static func perfect(_ hashes: ArraySlice<TreeHash>) -> TreeHash {
    precondition(hashes.count.nonzeroBitCount == 1, "a perfect subtree has a power of two of hashes")
    guard hashes.count > 1 else { return hashes[hashes.startIndex] }
    return withUnsafeTemporaryAllocation(of: TreeHash.self, capacity: hashes.count / 2) { row in
      var count = hashes.count / 2
      for slot in 0..<count {
        let place = hashes.startIndex + 2 * slot
        row.initializeElement(at: slot, to: node(hashes[place], hashes[place + 1]))
      }
      while count > 1 {
        count /= 2
        for slot in 0..<count { row[slot] = node(row[2 * slot], row[2 * slot + 1]) }
      }
      return row[0]
    }
  }
}

extension TreeHash: CustomStringConvertible {
  /// The hash in standard base64, 44 characters: how checkpoints and proofs write it.
  public var base64: String { Base64.encode(bytes) }

  /// A hash from its standard base64; nil for any other form or length.
  public init?(base64: some StringProtocol) {
    guard let bytes = Base64.decode(base64.utf8) else { return nil }
    self.init(bytes)
  }

  /// The same as `base64`.
  public var description: String { base64 }
}
