import Custody
import Model

/// Finds reasons to look in the access log, anew each time.
struct AnomalySearch: Sendable {
  let store: Store
  let directory: Directory
  let rules: AccessRules
  let settings: AnomalySettings

  /// The most days that can be asked about at once.
  static let daysMax = 92

  /// The findings of a time, the gravest first, and the rules' epoch.
  ///
  /// - Parameters:
  ///   - kinds: Those to look for.
  ///   - before: Only entries below this index count.
  func findings(
    _ kinds: Set<AnomalyKind>, _ window: AnomalyWindow, before: Int64, deadline: Tick
  ) async throws -> (findings: [Finding], epoch: Int64) {
    var found: [Finding] = []
    var epoch: Int64?
    if !kinds.isDisjoint(with: [.bulk, .hours]) {
      let days = try await store.dayFacts(window, before: before, deadline: deadline)
      epoch = days.epoch
      found += DayDetectors.bulk(days.facts, window) + DayDetectors.hours(days.facts, window)
    }
    if kinds.contains(.refusals) {
      let facts = try await store.refusalFacts(window, before: before, deadline: deadline)
      found += DayDetectors.refusals(facts, window)
    }
    if kinds.contains(.dormant) {
      let facts = try await store.activityFacts(window, before: before, deadline: deadline)
      let last = try await store.lastActive(Array(Set(facts.map(\.user))), window, deadline: deadline)
      found += DayDetectors.dormant(facts, before: last, window)
    }
    if kinds.contains(.repeated) {
      let looks = try await store.repeatedLooks(window, before: before, deadline: deadline)
      found += LookDetectors.repeated(looks, window)
    }
    if kinds.contains(.walk) { found += try await walks(window, before, deadline) }
    if !kinds.isDisjoint(with: [.own, .colleague, .namesake]) { found += try await names(window, before, deadline) }
    let now: Int64
    if let epoch { now = epoch } else { now = try await store.epoch() }
    let asked = found.filter { kinds.contains($0.kind) }
    return (asked.sorted { $0.score == $1.score ? $0.id < $1.id : $0.score > $1.score }, now)
  }

  private struct Pair: Hashable {
    let low: PersonID
    let high: PersonID

    init(_ one: PersonID, _ other: PersonID) {
      low = min(one, other)
      high = max(one, other)
    }
  }

  private func walks(_ window: AnomalyWindow, _ before: Int64, _ deadline: Tick) async throws -> [Finding] {
    let looks = try await store.steps(window, before: before, deadline: deadline)
    let steps = LookDetectors.steps(looks, window)
    let pairs = Array(Set(steps.flatMap { zip($0, $0.dropFirst()).map { Pair($0.person, $1.person) } }))
    let counts = try await store.personsBetween(
      pairs.map { ($0.low, $0.high) }, most: settings.walkGap, deadline: deadline)
    let between = Dictionary(zip(pairs, counts)) { first, _ in first }
    return LookDetectors.walks(looks, window) { between[Pair($0, $1)] ?? .max }
  }

  /// Persons with one name who can be told apart from none; more are too common a name to tell anything.
  private static let namedMax = 50

  private func names(_ window: AnomalyWindow, _ before: Int64, _ deadline: Tick) async throws -> [Finding] {
    var named: [PersonID: [UserID]] = [:]
    var namesakes: [PersonID: [UserID]] = [:]
    var known: [String: [PersonID]] = [:]
    func persons(_ name: String, _ most: Int) -> [PersonID] {
      if let found = known[name] { return found }
      let found = directory.persons(name, organisation: nil, limit: most + 1) { $0.id.isOrganisation ? [] : .name }
      known[name] = found.count > most ? [] : found
      return known[name] ?? []
    }
    for employee in rules.employees.values {
      let words = Folding.foldedString(employee.fullName).split(separator: " ").map(String.init)
      guard words.count >= 2, let surname = words.last else { continue }
      for person in persons(words.joined(separator: " "), Self.namedMax) {
        named[person, default: []].append(employee.id)
      }
      guard surname.count >= 3 else { continue }
      for person in persons(surname, settings.namesakeMax) { namesakes[person, default: []].append(employee.id) }
    }
    let looks = try await store.looks(
      at: Array(Set(named.keys).union(namesakes.keys)), window, before: before, deadline: deadline)
    return LookDetectors.names(
      looks, named: named, namesakes: namesakes, window, isSameHuman: rules.isSameHuman)
  }
}
