import AccessLog
import Model
import Wire

/// Asks the server for what a report shows, over a connection that is logged in.
///
/// All questions have the same end, so that their own entries are in none of the answers.
struct ReportQueries: Sendable {
  let connection: RegisterConnection
  let period: ReportPeriod
  /// When the report is made.
  let now: Instant
  let trust: ReportTrust

  /// Entries of emergency reads that are fetched.
  static let breakGlassRowsMax = 2000
  /// Pages of a list that are fetched.
  static let pagesMax = 2000

  /// Asks everything. Throws `ClientError` where the connection breaks, `.refused` where accesses cannot be counted.
  func ask(into empty: ReportData, progress: (String) -> Void) async throws -> ReportData {
    var data = empty
    for outcome in Outcome.allCases {
      progress("log.count by=hour outcome=\(outcome.name)")
      data.hours += try await hours(outcome)
    }
    progress("log.count by=user")
    data.users = try await users()
    for (by, path) in [("role", \ReportData.roles), ("purpose", \.purposes), ("verb", \.verbs)] {
      progress("log.count by=\(by)")
      data[keyPath: path] = try await counts(by).map { .init(word: $0["value"]?.string, count: Self.count($0)) }
    }
    try await askOptional(&data, progress)
    progress("log.checkpoint")
    data.verification = try await verification(&data)
    return data
  }

  /// What a server may refuse or not have; the report says so then.
  private func askOptional(_ data: inout ReportData, _ progress: (String) -> Void) async throws {
    progress("log.find outcome=break-glass")
    data.emergencies = try await optional("log.find", &data) { try await emergencies() } ?? []
    progress("user.list")
    data.accounts = try await optional("user.list", &data) { try await accounts() }
    if data.accounts != nil {
      data.lastUses = try await optional("log.count", &data) { try await lastUses() } ?? nil
    }
    progress("log.anomalies")
    data.anomalies = try await optional("log.anomalies", &data) { try await anomalies() }
  }

  private func optional<Answer>(
    _ verb: String, _ data: inout ReportData, _ ask: () async throws -> Answer
  ) async throws -> Answer? {
    do {
      return try await ask()
    } catch ClientError.refused(let final) {
      data.refused.append(.init(verb: verb, reason: final.message ?? final.code))
      return nil
    }
  }

  // MARK: - The questions

  private func hours(_ outcome: Outcome) async throws -> [ReportData.HourCount] {
    try await counts("hour", [Parameter(name: "outcome", value: outcome.name)]).compactMap { row in
      guard let hour = row["value"]?.string.flatMap({ Instant($0) }) else { return nil }
      return ReportData.HourCount(hour: hour, outcome: outcome, count: Self.count(row))
    }
  }

  private func users() async throws -> [ReportData.UserCount] {
    let refusals = try await counts("user", [Parameter(name: "outcome", value: Outcome.denied.name)])
    let refused = Dictionary(refusals.map { ($0["value"]?.string ?? "", Self.count($0)) }) { first, _ in first }
    return try await counts("user").map { row in
      let id = row["value"]?.string
      return ReportData.UserCount(
        id: id, name: row["user-name"]?.string, count: Self.count(row), refusals: refused[id ?? "", default: 0])
    }
  }

  /// Of the whole log up to now; nil where the server does not tell times.
  private func lastUses() async throws -> [String: Instant]? {
    let end = Parameter(name: "until", value: now.description)
    let rows = try await rows("log.count", [Parameter(name: "by", value: "user"), end])
    guard rows.contains(where: { $0["last"]?.string != nil }) || rows.isEmpty else { return nil }
    var uses: [String: Instant] = [:]
    for row in rows {
      guard let id = row["value"]?.string, let last = row["last"]?.string.flatMap({ Instant($0) }) else { continue }
      uses[id] = last
    }
    return uses
  }

  private func accounts() async throws -> [ReportData.Account] {
    try await pages("user.list", []).compactMap { row in
      guard let id = row["id"]?.string, let name = row["name"]?.string else { return nil }
      return ReportData.Account(
        id: id, name: name, fullName: row["full-name"]?.string,
        roles: (row["roles"]?.array ?? []).compactMap(\.string), isDisabled: row["disabled"]?.bool ?? false)
    }
  }

  private func emergencies() async throws -> [ReportData.EmergencyRead] {
    let parameters = [
      Parameter(name: "outcome", value: Outcome.breakGlass.name), beginning, end,
      Parameter(name: "limit", value: String(Self.breakGlassRowsMax)), Parameter(name: "newest", value: "true"),
    ]
    return try await rows("log.find", parameters).compactMap { row in
      guard let at = row["at"]?.string.flatMap({ Instant($0) }) else { return nil }
      let user: String = row["user-name"]?.string ?? row["user"]?.string ?? "–"
      return ReportData.EmergencyRead(
        at: at, user: user, role: row["role"]?.string,
        caseReference: row["case"]?.string, session: row["session"]?.string, person: row["person"]?.string,
        verb: row["verb"]?.string ?? "")
    }
  }

  private func anomalies() async throws -> [ReportData.WordCount] {
    var kinds: [String: Int64] = [:]
    for row in try await pages("log.anomalies", [Parameter(name: "state", value: "open")]) {
      kinds[row["kind"]?.string ?? "", default: 0] += 1
    }
    return kinds.sorted { $0.value == $1.value ? $0.key < $1.key : $0.value > $1.value }
      .map { .init(word: $0.key, count: $0.value) }
  }

  private func verification(_ data: inout ReportData) async throws -> ReportVerification {
    guard let row = try await optional("log.checkpoint", &data, { try await rows("log.checkpoint", []).first }) ?? nil
    else { return ReportVerification() }
    var found = ReportVerification(row: row, trust: trust)
    guard let earlier = found.remembered(trust) else {
      found.compareWithNothing()
      return found
    }
    var answer: JSON?
    if found.needsProof(since: earlier), let size = found.size {
      let sizes = [Parameter(name: "from", value: String(earlier.size)), Parameter(name: "to", value: String(size))]
      answer = try await optional("log.consistency", &data) { try await rows("log.consistency", sizes).first } ?? nil
    }
    found.compare(with: earlier, answer: answer)
    return found
  }

  // MARK: - Rows

  private var beginning: Parameter { Parameter(name: "since", value: period.since.description) }
  private var end: Parameter { Parameter(name: "until", value: period.until.description) }

  private func counts(_ by: String, _ more: [Parameter] = []) async throws -> [JSON] {
    try await rows("log.count", [Parameter(name: "by", value: by), beginning, end] + more)
  }

  private static func count(_ row: JSON) -> Int64 { max(0, row["count"]?.int ?? 0) }

  /// The rows of a command. Throws `ClientError.refused` where it did not end well.
  private func rows(_ verb: String, _ parameters: [Parameter]) async throws -> [JSON] {
    try await answer(verb, parameters).rows
  }

  private func answer(_ verb: String, _ parameters: [Parameter]) async throws -> (rows: [JSON], next: String?) {
    let (rows, final) = try await connection.run(Command(verb: verb, parameters: parameters)).collect()
    guard final.status == .ok else { throw ClientError.refused(final) }
    return (rows.map(\.value), final.next)
  }

  /// The rows of all pages of a list.
  private func pages(_ verb: String, _ parameters: [Parameter]) async throws -> [JSON] {
    var all: [JSON] = []
    var after: [Parameter] = []
    for _ in 0..<Self.pagesMax {
      let (rows, next) = try await answer(verb, parameters + after)
      all += rows
      guard let next, next != after.first?.value else { break }
      after = [Parameter(name: "after", value: next)]
    }
    return all
  }
}
