/// A statement with its values: what is interpolated is bound, never pasted.
///
/// `"SELECT name FROM person WHERE id = \(id)"` is sent as `… WHERE id = $1` with the value in binary. The text and the
/// types together are the key of a connection's prepared statements, so texts should be few.
public struct SQL: Sendable, ExpressibleByStringInterpolation {
  /// The statement with `$1`, `$2`, … in the places of the values.
  public private(set) var text: String
  private(set) var oids: [UInt32] = []
  private(set) var lengths: [Int32] = []
  private(set) var bytes: [UInt8] = []
  /// Where in the text's UTF-8 the placeholders begin.
  private var places: [Int] = []

  /// A statement without values, from trusted text.
  public init(raw text: String) { self.text = text }

  /// A statement without values.
  public init(stringLiteral text: String) { self.text = text }

  /// A statement with values.
  public init(stringInterpolation: StringInterpolation) { self = stringInterpolation.sql }

  /// The number of bound values.
  public var parameterCount: Int { oids.count }

  /// Appends a placeholder and binds the value to it.
  public mutating func bind<Value: PostgresValue>(_ value: Value) {
    oids.append(Value.oid)
    places.append(text.utf8.count)
    text += "$\(oids.count)"
    guard !value.isNull else { return lengths.append(-1) }
    let start = bytes.count
    value.encode(into: &bytes)
    lengths.append(Int32(clamping: bytes.count - start))
  }

  /// Appends trusted text, such as an identifier.
  public mutating func append(raw text: String) { self.text += text }

  /// Appends another statement; its placeholders are numbered on.
  public mutating func append(_ other: SQL) {
    var rest = Substring(other.text)
    var position = 0
    for place in other.places {
      let literal = rest.utf8.prefix(place - position)
      text += Substring(literal)
      places.append(text.utf8.count)
      text += "$\(places.count)"
      rest = Substring(rest.utf8.dropFirst(place - position + 1).drop { (0x30...0x39).contains($0) })
      position = other.text.utf8.count - rest.utf8.count
    }
    text += rest
    oids += other.oids
    lengths += other.lengths
    bytes += other.bytes
  }

  /// Both, one after the other.
  public static func + (left: SQL, right: SQL) -> SQL {
    var result = left
    result.append(right)
    return result
  }

  /// Appends another statement.
  public static func += (left: inout SQL, right: SQL) { left.append(right) }

  /// Collects a literal's text and values.
  public struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var sql = SQL(raw: "")

    /// An empty collection.
    public init(literalCapacity: Int, interpolationCount: Int) {
      sql.text.reserveCapacity(literalCapacity + 3 * interpolationCount)
      sql.oids.reserveCapacity(interpolationCount)
      sql.lengths.reserveCapacity(interpolationCount)
    }

    /// Text of the program.
    public mutating func appendLiteral(_ literal: String) { sql.text += literal }

    /// A value, bound.
    public mutating func appendInterpolation<Value: PostgresValue>(_ value: Value) { sql.bind(value) }

    /// A value that may be null, bound.
    public mutating func appendInterpolation<Value: PostgresValue>(_ value: Value?) { sql.bind(value) }

    /// Another statement or part of one, with its values.
    public mutating func appendInterpolation(_ part: SQL) { sql.append(part) }

    /// Trusted text, pasted.
    public mutating func appendInterpolation(raw text: String) { sql.append(raw: text) }

    /// A name, quoted.
    public mutating func appendInterpolation(identifier name: String) { sql.append(raw: SQL.quoted(identifier: name)) }
  }

  /// A name in double quotes.
  public static func quoted(identifier name: String) -> String { quoted(name, by: "\"") }

  /// A text in single quotes, for the few statements that take no parameters.
  public static func quoted(literal text: String) -> String {
    text.contains("\\")
      ? "E" + quoted(text.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "\\\\"), by: "'")
      : quoted(text, by: "'")
  }

  private static func quoted(_ text: String, by quote: Character) -> String {
    var result = String(quote)
    for scalar in text.unicodeScalars where scalar.value != 0 {
      result.unicodeScalars.append(scalar)
      if Character(scalar) == quote { result.unicodeScalars.append(scalar) }
    }
    result.append(quote)
    return result
  }
}
