import Model

/// Finds patterns in single looks at single persons.
enum LookDetectors {
  private struct Pair: Hashable {
    let user: UserID
    let person: PersonID
  }

  /// The same person looked at again and again by one employee, no case named. Looks belong together as long as there
  /// are never more than `repeatedDays` between two; the finding is of the day on which there were enough within
  /// `repeatedDays`.
  static func repeated(_ facts: [LookFact], _ window: AnomalyWindow) -> [Finding] {
    let least = window.settings.repeatedMin
    let span = Int64(window.settings.repeatedDays) * 86_400_000_000
    guard least > 1 else { return [] }
    let pairs = Dictionary(grouping: facts.filter { !$0.hasCase }) { Pair(user: $0.user, person: $0.person) }
    return pairs.flatMap { pair, looks in
      runs(looks.sorted { ($0.at, $0.index) < ($1.at, $1.index) }) { $1.at.microseconds - $0.at.microseconds <= span }
        .compactMap { run -> Finding? in
          guard run.count >= least,
            let reached = run.indices.dropFirst(least - 1).first(where: {
              run[$0].at.microseconds - run[$0 - least + 1].at.microseconds <= span
            }), let last = run.last, last.at >= window.since, last.at < window.until,
            let evidence = Evidence(run.map { ($0.index, $0.at) })
          else { return nil }
          return Finding(
            .repeated, user: pair.user, role: last.role, day: window.calendar.day(of: run[reached].at),
            score: Double(run.count) / Double(least), value: Double(run.count), evidence: evidence,
            person: pair.person, reason: FindingWords.repeated(run.count))
        }
    }
  }

  /// Persons looked at one after another in the order of their ids, ascending or descending.
  ///
  /// - Parameter between: How many persons of the register lie between two; asked only of looks in a row in one
  ///   direction. Any number above `walkGap` ends a walk.
  static func walks(
    _ facts: [LookFact], _ window: AnomalyWindow, between: (PersonID, PersonID) -> Int
  ) -> [Finding] {
    steps(facts, window).flatMap { steps in
      runs(steps) { between($0.person, $1.person) <= window.settings.walkGap }.compactMap { run -> Finding? in
        guard run.count >= window.settings.walkMin, let first = run.first, let last = run.last,
          last.at >= window.since, let evidence = Evidence(run.map { ($0.index, $0.at) })
        else { return nil }
        return Finding(
          .walk, user: first.user, role: first.role, day: window.calendar.day(of: first.at),
          score: Double(run.count) / Double(max(1, window.settings.walkMin)), value: Double(run.count),
          evidence: evidence, reason: FindingWords.walk(run.count))
      }
    }
  }

  /// Looks of one employee whose ids go one way, long enough for a walk; looks at the same person in a row are one.
  static func steps(_ facts: [LookFact], _ window: AnomalyWindow) -> [[LookFact]] {
    let least = max(2, window.settings.walkMin)
    return Dictionary(grouping: facts) { $0.user }.values.flatMap { looks -> [[LookFact]] in
      var steps: [LookFact] = []
      for look in looks.sorted(by: { $0.index < $1.index }) where steps.last?.person != look.person {
        steps.append(look)
      }
      let up = runs(steps) { $0.person < $1.person }
      let down = runs(steps) { $0.person > $1.person }
      return (up + down).filter { $0.count >= least }
    }
  }

  /// Parts a sequence where two neighbours do not belong together.
  static func runs<Element>(_ all: [Element], _ belong: (Element, Element) -> Bool) -> [[Element]] {
    var result: [[Element]] = []
    for element in all {
      if let last = result.last?.last, belong(last, element) {
        result[result.count - 1].append(element)
      } else {
        result.append([element])
      }
    }
    return result
  }

  /// Looks at persons of the employee's own name, of a colleague's, or of the same rare surname, by day.
  ///
  /// - Parameters:
  ///   - named: Which employees a person has the name of.
  ///   - namesakes: Which employees have the person's surname, where few persons have it.
  static func names(
    _ facts: [LookFact], named: [PersonID: [UserID]], namesakes: [PersonID: [UserID]], _ window: AnomalyWindow,
    isSameHuman: (UserID, UserID) -> Bool
  ) -> [Finding] {
    struct Key: Hashable {
      let pair: Pair
      let day: Day
    }
    let keys = Dictionary(grouping: facts) {
      Key(pair: Pair(user: $0.user, person: $0.person), day: window.calendar.day(of: $0.at))
    }
    return keys.compactMap { key, looks in
      let (user, person) = (key.pair.user, key.pair.person)
      let kind: AnomalyKind
      if let employees = named[person], !employees.isEmpty {
        kind = employees.contains { isSameHuman($0, user) } ? .own : .colleague
      } else if namesakes[person]?.contains(where: { isSameHuman($0, user) }) == true {
        kind = .namesake
      } else {
        return nil
      }
      guard window.contains(key.day), let evidence = Evidence(looks.map { ($0.index, $0.at) }) else { return nil }
      let weight = kind == .own ? 3.0 : kind == .colleague ? 2.0 : 1.0
      return Finding(
        kind, user: user, role: looks.last?.role, day: key.day, score: weight, value: Double(looks.count),
        evidence: evidence, person: person, reason: FindingWords.name(kind))
    }
  }
}
