import AccessLog
public import Model
import Wire

/// A form in which entries of the access log leave as text, a line each.
///
/// A line holds no line end and nothing that does not show, whatever an entry holds. Persons and employees are ids;
/// names of employees stand in none.
public enum LogTextFormat: String, CaseIterable, Sendable {
  /// A JSON object a line, the row of `log.find`.
  case ndjson
  /// RFC 4180, with a header, safe for spreadsheets.
  case csv
  /// ArcSight Common Event Format, version 0.
  case cef
  /// Open Cybersecurity Schema Framework, an event in JSON a line.
  case ocsf

  /// The first line of a file; nil where the form has none.
  public var header: String? { self == .csv ? LogCSV.header : nil }

  /// An entry's line, without its end.
  ///
  /// - Parameter bytes: The canonical bytes of the entry.
  /// - Throws: `RegisterError` with `internal` where the bytes are no entry.
  public func line(index: Int64, bytes: [UInt8]) throws(RegisterError) -> String {
    line(try LoggedEntry(index: index, bytes: bytes))
  }

  func line(_ logged: LoggedEntry) -> String {
    switch self {
    case .ndjson: JSON.object(LogRow.anonymous(logged)).description
    case .csv: LogCSV.line(logged)
    case .cef: LogCEF.line(logged)
    case .ocsf: JSON.object(LogOCSF.event(logged)).description
    }
  }

  /// A signed checkpoint's line, for those who keep what the log's head was; nil in the form of a table.
  public func checkpoint(size: Int64, note: String, at instant: Instant) -> String? {
    switch self {
    case .ndjson:
      JSON.object(["at": .string(instant.description), "size": .int(size), "note": .string(note)]).description
    case .csv: nil
    case .cef: LogCEF.checkpoint(size: size, note: note, at: instant)
    case .ocsf: JSON.object(LogOCSF.checkpoint(size: size, note: note, at: instant)).description
    }
  }
}

extension LogRow {
  /// The row without the employee's log-in name.
  static func anonymous(_ logged: LoggedEntry) -> JSONObject {
    var row = row(logged, LogTextRules.none)
    row["user-name"] = nil
    return row
  }
}
