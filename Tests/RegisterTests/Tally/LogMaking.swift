import AccessLog
import Custody
import Model

@testable import Register

/// Makes entries and questions by chance, the same ones for a seed, and answers the questions by going through all
/// entries.
struct LogMaking: RandomNumberGenerator {
  private static let users: [UserID?] = [nil, Account.maija.id, Account.sami.id, Account.auli.id]
  private static let verbs = ["person.show", "person.find", "log.count", "auth"]
  private static let purposes: [Purpose?] = [nil, .customerCare, .security]
  private static let persons: [PersonID?] = [nil, nil, PersonID(high: 1, low: 1), PersonID(high: 1, low: 2)]
  private static let day: Int64 = 86_400
  /// From the middle of the month before the last one on.
  private static let begin: Instant = {
    let civil = Instant.now().day.civil
    let month = civil.year * 12 + civil.month - 1 - 2
    return Day(year: month / 12, month: month % 12 + 1, day: 15).map { Instant(day: $0) } ?? Instant(microseconds: 0)
  }()

  /// The name of the first month that has entries.
  static var oldestMonth: String { begin.description.prefix(7).filter { $0 != "-" } }

  private var state: UInt64
  private var at = begin
  private var last: Entry?

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func pick<Value>(_ values: [Value]) -> Value { values[Int.random(in: 0..<values.count, using: &self)] }
  mutating func chance(_ of: Int) -> Bool { Int.random(in: 0..<of, using: &self) == 0 }

  /// The next entry: mostly of the same kind as the one before and a minute after it, seldom days, and now and then
  /// before it.
  mutating func entry() -> Entry {
    if chance(40) { at = at.adding(seconds: 2 * Self.day) }
    at = at.adding(seconds: Int64.random(in: -60...180, using: &self))
    if chance(60) { return made(verb: "person.erase") }
    if let last, !chance(6) {
      var entry = last
      (entry.at, entry.request, entry.person) = (at, .new(), pick(Self.persons))
      return entry
    }
    let entry = made(verb: pick(Self.verbs))
    last = entry
    return entry
  }

  private mutating func made(verb: String) -> Entry {
    Entry(
      at: at, user: pick(Self.users), role: pick([nil, .customerService, .auditor]), purpose: pick(Self.purposes),
      verb: verb, outcome: chance(8) ? .denied : .ok, person: pick(Self.persons), request: .new(), epoch: 1)
  }

  mutating func filter() -> LogFilter {
    var filter = LogFilter()
    if chance(3) { filter.user = pick(Self.users) ?? .new() }
    if chance(2) { filter.verb = pick(Self.verbs + ["person.erase", "person.erase", "never.said"]) }
    if chance(4) { filter.outcome = pick([.ok, .denied, .failed]) }
    if chance(4) { filter.purpose = pick([.customerCare, .security, .marketing]) }
    if chance(6) { filter.person = pick(Self.persons) }
    let length = max(1, at.microseconds - Self.begin.microseconds)
    if chance(3) {
      filter.since = Instant(microseconds: Self.begin.microseconds + .random(in: 0..<length, using: &self))
    }
    if chance(3) {
      filter.until = Instant(microseconds: Self.begin.microseconds + .random(in: 0..<length, using: &self))
    }
    return filter
  }

  func asks(_ filter: LogFilter, for entry: Entry) -> Bool {
    (filter.person == nil || filter.person == entry.person) && (filter.user == nil || filter.user == entry.user)
      && (filter.verb == nil || filter.verb == entry.verb)
      && (filter.outcome == nil || filter.outcome == entry.outcome)
      && (filter.purpose == nil || filter.purpose == entry.purpose)
      && (filter.since.map { entry.at >= $0 } ?? true) && (filter.until.map { entry.at < $0 } ?? true)
  }

  static func counts(_ entries: [LoggedEntry], _ grouping: LogGrouping) -> [LogCounted] {
    let groups = Dictionary(grouping: entries.map(\.entry)) { value($0, grouping) }
    let counts = groups.map { value, entries in
      let times = entries.map(\.at).sorted()
      return LogCounted(value: value, count: Int64(entries.count), first: times[0], last: times[times.count - 1])
    }
    switch grouping {
    case .day, .hour: return counts.sorted { $0.value < $1.value }
    default: return counts.sorted { $0.count == $1.count ? $0.value < $1.value : $0.count > $1.count }
    }
  }

  private static func value(_ entry: Entry, _ grouping: LogGrouping) -> LogValue {
    switch grouping {
    case .user: entry.user.map { .user($0) } ?? .none
    case .role: entry.role.map { .word($0.name) } ?? .none
    case .purpose: entry.purpose.map { .word($0.name) } ?? .none
    case .outcome: .word(entry.outcome.name)
    case .verb: .word(entry.verb)
    case .day: .word(String(entry.at.description.prefix(10)))
    case .hour: .word(entry.at.description.prefix(13) + ":00:00.000000Z")
    }
  }

  /// Blocks of sixteen entries.
  static func blocks(_ rows: [(block: Int64, verb: String, count: Int64)], talliesMax: Int = 1000) throws -> LogBlocks {
    var blocks = LogBlocks(length: 16, talliesMax: talliesMax)
    let at = Instant.now()
    try blocks.append(
      upTo: (rows.last?.block ?? -1) + 1,
      rows.map {
        LogBlockRow(
          block: $0.block, user: Account.maija.id, verb: $0.verb, role: 1, purpose: 1, outcome: 1, count: $0.count,
          first: at, last: at)
      })
    return blocks
  }
}
