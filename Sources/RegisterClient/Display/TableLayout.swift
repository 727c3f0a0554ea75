/// A plain table: a header, a rule, and rows in columns aligned by display width.
///
/// Cells must be free of control characters. With a `width` columns shrink, the widest first, and cells are cut with
/// `…`; without one nothing is cut.
public struct TableLayout: Sendable {
  /// The headers, left to right.
  public let headers: [String]
  /// The columns' widths.
  public let widths: [Int]
  private let isCut: Bool
  /// Whether no column had to shrink below what can be read.
  public let isReadable: Bool

  /// A column never shrinks below this.
  private static let columnWidthMin = 6
  /// What is cut shorter than this tells nothing.
  private static let readableWidth = 10

  /// Lays out the columns for the given rows; later rows can be written in the same columns.
  ///
  /// - Parameter whole: The column that is never cut, for its cells are used again.
  public init(headers: [String], rows: [[String]], width: Int?, whole: Int? = nil) {
    self.headers = headers
    var natural = headers.map { DisplayWidth.columns($0) }
    for row in rows {
      for (column, cell) in row.enumerated() where column < natural.count {
        natural[column] = max(natural[column], DisplayWidth.columns(cell))
      }
    }
    isCut = width != nil
    guard let width else {
      (widths, isReadable) = (natural, true)
      return
    }
    let kept = whole.map { natural[$0] } ?? 0
    var rest = natural
    if let whole { rest[whole] = 0 }
    var widths = Self.shrink(rest, to: width - kept)
    isReadable = zip(widths, rest).allSatisfy { $0 == $1 || $0 >= Self.readableWidth }
    if let whole { widths[whole] = kept }
    self.widths = widths
  }

  /// Shrinks the widest columns, evenly, until all fit or each is at its minimum.
  private static func shrink(_ natural: [Int], to width: Int) -> [Int] {
    let available = width - 2 * max(0, natural.count - 1)
    var ceiling = natural.max() ?? 0
    while ceiling > columnWidthMin, natural.reduce(0, { $0 + min($1, ceiling) }) > available { ceiling -= 1 }
    return natural.map { min($0, ceiling) }
  }

  /// The header and its rule.
  public var head: [String] {
    [line(headers), widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")]
  }

  /// One row; spaces at its end are left out.
  public func line(_ cells: [String]) -> String {
    var text = ""
    for (column, cell) in cells.enumerated() where column < widths.count {
      if column > 0 { text += "  " }
      text += isCut ? DisplayWidth.fit(cell, to: widths[column]) : padded(cell, widths[column])
    }
    while text.hasSuffix(" ") { text.removeLast() }
    return text
  }

  private func padded(_ cell: String, _ width: Int) -> String {
    cell + String(repeating: " ", count: max(0, width - DisplayWidth.columns(cell)))
  }
}
