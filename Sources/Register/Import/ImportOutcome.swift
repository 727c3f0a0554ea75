public import Model

/// What is wrong with one cell of one row. It never repeats the cell.
public struct RowProblem: Sendable, Hashable {
  /// The number of the row, from 1.
  public let row: Int
  /// The column's name as in the file's header; its number after `#` where it has none.
  public let column: String
  /// The code, such as `invalid/business-id`.
  public let code: String
  /// Why, for people.
  public let reason: Text

  /// A problem at a place.
  public init(row: Int, column: String, code: String, reason: Text) {
    self.row = row
    self.column = column
    self.code = code
    self.reason = reason
  }
}

/// What became of a row.
public enum ImportOutcome: Sendable, Hashable {
  /// A person to store.
  case row(ImportRow)
  /// The row is refused; each problem that it has, at least one.
  case refused([RowProblem])
  /// Every cell was empty.
  case blank
}

/// What counts for a row whose file does not say.
public struct ImportDefaults: Sendable, Hashable {
  /// The source; without one every row must name its own.
  public var source: DataSource?
  /// The word on which other source.
  public var sourceNote: ShortText?
  /// The status: the one that claims least.
  public var status = CustomerStatus.prospect
  /// The language of letters.
  public var language = Language.finnish
  /// The country of addresses and national phone numbers.
  public var country = Country.finland

  /// The defaults of a file that names no others.
  public init() {}
}
