import Model
import Testing

@testable import Register

/// The days and working hours of the place where people work.
@Suite struct LocalCalendarTests {
  private let calendar = LocalCalendar(settings: AnomalySettings())

  private func at(_ text: String) throws -> Instant { try #require(Instant(text)) }

  @Test func summerTimeStartsAndEndsAsInTheEuropeanUnion() throws {
    #expect(calendar.offsetMinutes(at: try at("2026-03-29T00:59:59Z")) == 120)
    #expect(calendar.offsetMinutes(at: try at("2026-03-29T01:00:00Z")) == 180)
    #expect(calendar.offsetMinutes(at: try at("2026-10-25T00:59:59Z")) == 180)
    #expect(calendar.offsetMinutes(at: try at("2026-10-25T01:00:00Z")) == 120)
  }

  @Test func daysStartAtLocalMidnight() throws {
    let day = try #require(Day("2026-07-01"))
    #expect(calendar.instant(day).description == "2026-06-30T21:00:00.000000Z")
    #expect(calendar.day(of: try at("2026-06-30T21:00:00Z")) == day)
    #expect(calendar.day(of: try at("2026-06-30T20:59:59Z")).description == "2026-06-30")
    let winter = try #require(Day("2026-01-15"))
    #expect(calendar.instant(winter, minute: 7 * 60).description == "2026-01-15T05:00:00.000000Z")
    for number in 20_000..<20_800 {
      #expect(calendar.day(of: calendar.instant(Day(number: number))) == Day(number: number))
    }
  }

  @Test func workIsOnWeekdaysWithinTheHours() throws {
    #expect(calendar.isWork(try at("2026-11-23T05:00:00Z")))
    #expect(!calendar.isWork(try at("2026-11-23T04:59:59Z")))
    #expect(calendar.isWork(try at("2026-11-23T15:59:59Z")))
    #expect(!calendar.isWork(try at("2026-11-23T16:00:00Z")))
    #expect(!calendar.isWork(try at("2026-11-22T10:00:00Z")))
    let first = try #require(Day("2026-10-19"))
    let work = calendar.work(first, through: Day(number: first.number + 13))
    #expect(work.count == 20)
    #expect(work == work.sorted())
    for instant in stride(
      from: calendar.instant(first).microseconds, to: (work.last ?? .now()).microseconds, by: 1_800_000_000)
    {
      let count = work.count { $0.microseconds <= instant }
      #expect((count % 2 == 1) == calendar.isWork(Instant(microseconds: instant)))
    }
  }
}
