import Model
import Wire

/// Entries of the log as records of RFC 4180. A cell never is a formula to a spreadsheet, and never breaks a line.
enum LogCSV {
  /// The columns, in their order.
  static let columns = LogRow.columns.map(\.name).filter { $0 != "user-name" }

  static var header: String { columns.joined(separator: ",") }

  static func line(_ logged: LoggedEntry) -> String {
    let row = LogRow.anonymous(logged)
    return columns.map { SpreadsheetSafe.cell(LogTextRules.plain(text(row[$0]))) }.joined(separator: ",")
  }

  /// Names of a list stand one after another with spaces between.
  private static func text(_ value: JSON?) -> String {
    switch value {
    case nil, .null: ""
    case .string(let text): text
    case .int(let number): String(number)
    case .array(let values): values.map { text($0) }.joined(separator: " ")
    case let other?: other.description
    }
  }
}
