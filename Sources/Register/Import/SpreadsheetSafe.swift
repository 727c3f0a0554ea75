/// Cells of exported files that a spreadsheet shows and never calculates.
public enum SpreadsheetSafe {
  /// The cell as written to a file: with an apostrophe before what a spreadsheet would take for a formula (`=`, `+`, `-`,
  /// `@`, a tab or a line end at the beginning, full-width forms too), in quotation marks where it holds a separator, a
  /// quotation mark, a line end or white space at an end (OWASP, CSV Injection; RFC 4180).
  public static func cell(_ text: String) -> String {
    guard let first = text.unicodeScalars.first else { return "" }
    let safe = isFormula(first) ? "'" + text : text
    let needsQuotes =
      safe.utf8.contains { [0x22, 0x2C, 0x3B, 0x09, 0x0A, 0x0D].contains($0) } || first.properties.isWhitespace
      || safe.unicodeScalars.last?.properties.isWhitespace == true
    guard needsQuotes else { return safe }
    var quoted = "\""
    for scalar in safe.unicodeScalars {
      if scalar == "\"" { quoted += "\"" }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }

  /// A record with its line end: safe cells between separators.
  public static func record(_ cells: [String], separator: Character = ";") -> String {
    cells.map(cell).joined(separator: String(separator)) + "\r\n"
  }

  private static func isFormula(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "=", "+", "-", "@", "\t", "\r", "\n", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}", "\u{2212}": true
    default: false
    }
  }
}
