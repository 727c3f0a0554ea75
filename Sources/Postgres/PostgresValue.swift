/// A Swift type that travels as a PostgreSQL type in binary form.
public protocol PostgresValue: Sendable {
  /// The object id of the PostgreSQL type that it is bound as.
  static var oid: UInt32 { get }
  /// The object id of what `[Self]` is bound as; 0 where PostgreSQL has none.
  static var arrayOID: UInt32 { get }
  /// The object id of what `[Self?]` is bound as.
  static var optionalArrayOID: UInt32 { get }
  /// The object id of what `[[Self]]` is bound as; 0 where it has none.
  static var nestedArrayOID: UInt32 { get }
  /// Whether a result column of this type can be read as `Self`.
  static func accepts(oid: UInt32) -> Bool
  /// Whether it is bound as NULL.
  var isNull: Bool { get }
  /// What NULL is read as; nil where it cannot be.
  static var null: Self? { get }
  /// Appends the value without its length.
  func encode(into buffer: inout [UInt8])
  /// Reads a value of a type that it accepts; nil where the bytes are not one.
  static func decode(_ bytes: UnsafeRawBufferPointer, oid: UInt32) -> Self?
  /// Appends many values as one value of the type `arrayOID`.
  static func encodeArray(_ values: [Self], into buffer: inout [UInt8])
  /// Reads what `encodeArray` writes.
  static func decodeArray(_ bytes: UnsafeRawBufferPointer, oid: UInt32) -> [Self]?
  /// Whether a result column of this type can be read as `[Self]`.
  static func acceptsArray(oid: UInt32) -> Bool
}

extension PostgresValue {
  /// The object id of an array of it with nulls.
  public static var optionalArrayOID: UInt32 { arrayOID }
  /// The object id of an array of arrays of it.
  public static var nestedArrayOID: UInt32 { 0 }
  /// Whether a column of this type is read as it.
  public static func accepts(oid: UInt32) -> Bool { oid == Self.oid }
  /// Whether it is bound as NULL.
  public var isNull: Bool { false }
  /// What NULL is read as.
  public static var null: Self? { nil }
  /// Whether a column of this type is read as an array of it.
  public static func acceptsArray(oid: UInt32) -> Bool { oid == arrayOID }

  // The binary form of an array: dimensions, a flag for nulls, the element type, then for each dimension its length and
  // lower bound, then the elements, each with its length (PostgreSQL, array_send in arrayfuncs.c).
  /// Appends the binary form of an array.
  public static func encodeArray(_ values: [Self], into buffer: inout [UInt8]) {
    buffer.append(bigEndian: Int32(values.isEmpty ? 0 : 1))
    buffer.append(bigEndian: Int32(values.contains(where: \.isNull) ? 1 : 0))
    buffer.append(bigEndian: oid)
    guard !values.isEmpty else { return }
    buffer.append(bigEndian: Int32(truncatingIfNeeded: values.count))
    buffer.append(bigEndian: Int32(1))
    for value in values {
      let start = buffer.count
      buffer.append(bigEndian: Int32(-1))
      guard !value.isNull else { continue }
      value.encode(into: &buffer)
      buffer.overwrite(at: start, bigEndian: Int32(truncatingIfNeeded: buffer.count - start - 4))
    }
  }

  /// Reads the binary form of an array.
  public static func decodeArray(_ bytes: UnsafeRawBufferPointer, oid: UInt32) -> [Self]? {
    var reader = BinaryReader(bytes)
    guard let dimensions = reader.next(Int32.self), reader.next(Int32.self) != nil,
      let elementOID = reader.next(UInt32.self), accepts(oid: elementOID)
    else { return nil }
    if dimensions == 0 { return reader.isAtEnd ? [] : nil }
    guard dimensions == 1, let count = reader.next(Int32.self), reader.next(Int32.self) != nil,
      count >= 0, Int(count) <= reader.remaining / 4
    else { return nil }
    var result: [Self] = []
    result.reserveCapacity(Int(count))
    for _ in 0..<count {
      guard let length = reader.next(Int32.self) else { return nil }
      if length < 0 {
        guard let null else { return nil }
        result.append(null)
      } else {
        guard let slice = reader.next(bytes: Int(length)), let value = decode(slice, oid: elementOID) else {
          return nil
        }
        result.append(value)
      }
    }
    return reader.isAtEnd ? result : nil
  }
}

extension Optional: PostgresValue where Wrapped: PostgresValue {
  /// The object id of its PostgreSQL type.
  public static var oid: UInt32 { Wrapped.oid }
  /// The object id of an array of it.
  public static var arrayOID: UInt32 { Wrapped.optionalArrayOID }
  /// Whether a column of this type is read as it.
  public static func accepts(oid: UInt32) -> Bool { Wrapped.accepts(oid: oid) }
  /// Whether a column of this type is read as an array of it.
  public static func acceptsArray(oid: UInt32) -> Bool { oid == Wrapped.optionalArrayOID }
  /// Whether it is bound as NULL.
  public var isNull: Bool { self?.isNull ?? true }
  /// What NULL is read as.
  public static var null: Self? { .some(nil) }
  /// Appends its binary form.
  public func encode(into buffer: inout [UInt8]) { self?.encode(into: &buffer) }
  /// Reads its binary form.
  public static func decode(_ bytes: UnsafeRawBufferPointer, oid: UInt32) -> Self? {
    Wrapped.decode(bytes, oid: oid).map { .some($0) }
  }
}

extension Array: PostgresValue where Element: PostgresValue {
  /// The object id of its PostgreSQL type.
  public static var oid: UInt32 { Element.arrayOID }
  /// The object id of an array of it.
  public static var arrayOID: UInt32 { Element.nestedArrayOID }
  /// Whether a column of this type is read as it.
  public static func accepts(oid: UInt32) -> Bool { Element.acceptsArray(oid: oid) }
  /// Appends its binary form.
  public func encode(into buffer: inout [UInt8]) { Element.encodeArray(self, into: &buffer) }
  /// Reads its binary form.
  public static func decode(_ bytes: UnsafeRawBufferPointer, oid: UInt32) -> Self? {
    Element.decodeArray(bytes, oid: oid)
  }
}
