import Model

/// Everything that a report on the access log shows, as plain values; a page is made of it and nothing else.
struct ReportData: Sendable {
  /// The server as the person named it.
  var server: String
  /// The log-in name of who made the report.
  var madeBy: String
  /// When it was made.
  var madeAt: Instant
  /// The first instant that belongs.
  var since: Instant
  /// The first instant that does not belong any more.
  var until: Instant
  /// The zone of days and hours.
  var zone: ReportZone
  /// Accesses an hour of UTC and outcome; hours without any are left out.
  var hours: [HourCount] = []
  /// Accesses an employee; nil stands for entries without one.
  var users: [UserCount] = []
  /// Accesses a job role.
  var roles: [WordCount] = []
  /// Accesses a purpose.
  var purposes: [WordCount] = []
  /// Accesses a verb.
  var verbs: [WordCount] = []
  /// The accounts; nil where they could not be asked for.
  var accounts: [Account]?
  /// When each employee was last in the log, of all times; nil where the server does not tell.
  var lastUses: [String: Instant]?
  /// Emergency reads, the newest first, at most `ReportQueries.breakGlassRowsMax` entries.
  var emergencies: [EmergencyRead] = []
  /// Open anomalies by kind; nil where the server has none to tell of.
  var anomalies: [WordCount]?
  /// What was found out about the log itself.
  var verification = ReportVerification()
  /// Questions that the server refused: what was asked, and its words.
  var refused: [Refused] = []
}

extension ReportData {
  /// Accesses in one hour with one outcome.
  struct HourCount: Sendable, Equatable {
    var hour: Instant
    var outcome: Outcome
    var count: Int64
  }

  /// Accesses of one employee.
  struct UserCount: Sendable, Equatable {
    /// The account's id; nil for what no employee did.
    var id: String?
    var name: String?
    var count: Int64
    var refusals: Int64 = 0
  }

  /// A word of the wire, nil for none, and how often.
  struct WordCount: Sendable, Equatable {
    var word: String?
    var count: Int64
  }

  /// An employee's account.
  struct Account: Sendable, Equatable {
    var id: String
    var name: String
    var fullName: String?
    var roles: [String] = []
    var isDisabled = false
  }

  /// An entry of an emergency read.
  struct EmergencyRead: Sendable, Equatable {
    var at: Instant
    var user: String
    var role: String?
    var caseReference: String?
    var session: String?
    var person: String?
    var verb: String
  }

  /// A question that got no answer.
  struct Refused: Sendable, Equatable {
    var verb: String
    var reason: String
  }
}

extension ReportData {
  /// All accesses of the period.
  var total: Int64 { hours.reduce(0) { $0.saturating($1.count) } }

  /// Accesses with an outcome.
  func total(_ outcome: Outcome) -> Int64 {
    hours.reduce(0) { $1.outcome == outcome ? $0.saturating($1.count) : $0 }
  }

  /// The local days of the period, the first and the last possibly in part.
  var days: ClosedRange<Int> {
    let first = zone.local(since).day.number
    let last = zone.local(Instant(microseconds: max(since.microseconds, until.microseconds - 1))).day.number
    return first...max(first, last)
  }

  /// Accesses a local day, a row for each day of the period.
  var dayCounts: [DayCount] {
    var rows = days.map { DayCount(day: Day(number: $0)) }
    let first = days.lowerBound
    for hour in hours {
      let index = zone.local(hour.hour).day.number - first
      guard rows.indices.contains(index) else { continue }
      rows[index].add(hour.count, hour.outcome)
    }
    return rows
  }

  /// Accesses a local weekday (Monday is 0) and hour.
  var weekHours: [[Int64]] {
    var rows = [[Int64]](repeating: [Int64](repeating: 0, count: 24), count: 7)
    for hour in hours {
      let (day, clock, _) = zone.local(hour.hour)
      rows[day.weekday][clock] = rows[day.weekday][clock].saturating(hour.count)
    }
    return rows
  }
}

/// Accesses of one local day by outcome.
struct DayCount: Sendable, Equatable {
  let day: Day
  private var counts = [Int64](repeating: 0, count: Outcome.allCases.count + 1)

  init(day: Day) { self.day = day }

  /// Accesses with an outcome.
  subscript(outcome: Outcome) -> Int64 { counts[Int(outcome.rawValue)] }

  /// All accesses.
  var total: Int64 { counts.reduce(0) { $0.saturating($1) } }

  /// Takes accesses in.
  mutating func add(_ count: Int64, _ outcome: Outcome) {
    counts[Int(outcome.rawValue)] = counts[Int(outcome.rawValue)].saturating(count)
  }
}

extension Day {
  /// The day of the week, Monday is 0.
  var weekday: Int { ((number + 3) % 7 + 7) % 7 }
}

extension Int64 {
  /// The sum, or the greatest number where that is too small for it.
  func saturating(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other > 0 ? .max : .min) : sum
  }
}
