public import Model

/// One row of a result. Columns are read by position; reading a null as a type that is not optional, or a column as a
/// type that it is not, throws.
public struct Row: Sendable {
  let storage: RowStorage
  let index: Int

  /// The number of columns.
  public var columnCount: Int { storage.oids.count }

  /// Whether the column is null or not there.
  public func isNull(_ column: Int) -> Bool {
    guard storage.oids.indices.contains(column) else { return true }
    return storage.cell(row: index, column: column) == nil
  }

  /// A column as any type that PostgreSQL values can have.
  @inline(__always)
  public func get<Value: PostgresValue>(_ column: Int, as _: Value.Type = Value.self) throws(PostgresError) -> Value {
    guard storage.oids.indices.contains(column) else { throw .decoding("no column \(column)") }
    let oid = storage.oids[column]
    guard Value.accepts(oid: oid) else { throw .decoding("column \(column) has type \(oid), not \(Value.self)") }
    guard let bytes = storage.cell(row: index, column: column) else {
      guard let null = Value.null else { throw .decoding("column \(column) is null") }
      return null
    }
    guard let value = Value.decode(bytes, oid: oid) else {
      throw .decoding("column \(column) holds no \(Value.self)")
    }
    return value
  }

  /// Lends a column's bytes as they came, of any type; nil where null. They are valid during the call only.
  public func withBytes<Result, Failure: Error>(
    _ column: Int, _ body: (UnsafeRawBufferPointer?) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard storage.oids.indices.contains(column) else { return try body(nil) }
    return try withExtendedLifetime(storage) { () throws(Failure) -> Result in
      try body(storage.cell(row: index, column: column))
    }
  }

  /// A bool.
  public func bool(_ column: Int) throws(PostgresError) -> Bool { try get(column) }
  /// An int2, or a greater type with a small value.
  public func int16(_ column: Int) throws(PostgresError) -> Int16 { try get(column) }
  /// An int4, or another integer with a value that fits.
  public func int32(_ column: Int) throws(PostgresError) -> Int32 { try get(column) }
  /// Any integer.
  public func int64(_ column: Int) throws(PostgresError) -> Int64 { try get(column) }
  /// Any integer.
  public func int(_ column: Int) throws(PostgresError) -> Int { try get(column) }
  /// A float8 or float4.
  public func double(_ column: Int) throws(PostgresError) -> Double { try get(column) }
  /// A text.
  public func string(_ column: Int) throws(PostgresError) -> String { try get(column) }
  /// A bytea.
  public func bytes(_ column: Int) throws(PostgresError) -> [UInt8] { try get(column) }
  /// A timestamptz.
  public func instant(_ column: Int) throws(PostgresError) -> Instant { try get(column) }
  /// A date.
  public func day(_ column: Int) throws(PostgresError) -> Day { try get(column) }
  /// A uuid.
  public func id<Named>(_ column: Int, as _: ID<Named>.Type = ID<Named>.self) throws(PostgresError) -> ID<Named> {
    try get(column)
  }
  /// An xid8.
  public func transactionID(_ column: Int) throws(PostgresError) -> TransactionID { try get(column) }
}
