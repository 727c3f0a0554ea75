/// Cells and records of CSV (RFC 4180) that a spreadsheet takes as text, never as a formula.
public enum CSVWriter {
  /// One cell: text that a spreadsheet would run gets an apostrophe before it, then it is quoted where it must be.
  ///
  /// A spreadsheet runs cells that begin with `=`, `+`, `-`, `@`, a tab or a carriage return; their fullwidth forms
  /// count too, and spaces before them do not hide them.
  public static func cell(_ value: String) -> String {
    let text = isFormula(value) ? "'" + value : value
    let needsQuotes =
      text.unicodeScalars.contains { $0 == "," || $0 == "\"" || $0 == "\n" || $0 == "\r" || $0 == ";" }
      || text.first == " " || text.last == " "
    guard needsQuotes else { return text }
    var quoted = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" { quoted += "\"\"" } else { quoted.unicodeScalars.append(scalar) }
    }
    return quoted + "\""
  }

  /// One record, without its line end.
  public static func record(_ cells: [String]) -> String { cells.map(cell).joined(separator: ",") }

  private static func isFormula(_ value: String) -> Bool {
    for scalar in value.unicodeScalars {
      switch scalar {
      case " ", "\n", "\u{A0}": continue
      case "=", "+", "-", "@", "\t", "\r", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}": return true
      default: return false
      }
    }
    return false
  }
}
