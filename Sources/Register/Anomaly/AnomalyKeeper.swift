import Custody
import Logging
import Model
import Postgres
import Wire

/// Counts each day's findings in the night after it, once over all servers, and tells the auditors who watch.
struct AnomalyKeeper: Sendable {
  let custody: Custody
  let store: Store
  let directory: Directory
  let sessions: Sessions
  let settings: AnomalySettings
  let logger: Logger

  /// The minute of the local day from which the day before is counted.
  static let minute = 2 * 60
  /// Days that are made up for where no server ran.
  static let daysBack = 7
  static let verb = "log.summary"
  static let lock: Int64 = 7_625_011

  /// Until the task is cancelled.
  func run() async {
    var told: Day?
    while !Task.isCancelled {
      do {
        told = try await beat(now: .now(), told: told)
      } catch {
        logger.warning("findings not counted", metadata: ["reason": "\(Custody.registerError(error).code)"])
      }
      try? await Task.sleep(for: .seconds(300))
    }
  }

  /// Counts what is due; tells of the newest day where it was not told here yet.
  ///
  /// - Parameter told: The newest day that was told or found counted already; nil at the start, when nothing is told
  ///   that others have counted.
  /// - Returns: The newest day that is counted.
  func beat(now: Instant, told: Day?) async throws -> Day {
    let calendar = LocalCalendar(settings: settings)
    let today = calendar.day(of: now)
    let due = now >= calendar.instant(today, minute: Self.minute)
    let newest = Day(number: today.number - (due ? 1 : 2))
    if told == newest { return newest }
    let first = Day(number: newest.number - Self.daysBack + 1)
    let deadline = Tick.now().adding(milliseconds: 10 * Limits.commandMilliseconds)
    let known = Set(try await store.anomalySummaries(first, through: newest, deadline: deadline).map(\.day))
    var made: Set<Day> = []
    for number in first.number...newest.number where !known.contains(Day(number: number)) {
      if try await summarize(Day(number: number), calendar) { made.insert(Day(number: number)) }
    }
    let counts = try await store.anomalySummaries(newest, through: newest, deadline: deadline)
    // Another server is at it.
    guard !counts.isEmpty else { return told ?? Day(number: newest.number - 1) }
    if told != nil || made.contains(newest) { tell(newest, counts.map { ($0.kind, $0.count) }) }
    return newest
  }

  /// Counts a day's findings; false where another server does, or did.
  func summarize(_ day: Day, _ calendar: LocalCalendar) async throws -> Bool {
    let deadline = Tick.now().adding(milliseconds: 10 * Limits.commandMilliseconds)
    try await custody.sequencer.catchUp(deadline: deadline)
    let size = try await store.logSize(deadline: deadline)
    let window = AnomalyWindow(
      since: calendar.instant(day), until: calendar.instant(Day(number: day.number + 1)), settings: settings)
    let isMade = try await store.pool.transaction(deadline: deadline) { transaction in
      let isOurs = try await transaction.query("SELECT pg_try_advisory_xact_lock(\(Self.lock))").single().bool(0)
      guard isOurs,
        try await transaction.query("SELECT FROM anomaly_summary WHERE day = \(day) LIMIT 1").isEmpty
      else { return false }
      let search = AnomalySearch(
        store: store, directory: directory, rules: custody.currentRules, settings: settings)
      let (findings, _) = try await search.findings(
        Set(AnomalyKind.allCases), window, before: size, deadline: deadline)
      let counts = AnomalyKind.allCases.map { kind in Int64(findings.count { $0.kind == kind }) }
      _ = try await transaction.query(
        """
        INSERT INTO anomaly_summary (day, kind, count)
        SELECT \(day), kind, found FROM unnest(\(AnomalyKind.allCases.map(\.rawValue)), \(counts)) AS one (kind, found)
        ON CONFLICT DO NOTHING
        """)
      return true
    }
    if isMade { _ = try await custody.recordEvent(verb: Self.verb, outcome: .ok, rows: AnomalyKind.allCases.count) }
    return isMade
  }

  private func tell(_ day: Day, _ counts: [(kind: String, count: Int64)]) {
    var kinds: JSONObject = [:]
    for (kind, count) in counts where count > 0 { kinds[kind] = .int(count) }
    let event: JSONObject = [
      "event": "log.summary", "day": .string(day.description),
      "count": .int(counts.reduce(0) { $0 + $1.count }), "kinds": .object(kinds),
    ]
    for employee in custody.currentRules.employees.values where employee.roles.contains(.auditor) {
      sessions.notify(employee.id, event)
    }
  }
}
