/// Writes JSON text piece by piece, without building a tree.
///
/// Commas and colons come by themselves; the caller opens and closes in order and gives a key before each member's
/// value. Every scalar that is not printable ASCII or `utf8-safe` (PROTOCOL.md section 1) is written as `\uXXXX`, so the
/// text is one line and shows what it holds in any terminal.
public struct JSONWriter: Sendable {
  /// The text so far, in UTF-8.
  public private(set) var bytes: [UInt8]
  private var needsComma = false

  /// A writer of one value.
  public init() { bytes = [] }

  /// A writer that appends one value to what is there.
  public init(appendingTo bytes: consuming [UInt8]) { self.bytes = bytes }

  /// Gives the text out and starts anew.
  public mutating func taken() -> [UInt8] {
    needsComma = false
    return bytes.taken()
  }

  /// Opens an object.
  @inline(__always)
  public mutating func beginObject() { begin(0x7B) }

  /// Closes an object.
  @inline(__always)
  public mutating func endObject() { end(0x7D) }

  /// Opens an array.
  @inline(__always)
  public mutating func beginArray() { begin(0x5B) }

  /// Closes an array.
  @inline(__always)
  public mutating func endArray() { end(0x5D) }

  /// The key of the next member, written in the program.
  public mutating func key(_ key: StaticString) {
    separate()
    key.withUTF8Buffer { quote($0) }
    bytes.append(0x3A)
    needsComma = false
  }

  /// The key of the next member.
  @_disfavoredOverload
  public mutating func key(_ key: String) {
    separate()
    quote(key)
    bytes.append(0x3A)
    needsComma = false
  }

  /// A string.
  public mutating func string(_ value: String) {
    separate()
    quote(value)
  }

  /// A string from its UTF-8; ill-formed parts become U+FFFD.
  public mutating func string(utf8 value: UnsafeBufferPointer<UInt8>) {
    separate()
    quote(value)
  }

  /// An integer.
  public mutating func int(_ value: some FixedWidthInteger & SignedInteger) {
    separate()
    bytes.appendDecimal(Int64(value))
  }

  /// A number; what is not finite becomes `null`.
  public mutating func double(_ value: Double) {
    separate()
    bytes.append(contentsOf: (value.isFinite ? value.description : "null").utf8)
  }

  /// A truth value.
  public mutating func bool(_ value: Bool) {
    separate()
    bytes.append(contentsOf: (value ? "true" : "false").utf8)
  }

  /// `null`.
  public mutating func null() {
    separate()
    bytes.append(contentsOf: "null".utf8)
  }

  /// Text that is one JSON value already, as this writer writes it; it is not checked.
  public mutating func raw(_ text: some Collection<UInt8>) {
    separate()
    bytes.append(contentsOf: text)
  }

  /// A whole value.
  public mutating func value(_ value: JSON) {
    switch value {
    case .null: null()
    case .bool(let value): bool(value)
    case .int(let value): int(value)
    case .double(let value): double(value)
    case .string(let value): string(value)
    case .array(let values):
      beginArray()
      for element in values { self.value(element) }
      endArray()
    case .object(let object): self.object(object)
    }
  }

  /// A whole object.
  public mutating func object(_ object: JSONObject) {
    beginObject()
    for member in object.members {
      key(member.key)
      value(member.value)
    }
    endObject()
  }

  @inline(__always)
  private mutating func separate() {
    if needsComma { bytes.append(0x2C) }
    needsComma = true
  }

  @inline(__always)
  private mutating func begin(_ bracket: UInt8) {
    if needsComma { bytes.append(0x2C) }
    bytes.append(bracket)
    needsComma = false
  }

  @inline(__always)
  private mutating func end(_ bracket: UInt8) {
    bytes.append(bracket)
    needsComma = true
  }
}

extension JSONWriter {
  private mutating func quote(_ value: String) {
    let written: Void? = value.utf8.withContiguousStorageIfAvailable { quote($0) }
    if written == nil { Array(value.utf8).withUnsafeBufferPointer { quote($0) } }
  }

  /// Runs of safe bytes are appended whole.
  private mutating func quote(_ text: UnsafeBufferPointer<UInt8>) {
    bytes.append(0x22)
    var index = 0
    var run = 0
    while index < text.count {
      let begin = index
      let byte = text[index]
      if Scalars.isQuoted(byte) {
        index += 1
        continue
      }
      let value = UTF8Scan.decode(text, &index)
      if let value, byte >= 0x80, Scalars.isSafe(value) { continue }
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[run..<begin]))
      if value == nil { index += 1 }
      escape(value ?? 0xFFFD)
      run = index
    }
    bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[run...]))
    bytes.append(0x22)
  }

  private mutating func escape(_ value: UInt32) {
    bytes.append(0x5C)
    switch value {
    case 0x22, 0x5C: bytes.append(UInt8(value))
    case 0x0A: bytes.append(0x6E)
    case 0x0D: bytes.append(0x72)
    case 0x09: bytes.append(0x74)
    case ..<0x10000: unit(value)
    default:
      unit(0xD800 + (value - 0x10000) >> 10)
      bytes.append(0x5C)
      unit(0xDC00 + (value - 0x10000) & 0x3FF)
    }
  }

  /// `uXXXX`
  private mutating func unit(_ value: UInt32) {
    bytes.append(0x75)
    for shift in [12, 8, 4, 0] as [UInt32] { bytes.append(Hex.digit(UInt8(value >> shift & 0xF))) }
  }
}

extension [UInt8] {
  /// Appends an integer in decimal.
  mutating func appendDecimal(_ value: Int64) {
    if value < 0 { append(0x2D) }
    var rest = value.magnitude
    let begin = count
    repeat {
      append(0x30 + UInt8(rest % 10))
      rest /= 10
    } while rest > 0
    self[begin...].reverse()
  }
}
