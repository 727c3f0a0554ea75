import Model
import Testing
import Wire

@testable import Custody
@testable import Register

/// A file of many persons is taken in only where a privacy officer agreed to that very file.
@Suite struct ImportApprovalTests {
  private static let settings: ServerSettings = {
    var settings = ServerSettings()
    settings.importApprovalAbove = 20
    return settings
  }()

  private static let header = "Etunimi;Sukunimi;Sähköposti\n"

  private static func text(_ numbers: Range<Int>) -> String {
    header + numbers.map { "Etu\($0);Suku\($0);nro\($0)@example.fi\n" }.joined()
  }

  /// A text in pieces of so many characters, as clients may cut it.
  private static func pieces(_ text: String, of count: Int) -> [JSON] {
    var pieces: [JSON] = []
    var rest = text[...]
    while !rest.isEmpty {
      pieces.append(.string(String(rest.prefix(count))))
      rest = rest.dropFirst(count)
    }
    return pieces
  }

  private let line = "person.import format=csv source=subject purpose=customer-care"

  private func run(_ register: TestRegister, _ line: String, _ feed: [JSON], _ account: Account = .maija) async throws
    -> Answered
  {
    try await register.run(account, line, port: FakePort(feed: feed))
  }

  private func ask(_ register: TestRegister, _ feed: [JSON]) async throws -> String {
    let asked = try await run(register, line, feed)
    #expect(asked.code == "pending/approval")
    #expect(asked.rows.isEmpty)
    return asked.object["approval"]?.string ?? ""
  }

  private func give(_ register: TestRegister, _ id: String) async throws {
    let given = try await register.run(.pirkko, "approval.give id=\(id)")
    #expect(given.rows.first?["state"]?.string == "approved", "\(given.code)")
    #expect(try await register.database.count("person") == 0)
  }

  @Test func theSameFileIsTakenInOnceHoweverItIsCut() async throws {
    try await withRegister(settings: Self.settings) { register in
      let text = Self.text(0..<21)
      let id = try await ask(register, Self.pieces(text, of: 100))
      // Asked again while it waits it is the same request.
      #expect(try await ask(register, Self.pieces(text, of: 7)) == id)
      let early = try await run(register, line + " approval=\(id)", Self.pieces(text, of: 100))
      #expect(early.code == "denied/approval")
      try await give(register, id)
      let done = try await run(register, line + " approval=\(id)", Self.pieces(text, of: 333))
      #expect(done.code == "done")
      #expect(done.object["imported"]?.int == 21)
      let again = try await run(register, line + " approval=\(id)", Self.pieces(text, of: 333))
      #expect(again.code == "denied/approval")
      #expect(try await register.database.count("person") == 21)
    }
  }

  @Test func anotherFileOrAnotherEmployeeIsRefused() async throws {
    try await withRegister(settings: Self.settings) { register in
      let text = Self.text(0..<21)
      let id = try await ask(register, [.string(text)])
      try await give(register, id)
      for other in [
        text.replacing("nro3@", with: "nro4@"), text + "Lisä;Suku;lisa@example.fi\n", Self.text(1..<22),
        text.replacing("\n", with: "\r\n"), text + "\n",
      ] {
        #expect(
          try await run(register, line + " approval=\(id)", [.string(other)]).code == "denied/approval")
      }
      #expect(
        try await run(register, line + " source-note=x approval=\(id)", [.string(text)]).code == "denied/approval")
      #expect(
        try await run(register, line + " approval=\(id)", [.string(text)], .mikko).code == "denied/approval")
      #expect(try await register.database.count("person") == 0)
      #expect(try await run(register, line + " approval=\(id)", [.string(text)]).code == "done")
      #expect(try await register.database.count("person") == 21)
    }
  }

  @Test func theOfficerIsShownCountsAndNoData() async throws {
    try await withRegister(settings: Self.settings) { register in
      let few = try await run(register, line, [.string(Self.text(0..<2))])
      #expect(few.code == "done")
      // Twenty more are as many as need nobody.
      let dry = try await run(register, line + " dry-run", [.string(Self.text(0..<22))])
      #expect(dry.object["would-import"]?.int == 20)
      let id = try await ask(register, [.string(Self.text(0..<24) + "Etu;Suku;ei-osoite\n")])
      let shown = try await register.run(.pirkko, "approval.show id=\(id)")
      let showing = shown.rows.first?["showing"]
      #expect(showing?["total"]?.int == 25)
      #expect(showing?["persons"]?.int == 22)
      #expect(showing?["duplicates"]?.int == 2)
      #expect(showing?["refused"]?.int == 1)
      #expect(!shown.rows.map(\.description).joined().contains("Suku"))
    }
  }

  @Test func rowsInNDJSONAreBoundToo() async throws {
    try await withRegister(settings: Self.settings) { register in
      func rows(_ numbers: Range<Int>) -> [JSON] {
        numbers.map {
          ["kind": "private", "last-name": .string("Suku\($0)"), "email": .string("n\($0)@example.fi")]
        }
      }
      let line = "person.import format=ndjson source=subject purpose=customer-care"
      let asked = try await run(register, line, rows(0..<21))
      let id = asked.object["approval"]?.string ?? ""
      try await give(register, id)
      for other in [Array(rows(0..<21).reversed()), rows(0..<22), rows(1..<22)] {
        #expect(try await run(register, line + " approval=\(id)", other).code == "denied/approval")
      }
      #expect(try await run(register, line + " approval=\(id)", rows(0..<21)).object["imported"]?.int == 21)
    }
  }

  @Test func rulesThatChangeWhileAFileIsReadLoseNothingOfIt() async throws {
    try await withRegister(settings: Self.settings) { register in
      let port = FakePort(
        feed: [.string(Self.text(0..<10))],
        onProgress: { done, total in
          guard done == 10, total == 10 else { return }
          _ = try await register.run(.ada, "user.add name=uusi\(done) full-name=\"Uusi Työntekijä\"")
        })
      let done = try await register.run(.maija, line, port: port)
      #expect(done.code == "done")
      #expect(done.object["imported"]?.int == 10)
      #expect(try await register.database.count("person") == 10)
    }
  }
}
