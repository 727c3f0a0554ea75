import Model
import Testing

@Suite struct IdentifierTests {
  @Test func anIdReadsBackFromItsText() {
    let id = PersonID.new()
    #expect(PersonID(id.description) == id)
    #expect(PersonID(id.description.uppercased()) == id)
    #expect(PersonID(bytes: id.bytes) == id)
    #expect(id.description.count == 36)
    #expect(Array(id.description)[14] == "7")
  }

  @Test(arguments: [
    "", "x", "0192f0c4-0000-7000-8000-00000000000", "0192f0c4-0000-7000-8000-0000000000000",
    "0192f0c4_0000-7000-8000-000000000000",
  ])
  func whatIsNoIdIsRefused(text: String) { #expect(PersonID(text) == nil) }

  @Test func instantsReadBackAndOffsetsCount() {
    let instant = Instant("2026-11-22T19:02:38.25+02:00")
    #expect(instant?.description == "2026-11-22T17:02:38.250000Z")
    #expect(Instant("2026-11-22")?.description == "2026-11-22T00:00:00.000000Z")
    #expect(Instant("2026-11-22T25:00:00Z") == nil)
    #expect(Instant("2026-11-22T10:00:00") == nil)
    #expect(Instant(microseconds: -1).description == "1969-12-31T23:59:59.999999Z")
  }

  @Test func daysKnowTheCalendar() {
    #expect(Day("2024-02-29")?.description == "2024-02-29")
    #expect(Day("2023-02-29") == nil)
    #expect(Day("2026-11-22").map { $0.number } == 20779)
    #expect(Day("2026-13-01") == nil)
  }
}
