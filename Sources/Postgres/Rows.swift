import CPostgres

/// A result in one block of memory: the cells' places, then their bytes.
final class RowStorage: @unchecked Sendable {
  // @unchecked: the block is written in init only, and freed when nobody holds it.
  struct Cell {
    var offset: UInt32
    var length: Int32
  }

  let rowCount: Int
  let oids: [UInt32]
  private let block: UnsafeMutableRawPointer
  private let cells: UnsafeMutablePointer<Cell>
  private let bytes: UnsafeMutableRawPointer

  /// Copies a libpq result; nil where it is over 4 GiB.
  init?(_ result: OpaquePointer) {
    let rows = Int(PQntuples(result))
    let columns = Int(PQnfields(result))
    var total = 0
    for row in 0..<rows {
      for column in 0..<columns { total += Int(PQgetlength(result, Int32(row), Int32(column))) }
    }
    guard total < UInt32.max else { return nil }
    let cellBytes = rows * columns * MemoryLayout<Cell>.stride
    rowCount = rows
    oids = (0..<columns).map { PQftype(result, Int32($0)) }
    block = UnsafeMutableRawPointer.allocate(byteCount: cellBytes + total, alignment: MemoryLayout<Cell>.alignment)
    cells = block.bindMemory(to: Cell.self, capacity: rows * columns)
    bytes = block + cellBytes
    var offset = 0
    var cell = 0
    for row in 0..<Int32(rows) {
      for column in 0..<Int32(columns) {
        let length = PQgetlength(result, row, column)
        let isNull = length == 0 && PQgetisnull(result, row, column) != 0
        (cells + cell).initialize(to: Cell(offset: UInt32(offset), length: isNull ? -1 : length))
        if length > 0, let source = PQgetvalue(result, row, column) {
          (bytes + offset).copyMemory(from: source, byteCount: Int(length))
        }
        offset += Int(length)
        cell += 1
      }
    }
  }

  deinit { block.deallocate() }

  /// A cell's bytes; nil where it is null. Row and column are in range.
  func cell(row: Int, column: Int) -> UnsafeRawBufferPointer? {
    let cell = cells[row * oids.count + column]
    return cell.length < 0 ? nil : UnsafeRawBufferPointer(start: bytes + Int(cell.offset), count: Int(cell.length))
  }
}

/// What one statement gave: rows, and how many rows it touched.
public struct Rows: Sendable, RandomAccessCollection {
  let storage: RowStorage?
  /// How many rows the statement inserted, changed, deleted or selected.
  public let affected: Int
  /// The server's words for what was done, such as `INSERT 0 1`.
  public let commandTag: String

  init?(_ result: OpaquePointer) {
    if PQntuples(result) > 0 || PQnfields(result) > 0 {
      guard let storage = RowStorage(result) else { return nil }
      self.storage = storage
    } else {
      storage = nil
    }
    commandTag = PQcmdStatus(result).map { String(cString: $0) } ?? ""
    affected = PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0
  }

  /// The number of columns.
  public var columnCount: Int { storage?.oids.count ?? 0 }
  /// The number of rows.
  public var count: Int { storage?.rowCount ?? 0 }
  /// 0.
  public var startIndex: Int { 0 }
  /// The number of rows.
  public var endIndex: Int { count }

  /// A row by its number.
  public subscript(position: Int) -> Row {
    guard let storage, position >= 0, position < storage.rowCount else {
      preconditionFailure("row \(position) of \(count)")
    }
    return Row(storage: storage, index: position)
  }

  /// The only row; throws where there is none or more than one.
  public func single() throws(PostgresError) -> Row {
    guard count == 1 else { throw .decoding("expected one row, found \(count)") }
    return self[0]
  }
}
