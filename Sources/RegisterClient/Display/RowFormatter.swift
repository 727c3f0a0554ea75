public import Model
import Wire

/// Turns rows into lines of output, as they come.
///
/// Tables and CSV take their columns from the first `batchRows` rows; tables begin anew where later rows have other
/// keys, CSV notes the columns it had to leave out.
public struct RowFormatter: Sendable {
  /// Rows that are looked at before columns are settled.
  public static let batchRows = 500

  private let form: OutputForm
  private let width: Int?
  private let isTerminal: Bool
  private let text: ValueText
  private let language: Language
  private var waiting: [ServerValue] = []
  private var columns: [String]?
  private var table: TableLayout?

  /// Columns that CSV rows had after the header was settled.
  public private(set) var lateColumns: [String] = []
  /// Rows seen.
  public private(set) var rowCount = 0

  /// A formatter. `width` cuts tables, nil leaves them whole; for a terminal nothing hidden gets through in any form.
  public init(form: OutputForm, width: Int? = nil, isTerminal: Bool, language: Language) {
    self.form = form
    self.width = width
    self.isTerminal = isTerminal
    text = ValueText(language: language)
    self.language = language
  }

  /// Takes a row; the lines that can be written now, without their line feeds.
  public mutating func add(_ row: ServerValue) -> [String] {
    rowCount += 1
    if form == .json {
      let isPlain = !isTerminal || SafeText.isSafe(row.text)
      return [isPlain ? row.text : row.value.description]
    }
    waiting.append(row)
    return waiting.count >= Self.batchRows ? flush() : []
  }

  /// The lines that are left.
  public mutating func finish() -> [String] { waiting.isEmpty ? [] : flush() }

  private mutating func flush() -> [String] {
    defer { waiting = [] }
    let rows = waiting.map { $0.value.object ?? JSONObject([("value", $0.value)]) }
    return form == .csv ? csv(rows) : people(rows)
  }

  // MARK: - For people

  private mutating func people(_ rows: [JSONObject]) -> [String] {
    if rows.allSatisfy({ $0.count == 1 && $0["text"]?.string != nil }) {
      return rows.flatMap { RecordLayout.lines(of: $0["text"]?.string ?? "") }
    }
    if rows.contains(where: { Self.isChange($0) }), rows.allSatisfy({ Self.isChange($0) || $0["warning"] != nil }) {
      return rows.map(change)
    }
    let isOnly = rowCount == 1
    let rows = rows.map { requestOnLines($0, isOnly: isOnly) }
    if isOnly, rows[0]["parameters"]?.string != nil { return records(rows) }
    if rows.contains(where: { $0.contains { ValueText.isNested($0.value) } }) { return records(rows) }
    let keys = Self.keys(rows)
    let cells = rows.map { row in keys.map { key in row[key].map(text.inline) ?? "" } }
    let natural = TableLayout(headers: keys.map(ValueText.oneLine), rows: cells, width: nil)
    let naturalWidth = natural.widths.reduce(0) { $0 + $1 + 2 } - 2
    if rowCount == 1, let width, naturalWidth > width { return records(rows) }
    if columns == keys, let table { return cells.map { table.line($0) } }
    let whole = keys.firstIndex(of: "id")
    let layout = TableLayout(headers: keys.map(ValueText.oneLine), rows: cells, width: width, whole: whole)
    // An id that is cut cannot be given to the next command.
    if whole != nil, !layout.isReadable { return records(rows) }
    let isFirst = table == nil
    columns = keys
    table = layout
    return (isFirst ? [] : [""]) + layout.head + cells.map { layout.line($0) }
  }

  /// Whether a row is a line of a difference: `change` is `+`, `-` or `~`.
  private static func isChange(_ row: JSONObject) -> Bool {
    guard let sign = row["change"]?.string, row["line"]?.string != nil else { return false }
    return ["+", "-", "~"].contains(sign)
  }

  /// A line of a difference, or a warning about it, coloured on a terminal.
  private func change(_ row: JSONObject) -> String {
    let paint = Paint(isOn: isTerminal)
    let line = ValueText.oneLine(row["line"]?.string ?? "")
    switch row["change"]?.string {
    case "+": return paint("+ \(line)", .added)
    case "-": return paint("- \(line)", .removed)
    case "~": return paint("~ \(line)", .changed)
    default: return paint("! \(text.inline(row["warning"] ?? .null))", .warning)
    }
  }

  /// The parameters of a request that waits for somebody as `name=value`: each on a line where it is the only row.
  private func requestOnLines(_ row: JSONObject, isOnly: Bool) -> JSONObject {
    guard row["verb"] != nil, case .object(let parameters)? = row["parameters"] else { return row }
    var row = row
    let words = ValueText.parameters(parameters, language: language)
    row["parameters"] = .string(words.joined(separator: isOnly ? "\n" : " "))
    return row
  }

  private func records(_ rows: [JSONObject]) -> [String] {
    let layout = RecordLayout(text: text)
    return rows.enumerated().flatMap { index, row in (index == 0 ? [] : [""]) + layout.lines(row) }
  }

  // MARK: - CSV

  private mutating func csv(_ rows: [JSONObject]) -> [String] {
    let flat = rows.map { row in
      var pairs: [(String, String)] = []
      flatten(row, prefix: "", into: &pairs)
      return pairs
    }
    var lines: [String] = []
    if columns == nil {
      var seen = Set<String>()
      columns = flat.flatMap { $0.map(\.0) }.filter { seen.insert($0).inserted }
      lines.append(CSVWriter.record(columns ?? []))
    }
    let header = columns ?? []
    let known = Set(header)
    for pairs in flat {
      let cells = Dictionary(pairs) { first, _ in first }
      for (key, _) in pairs where !known.contains(key) && !lateColumns.contains(key) { lateColumns.append(key) }
      lines.append(CSVWriter.record(header.map { cells[$0] ?? "" }))
    }
    return lines
  }

  /// Objects become columns with dotted names; a sourced value is its own column, with its source and time beside it.
  private func flatten(_ object: JSONObject, prefix: String, into pairs: inout [(String, String)]) {
    for member in object {
      let name = clean(prefix.isEmpty ? member.key : prefix + "." + member.key)
      if case .object(let inner) = member.value {
        flatten(inner, prefix: name, into: &pairs)
      } else if case .bool(let bool) = member.value {
        pairs.append((name, bool ? "true" : "false"))
      } else {
        pairs.append((name, clean(text.raw(member.value))))
      }
    }
  }

  /// Controls are marked; everything else invisible too where it goes to a terminal.
  private func clean(_ cell: String) -> String {
    if isTerminal { return SafeText.forTerminal(cell, keepingLines: true) }
    let isPlain = cell.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\n" || $0 == "\r" || $0 == "\t" }
    if isPlain { return cell }
    var scalars = String.UnicodeScalarView()
    for scalar in cell.unicodeScalars {
      let isControl = scalar.value < 0x20 && scalar != "\n" && scalar != "\r" && scalar != "\t"
      scalars.append(isControl ? "\u{FFFD}" : scalar)
    }
    return String(scalars)
  }

  private static func keys(_ rows: [JSONObject]) -> [String] {
    var seen = Set<String>()
    return rows.flatMap(\.keys).filter { seen.insert($0).inserted }
  }
}
