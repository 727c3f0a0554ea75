import Model
import Testing

@testable import Postgres

@Suite struct ValueTests {
  private func roundTrip<Value: PostgresValue & Equatable>(
    _ values: [Value], _ type: String, on connection: Connection, _ location: SourceLocation = #_sourceLocation
  ) async throws {
    for value in values {
      let row = try await connection.query("SELECT \(value)::\(raw: type), pg_typeof(\(value))::text").single()
      #expect(try row.get(0, as: Value.self) == value, sourceLocation: location)
      #expect(try row.string(1) == type, sourceLocation: location)
    }
    let optionals: [Value?] = [nil] + values.map { $0 }
    for value in optionals {
      let row = try await connection.query("SELECT \(value)::\(raw: type)").single()
      #expect(try row.get(0, as: Value?.self) == value, sourceLocation: location)
      #expect(row.isNull(0) == (value == nil), sourceLocation: location)
    }
  }

  private func arrays<Value: PostgresValue & Equatable>(
    _ values: [Value], _ type: String, on connection: Connection, _ location: SourceLocation = #_sourceLocation
  ) async throws {
    for array in [[], values] {
      let row = try await connection.query("SELECT \(array)::\(raw: type)[]").single()
      #expect(try row.get(0, as: [Value].self) == array, sourceLocation: location)
      let rows = try await connection.query("SELECT * FROM unnest(\(array))")
      #expect(try rows.map { try $0.get(0, as: Value.self) } == array, sourceLocation: location)
    }
    let holes: [Value?] = [nil] + values.map { $0 } + [nil]
    let row = try await connection.query("SELECT \(holes)::\(raw: type)[]").single()
    #expect(try row.get(0, as: [Value?].self) == holes, sourceLocation: location)
  }

  private func both<Value: PostgresValue & Equatable>(
    _ values: [Value], _ type: String, on connection: Connection, _ location: SourceLocation = #_sourceLocation
  ) async throws {
    try await roundTrip(values, type, on: connection, location)
    try await arrays(values, type, on: connection, location)
  }

  @Test func everyTypeComesBackAsItWent() async throws {
    let connection = try await TestServer.connection()
    try await both([true, false], "boolean", on: connection)
    try await both([Int16.min, 0, .max], "smallint", on: connection)
    try await both([Int32.min, 0, .max], "integer", on: connection)
    try await both([Int64.min, 0, .max], "bigint", on: connection)
    try await both([Int.min, 7, .max], "bigint", on: connection)
    try await both([0.0, -1.5, .infinity, .greatestFiniteMagnitude], "double precision", on: connection)
    try await both(["", "Åsa 'quote' \\ \u{1F600}", "$1"], "text", on: connection)
    try await both([PersonID.new(), PersonID(high: 0, low: .max)], "uuid", on: connection)
    try await both([TransactionID(0), TransactionID(.max)], "xid8", on: connection)
    await connection.close()
  }

  @Test func bytesAreBytea() async throws {
    let connection = try await TestServer.connection()
    let long = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    try await both([[], [0], [0, 255, 0], long], "bytea", on: connection)
    try await roundTrip([UInt8(0), 255], "smallint", on: connection)
    let small: [UInt8?] = [1, nil, 255]
    let row = try await connection.query("SELECT \(small)").single()
    #expect(try row.get(0, as: [UInt8?].self) == small)
    await connection.close()
  }

  @Test func timesAndDaysAreTheSameOnBothSides() async throws {
    let connection = try await TestServer.connection()
    let instants = ["1970-01-01", "1999-12-31T23:59:59.999999Z", "2026-11-22T17:02:38.5+02:00"].compactMap {
      Instant($0)
    }
    #expect(instants.count == 3)
    try await both(
      instants + [Instant(microseconds: .max), Instant(microseconds: .min)], "timestamp with time zone", on: connection)
    let days = ["0001-01-01", "1999-12-31", "2000-02-29", "9999-12-31"].compactMap { Day($0) }
    #expect(days.count == 4)
    try await both(days, "date", on: connection)
    let row = try await connection.query(
      "SELECT \(instants[2]) = '2026-11-22T15:02:38.5Z'::timestamptz, \(days[2]) = '2000-02-29'::date, 'infinity'::timestamptz"
    ).single()
    #expect(try row.bool(0))
    #expect(try row.bool(1))
    #expect(try row.instant(2).microseconds == .max)
    await connection.close()
  }

  @Test func integersAreReadWhereTheyFit() async throws {
    let connection = try await TestServer.connection()
    let row = try await connection.query("SELECT 7::smallint, 70000::integer, 5000000000::bigint, NULL::integer")
      .single()
    #expect(try row.int64(0) == 7)
    #expect(try row.int32(1) == 70_000)
    #expect(throws: PostgresError.self) { try row.int16(1) }
    #expect(throws: PostgresError.self) { try row.int32(2) }
    #expect(throws: PostgresError.self) { try row.int(3) }
    #expect(throws: PostgresError.self) { try row.int(4) }
    #expect(throws: PostgresError.self) { try row.string(0) }
    #expect(try row.get(3, as: Int?.self) == nil)
    #expect(row.withBytes(0) { $0.map(Array.init) } == [0, 7])
    await connection.close()
  }

  @Test func mutatedArraysNeverCrash() {
    var generator = SystemlessGenerator(seed: 42)
    var valid: [UInt8] = []
    ["a", nil, "bcd", ""].encode(into: &valid)
    var read = 0
    for _ in 0..<5000 {
      var bytes = valid
      for _ in 0..<Int.random(in: 0...3, using: &generator) {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      bytes.removeLast(Int.random(in: 0...2, using: &generator))
      let decoded = bytes.withUnsafeBytes { [String?].decode($0, oid: 1009) }
      if let decoded {
        read += 1
        #expect(decoded.count <= bytes.count / 4)
      }
    }
    #expect(read > 0)
  }
}

/// The same numbers in each run (SplitMix64).
struct SystemlessGenerator: RandomNumberGenerator {
  var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}
