import Model

@testable import Custody
@testable import Register

/// Facts for the detectors' tests, around a Wednesday.
struct AnomalyMaking {
  var settings = AnomalySettings()
  let user = UserID(high: 1, low: 1)
  let day = Day(number: 20_416)

  var window: AnomalyWindow {
    let calendar = LocalCalendar(settings: settings)
    return AnomalyWindow(
      since: calendar.instant(day), until: calendar.instant(Day(number: day.number + 1)), settings: settings)
  }

  static func user(_ number: UInt64) -> UserID { UserID(high: 1, low: number) }
  static func person(_ number: UInt64) -> PersonID { PersonID(high: 9, low: number) }

  /// Noon of a day before the one asked about.
  func noon(_ back: Int = 0) -> Instant {
    LocalCalendar(settings: settings).instant(Day(number: day.number - back), minute: 12 * 60)
  }

  func evidence(_ count: Int64, back: Int = 0) -> Evidence {
    Evidence(count: count, first: 10, last: 10 + count, since: noon(back), until: noon(back), samples: [10])
  }

  func dayFact(
    _ persons: Int64, late: Int64 = 0, back: Int = 0, user: UserID? = nil, role: JobRole = .customerService
  ) -> DayFact {
    DayFact(
      user: user ?? self.user, role: role, day: Day(number: day.number - back), persons: persons, late: late,
      looks: persons > 0 ? evidence(persons, back: back) : nil, lateLooks: late > 0 ? evidence(late, back: back) : nil)
  }

  func look(
    _ person: UInt64, _ index: Int64, back: Int = 0, hasCase: Bool = false, user: UserID? = nil
  ) -> LookFact {
    LookFact(
      user: user ?? self.user, role: .sales, index: index, at: noon(back).adding(seconds: index),
      person: Self.person(person), hasCase: hasCase)
  }
}
