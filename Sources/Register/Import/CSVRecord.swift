/// One record of a file of comma-separated values.
public struct CSVRecord: Sendable, Hashable {
  /// What is wrong with the writing of a record.
  public enum Fault: Sendable, Hashable {
    /// A cell, counted from 1, is longer than `Limits.importCellBytesMax`.
    case cellTooLong(column: Int)
    /// Something stands between a cell's closing quotation mark and the next separator.
    case strayQuote(column: Int)
  }

  /// The number of the data row, from 1; 0 is the header.
  public let row: Int
  /// The cells, without quotation marks; no more than `Limits.importColumnsMax` of them.
  public let cells: [String]
  /// How many cells the record had.
  public let columnCount: Int
  /// The first fault of the record.
  public let fault: Fault?

  /// Whether every cell is empty.
  public var isBlank: Bool { fault == nil && cells.count == columnCount && cells.allSatisfy(\.isEmpty) }

  /// A record of cells.
  public init(row: Int, cells: [String], columnCount: Int? = nil, fault: Fault? = nil) {
    self.row = row
    self.cells = cells
    self.columnCount = columnCount ?? cells.count
    self.fault = fault
  }
}
