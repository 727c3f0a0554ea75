import AccessLog
import Custody
import Model
import Postgres
import Testing
import Wire

@testable import Register

struct LogCommandTests {
  private let maija = Employee(id: .new(), name: "maija", fullName: "Maija Meri", roles: [.auditor])

  private var rules: AccessRules { AccessRules(epoch: 3, employees: [maija], grants: []) }

  private func question(_ parameters: (String, String)...) throws(RegisterError) -> LogFilter {
    try LogQuestion(Arguments(parameters.map { Parameter(name: $0.0, value: $0.1) })).filter(rules)
  }

  @Test func everyFilterIsRead() throws {
    let person = PersonID.new()
    let filter = try question(
      ("person", person.description), ("user", "maija"), ("verb", "person.show"), ("outcome", "denied"),
      ("purpose", "customer-care"), ("since", "2026-01-01"), ("until", "2026-01-31T12:00:00Z"))
    #expect(
      filter
        == LogFilter(
          person: person, user: maija.id, verb: "person.show", outcome: .denied, purpose: .customerCare,
          since: Instant("2026-01-01"), until: Instant("2026-01-31T12:00:00Z")))
  }

  @Test func aDayBelongsWhollyToUntil() throws {
    #expect(try question(("until", "2026-01-31")).until == Instant("2026-02-01"))
    #expect(try question(("since", "2026-01-31"), ("until", "2026-01-31")).since == Instant("2026-01-31"))
  }

  @Test(arguments: [
    ("person", "x"), ("user", "nobody"), ("user", "No Body"), ("verb", "Person.show"), ("verb", "a b"),
    ("verb", "'; DROP TABLE access_entry"), ("outcome", "fine"), ("purpose", "fun"), ("since", "yesterday"),
    ("until", "2026-02-30"),
  ])
  func badValuesNameTheirParameter(_ name: String, _ value: String) {
    #expect(code { _ = try question((name, value)) } == "invalid/\(name)")
  }

  @Test func anEndBeforeTheBeginningIsRefused() {
    #expect(code { _ = try question(("since", "2026-02-01"), ("until", "2026-01-30")) } == "invalid/until")
  }

  @Test func filtersAreBoundAndNeverPasted() {
    var filter = LogFilter()
    #expect(filter.conditions.text.isEmpty)
    filter.verb = "person.show"
    filter.person = .new()
    #expect(filter.conditions.text == " AND person = $1 AND verb = $2")
    #expect(filter.conditions.parameterCount == 2)
  }

  @Test func aRowHasItsKeysInTheirOrderAlways() throws {
    let bare = Entry(
      at: Instant(microseconds: 0), user: nil, role: nil, purpose: nil, verb: "auth", outcome: .denied,
      code: "auth/failed", request: .new(), epoch: 1)
    let row = LogRow.row(try LoggedEntry(index: 7, bytes: bare.encoded), rules)
    #expect(
      Array(row.keys.prefix(14)) == [
        "index", "at", "user", "role", "purpose", "case", "verb", "outcome", "person", "fields", "rows", "session",
        "address", "rid",
      ])
    #expect(row["index"] == 7)
    #expect(row["user"] == .null)
    #expect(row["case"] == .null)
    #expect(row["code"] == "auth/failed")
    #expect(row["user-name"] == nil)
    #expect(row.keys.allSatisfy { key in LogRow.columns.contains { $0.name == key } })
  }

  @Test func aRowTellsWhoAndWhatByIdAndWord() throws {
    let person = PersonID.new()
    let entry = Entry(
      at: Instant(microseconds: 1_000_000), user: maija.id, role: .auditor, purpose: .dataSubjectRights,
      caseReference: "T-12", verb: "person.show", outcome: .ok, person: person, fields: FieldSet([.email, .phone]),
      categories: CategorySet(.contact), rows: 1, session: .new(), address: "10.0.0.1", request: .new(), epoch: 3,
      textHash: [1, 2], salt: .init(high: 1, low: 2))
    let row = LogShow.row(try LoggedEntry(index: 0, bytes: entry.encoded), rules)
    #expect(row["user"] == .string(maija.id.description))
    #expect(row["user-name"] == "maija")
    #expect(row["person"] == .string(person.description))
    #expect(row["fields"] == ["phone", "email"])
    #expect(row["categories"] == ["contact"])
    #expect(row["purpose"] == "data-subject-rights")
    #expect(row["hash"] == "0102")
    #expect(row["salt"] == "00000000000000010000000000000002")
    #expect(row["entry"]?.string.flatMap { Base64.decode($0) } == entry.encoded)
  }

  @Test func bytesThatAreNoEntryAreAnInternalFault() {
    #expect(code { _ = try LoggedEntry(index: 0, bytes: [1, 2, 3]) } == "internal")
  }

  @Test func countsNameEmployeesBesideTheirIdsAndSayFromWhenToWhen() throws {
    let (first, last) = (try #require(Instant("2026-01-31")), try #require(Instant("2026-02-01T12:00:00Z")))
    func row(_ value: LogValue) -> JSONObject {
      LogCount.row(LogCounted(value: value, count: 3, first: first, last: last), rules)
    }
    #expect(
      row(.none) == [
        "value": .null, "count": 3, "first": .string(first.description), "last": .string(last.description),
      ])
    #expect(row(.word("auth"))["value"] == "auth")
    #expect(row(.user(maija.id))["value"] == .string(maija.id.description))
    #expect(row(.user(maija.id))["user-name"] == "maija")
  }

  @Test func howItEndedIsALiteralForTheIndexOfWhatDidNotEndWell() {
    var filter = LogFilter()
    filter.outcome = .breakGlass
    #expect(filter.conditions.text == " AND outcome = 4")
    #expect(filter.conditions.parameterCount == 0)
  }

  @Test func monthsAreNumberedAndNamed() throws {
    let month = SearchWords.month(of: try #require(Instant("2026-11-22T17:00:00Z")))
    #expect(month == 2026 * 12 + 10)
    #expect(LogHash.name(ofMonth: month) == "2026-11")
    #expect(LogHash.name(ofMonth: month + 2) == "2027-01")
  }

  @Test(arguments: ["", " ", "--", String(repeating: "a", count: 101)])
  func searchWordsThatFoldToNothingAreRefused(_ text: String) {
    var arguments = Arguments([Parameter(name: "text", value: text)])
    #expect(code { _ = try LogHash(&arguments) } == "invalid/text")
  }
}
