import Model

/// The parts of a report that are no pictures: emergency reads, anomalies, the log's verification.
enum ReportEvidence {
  // MARK: - Emergency reads

  static func appendEmergencies(_ data: ReportData, _ format: ReportFormat, to html: inout Markup) {
    let sessions = EmergencySession.sessions(data.emergencies)
    guard !sessions.isEmpty else {
      return html.element("p", ReportText.noEmergencies[format.language])
    }
    let total = data.total(.breakGlass)
    let shown = Int64(data.emergencies.count)
    html.element(
      "p",
      ReportText.emergencySummary.filled(
        format.language, format.number(max(total, shown)), format.number(Int64(sessions.count)))
        + (total > shown ? " " + ReportText.newestOnly.filled(format.language, format.number(shown)) : ""))
    let words = [ReportText.employee, ReportText.role, ReportText.caseReference]
    let times = [ReportText.first, ReportText.last]
    let numbers = [ReportText.reads, ReportText.persons]
    var table = ReportTable(
      caption: ReportText.emergencyTitle[format.language],
      columns: words.map { .words($0[format.language]) } + times.map { .times($0[format.language]) }
        + numbers.map { .numbers($0[format.language]) })
    table.rows = sessions.map { session in
      [
        ValueText.oneLine(session.user), format.role(session.role), ValueText.oneLine(session.caseReference ?? "–"),
        format.time(session.first), format.time(session.last), format.number(session.reads),
        format.number(Int64(session.persons.count)),
      ]
    }
    table.hasHeading = true
    html.append(table.markup)
  }

  // MARK: - Anomalies

  static func appendAnomalies(_ data: ReportData, _ format: ReportFormat, to html: inout Markup) {
    guard let anomalies = data.anomalies else {
      return html.element("p", ReportText.anomaliesUnknown[format.language])
    }
    guard !anomalies.isEmpty else { return html.element("p", ReportText.noAnomalies[format.language]) }
    let total = anomalies.reduce(Int64(0)) { $0.saturating($1.count) }
    html.element(
      "p",
      ReportText.anomaliesSummary.filled(
        format.language, format.number(total), format.number(Int64(anomalies.count))))
    var table = ReportTable(
      caption: ReportText.anomaliesTitle[format.language],
      columns: [.words(ReportText.kind[format.language]), .numbers(ReportText.count[format.language])])
    table.rows = anomalies.map { [ValueText.oneLine($0.word ?? "–"), format.number($0.count)] }
    table.hasHeading = true
    html.append(table.markup)
  }

  // MARK: - Verification

  /// What all checks come to, in one line.
  static func appendVerdict(_ found: ReportVerification, _ format: ReportFormat, to html: inout Markup) {
    let (style, sign) =
      switch found.verdict {
      case .good: ("good", "✓")
      case .bad: ("bad", "✗")
      case .open: ("open", "?")
      }
    html.element("p", ["class": "verdict \(style)"]) { html in
      html.element("span", ["aria-hidden": "true"], sign)
      html.words(" " + ReportText.verdict(found.verdict)[format.language])
    }
  }

  static func appendVerification(_ found: ReportVerification, _ format: ReportFormat, to html: inout Markup) {
    guard let note = found.note else {
      return html.element("p", ReportText.noCheckpoint[format.language])
    }
    appendVerdict(found, format, to: &html)
    var table = ReportTable(
      caption: ReportText.verificationTitle[format.language],
      columns: [ReportText.check, ReportText.result, ReportText.remark].map { .words($0[format.language]) })
    table.marked = Set(found.checks.indices.filter { found.checks[$0].verdict == .bad })
    table.rows = found.checks.map { check in
      [
        ReportText.check(check.kind)[format.language], ReportText.result(check.verdict)[format.language],
        ValueText.oneLine(check.detail),
      ]
    }
    table.hasHeading = true
    html.append(table.markup)
    html.element("dl", ["class": "about"]) { html in
      let facts: [(Text, String?)] = [
        (ReportText.origin, found.origin), (ReportText.size, found.size.map(format.number)),
        (ReportText.root, found.root), (ReportText.key, found.key),
      ]
      for (name, value) in facts {
        html.element("dt", name[format.language])
        html.element("dd") { $0.element("code", ValueText.oneLine(value ?? "–")) }
      }
    }
    html.element("h3", ReportText.note[format.language])
    html.element("pre", note)
    html.element("p", ReportText.verifyYourself[format.language])
  }
}

/// The emergency reads of one session of an employee.
struct EmergencySession: Sendable {
  let user: String
  let role: String?
  let caseReference: String?
  private(set) var first: Instant
  private(set) var last: Instant
  private(set) var reads: Int64 = 0
  private(set) var persons: Set<String> = []

  private init(_ read: ReportData.EmergencyRead) {
    user = read.user
    role = read.role
    caseReference = read.caseReference
    first = read.at
    last = read.at
  }

  /// Reads gathered by employee, session and case, the latest first.
  static func sessions(_ reads: [ReportData.EmergencyRead]) -> [EmergencySession] {
    var sessions: [[String]: EmergencySession] = [:]
    for read in reads {
      let key = [read.user, read.session ?? "", read.caseReference ?? ""]
      sessions[key, default: EmergencySession(read)].take(read)
    }
    return sessions.sorted { left, right in
      left.value.last == right.value.last
        ? left.key.lexicographicallyPrecedes(right.key) : left.value.last > right.value.last
    }.map(\.value)
  }

  private mutating func take(_ read: ReportData.EmergencyRead) {
    first = min(first, read.at)
    last = max(last, read.at)
    reads += 1
    if let person = read.person { persons.insert(person) }
  }
}
