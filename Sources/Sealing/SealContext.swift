public import Model

/// Where a sealed value belongs: all of it is authenticated, so that no ciphertext can be moved anywhere else.
public struct SealContext: Sendable {
  /// The table's code; fixed for ever once used.
  public let table: UInt8
  /// The row's id, or two numbers that identify the row within its table.
  public let row: (high: UInt64, low: UInt64)
  /// The person whose data it is.
  public let person: PersonID
  /// The category whose key seals it.
  public let category: Category

  /// The place of a sealed value.
  public init(table: UInt8, row: (UInt64, UInt64), person: PersonID, category: Category) {
    self.table = table
    self.row = (row.0, row.1)
    self.person = person
    self.category = category
  }

  /// Calls `body` with the forty bytes that are authenticated.
  @inline(__always)
  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    let head = UInt64(FieldSeal.version) << 56 | UInt64(0x46) << 48 | UInt64(table) << 8 | UInt64(category.rawValue)
    let words = (
      head.bigEndian, row.high.bigEndian, row.low.bigEndian, person.high.bigEndian, person.low.bigEndian
    )
    return try withUnsafeBytes(of: words, body)
  }
}
