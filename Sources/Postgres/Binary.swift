/// Reads big-endian values from untrusted bytes; nil at their end.
struct BinaryReader {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  var remaining: Int { bytes.count - position }
  var isAtEnd: Bool { remaining == 0 }

  mutating func next<T: FixedWidthInteger>(_: T.Type) -> T? {
    guard remaining >= MemoryLayout<T>.size else { return nil }
    defer { position += MemoryLayout<T>.size }
    return T(bigEndian: bytes.loadUnaligned(fromByteOffset: position, as: T.self))
  }

  mutating func next(bytes count: Int) -> UnsafeRawBufferPointer? {
    guard count >= 0, remaining >= count else { return nil }
    defer { position += count }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
  }
}

extension UnsafeRawBufferPointer {
  /// The whole buffer as one integer; nil where its size is another.
  func whole<T: FixedWidthInteger>(_: T.Type) -> T? {
    count == MemoryLayout<T>.size ? T(bigEndian: loadUnaligned(as: T.self)) : nil
  }
}

extension [UInt8] {
  mutating func append(bigEndian value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
  }

  mutating func overwrite(at position: Int, bigEndian value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.bigEndian) { bytes in
      for (offset, byte) in bytes.enumerated() { self[position + offset] = byte }
    }
  }
}
