import Model
import Testing

@testable import RegisterClient

struct ReportFiguresTests {
  private static func data(_ hours: [(String, Outcome, Int64)], since: String, until: String) throws -> ReportData {
    var data = ReportSamples.empty(days: 1)
    data.since = try #require(Instant(since))
    data.until = try #require(Instant(until))
    data.hours = try hours.map { .init(hour: try #require(Instant($0.0)), outcome: $0.1, count: $0.2) }
    return data
  }

  // MARK: - Days and hours

  @Test func hoursBelongToTheDaysOfTheZone() throws {
    let data = try Self.data(
      [("2026-11-01T21:00:00Z", .ok, 5), ("2026-11-01T22:00:00Z", .denied, 7), ("2026-11-02T22:00:00Z", .ok, 1)],
      since: "2026-10-31T22:00:00Z", until: "2026-11-02T22:00:00Z")
    #expect(data.dayCounts.map(\.day.description) == ["2026-11-01", "2026-11-02"])
    #expect(data.dayCounts.map(\.total) == [5, 7])
    #expect(data.dayCounts[1][.denied] == 7)
    // Sunday at 23, Monday at 0.
    #expect(data.weekHours[6][23] == 5)
    #expect(data.weekHours[0][0] == 7)
  }

  @Test func clocksThatChangeKeepEveryAccess() throws {
    // 2026-10-25: at 04 the clocks go back to 03, so the hour 03 comes twice.
    let data = try Self.data(
      [("2026-10-25T00:00:00Z", .ok, 1), ("2026-10-25T01:00:00Z", .ok, 2)],
      since: "2026-10-24T21:00:00Z", until: "2026-10-25T22:00:00Z")
    #expect(data.days.count == 1)
    #expect(data.weekHours[6][3] == 3)
    #expect(data.weekHours.joined().reduce(0, +) == data.total)
  }

  @Test func daysBeginAtLocalMidnight() throws {
    let zone = ReportSamples.helsinki
    #expect(zone.start(of: try #require(Day("2026-11-01"))).description == "2026-10-31T22:00:00.000000Z")
    #expect(zone.start(of: try #require(Day("2026-07-01"))).description == "2026-06-30T21:00:00.000000Z")
    #expect(zone.start(of: try #require(Day("2026-10-25"))).description == "2026-10-24T21:00:00.000000Z")
    #expect(zone.start(of: try #require(Day("2026-10-26"))).description == "2026-10-25T22:00:00.000000Z")
    #expect(zone.offset(at: ReportSamples.madeAt) == "UTC+2")
    #expect(ReportZone(name: "x") { _ in -12_600 }.offset(at: ReportSamples.madeAt) == "UTC-3:30")
    #expect(ReportZone.utc.local(Instant(microseconds: -1)).day.description == "1969-12-31")
  }

  @Test func theClientsZoneAgreesWithItself() {
    let zone = ReportZone.client
    #expect(!zone.name.isEmpty)
    for year in [1990, 2026, 2040] {
      for month in 1...12 {
        guard let day = Day(year: year, month: month, day: 15) else { continue }
        let local = zone.local(zone.start(of: day))
        #expect(local.day == day)
      }
    }
  }

  @Test func weekdaysBeginOnMonday() throws {
    #expect(try #require(Day("2026-11-23")).weekday == 0)
    #expect(try #require(Day("2026-11-22")).weekday == 6)
    #expect(try #require(Day("1969-12-31")).weekday == 2)
  }

  // MARK: - The period

  @Test func periodIsOfWholeLocalDays() throws {
    let period = try ReportPeriod(
      since: "2026-11-01", until: "2026-11-07", zone: ReportSamples.helsinki, now: ReportSamples.madeAt)
    #expect(period.since.description == "2026-10-31T22:00:00.000000Z")
    #expect(period.until.description == "2026-11-07T22:00:00.000000Z")
  }

  @Test func periodEndsNowAndBeginsThirtyDaysBefore() throws {
    let zone = ReportSamples.helsinki
    let period = try ReportPeriod(since: nil, until: "2027-01-01", zone: zone, now: ReportSamples.madeAt)
    #expect(period.until == ReportSamples.madeAt)
    #expect(zone.local(period.since).day.description == "2026-10-24")
  }

  @Test(arguments: [
    ("yesterday", nil), ("2026-11-31", nil), ("2026-11-10", "2026-11-09"), ("2027-01-01", nil), ("1970-01-01", nil),
    ("", nil), ("2026-11-01", "2026-11-01 10:00"),
  ])
  func periodsThatAreNoneAreRefused(since: String, until: String?) {
    #expect(throws: ClientError.self) {
      try ReportPeriod(since: since, until: until, zone: ReportSamples.helsinki, now: ReportSamples.madeAt)
    }
  }

  // MARK: - Control limits

  @Test func limitIsThreeDeviationsAboveTheMean() throws {
    var hours: [(String, Outcome, Int64)] = []
    for day in 10..<20 {
      hours.append(("2026-11-\(day)T10:00:00Z", .ok, 896))
      hours.append(("2026-11-\(day)T10:00:00Z", .denied, 4))
    }
    hours.append(("2026-11-20T10:00:00Z", .denied, 40))
    hours.append(("2026-11-20T10:00:00Z", .ok, 960))
    let chart = ControlChart(try Self.data(hours, since: "2026-11-10T00:00:00Z", until: "2026-11-21T00:00:00Z"))
    // 80 refusals in 10,000 accesses: a day of 900 lets expect 7.2, with a limit of 7.2 + 3√7.2.
    let day = try #require(chart.days.first { $0.total == 900 })
    #expect(abs(chart.expected(day) - 7.2) < 1e-9)
    #expect(abs(chart.limit(day) - 15.249_844) < 1e-5)
    #expect(chart.beyond.map { chart.days[$0].day.description } == ["2026-11-20"])
  }

  @Test func oneRefusalOnAQuietDayIsNotBeyond() throws {
    let chart = ControlChart(
      try Self.data(
        [("2026-11-10T10:00:00Z", .ok, 5000), ("2026-11-11T10:00:00Z", .denied, 1)],
        since: "2026-11-10T00:00:00Z", until: "2026-11-12T00:00:00Z"))
    #expect(chart.beyond.isEmpty)
  }

  // MARK: - Peers

  private static func group(_ counts: [Int64]) -> PeerGroup {
    PeerGroup(
      role: "sales",
      members: counts.enumerated().map { .init(name: "n\($0)", roles: ["sales"], count: $1, refusals: 0) })
  }

  @Test func whoIsFarAboveStandsOut() {
    let group = Self.group([100, 90, 110, 105, 95, 1000])
    #expect(group.median == 102.5)
    #expect(group.members.filter(\.isFarAbove).map(\.count) == [1000])
    #expect(Self.group([100, 100, 100, 100, 100, 100, 900]).members.filter(\.isFarAbove).map(\.count) == [900])
  }

  @Test func nobodyStandsOutAmongEqualsOrAmongFew() {
    for counts: [Int64] in [[7, 7, 7, 7, 7], [1, 1, 5000], [5000], []] {
      #expect(Self.group(counts).members.filter(\.isFarAbove).isEmpty)
    }
    #expect(Self.group([]).median == 0)
  }

  @Test func employeesAreGroupedByTheirFirstRole() {
    var data = ReportSamples.empty(days: 1)
    data.accounts = [
      .init(id: "a", name: "anna", roles: ["sales", "marketing"]), .init(id: "b", name: "bo", roles: []),
      .init(id: "c", name: "cia", roles: ["customer-service"]),
    ]
    data.users = [
      .init(id: "a", name: "anna", count: 1), .init(id: "b", name: "bo", count: 2),
      .init(id: "gone", name: nil, count: 3), .init(id: nil, name: nil, count: 9),
      .init(id: "c", name: "cia", count: 4),
    ]
    let groups = PeerGroup.groups(data)
    #expect(groups.map(\.role) == ["customer-service", "sales", nil])
    #expect(groups.last?.members.map(\.name) == ["gone", "bo"])
  }

  @Test func dotsDoNotLieOnOneAnotherWhileThereIsRoom() {
    var swarm = DotSwarm(radius: 3, height: 15)
    let places = (0..<5).map { _ in (x: 100.0, y: swarm.offset(at: 100)) }
    #expect(Set(places.map(\.y)).count == 5)
    #expect(places.allSatisfy { abs($0.y) <= 15 })
    for _ in 0..<500 { #expect(abs(swarm.offset(at: 100)) <= 15) }
    #expect(swarm.offset(at: 50) == 0)
  }

  // MARK: - Accounts

  @Test func accountsLongestUnusedComeFirst() {
    var data = ReportSamples.empty(days: 1)
    let days: [String: Int64] = ["a": 1, "b": 90, "c": 89, "d": 400]
    data.accounts = ["a", "b", "c", "d", "e"].map { .init(id: $0, name: $0, isDisabled: $0 == "d") }
    data.lastUses = days.mapValues { ReportSamples.madeAt.adding(seconds: -$0 * 86_400) }
    let chart = LastUseChart(data)
    #expect(chart.rows.map(\.account.name) == ["e", "b", "c", "a", "d"])
    #expect(chart.rows.filter(\.isDormant).map(\.account.name) == ["e", "b"])
  }

  // MARK: - Heat, scales, numbers

  @Test(arguments: [1, 2, 3, 7, 1000, Int64.max])
  func everyCountHasAStepOfTheHeatScale(most: Int64) {
    var data = ReportSamples.empty(days: 1)
    data.hours = [.init(hour: data.since, outcome: .ok, count: most)]
    let chart = HeatChart(data)
    #expect(chart.step(of: 0) == 0)
    #expect(chart.step(of: 1) == 1)
    #expect(chart.step(of: most) == (most == 1 ? 1 : most == 2 ? 4 : HeatChart.steps))
  }

  @Test(arguments: [0, 0.3, 1, 3, 7, 99, 1234, 5e6, 9.3e18])
  func scalesReachTheirMost(most: Double) {
    for isLogarithmic in [false, true] {
      let scale = AxisScale(most: most, from: 200, to: 10, isLogarithmic: isLogarithmic)
      #expect(scale.top >= most)
      #expect(scale.place(0) == 200)
      #expect(abs(scale.place(scale.top) - 10) < 1e-9)
      #expect(scale.ticks.first == 0 && scale.ticks.count >= 2 && scale.ticks.count <= 21)
      #expect(scale.ticks == scale.ticks.sorted())
    }
  }

  @Test func numbersAreWrittenAsTheLanguageDoes() {
    let english = ReportFormat(language: .english, zone: .utc), finnish = ReportFormat(language: .finnish, zone: .utc)
    #expect(english.number(1_234_567) == "1,234,567")
    #expect(finnish.number(-1_234_567) == "-1\u{A0}234\u{A0}567")
    #expect(finnish.number(.min) == "-9\u{A0}223\u{A0}372\u{A0}036\u{A0}854\u{A0}775\u{A0}808")
    #expect(english.number(0) == "0" && english.number(999) == "999")
    #expect(english.decimal(7.25) == "7.3" && finnish.decimal(-0.4) == "-0,4" && english.decimal(3) == "3")
    #expect(english.share(1, of: 3) == "33.3\u{A0}%" && english.share(1, of: 100_000) == "< 0.1\u{A0}%")
    #expect(english.share(0, of: 0) == "–")
    #expect(english.compact(999) == "999" && english.compact(1000) == "1k" && english.compact(9_940) == "9.9k")
    #expect(english.compact(999_499) == "999k" && english.compact(999_999) == "1M" && english.compact(.max) == "9.2E")
    #expect(finnish.compact(1_500) == "1,5k")
  }

  @Test func sumsStopAtTheGreatestNumber() {
    #expect(Int64.max.saturating(1) == .max)
    #expect((-5 as Int64).saturating(.min) == .min)
    #expect((2 as Int64).saturating(3) == 5)
  }
}
