import AccessLog
import Custody
import Model
import Postgres

/// Facts for the detectors, counted where the entries are; months beyond the times are not looked at.
extension Store {
  /// Commands that look persons up.
  private static let lookUps: SQL =
    "verb IN ('person.show', 'person.history', 'person.find', 'person.list', 'person.export')"
  /// Commands that look at persons one by one.
  static let looks: SQL = "verb IN ('person.show', 'person.history')"
  private static let endedWell: SQL =
    "outcome IN (\(raw: "\(Outcome.ok.rawValue), \(Outcome.breakGlass.rawValue)"))"
  /// The most rows that a question for facts takes.
  private static let factsMax: Int64 = 200_000

  private static func within(_ since: Instant, _ window: AnomalyWindow, _ before: Int64) -> SQL {
    "at >= \(since) AND at < \(window.until) AND index < \(before)"
  }

  /// The columns of `Evidence` for entries that meet a condition; samples only of the days asked about.
  private static func evidence(_ condition: SQL, _ window: AnomalyWindow) -> SQL {
    """
    count(*) FILTER (WHERE \(condition)), min(index) FILTER (WHERE \(condition)), \
    max(index) FILTER (WHERE \(condition)), min(at) FILTER (WHERE \(condition)), max(at) FILTER (WHERE \(condition)), \
    (array_agg(index ORDER BY index) FILTER (WHERE \(condition) AND at >= \(window.since)))[1:5]
    """
  }

  /// What every employee did on each day, those of the habit included.
  func dayFacts(
    _ window: AnomalyWindow, before: Int64, deadline: Tick
  ) async throws -> (facts: [DayFact], epoch: Int64) {
    let starts = window.calendar.starts(window.habitFirst, through: window.last)
    let work = window.calendar.work(window.habitFirst, through: window.last)
    let (rows, epoch) = try await logged(
      """
      SELECT day, employee, role, count(DISTINCT person) FILTER (WHERE looked), \(Self.evidence("looked", window)),
        \(Self.evidence("late", window))
      FROM (SELECT width_bucket(at, \(starts)) AS day, employee, role, person, index, at, \(Self.lookUps) AS looked,
          width_bucket(at, \(work)) % 2 = 0 AS late
        FROM access_entry WHERE \(Self.within(window.habitSince, window, before))
          AND employee IS NOT NULL AND person IS NOT NULL\(DataAccess.conditions)) AS access
      GROUP BY day, employee, role LIMIT \(Self.factsMax)
      """, deadline: deadline)
    let facts = try rows.map { row in
      let late = try Evidence(row, from: 10)
      return DayFact(
        user: try row.id(1), role: try row.role(2), day: try row.localDay(0, window), persons: try row.int64(3),
        late: late?.count ?? 0, looks: try Evidence(row, from: 4), lateLooks: late)
    }
    return (facts, epoch)
  }

  /// How often each employee was refused on each day, those of the habit included.
  func refusalFacts(_ window: AnomalyWindow, before: Int64, deadline: Tick) async throws -> [RefusalFact] {
    let starts = window.calendar.starts(window.habitFirst, through: window.last)
    let rows = try await logged(
      """
      SELECT width_bucket(at, \(starts)), employee, max(role), \(Self.evidence("true", window))
      FROM access_entry WHERE outcome = \(raw: "\(Outcome.denied.rawValue)")
        AND \(Self.within(window.habitSince, window, before)) AND employee IS NOT NULL
      GROUP BY 1, 2 LIMIT \(Self.factsMax)
      """, deadline: deadline
    ).rows
    return try rows.compactMap { row in
      guard let evidence = try Evidence(row, from: 3) else { return nil }
      return RefusalFact(
        user: try row.id(1), role: try row.role(2), day: try row.localDay(0, window), evidence: evidence)
    }
  }

  /// What each employee did on the days asked about, whatever it was.
  func activityFacts(_ window: AnomalyWindow, before: Int64, deadline: Tick) async throws -> [ActivityFact] {
    let starts = window.calendar.starts(window.first, through: window.last)
    let rows = try await logged(
      """
      SELECT width_bucket(at, \(starts)), employee, max(role), \(Self.evidence("true", window))
      FROM access_entry WHERE \(Self.within(window.since, window, before)) AND employee IS NOT NULL
        AND \(Self.endedWell)
      GROUP BY 1, 2 LIMIT \(Self.factsMax)
      """, deadline: deadline
    ).rows
    return try rows.compactMap { row in
      guard let evidence = try Evidence(row, from: 3) else { return nil }
      return ActivityFact(
        user: try row.id(1), role: try row.role(2),
        day: Day(number: window.first.number + Int(try row.int32(0)) - 1), evidence: evidence)
    }
  }

  /// When employees had last done something before the days asked about. For those who did so lately enough to be awake
  /// all along, it is some such time and not the last.
  func lastActive(
    _ users: [UserID], _ window: AnomalyWindow, deadline: Tick
  ) async throws -> [UserID: Instant] {
    let awake = window.until.adding(seconds: -Int64(window.settings.dormantDays) * 86_400)
    let rows = try await logged(
      """
      SELECT u, coalesce(
        (SELECT at FROM access_entry WHERE employee = u AND at >= \(awake) AND at < \(window.since)
          AND \(Self.endedWell) LIMIT 1),
        (SELECT max(at) FROM access_entry WHERE employee = u AND at < \(window.since) AND \(Self.endedWell)))
      FROM unnest(\(users)) AS u
      """, deadline: deadline
    ).rows
    var found: [UserID: Instant] = [:]
    for row in rows { found[try row.id(0)] = try row.get(1, as: Instant?.self) }
    return found
  }

  /// The looks of employees at persons whom they looked at often enough, those of the habit's days included.
  func repeatedLooks(_ window: AnomalyWindow, before: Int64, deadline: Tick) async throws -> [LookFact] {
    let scope: SQL = """
      \(Self.looks) AND \(Self.within(window.habitSince, window, before)) AND employee IS NOT NULL
        AND person IS NOT NULL AND \(Self.endedWell)
      """
    let rows = try await logged(
      """
      SELECT index, entry FROM access_entry
      JOIN (SELECT employee, person FROM access_entry WHERE \(scope)
        GROUP BY employee, person HAVING count(*) >= \(Int64(window.settings.repeatedMin))
          AND max(at) >= \(window.since)) AS often USING (employee, person)
      WHERE \(scope) ORDER BY index LIMIT \(Self.factsMax)
      """, deadline: deadline
    ).rows
    return try rows.compactMap { row in
      let logged = try LoggedEntry(index: try row.int64(0), bytes: try row.bytes(1))
      guard let user = logged.entry.user, let person = logged.entry.person else { return nil }
      return LookFact(
        user: user, role: logged.entry.role, index: logged.index, at: logged.entry.at, person: person,
        hasCase: !logged.entry.caseReference.isEmpty)
    }
  }

  /// Looks that follow each other in the order of the persons' ids, long enough for a walk.
  func steps(_ window: AnomalyWindow, before: Int64, deadline: Tick) async throws -> [LookFact] {
    let least = Int64(max(2, window.settings.walkMin) - 1)
    let order: SQL = "OVER (PARTITION BY employee ORDER BY index)"
    let rows = try await logged(
      """
      WITH looked AS (
        SELECT employee, role, index, at, person, lag(person) \(order) AS earlier FROM access_entry
        WHERE \(Self.looks) AND \(Self.within(window.since, window, before)) AND employee IS NOT NULL
          AND person IS NOT NULL AND \(Self.endedWell)
      ), stepped AS (
        SELECT *, person > earlier AS up FROM looked WHERE person IS DISTINCT FROM earlier
      ), turned AS (
        SELECT *, (up IS DISTINCT FROM lag(up) \(order))::integer AS turn FROM stepped
      ), parted AS (
        SELECT *, sum(turn) \(order) AS part FROM turned
      ), counted AS (
        SELECT *, count(*) OVER (PARTITION BY employee, part) AS steps FROM parted
      ), led AS (
        SELECT *, lead(steps) \(order) AS next FROM counted
      )
      SELECT employee, role, index, at, person FROM led WHERE steps >= \(least) OR next >= \(least)
      ORDER BY index LIMIT \(Self.factsMax)
      """, deadline: deadline
    ).rows
    return try rows.map(Self.look)
  }

  /// Accesses to some persons on the days asked about, one by one.
  func looks(
    at persons: [PersonID], _ window: AnomalyWindow, before: Int64, deadline: Tick
  ) async throws -> [LookFact] {
    guard !persons.isEmpty else { return [] }
    let rows = try await logged(
      """
      SELECT employee, role, index, at, person FROM access_entry
      WHERE person = ANY(\(persons)) AND \(Self.within(window.since, window, before)) AND employee IS NOT NULL
        AND verb NOT IN ('person.find', 'person.list', 'person.import', 'person.add', 'customer.reassign')
        \(DataAccess.conditions)
      ORDER BY index LIMIT \(Self.factsMax)
      """, deadline: deadline
    ).rows
    return try rows.map(Self.look)
  }

  private static func look(_ row: Row) throws -> LookFact {
    LookFact(
      user: try row.id(0), role: try row.role(1), index: try row.int64(2), at: try row.instant(3),
      person: try row.id(4))
  }

  /// How many persons lie between two, for each pair; not counted further than one beyond `most`.
  func personsBetween(
    _ pairs: [(low: PersonID, high: PersonID)], most: Int, deadline: Tick
  ) async throws -> [Int] {
    guard !pairs.isEmpty else { return [] }
    let rows = try await pool.query(
      """
      SELECT (SELECT count(*) FROM (SELECT FROM person WHERE id > low AND id < high LIMIT \(Int64(most) + 1)) AS few)
      FROM unnest(\(pairs.map(\.low)), \(pairs.map(\.high))) WITH ORDINALITY AS pair (low, high, place) ORDER BY place
      """, deadline: deadline)
    return try rows.map { Int(try $0.int64(0)) }
  }
}

extension Row {
  fileprivate func role(_ column: Int) throws -> JobRole? {
    JobRole(rawValue: UInt8(clamping: try int16(column)))
  }

  /// The local day whose number, from the first of the habit on, stands in a column.
  fileprivate func localDay(_ column: Int, _ window: AnomalyWindow) throws -> Day {
    Day(number: window.habitFirst.number + Int(try int32(column)) - 1)
  }
}

extension Evidence {
  /// Nil where no entry meets the condition.
  fileprivate init?(_ row: Row, from column: Int) throws {
    let count = try row.int64(column)
    guard count > 0 else { return nil }
    self.init(
      count: count, first: try row.int64(column + 1), last: try row.int64(column + 2),
      since: try row.instant(column + 3), until: try row.instant(column + 4),
      samples: try row.get(column + 5, as: [Int64]?.self) ?? [])
  }
}
