/// A JSON value (RFC 8259) as rek/1 uses it: I-JSON (RFC 7493) with 64-bit integers.
///
/// Objects keep the order of their members and compare with it.
public enum JSON: Sendable, Hashable {
  /// `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A number without fraction and exponent.
  case int(Int64)
  /// Any other number. What is not finite is written as `null`.
  case double(Double)
  /// A string.
  case string(String)
  /// An array.
  case array([JSON])
  /// An object.
  case object(JSONObject)

  /// The deepest nesting of arrays and objects that is read.
  public static let depthMax = 32

  /// The text of a string, else nil.
  public var string: String? {
    if case .string(let value) = self { value } else { nil }
  }

  /// The number where it is an integer, else nil.
  public var int: Int64? {
    if case .int(let value) = self { value } else { nil }
  }

  /// The number, an integer too, else nil.
  public var double: Double? {
    switch self {
    case .double(let value): value
    case .int(let value): Double(value)
    default: nil
    }
  }

  /// The truth value, else nil.
  public var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The elements of an array, else nil.
  public var array: [JSON]? {
    if case .array(let value) = self { value } else { nil }
  }

  /// The members of an object, else nil.
  public var object: JSONObject? {
    if case .object(let value) = self { value } else { nil }
  }

  /// Whether it is `null`.
  public var isNull: Bool { self == .null }

  /// The value of an object's member; nil where there is none, or this is no object.
  public subscript(key: String) -> JSON? { object?[key] }

  /// The element of an array; nil where it is out of bounds, or this is no array.
  public subscript(index: Int) -> JSON? {
    guard case .array(let values) = self, values.indices.contains(index) else { return nil }
    return values[index]
  }

  /// Appends the value's text, on one line, to `bytes`.
  public func write(into bytes: inout [UInt8]) {
    var writer = JSONWriter(appendingTo: bytes.taken())
    writer.value(self)
    bytes = writer.taken()
  }

  /// The value's text in UTF-8, on one line.
  public func encoded() -> [UInt8] {
    var writer = JSONWriter()
    writer.value(self)
    return writer.bytes
  }
}

extension JSON: CustomStringConvertible {
  /// The value's text.
  public var description: String { String(decoding: encoded(), as: UTF8.self) }
}

extension JSON: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringInterpolation, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// `null`.
  public init(nilLiteral: ()) { self = .null }
  /// A truth value.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// An integer.
  public init(integerLiteral value: Int64) { self = .int(value) }
  /// A number.
  public init(floatLiteral value: Double) { self = .double(value) }
  /// A string.
  public init(stringLiteral value: String) { self = .string(value) }
  /// An array.
  public init(arrayLiteral elements: JSON...) { self = .array(elements) }
  /// An object; of members with the same key the last one stays.
  public init(dictionaryLiteral elements: (String, JSON)...) { self = .object(JSONObject(elements)) }
}

extension Array {
  /// The array itself, leaving an empty one behind, so that its storage is not copied.
  mutating func taken() -> [Element] {
    let whole = self
    self = []
    return whole
  }
}
