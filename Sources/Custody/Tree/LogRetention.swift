import AccessLog
import Logging
import Model
import Postgres

/// Gives up the months of the log that are past its retention. The log says so before: an entry names the month and the
/// last index that is gone, and without it a missing entry is a fault.
enum LogRetention {
  static let verb = "log.retention"

  /// Drops what is due.
  static func run(_ custody: Custody) async throws {
    let due = try await custody.pool.query("SELECT month, entries, through FROM log_month_due() ORDER BY month")
    for row in due {
      let (month, entries, through) = (try row.get(0, as: Day.self), try row.int64(1), try row.int64(2))
      let name = String(month.description.prefix(7))
      let entry = Entry(
        at: .now(), user: nil, role: nil, purpose: .security, caseReference: "\(name)-through-\(through)",
        verb: verb, outcome: .ok, rows: UInt32(clamping: entries), request: .new(),
        epoch: custody.currentRules.epoch)
      try await custody.ledger.record([entry])
      try await custody.sequencer.catchUp(deadline: Tick.now().adding(milliseconds: Limits.commandMilliseconds))
      _ = try await custody.pool.query("SELECT log_month_drop(\(month))")
      custody.logger.notice("a month of the log was given up", metadata: ["month": "\(name)", "entries": "\(entries)"])
    }
  }

  /// The last index that an entry of this verb says is gone.
  static func lastIndex(_ entry: Entry?) -> Int64? {
    guard let entry, entry.verb == verb else { return nil }
    return entry.caseReference.split(separator: "-through-").last.flatMap { Int64($0) }
  }
}

extension Custody {
  /// Sets how long entries are kept; at least a year.
  public func setLogRetention(years: Int) async throws {
    _ = try await pool.query(
      """
      INSERT INTO setting (name, value) VALUES ('log-retention-years', \("\(max(1, years))"))
      ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE setting.value <> excluded.value
      """, deadline: Tick.now().adding(milliseconds: Limits.queryMilliseconds))
  }
}
