import Model

/// The days and working hours of the place where people work.
struct LocalCalendar: Sendable {
  let settings: AnomalySettings

  /// Minutes that local time is ahead of UTC. Summer time is from 01:00 UTC on the last Sunday of March to 01:00 UTC on
  /// the last Sunday of October.
  func offsetMinutes(at instant: Instant) -> Int {
    guard settings.keepsSummerTime else { return settings.utcOffsetMinutes }
    let year = instant.day.civil.year
    guard let start = Self.change(year, 3), let end = Self.change(year, 10) else { return settings.utcOffsetMinutes }
    return settings.utcOffsetMinutes + (start <= instant && instant < end ? 60 : 0)
  }

  private static func change(_ year: Int, _ month: Int) -> Instant? {
    guard let last = Day(year: year, month: month, day: 31) else { return nil }
    return Instant(day: Day(number: last.number - weekday(last))).adding(seconds: 3600)
  }

  /// 0 for Sunday to 6 for Saturday.
  static func weekday(_ day: Day) -> Int { ((day.number + 4) % 7 + 7) % 7 }

  /// The local day of an instant.
  func day(of instant: Instant) -> Day { instant.adding(seconds: Int64(offsetMinutes(at: instant)) * 60).day }

  /// When a local day starts, or so many minutes of the clock into it.
  func instant(_ day: Day, minute: Int = 0) -> Instant {
    let clock = Instant(day: day).adding(seconds: Int64(minute) * 60)
    let standard = clock.adding(seconds: -Int64(settings.utcOffsetMinutes) * 60)
    let summer = standard.adding(seconds: -3600)
    return offsetMinutes(at: summer) > settings.utcOffsetMinutes ? summer : standard
  }

  /// The starts of days from one to another, both included.
  func starts(_ first: Day, through last: Day) -> [Instant] {
    guard first <= last else { return [] }
    return (first.number...last.number).map { instant(Day(number: $0)) }
  }

  /// When work starts and ends, in turn, on the days from one to another.
  func work(_ first: Day, through last: Day) -> [Instant] {
    guard first <= last, settings.workingStart < settings.workingEnd else { return [] }
    return (first.number...last.number).map(Day.init(number:)).filter(isWorkday).flatMap {
      [instant($0, minute: settings.workingStart), instant($0, minute: settings.workingEnd)]
    }
  }

  /// Whether people work at a time.
  func isWork(_ at: Instant) -> Bool {
    let day = day(of: at)
    return isWorkday(day) && instant(day, minute: settings.workingStart) <= at
      && at < instant(day, minute: settings.workingEnd)
  }

  private func isWorkday(_ day: Day) -> Bool {
    !settings.weekendsOff || (1...5).contains(Self.weekday(day))
  }
}
