import AccessLog
import Model

/// What `log.export` makes.
enum ExportForm: Equatable, Sendable {
  /// A file of lines.
  case text(LogTextFormat)
  /// A directory of C2SP tlog-tiles.
  case tiles

  /// The words on the wire.
  static var names: [String] { LogTextFormat.allCases.map(\.rawValue) + ["tiles"] }

  /// The form of a word on the wire.
  init?(name: String) {
    if name == "tiles" {
      self = .tiles
    } else {
      guard let format = LogTextFormat(rawValue: name) else { return nil }
      self = .text(format)
    }
  }

  var name: String {
    switch self {
    case .text(let format): format.rawValue
    case .tiles: "tiles"
    }
  }

  /// The form with the version of its standard, for the evidence.
  var version: String {
    switch self {
    case .text(.ndjson): "ndjson"
    case .text(.csv): "csv (RFC 4180)"
    case .text(.cef): "CEF:0"
    case .text(.ocsf): "OCSF \(LogOCSF.schemaVersion)"
    case .tiles: "c2sp.org/tlog-tiles"
    }
  }
}

/// The state of the log that an export is of.
struct ExportHead: Sendable {
  let origin: String
  let size: Int64
  /// The signed checkpoint of that size.
  let note: String

  init(_ checkpoint: Checkpoint, _ note: String) {
    origin = checkpoint.origin
    size = checkpoint.size
    self.note = note
  }
}

extension LogFilter {
  /// The filter as parameters; an employee by id.
  var parameters: [(name: String, value: String)] {
    let all: [(String, String?)] = [
      ("person", person?.description), ("user", user?.description), ("verb", verb), ("outcome", outcome?.name),
      ("purpose", purpose?.name), ("since", since?.description), ("until", until?.description),
    ]
    return all.compactMap { name, value in value.map { (name, $0) } }
  }
}
