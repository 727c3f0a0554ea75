import Model

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Why a stream of bytes cannot be read as lines; every one of them ends the connection.
public enum LineFault: Error, Sendable, Hashable {
  /// More bytes than allowed came without a line feed.
  case tooLong
  /// A line is not well-formed UTF-8.
  case illFormed
  /// A NUL byte.
  case nul
  /// A carriage return that no line feed follows.
  case bareCarriageReturn

  /// The code of the `BAD` line: `toolong`, `encoding` or `syntax`.
  public var code: String {
    switch self {
    case .tooLong: "toolong"
    case .illFormed: "encoding"
    case .nul, .bareCarriageReturn: "syntax"
    }
  }
}

/// Cuts a stream of bytes into lines (PROTOCOL.md section 1), whatever the pieces in which it arrives.
///
/// Each byte is looked at once. After a fault the decoder keeps throwing it and drops what is appended. Take all lines
/// with `next()` after each append: then it never holds more than one line and one piece.
public struct LineDecoder: Sendable {
  /// The most bytes of a line before its line feed, a carriage return included; may change between lines.
  public var maximumBytes: Int
  private var buffer: [UInt8] = []
  /// Where the current line begins, and where the bytes begin that were not yet looked at.
  private var start = 0
  private var scanned = 0
  private var fault: LineFault?
  /// How the line at fault begins, as much as tells its tag and whether it is a feed; empty before a fault.
  public private(set) var faultyBeginning: [UInt8] = []

  /// A decoder of lines of at most so many bytes.
  public init(maximumBytes: Int) {
    self.maximumBytes = maximumBytes
  }

  /// How many bytes wait that are not yet part of a line given out.
  public var pendingBytes: Int { buffer.count - start }

  /// Takes the next bytes of the stream.
  public mutating func append(_ bytes: some Collection<UInt8>) {
    let taken: Void? = bytes.withContiguousStorageIfAvailable { append(UnsafeRawBufferPointer($0)) }
    if taken == nil, makeRoom() { buffer.append(contentsOf: bytes) }
  }

  /// Takes the next bytes of the stream.
  public mutating func append(_ bytes: UnsafeRawBufferPointer) {
    if makeRoom() { buffer.append(contentsOf: bytes) }
  }

  /// The next whole line without its end, or nil when more bytes are needed.
  public mutating func next() throws(LineFault) -> [UInt8]? {
    if let fault { throw fault }
    switch buffer.withUnsafeBufferPointer({ Self.scan($0, start: start, scanned: scanned, maximum: maximumBytes) }) {
    case .line(let end, let following):
      let line = Array(buffer[start..<end])
      start = following
      scanned = following
      return line
    case .more(let reached):
      scanned = reached
      return nil
    case .fault(let found):
      fault = found
      faultyBeginning = Array(buffer[start...].prefix(Limits.tagCharactersMax + 2))
      buffer = []
      start = 0
      scanned = 0
      throw found
    }
  }

  /// Gives up the space of lines already taken, at a cost that the lines themselves have paid for.
  private mutating func makeRoom() -> Bool {
    if fault != nil { return false }
    if start == buffer.count {
      buffer.removeAll(keepingCapacity: buffer.capacity <= 4 * max(maximumBytes, 4096))
    } else if start >= buffer.count - start {
      buffer.removeSubrange(..<start)
    } else {
      return true
    }
    scanned -= start
    start = 0
    return true
  }

  private enum Found {
    case line(end: Int, following: Int)
    case more(scanned: Int)
    case fault(LineFault)
  }

  /// Looks from `scanned` on for the end of the line; what it finds does not depend on how the bytes were split.
  private static func scan(_ bytes: UnsafeBufferPointer<UInt8>, start: Int, scanned: Int, maximum: Int) -> Found {
    // One byte more than allowed is enough to know that a line is too long.
    let limit = min(bytes.count, start + max(maximum, 0) + 1)
    let feed = position(of: 0x0A, in: bytes, from: scanned, to: limit)
    let end = feed ?? limit
    if let fault = controlFault(bytes, from: scanned, to: end, isLine: feed != nil) { return .fault(fault) }
    guard feed != nil else {
      if limit - start > maximum { return .fault(.tooLong) }
      // A carriage return at the end is looked at again with the byte that follows it.
      return .more(scanned: end > scanned && bytes[end - 1] == 0x0D ? end - 1 : end)
    }
    let last = end > start && bytes[end - 1] == 0x0D ? end - 1 : end
    guard UTF8Scan.isValid(UnsafeBufferPointer(rebasing: bytes[start..<last])) else { return .fault(.illFormed) }
    return .line(end: last, following: end + 1)
  }

  /// The first NUL or bare carriage return; a carriage return that is the last byte is fine or not yet known.
  private static func controlFault(
    _ bytes: UnsafeBufferPointer<UInt8>, from: Int, to end: Int, isLine: Bool
  ) -> LineFault? {
    let nul = position(of: 0x00, in: bytes, from: from, to: end)
    if let carriage = position(of: 0x0D, in: bytes, from: from, to: nul ?? end), carriage + 1 < end {
      return .bareCarriageReturn
    }
    return nul == nil ? nil : .nul
  }

  @inline(__always)
  private static func position(
    of byte: UInt8, in bytes: UnsafeBufferPointer<UInt8>, from: Int, to end: Int
  ) -> Int? {
    guard from < end, let base = bytes.baseAddress, let found = memchr(base + from, Int32(byte), end - from) else {
      return nil
    }
    return UnsafeRawPointer(found) - UnsafeRawPointer(base)
  }
}
