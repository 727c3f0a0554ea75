public import Model

extension Bool: PostgresValue {
  /// The object id of its PostgreSQL type.
  public static var oid: UInt32 { 16 }
  /// The object id of an array of it.
  public static var arrayOID: UInt32 { 1000 }
  /// Appends its binary form.
  public func encode(into buffer: inout [UInt8]) { buffer.append(self ? 1 : 0) }
  /// Reads its binary form.
  public static func decode(_ bytes: UnsafeRawBufferPointer, oid: UInt32) -> Bool? {
    bytes.count == 1 ? bytes[0] != 0 : nil
  }
}

/// Reads int2, int4 and int8 into any integer that can hold the value.
private func integer<T: FixedWidthInteger>(_ bytes: UnsafeRawBufferPointer) -> T? {
  switch bytes.count {
  case 2: bytes.whole(Int16.self).flatMap(T.init(exactly:))
  case 4: bytes.whole(Int32.self).flatMap(T.init(exactly:))
  case 8: bytes.whole(Int64.self).flatMap(T.init(exactly:))
  default: nil
  }
}

private func isInteger(_ oid: UInt32) -> Bool { oid == 20 || oid == 23 || oid == 21 }

extension Int16: PostgresValue {
  /// The object id of its PostgreSQL type.
  public static var oid: UInt32 { 21 }
  /// The object id of an array of it.
  public static var arrayOID: UInt32 { 1005 }
  /// Whether a column of this type is read as it.
  public static func accepts(oid: UInt32) -> Bool { isInteger(oid) }
  /// Appends its binary form.
  public func encode(into buffer: inout [UInt8]) { buffer.append(bigEndian: self) }
  /// Reads its binary form.
  public static func decode(_ bytes: UnsafeRawBufferPointer, oid: UInt32) -> Int16? { integer(bytes) }
}

extension Int32: PostgresValue {
  /// The object id of its PostgreSQL type.
  public static var oid: UInt32 { 23 }
  /// The object id of an array of it.
  public static var arrayOID: UInt32 { 1007 }
  /// Whether a column of this type is read as it.
  public static func accepts(oid: UInt32) -> Bool { isInteger(oid) }
  /// Appends its binary form.
  public func encode(into buffer: inout [UInt8]) { buffer.append(bigEndian: self) }
  /// Reads its binary form.
  public static func decode(_ bytes: UnsafeRawBufferPointer, oid: UInt32) -> Int32? { integer(bytes) }
}

extension Int64: PostgresValue {
  /// The object id of its PostgreSQL type.
  public static var oid: UInt32 { 20 }
  /// The object id of an array of it.
  public static var arrayOID: UInt32 { 1016 }
  /// Whether a column of this type is read as it.
  public static func accepts(oid: UInt32) -> Bool { isInteger(oid) }
  /// Appends its binary form.
  public func encode(into buffer: inout [UInt8]) { buffer.append(bigEndian: self) }
  /// Reads its binary form.
  public static func decode(_ bytes: UnsafeRawBufferPointer, oid: UInt32) -> Int64? { integer(bytes) }
}

extension Int: PostgresValue {
  /// The object id of its PostgreSQL type.
  public static var oid: UInt32 { 20 }
  /// The object id of an array of it.
  public static var arrayOID: UInt32 { 1016 }
  /// Whether a column of this type is read as it.
  public static func accepts(oid: UInt32) -> Bool { isInteger(oid) }
  /// Appends its binary form.
  public func encode(into buffer: inout [UInt8]) { buffer.append(bigEndian: Int64(self)) }
  /// Reads its binary form.
  public static func decode(_ bytes: UnsafeRawBufferPointer, oid: UInt32) -> Int? { integer(bytes) }
}

/// A small number is an int2; an array of bytes is a bytea.
extension UInt8: PostgresValue {
  /// The object id of its PostgreSQL type.
  public static var oid: UInt32 { 21 }
  /// The object id of an array of it.
  public static var arrayOID: UInt32 { 17 }
  /// The object id of an array of it with nulls.
  public static var optionalArrayOID: UInt32 { 1005 }
  /// The object id of an array of arrays of it.
  public static var nestedArrayOID: UInt32 { 1001 }
  /// Whether a column of this type is read as it.
  public static func accepts(oid: UInt32) -> Bool { isInteger(oid) }
  /// Appends its binary form.
  public func encode(into buffer: inout [UInt8]) { buffer.append(bigEndian: Int16(self)) }
  /// Reads its binary form.
  public static func decode(_ bytes: UnsafeRawBufferPointer, oid: UInt32) -> UInt8? { integer(bytes) }
  /// Appends the binary form of an array.
  public static func encodeArray(_ values: [UInt8], into buffer: inout [UInt8]) { buffer.append(contentsOf: values) }
  /// Reads the binary form of an array.
  public static func decodeArray(_ bytes: UnsafeRawBufferPointer, oid: UInt32) -> [UInt8]? { [UInt8](bytes) }
}

extension Double: PostgresValue {
  /// The object id of its PostgreSQL type.
  public static var oid: UInt32 { 701 }
  /// The object id of an array of it.
  public static var arrayOID: UInt32 { 1022 }
  /// Whether a column of this type is read as it.
  public static func accepts(oid: UInt32) -> Bool { oid == 701 || oid == 700 }
  /// Appends its binary form.
  public func encode(into buffer: inout [UInt8]) { buffer.append(bigEndian: bitPattern) }
  /// Reads its binary form.
  public static func decode(_ bytes: UnsafeRawBufferPointer, oid: UInt32) -> Double? {
    if let bits = bytes.whole(UInt64.self) { return Double(bitPattern: bits) }
    return bytes.whole(UInt32.self).map { Double(Float(bitPattern: $0)) }
  }
}

/// text; varchar, char(n), name and json are read too.
extension String: PostgresValue {
  /// The object id of its PostgreSQL type.
  public static var oid: UInt32 { 25 }
  /// The object id of an array of it.
  public static var arrayOID: UInt32 { 1009 }
  /// Whether a column of this type is read as it.
  public static func accepts(oid: UInt32) -> Bool {
    oid == 25 || oid == 1043 || oid == 1042 || oid == 19 || oid == 114 || oid == 705
  }
  /// Whether a column of this type is read as an array of it.
  public static func acceptsArray(oid: UInt32) -> Bool { oid == 1009 || oid == 1015 || oid == 1003 }
  /// Appends its binary form.
  public func encode(into buffer: inout [UInt8]) { buffer.append(contentsOf: utf8) }
  /// Reads its binary form.
  public static func decode(_ bytes: UnsafeRawBufferPointer, oid: UInt32) -> String? {
    String(validating: bytes, as: UTF8.self)
  }
}

extension ID: PostgresValue {
  /// The object id of its PostgreSQL type.
  public static var oid: UInt32 { 2950 }
  /// The object id of an array of it.
  public static var arrayOID: UInt32 { 2951 }
  /// Appends its binary form.
  public func encode(into buffer: inout [UInt8]) { append(to: &buffer) }
  /// Reads its binary form.
  public static func decode(_ bytes: UnsafeRawBufferPointer, oid: UInt32) -> Self? {
    guard bytes.count == 16 else { return nil }
    return Self(
      high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
      low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
  }
}

/// timestamptz: microseconds since 2000-01-01. The greatest and the least instant are infinity and -infinity.
extension Instant: PostgresValue {
  private static var epoch: Int64 { 946_684_800_000_000 }
  /// The object id of its PostgreSQL type.
  public static var oid: UInt32 { 1184 }
  /// The object id of an array of it.
  public static var arrayOID: UInt32 { 1185 }
  /// Appends its binary form.
  public func encode(into buffer: inout [UInt8]) {
    let (value, overflow) = microseconds.subtractingReportingOverflow(Self.epoch)
    buffer.append(bigEndian: microseconds == .max ? .max : overflow ? .min : value)
  }
  /// Reads its binary form.
  public static func decode(_ bytes: UnsafeRawBufferPointer, oid: UInt32) -> Instant? {
    guard let value = bytes.whole(Int64.self) else { return nil }
    let (microseconds, overflow) = value.addingReportingOverflow(epoch)
    return Instant(microseconds: value == .min ? .min : overflow ? .max : microseconds)
  }
}

/// date: days since 2000-01-01.
extension Day: PostgresValue {
  private static var epoch: Int { 10_957 }
  /// The object id of its PostgreSQL type.
  public static var oid: UInt32 { 1082 }
  /// The object id of an array of it.
  public static var arrayOID: UInt32 { 1182 }
  /// Appends its binary form.
  public func encode(into buffer: inout [UInt8]) { buffer.append(bigEndian: Int32(clamping: number - Self.epoch)) }
  /// Reads its binary form.
  public static func decode(_ bytes: UnsafeRawBufferPointer, oid: UInt32) -> Day? {
    bytes.whole(Int32.self).map { Day(number: Int($0) + epoch) }
  }
}

/// A transaction's id that is never used again: PostgreSQL's xid8.
public struct TransactionID: PostgresValue, Hashable, Comparable {
  /// The number.
  public let number: UInt64
  /// An id from its number.
  public init(_ number: UInt64) { self.number = number }
  /// The object id of its PostgreSQL type.
  public static var oid: UInt32 { 5069 }
  /// The object id of an array of it.
  public static var arrayOID: UInt32 { 271 }
  /// Appends its binary form.
  public func encode(into buffer: inout [UInt8]) { buffer.append(bigEndian: number) }
  /// Reads its binary form.
  public static func decode(_ bytes: UnsafeRawBufferPointer, oid: UInt32) -> TransactionID? {
    bytes.whole(UInt64.self).map(TransactionID.init)
  }
  /// The order of the numbers.
  public static func < (left: TransactionID, right: TransactionID) -> Bool { left.number < right.number }
}
