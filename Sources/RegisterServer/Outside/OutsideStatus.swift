import Logging
import Model
import Register
import Synchronization

/// How one place outside is doing: a copy or a witness.
struct OutsideStatus: Sendable, Equatable {
  /// What kind of place it is.
  enum Kind: String, Sendable {
    case copy
    case witness
  }

  let kind: Kind
  /// The file's path or the witness's name.
  let place: String
  /// How many entries the newest checkpoint that it has is of; nil where that is not known yet.
  var size: Int64?
  /// Why it does not have the newest; nil where all is well.
  var problem: OutsideProblem?

  /// Its line in `server.health`.
  var health: HealthCheck {
    HealthCheck(
      name: kind.rawValue, status: problem.map { $0.isAlarm ? .failing : .warning } ?? .ok, detail: text)
  }

  /// The line for people.
  var text: Text {
    let entries = size.map { "\($0)" } ?? "-"
    guard let problem = problem?.text else {
      return Text(
        en: "\(place): has the log of \(entries) entries", fi: "\(place): siellä on \(entries) merkinnän loki",
        sv: "\(place): har loggen med \(entries) poster")
    }
    return Text(en: "\(place): \(problem.en)", fi: "\(place): \(problem.fi)", sv: "\(place): \(problem.sv)")
  }
}

/// Where each follower notes how its place is doing. What changes is told to the server's own log, once.
final class OutsideBoard: Sendable {
  private let rows: Mutex<[OutsideStatus]>
  private let logger: Logger

  init(_ rows: [OutsideStatus], logger: Logger) {
    self.rows = Mutex(rows)
    self.logger = logger
  }

  /// All places, in the order of the settings.
  var all: [OutsideStatus] { rows.withLock { $0 } }

  /// Notes that the place at an index has the log of `size` entries, or why it has not.
  func note(_ index: Int, size: Int64? = nil, _ problem: OutsideProblem? = nil) {
    let (old, new) = rows.withLock { rows in
      let old = rows[index]
      rows[index].size = size ?? old.size
      rows[index].problem = problem
      return (old, rows[index])
    }
    guard old.problem != problem else { return }
    var metadata: Logger.Metadata = ["\(new.kind.rawValue)": "\(new.place)"]
    guard let problem else { return logger.notice("the log's checkpoints are kept outside again", metadata: metadata) }
    metadata["reason"] = "\(problem.text.en)"
    if problem.isAlarm {
      logger.critical("the log is not the one that was seen outside", metadata: metadata)
    } else {
      logger.warning("the log's newest checkpoint is not kept outside", metadata: metadata)
    }
  }
}
