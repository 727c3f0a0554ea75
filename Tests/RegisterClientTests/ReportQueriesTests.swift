import Glibc
import Model
import Testing
import Wire

@testable import RegisterClient

@Suite(.timeLimit(.minutes(1)))
struct ReportQueriesTests {
  /// Answers each command by its first words; what is not listed is unknown.
  private static func server(_ answers: [(String, [String])], _ seen: Seen) -> ScriptedServer {
    ScriptedServer { peer in
      peer.greet(credit: 100_000)
      while let line = peer.line() {
        let words = line.split(separator: " ", maxSplits: 1)
        guard words.count == 2, words[1] != "quit" else { return }
        seen.add(String(words[1]))
        if let rows = answers.first(where: { words[1].contains($0.0) })?.1 {
          for row in rows where row.hasPrefix("{") { peer.send("\(words[0]) * \(row)") }
          peer.send("\(words[0]) \(rows.last { $0.hasPrefix("OK") } ?? "OK done {}")")
        } else {
          peer.send("\(words[0]) BAD unknown-command {\"msg\":\"No such command.\"}")
        }
      }
    }
  }

  private static let answers: [(String, [String])] = [
    ("by=hour outcome=ok", []),
    ("by=hour", []),
    ("by=role", [#"{"value":"sales","count":12}"#, #"{"value":null,"count":1}"#]),
    ("by=purpose", [#"{"value":"sales","count":13}"#]), ("by=verb", [#"{"value":"person.show","count":13}"#]),
  ]

  private static func run(
    _ answers: [(String, [String])], _ seen: Seen = Seen()
  ) async throws -> ReportData {
    let server = server(answers, seen)
    let connection = try await RegisterConnection.connect(to: server.endpoint)
    defer { connection.close() }
    let empty = ReportSamples.empty(days: 2)
    let period = try ReportPeriod(
      since: "2026-11-21", until: nil, zone: ReportSamples.helsinki, now: ReportSamples.madeAt)
    let queries = ReportQueries(
      connection: connection, period: period, now: ReportSamples.madeAt, trust: .none)
    return try await queries.ask(into: empty) { _ in }
  }

  @Test func answersBecomeData() async throws {
    let seen = Seen()
    let data = try await Self.run(
      [
        ("outcome=ok", [#"{"value":"2026-11-21T08:00:00.000000Z","count":10}"#, #"{"value":"bad","count":1}"#]),
        ("by=hour", [#"{"value":"2026-11-21T09:00:00.000000Z","count":1}"#]),
        ("outcome=denied", [#"{"value":"u1","count":2}"#]),
        (
          "by=user since=",
          [
            #"{"value":"u1","count":12,"user-name":"maija"}"#, #"{"value":null,"count":1}"#,
          ]
        ),
        (
          "by=user until=", [#"{"value":"u1","count":99,"last":"2026-11-22T07:00:00Z"}"#, #"{"value":null,"count":3}"#]
        ),
        ("after=maija", [#"{"id":"u2","name":"olli","roles":[],"disabled":true}"#]),
        (
          "user.list",
          [
            #"{"id":"u1","name":"maija","full-name":"Maija M","roles":["sales"],"disabled":false}"#,
            #"OK done {"next":"maija"}"#,
          ]
        ),
        (
          "log.find",
          [
            #"{"at":"2026-11-21T09:10:00Z","user":"u1","user-name":"maija","role":"sales","case":"T-1","verb":"person.show"}"#
          ]
        ),
        ("log.anomalies", [#"{"kind":"bulk"}"#, #"{"kind":"night"}"#, #"{"kind":"bulk"}"#]),
      ] + Self.answers, seen)
    #expect(data.total == 13)
    #expect(data.users.first == .init(id: "u1", name: "maija", count: 12, refusals: 2))
    #expect(data.roles == [.init(word: "sales", count: 12), .init(word: nil, count: 1)])
    #expect(data.accounts?.map(\.name) == ["maija", "olli"])
    #expect(data.accounts?.map(\.isDisabled) == [false, true])
    #expect(data.lastUses == ["u1": try #require(Instant("2026-11-22T07:00:00Z"))])
    #expect(data.emergencies.map(\.user) == ["maija"])
    #expect(data.anomalies == [.init(word: "bulk", count: 2), .init(word: "night", count: 1)])
    #expect(data.refused.map(\.verb) == ["log.checkpoint"])
    // All questions about the period have its two ends.
    let counts = seen.all.filter { $0.hasPrefix("log.count") && !$0.contains("by=user until") }
    #expect(counts.count == 9)
    #expect(
      counts.allSatisfy {
        $0.contains("since=2026-11-20T22:00:00.000000Z") && $0.contains("until=2026-11-22T17:05:20.000000Z")
      })
  }

  @Test func whatTheServerRefusesIsLeftOutAndSaid() async throws {
    let data = try await Self.run([("by=user", [#"{"value":"u1","count":1}"#])] + Self.answers)
    #expect(data.accounts == nil && data.lastUses == nil && data.anomalies == nil)
    #expect(data.refused.map(\.verb) == ["log.find", "user.list", "log.anomalies", "log.checkpoint"])
    let page = ReportPage(data: data, language: .english).html
    #expect(page.contains("No such command."))
    #expect(page.contains(ReportText.anomaliesUnknown.en))
    _ = try ReportMarkupReader(page)
  }

  @Test func aServerWithoutTimesLeavesLastUsesOut() async throws {
    let data = try await Self.run(
      [("by=user", [#"{"value":"u1","count":1}"#]), ("user.list", [#"{"id":"u1","name":"maija"}"#])] + Self.answers)
    #expect(data.accounts?.count == 1)
    #expect(data.lastUses == nil)
    #expect(LastUseChart(data).isEmpty)
  }

  @Test func aRefusedCountEndsTheReport() async throws {
    await #expect(throws: ClientError.self) { _ = try await Self.run([("by=hour", [])]) }
  }

  @Test func theCommandWritesOnePageAndSaysSo() async throws {
    let server = Self.server([("by=user", [])] + Self.answers, Seen())
    let connection = try await RegisterConnection.connect(to: server.endpoint)
    defer { connection.close() }
    let path = "/tmp/rekisteri-report-\(getpid()).html"
    defer { unlink(path) }
    let lines = try await ReportCommand.run(
      connection, server: "x", user: "tarja", since: nil, until: nil, out: path, language: .swedish)
    #expect(lines.first?.contains(path) == true)
    #expect(lines.contains(ReportText.verdict(.open).sv))
    let bytes = try #require(try LocalFile.read(path, bytesMax: 10_000_000))
    let reader = try ReportMarkupReader(String(decoding: bytes, as: UTF8.self))
    #expect(reader.elements.last?.attributes["lang"] == "sv")
  }

  @Test func withoutAFileNothingIsAsked() async throws {
    let seen = Seen()
    let server = Self.server([], seen)
    let connection = try await RegisterConnection.connect(to: server.endpoint)
    defer { connection.close() }
    await #expect(throws: ClientError.usage(ReportText.noFile)) {
      try await ReportCommand.run(
        connection, server: "x", user: "y", since: nil, until: nil, out: nil, language: .english)
    }
    #expect(seen.all.isEmpty)
  }
}
