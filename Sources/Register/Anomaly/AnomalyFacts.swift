import Model

/// What an employee did in one role on one local day.
struct DayFact: Sendable, Equatable {
  var user: UserID
  var role: JobRole?
  var day: Day
  /// Distinct persons looked up.
  var persons: Int64
  /// Accesses to persons outside working hours.
  var late: Int64
  /// The look-ups; empty of samples where the day is before those asked about.
  var looks: Evidence?
  /// The accesses outside working hours.
  var lateLooks: Evidence?
}

/// How often an employee was refused on one local day.
struct RefusalFact: Sendable, Equatable {
  var user: UserID
  var role: JobRole?
  var day: Day
  var evidence: Evidence
}

/// One look at one person's data.
struct LookFact: Sendable, Equatable {
  var user: UserID
  var role: JobRole?
  var index: Int64
  var at: Instant
  var person: PersonID
  /// Whether a case was named.
  var hasCase = false
}

/// The first commands of an employee's day, and when they had last done anything before the days asked about.
struct ActivityFact: Sendable, Equatable {
  var user: UserID
  var role: JobRole?
  var day: Day
  var evidence: Evidence
}

/// The days that are asked about, and how they are judged.
struct AnomalyWindow: Sendable {
  let settings: AnomalySettings
  let calendar: LocalCalendar
  /// The first and the last local day asked about.
  let first: Day
  let last: Day
  /// The first instant that does not belong any more.
  let until: Instant

  /// Days from the one in which `since` lies, which belongs whole.
  init(since: Instant, until: Instant, settings: AnomalySettings) {
    self.settings = settings
    self.until = until
    calendar = LocalCalendar(settings: settings)
    first = calendar.day(of: since)
    last = max(first, calendar.day(of: Instant(microseconds: until.microseconds - 1)))
  }

  /// The first day that a habit rests on.
  var habitFirst: Day { Day(number: first.number - settings.habitDays) }
  /// When the days asked about start.
  var since: Instant { calendar.instant(first) }
  /// When the days of the habit start.
  var habitSince: Instant { calendar.instant(habitFirst) }

  func contains(_ day: Day) -> Bool { first <= day && day <= last }

  /// The days before one that its habit rests on.
  func isHabit(_ day: Day, of other: Day) -> Bool {
    day < other && day.number >= other.number - settings.habitDays
  }
}
