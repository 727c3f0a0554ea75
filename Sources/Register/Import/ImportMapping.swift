public import Model

/// Which column of a file holds what, and the way from a record to a person.
public struct ImportMapping: Sendable {
  /// Nil where a column has no name: then it holds nothing.
  private let columns: [ImportField?]
  private let headers: [String]
  private let nameColumn: String
  private let sourceColumn: String
  /// Columns up to the last one that has a name.
  private let named: Int
  private let defaults: ImportDefaults

  /// Maps the names of columns; throws `invalid/header` where one is unknown, stands twice, or no column holds names.
  public init(header: CSVRecord, defaults: ImportDefaults = ImportDefaults()) throws(RegisterError) {
    guard header.fault == nil, header.columnCount == header.cells.count else { throw ImportRefusals.header }
    var columns: [ImportField?] = []
    var seen: Set<String> = []
    for (index, cell) in header.cells.enumerated() {
      if TextRules.trimmed(cell).isEmpty {
        columns.append(nil)
        continue
      }
      guard let field = ImportField.named(cell) else { throw ImportRefusals.unknownColumn(index + 1) }
      let name = field.isRepeatable ? Folding.foldedString(cell) : field.name
      guard seen.insert(name).inserted else { throw ImportRefusals.repeatedColumn(index + 1) }
      columns.append(field)
    }
    guard let name = columns.firstIndex(of: .firstName) ?? columns.firstIndex(of: .lastName) else {
      throw ImportRefusals.noNameColumn
    }
    self.columns = columns
    self.defaults = defaults
    let headers = header.cells.enumerated().map { $1.isEmpty ? "#\($0 + 1)" : TextRules.trimmed($1) }
    self.headers = headers
    nameColumn = headers[name]
    sourceColumn = columns.firstIndex(of: .source).map { headers[$0] } ?? ImportField.source.name
    named = (columns.lastIndex { $0 != nil } ?? 0) + 1
  }

  /// The person of a record, or what is wrong with it.
  public func outcome(_ record: CSVRecord) -> ImportOutcome {
    if record.isBlank { return .blank }
    if let fault = record.fault { return refused(record, fault) }
    guard (named...columns.count).contains(record.columnCount) else {
      let column = record.columnCount < columns.count ? headers[record.columnCount] : "#\(columns.count + 1)"
      return refused(record, column, "columns", ImportReasons.columns)
    }
    var rules = RowRules(row: record.row, defaults: defaults, nameColumn: nameColumn, sourceColumn: sourceColumn)
    for (index, cell) in record.cells.enumerated() where !cell.isEmpty {
      if let field = columns[index] {
        rules.add(cell, field: field, column: headers[index])
      } else if !TextRules.trimmed(cell).isEmpty {
        rules.refuse(headers[index], "columns", ImportReasons.nameless)
      }
    }
    return rules.outcome()
  }

  private func refused(_ record: CSVRecord, _ fault: CSVRecord.Fault) -> ImportOutcome {
    switch fault {
    case .cellTooLong(let column): refused(record, name(column), "file", ImportReasons.cellTooLong)
    case .strayQuote(let column): refused(record, name(column), "file", ImportReasons.strayQuote)
    }
  }

  private func refused(_ record: CSVRecord, _ column: String, _ parameter: String, _ reason: Text) -> ImportOutcome {
    .refused([RowProblem(row: record.row, column: column, code: "invalid/\(parameter)", reason: reason)])
  }

  private func name(_ column: Int) -> String { column <= headers.count ? headers[column - 1] : "#\(column)" }
}

/// A file of comma-separated values on its way in: pieces in, what became of its rows out.
public struct CSVImport: Sendable {
  private var reader = CSVReader()
  private var mapping: ImportMapping?
  private let defaults: ImportDefaults

  /// An import at the beginning of its file.
  public init(defaults: ImportDefaults = ImportDefaults()) { self.defaults = defaults }

  /// What became of the rows that end in the next piece; throws where the whole file is refused.
  public mutating func feed(_ piece: String) throws(RegisterError) -> [ImportOutcome] {
    try outcomes(try reader.feed(piece))
  }

  /// What became of the last rows; throws where the whole file is refused, one without a header too.
  public mutating func finish() throws(RegisterError) -> [ImportOutcome] {
    let last = try outcomes(try reader.finish())
    if mapping == nil { throw ImportRefusals.header }
    return last
  }

  private mutating func outcomes(_ records: [CSVRecord]) throws(RegisterError) -> [ImportOutcome] {
    var result: [ImportOutcome] = []
    result.reserveCapacity(records.count)
    for record in records {
      if let mapping {
        result.append(mapping.outcome(record))
      } else if !record.isBlank {
        mapping = try ImportMapping(header: record, defaults: defaults)
      }
    }
    return result
  }
}
