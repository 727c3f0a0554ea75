import Model

@testable import RegisterClient

/// Made-up data for reports; the same call always gives the same.
enum ReportSamples {
  /// Finland's clocks as they have been since 1996: EET, with EEST from the last Sunday of March to that of October.
  static let helsinki = ReportZone(name: "Europe/Helsinki") { seconds in
    let year = Day(number: Int(seconds / 86_400)).civil.year
    func change(_ month: Int) -> Int64 {
      let last = Day(year: year, month: month, day: 31)?.number ?? 0
      return Int64(last - (Day(number: last).weekday + 1) % 7) * 86_400 + 3600
    }
    return seconds >= change(3) && seconds < change(10) ? 10_800 : 7200
  }

  static let madeAt = Instant(microseconds: 1_795_367_120_000_000)  // 2026-11-22T17:05:20Z

  /// A report without any answer yet, over days that end at `madeAt`.
  static func empty(days: Int) -> ReportData {
    let last = helsinki.local(madeAt).day
    let since = helsinki.start(of: Day(number: last.number - days + 1))
    return ReportData(
      server: "rekisteri.example:7070", madeBy: "tarja", madeAt: madeAt, since: since, until: madeAt, zone: helsinki)
  }

  /// A register at work: office hours, quiet weekends, one day with many refusals, one busy employee.
  static func busy(days: Int, employees: Int = 40) -> ReportData {
    var random = SampleRandom(seed: 42)
    var data = empty(days: days)
    data.hours = hours(&data, &random)
    data.accounts = accounts(employees)
    data.users = users(data, &random)
    data.lastUses = lastUses(data, &random)
    data.roles = words(["customer-service", "sales", nil, "marketing", "auditor", "analyst"], data.total)
    data.purposes = words(
      ["customer-service", "customer-care", "sales", "marketing", nil, "data-subject-rights", "security"], data.total)
    data.verbs = words(
      ["person.show", "person.find", "organisation.find", "person.edit", "person.list", "log.find", "whoami"]
        + (1...14).map { "report.kind-\($0)" }, data.total)
    data.emergencies = (0..<9).map(emergency)
    data.anomalies = [.init(word: "bulk-lookup", count: 4), .init(word: "outside-hours", count: 2)]
    return data
  }

  private static func emergency(_ index: Int) -> ReportData.EmergencyRead {
    let isFirst = index < 6
    return ReportData.EmergencyRead(
      at: madeAt.adding(seconds: Int64(-108_000 - index * 70)), user: isFirst ? "maija" : "olli",
      role: "customer-service", caseReference: isFirst ? "T-4711" : nil, session: isFirst ? "s0" : "s1",
      person: "p\(index % 4)", verb: "person.show")
  }

  private static func hours(_ data: inout ReportData, _ random: inout SampleRandom) -> [ReportData.HourCount] {
    var counts: [ReportData.HourCount] = []
    let hour: Int64 = 3_600_000_000
    let noisy = data.days.lowerBound + data.days.count * 2 / 3
    for start in stride(from: data.since.microseconds / hour * hour, to: data.until.microseconds, by: Int(hour)) {
      let instant = Instant(microseconds: start)
      let (day, clock, _) = helsinki.local(instant)
      let isOpen = (8..<17).contains(clock) && day.weekday < 5
      let usual = isOpen ? 240 - 18 * abs(clock - 11) : day.weekday < 5 && (6..<22).contains(clock) ? 9 : 1
      let count = Int64(usual) + Int64(random.below(UInt64(usual)))
      counts.append(.init(hour: instant, outcome: .ok, count: count))
      let refusals = Int64(random.below(UInt64(usual / 20 + 1))) + (day.number == noisy && isOpen ? 9 : 0)
      if refusals > 0 { counts.append(.init(hour: instant, outcome: .denied, count: refusals)) }
      if random.below(60) == 0 { counts.append(.init(hour: instant, outcome: .failed, count: 2)) }
    }
    let emergency = Instant(microseconds: madeAt.adding(seconds: -108_000).microseconds / hour * hour)
    counts.append(.init(hour: emergency, outcome: .breakGlass, count: 9))
    return counts
  }

  private static func accounts(_ count: Int) -> [ReportData.Account] {
    let names = ["maija", "olli", "åsa", "väinö", "tarja", "pekka", "liisa", "björn", "elina", "antti"]
    let roles = ["customer-service", "customer-service", "sales", "sales", "marketing", "analyst", "privacy-officer"]
    return (0..<count).map { index in
      let name = names[index % names.count] + (index < names.count ? "" : String(index))
      return ReportData.Account(
        id: "u\(index)", name: name, fullName: "Työntekijä \(index)", roles: [roles[index % roles.count]],
        isDisabled: index % 17 == 16)
    }
  }

  private static func users(_ data: ReportData, _ random: inout SampleRandom) -> [ReportData.UserCount] {
    let active = (data.accounts ?? []).enumerated().filter { $0.offset % 9 != 8 }.map(\.element)
    let share = max(1, data.total / Int64(max(1, active.count)))
    var users: [ReportData.UserCount] = []
    for (index, account) in active.enumerated() {
      let usual = share * Int64(70 + random.below(60)) / 100
      let refusals = Int64(random.below(20))
      users.append(.init(id: account.id, name: account.name, count: index == 1 ? usual * 6 : usual, refusals: refusals))
    }
    users.append(.init(id: nil, name: nil, count: 31))
    return users
  }

  private static func lastUses(_ data: ReportData, _ random: inout SampleRandom) -> [String: Instant] {
    var uses: [String: Instant] = [:]
    for (index, account) in (data.accounts ?? []).enumerated() where index % 13 != 12 {
      let days = index % 9 == 8 ? 95 + random.below(200) : random.below(20)
      uses[account.id] = madeAt.adding(seconds: -Int64(days) * 86_400 - Int64(random.below(9000)))
    }
    return uses
  }

  private static func words(_ words: [String?], _ total: Int64) -> [ReportData.WordCount] {
    var rest = total
    return words.enumerated().map { index, word in
      let count = index == words.count - 1 ? rest : rest * 45 / 100
      rest -= count
      return .init(word: word, count: count)
    }
  }
}

/// A small generator whose numbers follow from its seed (S. Vigna's splitmix64).
struct SampleRandom {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func below(_ bound: UInt64) -> UInt64 {
    guard bound > 0 else { return 0 }
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return (value ^ (value >> 31)) % bound
  }
}
