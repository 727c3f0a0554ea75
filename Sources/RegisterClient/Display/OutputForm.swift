/// How rows are written.
public enum OutputForm: Sendable, Equatable {
  /// Tables and records, for people.
  case table
  /// A JSON object a line, as the server sent it.
  case json
  /// CSV that a spreadsheet opens safely.
  case csv
}
