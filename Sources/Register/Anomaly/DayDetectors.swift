import Model

/// Finds days with more than is usual.
enum DayDetectors {
  private struct Actor: Hashable {
    let user: UserID
    let role: JobRole?
  }

  /// Days with many distinct persons: measured against the own habit, or where there is none yet against colleagues.
  static func bulk(_ facts: [DayFact], _ window: AnomalyWindow) -> [Finding] {
    let settings = window.settings
    let days = Dictionary(grouping: facts.filter { $0.persons > 0 }) { Actor(user: $0.user, role: $0.role) }
    return facts.compactMap { fact in
      guard window.contains(fact.day), fact.persons >= settings.bulkMin, let evidence = fact.looks,
        let role = fact.role
      else { return nil }
      let own = days[Actor(user: fact.user, role: fact.role)] ?? []
      let baseline = Habit.baseline(
        own.filter { window.isHabit($0.day, of: fact.day) }.map { Double($0.persons) }, daysMin: settings.habitDaysMin)
      let peers = peers(of: fact, role, days, window)
      let value = Double(fact.persons)
      guard let score = bulkScore(value, baseline, peers, settings), score >= 1 else { return nil }
      return Finding(
        .bulk, user: fact.user, role: fact.role, day: fact.day, score: score, value: value, baseline: baseline,
        peers: peers, evidence: evidence, reason: FindingWords.bulk(fact.persons, baseline, peers))
    }
  }

  private static func bulkScore(
    _ value: Double, _ baseline: Baseline?, _ peers: Double?, _ settings: AnomalySettings
  ) -> Double? {
    guard let baseline else {
      let threshold = peers.map { max($0 * settings.bulkPeersAlone, 1) } ?? Double(settings.bulkAlone)
      return value / threshold
    }
    if let peers, value < peers * settings.bulkPeers { return nil }
    return Habit.spreads(value, above: baseline) / settings.spreads
  }

  /// The median of the colleagues' own medians.
  private static func peers(
    of fact: DayFact, _ role: JobRole, _ days: [Actor: [DayFact]], _ window: AnomalyWindow
  ) -> Double? {
    Habit.median(
      days.compactMap { actor, facts in
        guard actor.role == role, actor.user != fact.user else { return nil }
        return Habit.median(
          facts.filter { $0.day == fact.day || window.isHabit($0.day, of: fact.day) }.map { Double($0.persons) })
      })
  }

  /// Days with accesses outside working hours, beyond what the employee's active days usually have.
  static func hours(_ facts: [DayFact], _ window: AnomalyWindow) -> [Finding] {
    let settings = window.settings
    let days = Dictionary(grouping: facts) { $0.user }
    return facts.compactMap { fact in
      guard window.contains(fact.day), fact.late >= settings.hoursMin, let evidence = fact.lateLooks else { return nil }
      let habit = Dictionary(grouping: (days[fact.user] ?? []).filter { window.isHabit($0.day, of: fact.day) }) {
        $0.day
      }.values.map { Double($0.reduce(0) { $0 + $1.late }) }
      let baseline = Habit.baseline(habit, daysMin: settings.habitDaysMin)
      let value = Double(fact.late)
      let score =
        baseline.map { Habit.spreads(value, above: $0) / min(settings.spreads, Double(settings.hoursMin)) }
        ?? value / Double(settings.hoursMin)
      guard score >= 1 else { return nil }
      return Finding(
        .hours, user: fact.user, role: fact.role, day: fact.day, score: score, value: value, baseline: baseline,
        evidence: evidence, reason: FindingWords.hours(fact.late, settings))
    }
  }

  /// Days with more refusals than usual; days without any count as none.
  static func refusals(_ facts: [RefusalFact], _ window: AnomalyWindow) -> [Finding] {
    let settings = window.settings
    let days = Dictionary(grouping: facts) { $0.user }
    return facts.compactMap { fact in
      guard window.contains(fact.day), fact.evidence.count >= settings.refusalsMin else { return nil }
      var counts = (days[fact.user] ?? []).filter { window.isHabit($0.day, of: fact.day) }
        .map { Double($0.evidence.count) }
      counts += Array(repeating: 0, count: max(0, settings.habitDays - counts.count))
      let baseline = Habit.baseline(counts, daysMin: 1)
      let value = Double(fact.evidence.count)
      let score = baseline.map { Habit.spreads(value, above: $0) / settings.spreads } ?? 0
      guard score >= 1 else { return nil }
      return Finding(
        .refusals, user: fact.user, role: fact.role, day: fact.day, score: score, value: value, baseline: baseline,
        evidence: fact.evidence, reason: FindingWords.refusals(fact.evidence.count))
    }
  }

  /// Accounts that did something after a long quiet.
  ///
  /// - Parameter before: When each had last done anything before the days asked about; nobody who never had.
  static func dormant(_ facts: [ActivityFact], before: [UserID: Instant], _ window: AnomalyWindow) -> [Finding] {
    Dictionary(grouping: facts) { $0.user }.flatMap { user, facts in
      var last = before[user]
      return facts.sorted { $0.evidence.since < $1.evidence.since }.compactMap { fact -> Finding? in
        defer { last = max(last ?? fact.evidence.until, fact.evidence.until) }
        guard let last, window.contains(fact.day) else { return nil }
        let days = (fact.evidence.since.microseconds - last.microseconds) / 86_400_000_000
        guard days >= Int64(window.settings.dormantDays) else { return nil }
        return Finding(
          .dormant, user: user, role: fact.role, day: fact.day,
          score: Double(days) / Double(max(1, window.settings.dormantDays)), value: Double(days),
          evidence: fact.evidence, reason: FindingWords.dormant(days))
      }
    }
  }
}
