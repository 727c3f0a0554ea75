import AccessLog
import Foundation
import Model
import Postgres
import Testing
import Wire

@testable import Custody
@testable import Register

/// A file taken in through the engine: everything good of it once, or nothing.
@Suite struct ImportCommandTests {
  private static let settings: ServerSettings = {
    var settings = ServerSettings()
    settings.importApprovalAbove = 10_000
    return settings
  }()

  /// The sample file in pieces, as a client feeds it.
  private static func sample() throws -> [JSON] {
    let data = try Data(contentsOf: URL(filePath: Golden.package + "/deploy/samples/customers.csv"))
    var decoder = FileTextDecoder()
    var pieces: [JSON] = []
    for start in stride(from: 0, to: data.count, by: 30_000) {
      pieces.append(.string(try decoder.decode(Array(data[start..<min(start + 30_000, data.count)])[...])))
    }
    return pieces + [.string(try decoder.finish())]
  }

  private static func rows(_ numbers: Range<Int>) -> [JSON] {
    let lines = numbers.map { "Etu\($0);Suku\($0);nro\($0)@example.fi" }
    return [.string("Etunimi;Sukunimi;Sähköposti\n"), .string(lines.joined(separator: "\n") + "\n")]
  }

  private let line = "person.import format=csv source=subject purpose=customer-care"

  private func number(_ answer: Answered, _ key: String) -> Int64 { answer.object[key]?.int ?? -1 }

  @Test func theSampleFileIsTakenInOnceAndItsRowsAreThenKnown() async throws {
    try await withRegister(settings: Self.settings) { register in
      let feed = try Self.sample()
      let dry = try await register.run(.maija, line + " dry-run", port: FakePort(feed: feed))
      #expect(number(dry, "total") == 2000)
      #expect(number(dry, "refused") == 114)
      #expect(number(dry, "imported") == 0)
      #expect(number(dry, "organisations") == 0)
      #expect(number(dry, "would-add-organisations") == 250)
      #expect(try await register.database.count("person") == 0)
      #expect(try await register.database.count("organisation") == 0)
      let wouldImport = number(dry, "would-import")
      #expect(wouldImport + number(dry, "duplicates") == 1886)

      let first = try await register.run(.maija, line, port: FakePort(feed: feed))
      #expect(first.code == "done/partial")
      #expect(number(first, "imported") == wouldImport)
      #expect(number(first, "organisations") == 250)
      #expect(try await register.database.count("person") == Int(wouldImport))
      let entries = try await register.entries(of: first)
      #expect(entries.count == Int(wouldImport))
      #expect(Set(entries.compactMap(\.person)).count == Int(wouldImport))

      let second = try await register.run(.maija, line, port: FakePort(feed: feed))
      #expect(number(second, "imported") == 0)
      #expect(number(second, "duplicates") == 1886)
      #expect(number(second, "refused") == 114)
      #expect(try await register.database.count("person") == Int(wouldImport))
    }
  }

  @Test func anImportThatIsCutOffStoresNothing() async throws {
    try await withRegister(settings: Self.settings) { register in
      let port = FakePort(
        feed: Self.rows(0..<1500),
        onProgress: { done, total in if total == 1500, done == 1000 { throw CancellationError() } })
      let answer = try await register.run(.maija, line, port: port)
      #expect(answer.code == "cancelled")
      #expect(try await register.database.count("person") == 0)
      #expect(try await register.database.count("person_part") == 0)
      #expect(try await register.run(.maija, "person.find text=Suku7 purpose=customer-care").rows.isEmpty)
      #expect(try await register.entries(of: answer).map(\.outcome) == [.failed])
    }
  }

  @Test func moreThanTheSettingNeedsAnApproval() async throws {
    var settings = ServerSettings()
    settings.importApprovalAbove = 20
    try await withRegister(settings: settings) { register in
      let answer = try await register.run(.maija, line, port: FakePort(feed: Self.rows(0..<21)))
      #expect(answer.code == "pending/approval")
      #expect(try await register.database.count("person") == 0)
      #expect(try await register.entries(of: answer).map(\.person) == [nil])
      let fewer = try await register.run(.maija, line, port: FakePort(feed: Self.rows(0..<20)))
      #expect(number(fewer, "imported") == 20)
    }
  }

  @Test func theSameFileByTwoAtOnceIsTakenInOnce() async throws {
    try await withRegister(settings: Self.settings) { register in
      async let one = register.run(.maija, line, port: FakePort(feed: Self.rows(0..<40)))
      async let two = register.run(.mikko, line, port: FakePort(feed: Self.rows(0..<40)))
      let imported = try await number(one, "imported") + number(two, "imported")
      #expect(imported == 40)
      #expect(try await register.database.count("person") == 40)
    }
  }

  @Test func anImportedOrganisationIsFoundBeforeTheFinalLineIsRead() async throws {
    try await withRegister(runs: false, settings: Self.settings) { register in
      let feed: [JSON] = [
        .string("Yritys;Y-tunnus;Etunimi;Sukunimi;Sähköposti\n"),
        .string("Tuontilan Tavara Oy;2879282-0;Tuija;Tuotu;tuija@example.fi\n"),
      ]
      let answer = try await register.run(.maija, line, port: FakePort(feed: feed))
      #expect(number(answer, "imported") == 1, "\(answer.code)")
      #expect(try await register.run(.maija, "person.find text=Tuotu purpose=customer-care").rows.count == 1)
      #expect(try await register.run(.maija, "organisation.find text=Tuontilan").rows.count == 1)
    }
  }

  @Test func importedPersonsAreFoundAtOnce() async throws {
    try await withRegister(runs: false, settings: Self.settings) { register in
      _ = try await register.run(.maija, line, port: FakePort(feed: Self.rows(0..<10)))
      let found = try await register.run(.maija, "person.find text=nro7@example.fi purpose=customer-care")
      #expect(found.rows.first?["name"]?.string == "Etu7 Suku7")
    }
  }
}
