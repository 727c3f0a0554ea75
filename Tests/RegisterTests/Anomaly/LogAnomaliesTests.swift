import AccessLog
import Model
import Postgres
import Synchronization
import Testing
import Wire

@testable import Custody
@testable import Register

/// What stands out in a log with a past, and what becomes of it.
@Suite struct LogAnomaliesTests {
  private let calendar = LocalCalendar(settings: AnomalySettings())
  private var yesterday: Day { Day(number: calendar.day(of: .now()).number - 1) }

  /// Puts looks at so many persons on a local day into the log.
  private func looks(
    _ count: Int, by account: Account, back: Int = 0, minute: Int = 720, person: UInt64? = nil,
    outcome: Outcome = .ok, _ register: TestRegister
  ) async throws {
    let at = calendar.instant(Day(number: yesterday.number - back), minute: minute)
    let entries = (0..<count).map { number in
      Entry(
        at: at.adding(seconds: Int64(number)), user: account.id, role: account.roles.first, purpose: .customerCare,
        verb: "person.show", outcome: outcome, person: PersonID(high: 5, low: person ?? .random(in: 0...UInt64.max)),
        request: .new(), epoch: 1)
    }
    try await register.custody.ledger.record(entries)
  }

  private func found(
    _ register: TestRegister, _ more: String = "", by account: Account = .auli
  ) async throws -> [JSON] {
    let answer = try await register.run(account, more.isEmpty ? "log.anomalies" : "log.anomalies \(more)")
    #expect(answer.code == "done", "\(answer.code)")
    return answer.rows
  }

  private func index(_ row: JSON, _ key: String) -> Int64? { row["evidence"]?[key]?.int }

  @Test func aBulkDayIsFoundAgainstThePastAndColleagues() async throws {
    try await withRegister(runs: false) { register in
      for back in 1...10 {
        try await looks(16, by: .maija, back: back, register)
        try await looks(30, by: .mikko, back: back, register)
      }
      try await looks(90, by: .maija, register)
      try await looks(33, by: .mikko, register)
      let rows = try await found(register, "kind=bulk")
      #expect(rows.count == 1)
      let row = try #require(rows.first)
      #expect(row["user"]?.string == Account.maija.id.description)
      #expect(row["user-name"]?.string == "maija" && row["role"]?.string == "customer-service")
      #expect(row["at"]?.string == yesterday.description)
      #expect(row["value"]?.int == 90 && row["peers"]?.int == 30 && row["baseline"]?["median"]?.int == 16)
      #expect(index(row, "count") == 90)
      let logged = try await register.database.query(
        "SELECT min(index), max(index) FROM access_entry WHERE employee = \(Account.maija.id) AND at >= \(calendar.instant(yesterday))"
      ).single()
      let (first, last) = (try logged.int64(0), try logged.int64(1))
      #expect(index(row, "first") == first && index(row, "last") == last)
      #expect(try await found(register, "kind=bulk user=mikko").isEmpty)
      #expect(try await found(register, "kind=bulk until=\(Day(number: yesterday.number - 2))").isEmpty)
    }
  }

  @Test func nightsAndReturnsAreFound() async throws {
    try await withRegister(runs: false) { register in
      try await looks(1, by: .sami, back: 100, register)
      try await looks(3, by: .sami, minute: 180, register)
      try await looks(2, by: .saara, minute: 180, register)
      try await looks(1, by: .saara, back: 40, register)
      let rows = try await found(register)
      let late = rows.filter { $0["kind"]?.string == "hours" }
      #expect(late.map { $0["user-name"]?.string } == ["sami"])
      #expect(late.first.flatMap { index($0, "count") } == 3)
      let woken = rows.filter { $0["kind"]?.string == "dormant" }
      #expect(woken.map { $0["user-name"]?.string } == ["sami"])
      #expect(woken.first?["value"]?.int == 99 || woken.first?["value"]?.int == 100)
    }
  }

  @Test func refusalsAndRepeatedLooksAreFoundAndACaseExplainsThem() async throws {
    try await withRegister(runs: false) { register in
      try await looks(5, by: .saara, outcome: .denied, register)
      try await looks(4, by: .sami, outcome: .denied, register)
      try await looks(5, by: .marko, person: 77, register)
      let rows = try await found(register)
      #expect(rows.filter { $0["kind"]?.string == "refusals" }.map { $0["user-name"]?.string } == ["saara"])
      let repeated = rows.filter { $0["kind"]?.string == "repeated" }
      #expect(repeated.map { $0["user-name"]?.string } == ["marko"])
      #expect(repeated.first?["person"]?.string == PersonID(high: 5, low: 77).description)
      #expect(repeated.first?["evidence"]?["samples"]?.array?.count == 5)
    }
  }

  @Test func aWalkThroughTheIdsIsFound() async throws {
    try await withRegister { register in
      var persons: [PersonID] = []
      for number in 0..<10 { persons.append(try await register.addPerson("last-name=Askel first-name=A\(number)")) }
      persons.sort()
      func show(_ person: PersonID, _ account: Account) async throws {
        let answer = try await register.run(account, "person.show id=\(person) purpose=customer-care")
        #expect(answer.code == "done", "\(answer.code)")
      }
      for person in persons.prefix(8) { try await show(person, .maija) }
      for person in persons.suffix(7) { try await show(person, .mikko) }
      let rows = try await found(register, "kind=walk")
      #expect(rows.map { $0["user-name"]?.string } == ["maija"])
      #expect(rows.first?["value"]?.int == 8)
    }
  }

  @Test func onlyWhoReadsTheLogSeesThemAndTheAskingIsInTheLog() async throws {
    try await withRegister { register in
      for account in [Account.maija, .sami, .marko, .aino, .ada] {
        for verb in ["log.anomalies", "log.anomaly.summary", "log.anomaly.settings"] {
          #expect(try await register.run(account, verb).code == "denied/role")
        }
        let id = ID<FindingName>.new()
        #expect(
          try await register.run(account, "log.anomaly.dispose id=\(id) disposition=explained note=ok").code
            == "denied/role")
        #expect(try await register.run(account, "log.anomaly.sign id=\(id)").code == "denied/role")
      }
      let answer = try await register.run(.auli, "log.anomalies since=2026-01-01 until=2026-01-31")
      let entries = try await register.entries(of: answer)
      #expect(entries.map(\.verb) == ["log.anomalies"])
      #expect(try await register.run(.auli, "log.anomalies kind=bad").code == "invalid/kind")
      #expect(try await register.run(.auli, "log.anomalies state=bad").code == "invalid/state")
      #expect(try await register.run(.auli, "log.anomalies since=2020-01-01").code == "invalid/since")
      #expect(try await register.run(.auli, "log.anomalies user=nobody-here").code == "invalid/user")
      let settings = try await register.run(.auli, "log.anomaly.settings")
      #expect(settings.rows.contains(["name": "working-hours", "value": "07:00-18:00"]))
    }
  }

  @Test func aFindingIsDisposedOfAndSignedByTwoAndOpensAgainWhereItGrows() async throws {
    try await withRegister { register in
      try await looks(5, by: .pirkko, person: 77, register)
      let row = try #require(try await found(register, "kind=repeated").first)
      let id = try #require(row["id"]?.string)
      #expect(row["state"]?.string == "open" && row["disposition"] == .null)
      func run(_ account: Account, _ line: String) async throws -> String { try await register.run(account, line).code }
      let dispose = "log.anomaly.dispose id=\(id) disposition=explained note=\"a complaint, letter 4711\""
      #expect(try await run(.auli, "log.anomaly.sign id=\(id)") == "conflict/state")
      #expect(
        try await run(.auli, "log.anomaly.dispose id=\(ID<FindingName>.new()) disposition=explained note=ok")
          == "notfound")
      #expect(try await run(.auli, "log.anomaly.dispose id=\(id) disposition=explained") == "invalid/note")
      #expect(try await run(.auli, "log.anomaly.dispose id=\(id) disposition=x note=ok") == "invalid/disposition")
      let answer = try await register.run(.auli, dispose)
      #expect(answer.code == "done")
      let entry = try #require(try await register.entries(of: answer).first)
      #expect(entry.textHash.count == 32)
      #expect(entry.subject?.description == id)
      #expect(try await run(.auli, dispose) == "conflict/state")
      #expect(try await found(register, "kind=repeated").isEmpty)
      let disposed = try #require(try await found(register, "state=disposed").first)
      #expect(disposed["disposition"]?.string == "explained" && disposed["by"]?.string == "auli")
      #expect(disposed["note"]?.string == "a complaint, letter 4711")
      // Neither who disposed of it nor whom it is about.
      #expect(try await run(.auli, "log.anomaly.sign id=\(id)") == "conflict/state")
      #expect(try await run(.pirkko, "log.anomaly.sign id=\(id)") == "conflict/state")
      #expect(try await run(.paavo, "log.anomaly.sign id=\(id)") == "done")
      #expect(try await run(.paavo, "log.anomaly.sign id=\(id)") == "conflict/state")
      #expect(try await found(register, "state=signed").count == 1)
      #expect(try await found(register, "kind=repeated state=all").count == 1)
      try await looks(1, by: .pirkko, minute: 750, person: 77, register)
      let again = try await found(register, "kind=repeated")
      #expect(again.map { $0["id"]?.string } == [id])
      #expect(again.first?["value"]?.int == 6)
    }
  }

  @Test func nobodyChangesOrRemovesWhatBecameOfAFinding() async throws {
    try await withRegister(runs: false) { register in
      for table in ["anomaly_disposition", "anomaly_signature", "anomaly_summary"] {
        for statement in ["DELETE FROM \(table)", "UPDATE \(table) SET at = now()", "TRUNCATE \(table)"] {
          await #expect(throws: (any Error).self, "\(statement)") {
            _ = try await register.register.store.pool.query(SQL(raw: statement))
          }
        }
      }
    }
  }

  @Test func eachDayIsCountedOnceInTheNightAfterIt() async throws {
    try await withRegister(runs: false) { register in
      try await looks(5, by: .marko, person: 77, register)
      let services = register.register
      let keeper = AnomalyKeeper(
        custody: register.custody, store: services.store, directory: services.directory, sessions: services.sessions,
        settings: AnomalySettings(), logger: quiet)
      let heard = Mutex<[(user: UserID, event: JSONObject)]>([])
      for account in [Account.auli, .pirkko, .ada] {
        services.sessions.add(
          .new(), connection: .new(), user: account.id, address: "test", binding: .init(place: "test"), since: .now(),
          end: {}, notify: { event in heard.withLock { $0.append((account.id, event)) } })
      }
      let today = Day(number: yesterday.number + 1)
      let before = calendar.instant(today, minute: 119)
      #expect(try await keeper.beat(now: before, told: nil) == Day(number: yesterday.number - 1))
      #expect(try await register.run(.auli, "log.anomaly.summary day=\(yesterday)").rows.isEmpty)
      let after = calendar.instant(today, minute: 120)
      #expect(try await keeper.beat(now: after, told: Day(number: yesterday.number - 1)) == yesterday)
      let told = heard.withLock { $0 }
      #expect(told.map(\.user) == [Account.auli.id, Account.auli.id])
      #expect(told.map { $0.event["event"]?.string } == ["log.summary", "log.summary"])
      #expect(told.first?.event["count"]?.int == 0)
      #expect(told.last?.event["kinds"]?["repeated"]?.int == 1)
      #expect(told.last?.event["day"]?.string == yesterday.description)
      let rows = try await register.run(.auli, "log.anomaly.summary day=\(yesterday)").rows
      #expect(rows.first { $0["kind"]?.string == "repeated" }?["count"]?.int == 1)
      #expect(rows.allSatisfy { ($0["count"]?.int ?? 0) > 0 })
      let none = try await register.run(.auli, "log.anomaly.summary day=\(Day(number: yesterday.number - 1))").rows
      #expect(none.map { $0["count"]?.int } == [0] && none.first?["kind"] == .null)
      let again = try await keeper.summarize(yesterday, calendar)
      #expect(!again)
      _ = try await keeper.beat(now: after, told: nil)
      let made = try await register.entries().filter { $0.verb == AnomalyKeeper.verb }
      #expect(made.count == AnomalyKeeper.daysBack + 1)
    }
  }
}
