/// Why bytes are not one value of I-JSON.
public enum JSONFault: Error, Sendable, Hashable {
  /// Not JSON, or something after the value.
  case syntax
  /// Ill-formed UTF-8.
  case encoding
  /// An object with a key twice.
  case duplicateKey
  /// An escape of half a surrogate pair.
  case loneSurrogate
  /// Deeper than `JSON.depthMax`.
  case tooDeep
  /// A number beyond 64-bit integers or finite doubles.
  case numberOutOfRange
}

extension JSON {
  /// The one value that the bytes hold, spaces around it allowed.
  ///
  /// Strict I-JSON (RFC 7493): no duplicate keys (canonically equivalent ones count as the same), no lone surrogates,
  /// well-formed UTF-8. Noncharacters pass, so that whatever is written can be read. Linear in the size.
  public static func parse(_ bytes: some Collection<UInt8>) throws(JSONFault) -> JSON {
    let result = bytes.withContiguousStorageIfAvailable { bytes in
      Result { () throws(JSONFault) in try parse(bytes) }
    }
    if let result { return try result.get() }
    return try parse(Array(bytes))
  }

  /// The one value that the bytes hold.
  public static func parse(_ bytes: [UInt8]) throws(JSONFault) -> JSON {
    try bytes.withUnsafeBufferPointer { bytes throws(JSONFault) in try parse(bytes) }
  }

  /// The one value that a text holds.
  public static func parse(_ text: String) throws(JSONFault) -> JSON { try parse(Array(text.utf8)) }

  /// The one value that the bytes hold.
  public static func parse(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONFault) -> JSON {
    var parser = JSONParser(bytes: bytes)
    return try parser.document()
  }
}

/// Recursive descent over the bytes, no deeper than `JSON.depthMax`.
struct JSONParser {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var index = 0

  init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  mutating func document() throws(JSONFault) -> JSON {
    let value = try value(depth: 0)
    guard peek() == nil else { throw .syntax }
    return value
  }

  /// The next byte that is no space, not taken.
  private mutating func peek() -> UInt8? {
    while index < bytes.count {
      switch bytes[index] {
      case 0x20, 0x09, 0x0A, 0x0D: index += 1
      default: return bytes[index]
      }
    }
    return nil
  }

  private mutating func value(depth: Int) throws(JSONFault) -> JSON {
    switch peek() {
    case 0x7B: return .object(try object(depth: depth + 1))
    case 0x5B: return .array(try array(depth: depth + 1))
    case 0x22: return .string(try string())
    case 0x2D, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39: return try number()
    case 0x74: return try word("true", .bool(true))
    case 0x66: return try word("false", .bool(false))
    case 0x6E: return try word("null", .null)
    case let byte? where byte >= 0x80:
      throw UTF8Scan.decode(bytes, &index) == nil ? .encoding : .syntax
    default: throw .syntax
    }
  }

  private mutating func word(_ word: StaticString, _ value: JSON) throws(JSONFault) -> JSON {
    let length = word.utf8CodeUnitCount
    let matches = word.withUTF8Buffer { $0.elementsEqual(bytes[index...].prefix(length)) }
    guard matches else { throw .syntax }
    index += length
    return value
  }

  private mutating func array(depth: Int) throws(JSONFault) -> [JSON] {
    guard depth <= JSON.depthMax else { throw .tooDeep }
    index += 1
    var values: [JSON] = []
    if peek() == 0x5D {
      index += 1
      return values
    }
    while true {
      values.append(try value(depth: depth))
      if try isLast(0x5D) { return values }
    }
  }

  private mutating func object(depth: Int) throws(JSONFault) -> JSONObject {
    guard depth <= JSON.depthMax else { throw .tooDeep }
    index += 1
    var members: [JSONObject.Member] = []
    if peek() == 0x7D {
      index += 1
      return JSONObject()
    }
    while true {
      guard peek() == 0x22 else { throw .syntax }
      let key = try string()
      guard peek() == 0x3A else { throw .syntax }
      index += 1
      members.append(JSONObject.Member(key: key, value: try value(depth: depth)))
      if try isLast(0x7D) { break }
    }
    guard Self.keysDiffer(members) else { throw .duplicateKey }
    return JSONObject(unique: members)
  }

  /// Takes a comma, or the closing bracket.
  private mutating func isLast(_ bracket: UInt8) throws(JSONFault) -> Bool {
    guard let byte = peek(), byte == 0x2C || byte == bracket else { throw .syntax }
    index += 1
    return byte == bracket
  }

  /// Few keys are compared with each other, many through a set: a hostile object costs no more than its size.
  private static func keysDiffer(_ members: [JSONObject.Member]) -> Bool {
    if members.count > 16 { return Set(members.lazy.map(\.key)).count == members.count }
    for (index, member) in members.enumerated() {
      for earlier in members[..<index] where earlier.key == member.key { return false }
    }
    return true
  }
}

extension JSONParser {
  private mutating func number() throws(JSONFault) -> JSON {
    let begin = index
    if bytes[index] == 0x2D { index += 1 }
    let first = index
    guard digits() else { throw .syntax }
    if bytes[first] == 0x30, index - first > 1 { throw .syntax }
    var isInteger = true
    if index < bytes.count, bytes[index] == 0x2E {
      isInteger = false
      index += 1
      guard digits() else { throw .syntax }
    }
    if index < bytes.count, bytes[index] | 0x20 == 0x65 {
      isInteger = false
      index += 1
      if index < bytes.count, bytes[index] == 0x2B || bytes[index] == 0x2D { index += 1 }
      guard digits() else { throw .syntax }
    }
    if isInteger {
      guard let value = integer(begin..<index) else { throw .numberOutOfRange }
      return .int(value)
    }
    guard index - begin <= 400, let value = Double(String(bytes, begin..<index)), value.isFinite else {
      throw .numberOutOfRange
    }
    return .double(value)
  }

  private mutating func digits() -> Bool {
    let begin = index
    while index < bytes.count, bytes[index] >= 0x30, bytes[index] <= 0x39 { index += 1 }
    return index > begin
  }

  private func integer(_ range: Range<Int>) -> Int64? {
    let isNegative = bytes[range.lowerBound] == 0x2D
    var value: Int64 = 0
    for byte in bytes[(isNegative ? range.lowerBound + 1 : range.lowerBound)..<range.upperBound] {
      let (tens, high) = value.multipliedReportingOverflow(by: 10)
      let digit = Int64(byte - 0x30)
      let (next, over) = isNegative ? tens.subtractingReportingOverflow(digit) : tens.addingReportingOverflow(digit)
      guard !high, !over else { return nil }
      value = next
    }
    return value
  }

  private mutating func string() throws(JSONFault) -> String {
    index += 1
    let begin = index
    try run()
    guard index < bytes.count else { throw .syntax }
    if bytes[index] == 0x22 {
      index += 1
      return String(bytes, begin..<index - 1)
    }
    var value = Array(bytes[begin..<index])
    while index < bytes.count {
      if bytes[index] == 0x22 {
        index += 1
        return String(decoding: value, as: UTF8.self)
      }
      index += 1
      UTF8Scan.append(try escape(), to: &value)
      let begin = index
      try run()
      value.append(contentsOf: bytes[begin..<index])
    }
    throw .syntax
  }

  /// Moves on to the next quote or backslash, or the end.
  private mutating func run() throws(JSONFault) {
    while index < bytes.count {
      let byte = bytes[index]
      if byte >= 0x80 {
        if UTF8Scan.decode(bytes, &index) == nil { throw .encoding }
      } else if byte == 0x22 || byte == 0x5C {
        return
      } else if byte < 0x20 {
        throw .syntax
      } else {
        index += 1
      }
    }
  }

  /// What follows a backslash.
  private mutating func escape() throws(JSONFault) -> UInt32 {
    guard index < bytes.count else { throw .syntax }
    let letter = bytes[index]
    index += 1
    switch letter {
    case 0x22, 0x2F, 0x5C: return UInt32(letter)
    case 0x62: return 0x08
    case 0x66: return 0x0C
    case 0x6E: return 0x0A
    case 0x72: return 0x0D
    case 0x74: return 0x09
    case 0x75: return try scalarEscape()
    default: throw .syntax
    }
  }

  private mutating func scalarEscape() throws(JSONFault) -> UInt32 {
    let high = try unit()
    guard high & 0xF800 == 0xD800 else { return high }
    guard high < 0xDC00, bytes.count - index >= 2, bytes[index] == 0x5C, bytes[index + 1] == 0x75 else {
      throw .loneSurrogate
    }
    index += 2
    let low = try unit()
    guard low & 0xFC00 == 0xDC00 else { throw .loneSurrogate }
    return 0x10000 + ((high & 0x3FF) << 10 | low & 0x3FF)
  }

  private mutating func unit() throws(JSONFault) -> UInt32 {
    guard bytes.count - index >= 4 else { throw .syntax }
    var value: UInt32 = 0
    for byte in bytes[index..<index + 4] {
      guard let digit = Scalars.hexValue(byte) else { throw .syntax }
      value = value << 4 | digit
    }
    index += 4
    return value
  }
}
