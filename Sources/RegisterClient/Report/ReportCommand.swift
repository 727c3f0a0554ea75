import Model

/// The command `log report`: asks the server and writes a page.
enum ReportCommand {
  /// Makes a report and gives the lines to say to the person.
  ///
  /// `since` and `until` are as typed: a day of the client's time zone, the last one whole, or a time in RFC 3339; the
  /// last 30 days where they are left out. `server` and `user` are as the page names them. The file takes its name only
  /// once it is complete.
  /// - Throws: `ClientError`: `.usage` for bad times or no file, `.refused` where the server does not let the user count
  ///   accesses, `.file`, and what a broken connection throws.
  static func run(
    _ connection: RegisterConnection, server: String, user: String, since: String?, until: String?, out: String?,
    language: Language, trust: ReportTrust = .none, progress: (String) -> Void = { _ in }
  ) async throws -> [String] {
    guard let out, !out.isEmpty else { throw ClientError.usage(ReportText.noFile) }
    let zone = ReportZone.client
    let now = Instant.now()
    let period = try ReportPeriod(since: since, until: until, zone: zone, now: now)
    let empty = ReportData(
      server: server, madeBy: user, madeAt: now, since: period.since, until: period.until, zone: zone)
    let queries = ReportQueries(connection: connection, period: period, now: now, trust: trust)
    let data = try await queries.ask(into: empty, progress: progress)
    try write(ReportPage(data: data, language: language).html, to: out)
    return said(data, out: out, language: language)
  }

  private static func write(_ page: String, to path: String) throws(ClientError) {
    let file = try PartialFile(path)
    guard file.append(Array(page.utf8)) else { throw file.abandon() }
    try file.commit()
  }

  private static func said(_ data: ReportData, out: String, language: Language) -> [String] {
    let format = ReportFormat(language: language, zone: data.zone)
    var lines = [
      "\(ProgramText.written[language]) \(ValueText.oneLine(out)) "
        + "(\(format.number(data.total)) \(ReportText.accessesLower[language]))"
    ]
    lines.append(ReportText.verdict(data.verification.verdict)[language])
    for refused in data.refused {
      lines.append(ValueText.oneLine("\(ReportText.leftOut[language]) \(refused.verb): \(refused.reason)"))
    }
    return lines
  }
}
