import Logging
import Model
import Postgres
import Synchronization
import Wire

/// Counts the distinct persons that each employee was shown on a day (UTC), from the access log: over the number only
/// with a second person's agreement. What other servers showed is taken in every few seconds.
final class DailyNumber: Sendable {
  private struct Shown {
    var day: Day
    var persons: Set<PersonID> = []
    /// The newest entry that was counted.
    var index: Int64 = -1
    var readAt: Tick
  }

  private static let rereadMilliseconds = 5000

  private let most: Int
  private let uncounted: [String]
  private let pool: Pool
  private let sequencer: Sequencer
  private let quotas: @Sendable (UserID, Day) -> Int
  private let shown = Mutex<[UserID: Shown]>([:])

  /// - Parameters:
  ///   - most: Persons a day; 0 is no bound.
  ///   - uncounted: Verbs whose entries name persons who are not shown: those that write.
  init(
    most: Int, uncounted: [String], pool: Pool, sequencer: Sequencer,
    quotas: @escaping @Sendable (UserID, Day) -> Int
  ) {
    self.most = most
    self.uncounted = uncounted
    self.pool = pool
    self.sequencer = sequencer
    self.quotas = quotas
  }

  /// Whether there is a bound at all.
  var isBounded: Bool { most > 0 }

  /// Counts persons who are about to be shown.
  ///
  /// - Throws: `ApprovalNeeded` where they are too many and nobody agreed; then none is counted.
  func admit(_ persons: [PersonID], to user: UserID, isApproved: Bool) async throws {
    guard isBounded, !persons.isEmpty else { return }
    let today = Day.today()
    try await read(user, today)
    let bound = most + quotas(user, today)
    let fits = shown.withLock { all in
      let held = all[user]?.persons ?? []
      let fresh = persons.count { !held.contains($0) }
      guard fresh == 0 || isApproved || held.count + fresh <= bound else { return false }
      if fresh > 0 { all[user]?.persons.formUnion(persons) }
      return true
    }
    guard fits else { throw ApprovalNeeded(.dailyNumber, showing: ["persons-a-day": .int(Int64(bound))]) }
  }

  /// Reads what the log has of a day, where that was not done lately.
  private func read(_ user: UserID, _ day: Day) async throws {
    let held = shown.withLock { $0[user] }.flatMap { $0.day == day ? $0 : nil }
    if let held, Tick.now().milliseconds(since: held.readAt) < Self.rereadMilliseconds { return }
    if held == nil { try await sequencer.catchUp(deadline: Tick.now().adding(milliseconds: Limits.queryMilliseconds)) }
    let start = Instant(microseconds: Int64(day.number) * 86_400_000_000)
    let rows = try await pool.query(
      """
      SELECT person, max(index) FROM access_entry
      WHERE employee = \(user) AND index > \(held?.index ?? -1) AND at >= \(start) AND person IS NOT NULL
        AND outcome IN (1, 4) AND verb <> ALL (\(uncounted))
      GROUP BY person
      """, deadline: Tick.now().adding(milliseconds: Limits.queryMilliseconds))
    var found: Set<PersonID> = []
    var newest = held?.index ?? -1
    for row in rows {
      found.insert(try row.id(0))
      newest = max(newest, try row.int64(1))
    }
    shown.withLock { all in
      let known = all.removeValue(forKey: user)
      var shown = known.flatMap { $0.day == day ? $0 : nil } ?? Shown(day: day, readAt: .now())
      shown.persons.formUnion(found)
      shown.index = max(shown.index, newest)
      shown.readAt = .now()
      all[user] = shown
    }
  }
}
