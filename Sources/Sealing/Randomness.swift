import Glibc

/// Random bytes from the operating system's generator (getrandom(2)).
public enum Randomness {
  /// So many unpredictable bytes, good for keys, salts and nonces.
  public static func bytes(_ count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      fill(UnsafeMutableRawBufferPointer(buffer))
      filled = count
    }
  }

  /// Fills a buffer with unpredictable bytes.
  public static func fill(_ buffer: UnsafeMutableRawBufferPointer) {
    var done = 0
    while done < buffer.count {
      // getentropy gives at most 256 bytes a call.
      let count = min(256, buffer.count - done)
      if let base = buffer.baseAddress, getentropy(base + done, count) == 0 {
        done += count
      } else {
        fillSlowly(UnsafeMutableRawBufferPointer(rebasing: buffer[done...]))
        return
      }
    }
  }

  /// The standard library's generator, which stops the process rather than give predictable bytes.
  private static func fillSlowly(_ buffer: UnsafeMutableRawBufferPointer) {
    var generator = SystemRandomNumberGenerator()
    for index in buffer.indices { buffer[index] = UInt8.random(in: 0...255, using: &generator) }
  }
}
