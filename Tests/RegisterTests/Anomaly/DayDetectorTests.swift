import Model
import Testing

@testable import Custody
@testable import Register

/// Days with more than is usual.
@Suite struct DayDetectorTests {
  private var making = AnomalyMaking()

  private func habit(_ counts: [Int64], user: UserID? = nil) -> [DayFact] {
    counts.enumerated().map { making.dayFact($1, back: $0 + 1, user: user) }
  }

  @Test func theMedianAndItsSpreadStandAgainstOddDays() throws {
    #expect(Habit.median([]) == nil)
    #expect(Habit.median([3]) == 3)
    #expect(Habit.median([4, 1]) == 2.5)
    #expect(Habit.baseline([1, 2, 3], daysMin: 4) == nil)
    let baseline = try #require(Habit.baseline([10, 11, 9, 10, 4000], daysMin: 5))
    #expect(baseline == Baseline(median: 10, spread: 1.4826, days: 5))
  }

  @Test func aBulkDayIsFoundAgainstTheOwnHabitAndNotJustBelow() throws {
    // The spread is the square root of the median, 4; four of them above 16 is 32.
    let habit = habit([16, 16, 16, 16, 16, 16])
    let found = DayDetectors.bulk(habit + [making.dayFact(32)], making.window)
    #expect(found.map(\.kind) == [.bulk])
    #expect(found.first?.score == 1)
    #expect(found.first?.baseline == Baseline(median: 16, spread: 0, days: 6))
    #expect(found.first?.peers == nil)
    #expect(DayDetectors.bulk(habit + [making.dayFact(31)], making.window).isEmpty)
    // Few are never bulk, whatever the habit.
    let little = self.habit([1, 1, 1, 1, 1, 1])
    #expect(DayDetectors.bulk(little + [making.dayFact(19)], making.window).isEmpty)
    #expect(DayDetectors.bulk(little + [making.dayFact(20)], making.window).count == 1)
  }

  @Test func whoAlwaysLooksUpManyIsNotFound() {
    let facts = habit((0..<20).map { 300 + $0 % 7 }) + [making.dayFact(320)]
    let colleague = AnomalyMaking.user(2)
    #expect(DayDetectors.bulk(facts, making.window).isEmpty)
    #expect(DayDetectors.bulk(facts + habit([5, 5, 5, 5, 5], user: colleague), making.window).isEmpty)
  }

  @Test func whoDoesNoMoreThanColleaguesIsNotFound() {
    let colleague = AnomalyMaking.user(2)
    let own = habit([4, 4, 4, 4, 4]) + [making.dayFact(40)]
    #expect(DayDetectors.bulk(own, making.window).count == 1)
    #expect(DayDetectors.bulk(own + habit([40, 40, 40], user: colleague), making.window).isEmpty)
    let found = DayDetectors.bulk(own + habit([10, 10, 10], user: colleague), making.window)
    #expect(found.first?.peers == 10)
  }

  @Test func withoutAHabitColleaguesAreTheMeasureAndWithoutThemABound() {
    let colleague = AnomalyMaking.user(2)
    let others = habit([10, 12, 14], user: colleague)
    #expect(DayDetectors.bulk(others + [making.dayFact(36)], making.window).count == 1)
    #expect(DayDetectors.bulk(others + [making.dayFact(35)], making.window).isEmpty)
    #expect(DayDetectors.bulk([making.dayFact(100)], making.window).count == 1)
    #expect(DayDetectors.bulk([making.dayFact(99)], making.window).isEmpty)
  }

  @Test func aRoleOfOneHasNoPeers() {
    let other = making.dayFact(500, back: 1, user: AnomalyMaking.user(2), role: .sales)
    let found = DayDetectors.bulk([other, making.dayFact(100)], making.window)
    #expect(found.map(\.peers) == [nil])
    #expect(found.map(\.user) == [making.user])
  }

  @Test func onlyTheDaysAskedAboutAreTold() {
    #expect(DayDetectors.bulk([making.dayFact(500, back: 1)], making.window).isEmpty)
    #expect(DayDetectors.hours([making.dayFact(500, late: 50, back: 1)], making.window).isEmpty)
  }

  @Test func accessesOutsideWorkingHoursAreFoundUnlessTheyAreUsual() {
    #expect(DayDetectors.hours([making.dayFact(3, late: 3)], making.window).map(\.kind) == [.hours])
    #expect(DayDetectors.hours([making.dayFact(3, late: 2)], making.window).isEmpty)
    let day = (1...8).map { making.dayFact(9, late: 0, back: $0) }
    #expect(DayDetectors.hours(day + [making.dayFact(3, late: 3)], making.window).count == 1)
    let night = (1...8).map { making.dayFact(9, late: 9, back: $0) }
    #expect(DayDetectors.hours(night + [making.dayFact(9, late: 10)], making.window).isEmpty)
    #expect(DayDetectors.hours(night + [making.dayFact(9, late: 18)], making.window).count == 1)
  }

  @Test func refusalsAreFoundAgainstDaysWithoutAny() {
    func fact(_ count: Int64, back: Int = 0) -> RefusalFact {
      RefusalFact(
        user: making.user, role: .sales, day: Day(number: making.day.number - back),
        evidence: making.evidence(count, back: back))
    }
    #expect(DayDetectors.refusals([fact(5)], making.window).map(\.kind) == [.refusals])
    #expect(DayDetectors.refusals([fact(4)], making.window).isEmpty)
    let often = (1...28).map { fact(5, back: $0) }
    #expect(DayDetectors.refusals(often + [fact(5)], making.window).isEmpty)
    #expect(DayDetectors.refusals(often + [fact(14)], making.window).count == 1)
    #expect(DayDetectors.refusals(Array(often.prefix(2)) + [fact(5)], making.window).count == 1)
  }

  @Test func anAccountThatWakesIsFoundAndOneThatIsNewIsNot() {
    let fact = ActivityFact(user: making.user, role: .sales, day: making.day, evidence: making.evidence(2))
    func found(_ days: Int64, _ seconds: Int64 = 0) -> [Finding] {
      DayDetectors.dormant(
        [fact], before: [making.user: making.noon().adding(seconds: -days * 86_400 + seconds)], making.window)
    }
    #expect(found(60).map(\.value) == [60])
    #expect(found(60, 1).isEmpty)
    #expect(found(900).first?.score == 15)
    #expect(DayDetectors.dormant([fact], before: [:], making.window).isEmpty)
  }

  @Test func aQuietWithinTheTimeAskedAboutIsFoundToo() {
    let calendar = LocalCalendar(settings: making.settings)
    let window = AnomalyWindow(
      since: calendar.instant(Day(number: making.day.number - 80)),
      until: calendar.instant(Day(number: making.day.number + 1)), settings: making.settings)
    let facts = [79, 0].map {
      ActivityFact(
        user: making.user, role: nil, day: Day(number: making.day.number - $0), evidence: making.evidence(1, back: $0))
    }
    #expect(DayDetectors.dormant(facts, before: [:], window).map(\.value) == [79])
  }
}
