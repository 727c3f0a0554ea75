import Model
import Testing
import Wire

@testable import Register

@Suite struct ImportMappingTests {
  static func outcomes(_ text: String, defaults: ImportDefaults = ImportDefaults()) throws -> [ImportOutcome] {
    var file = CSVImport(defaults: defaults)
    return try file.feed(text) + (try file.finish())
  }

  static func codes(_ outcome: ImportOutcome?) -> [String] {
    if case .refused(let problems) = outcome { problems.map(\.code) } else { [] }
  }

  static func row(_ outcome: ImportOutcome?) -> ImportRow? {
    if case .row(let row) = outcome { row } else { nil }
  }

  @Test func headersAreKnownInThreeLanguagesHoweverWritten() {
    for header in ["Y-tunnus", "y tunnus", "FO-NUMMER", "business-id", "Business ID"] {
      #expect(ImportField.named(header) == .businessID)
    }
    #expect(ImportField.named("SAHKOPOSTI") == .email)
    #expect(ImportField.named("Puhelin 2") == .phone)
    #expect(ImportField.named("Sukunimi 2") == nil)
    #expect(ImportField.named("") == nil)
    for field in ImportField.allCases { #expect(ImportField.named(field.name) == field) }
  }

  @Test(arguments: ["Etunimi;Kengännumero", "Etunimi;First name", "Etunimi;Puhelin;Puhelin", "Puhelin;Lähde", ";", ""])
  func unknownRepeatedAndMissingColumnsRefuseTheFile(header: String) {
    let error = #expect(throws: RegisterError.self) { try Self.outcomes(header + "\n") }
    #expect(error?.code == "invalid/header")
  }

  @Test func privateCustomersHaveNoProfessionAndSoleTradersABusinessID() throws {
    let header = "Yritys;Y-tunnus;Etunimi;Sukunimi;Sukupuoli;Titteli;Asema;Lähde\n"
    let outcomes = try Self.outcomes(
      header + ";;A;B;nainen;johtaja;osto;yritys\n;2879282-0;A;B;;;;yritys\nX Oy;;;B;ei tiedossa;t;p;sidosryhmä\n")
    #expect(Self.codes(outcomes[0]) == ["invalid/gender", "invalid/title", "invalid/position"])
    let trader = Self.row(outcomes[1])
    #expect(trader?.kind == .private)
    #expect(trader?.businessID?.description == "2879282-0")
    let contact = Self.row(outcomes[2])
    #expect(contact?.organisation?.matchKey == "~x oy")
    #expect(contact?.kind == .contact)
    #expect(contact?.gender == nil)
  }

  @Test func theSourceMustBeKnownAndAnotherOneNamed() throws {
    let outcomes = try Self.outcomes("Etunimi;Lähde;Tila\nA;muu;\nA;muu: messut;asiakas\nA;;\nA;kuu;\nA;yritys;ehkä\n")
    #expect(Self.codes(outcomes[0]) == ["invalid/source-note"])
    #expect(Self.row(outcomes[1])?.sourceNote?.description == "messut")
    #expect(Self.codes(outcomes[2]) == ["invalid/source"])
    #expect(Self.codes(outcomes[3]) == ["invalid/source"])
    #expect(Self.codes(outcomes[4]) == ["invalid/status"])
    var defaults = ImportDefaults()
    defaults.source = .publicRegister
    #expect(Self.row(try Self.outcomes("Etunimi\nA\n", defaults: defaults).first)?.source == .publicRegister)
  }

  @Test func everyProblemOfARowIsTold() throws {
    let outcomes = try Self.outcomes("Etunimi;Sähköposti;Puhelin;Postinumero;Lähde\n;x;y;123;z\n;;;;\n")
    #expect(
      Self.codes(outcomes[0]) == [
        "invalid/first-name", "invalid/email", "invalid/phone", "invalid/postcode", "invalid/source",
      ])
    #expect(outcomes[1] == .blank)
  }

  @Test func problemsNeverRepeatTheCell() throws {
    for case .refused(let problems) in try Self.outcomes("Etunimi;Sähköposti;Puhelin\nA;salaisuus;salaisuus\n") {
      #expect(problems.allSatisfy { !"\($0)".contains("salaisuus") })
    }
  }

  @Test func objectsGoTheSameWay() {
    let person: JSON = .object([
      "kind": .string("contact"), "organisation": .string("Čeabet Oy"), "business-id": .string("2879282-0"),
      "first-name": .string("Áile"), "phone": .array([.string("040 123 4567"), .string("+358401234567")]),
      "source": .string("contact-person"), "note": .null,
    ])
    let row = Self.row(JSONRows.outcome(row: 4, person))
    #expect(row?.phones.map(\.description) == ["+358401234567"])
    #expect(row?.row == 4)
    #expect(Self.codes(JSONRows.outcome(row: 1, .object(["secret": .string("x")]))).first == "invalid/row")
    #expect(Self.codes(JSONRows.outcome(row: 1, .object(["title": .int(3)]))).first == "invalid/title")
    #expect(Self.codes(JSONRows.outcome(row: 1, .array([]))).first == "invalid/row")
    #expect(
      Self.codes(
        JSONRows.outcome(
          row: 1,
          .object([
            "kind": .string("contact"), "first-name": .string("A"),
            "source": .string("subject"),
          ]))) == ["invalid/organisation"])
  }

  @Test func mutatedFilesNeverTakeWhatTheRulesForbid() throws {
    let bytes = Array(try SampleFileTests.bytes().prefix(8000))
    var random = DemoRandom(seed: 11, stream: 0, item: 0)
    var taken = 0
    for _ in 0..<300 {
      var mutated = bytes
      for _ in 0..<20 { mutated[200 + random.below(mutated.count - 200)] = UInt8(random.below(128)) }
      var file = CSVImport()
      var decoder = FileTextDecoder()
      guard let text = try? decoder.decode(mutated), var outcomes = try? file.feed(text) else { continue }
      outcomes += (try? file.finish()) ?? []
      for row in SampleFileTests.rows(outcomes) {
        taken += 1
        #expect((row.organisation != nil) == (row.kind == .contact))
        #expect(row.kind == .contact || (row.title == nil && row.position == nil && row.gender == nil))
        #expect(row.note.map { LongText($0.description) == $0 } ?? true)
        #expect(row.emails.allSatisfy { EmailAddress($0.description) == $0 })
        #expect(row.phones.allSatisfy { PhoneNumber($0.description) == $0 })
      }
    }
    #expect(taken > 3000)
  }

  @Test(arguments: [
    ("", ""), ("abc", "abc"), ("=1+1", "'=1+1"), ("-10 %", "'-10 %"), ("+358", "'+358"), ("@x", "'@x"),
    ("\tx", "\"'\tx\""),
    ("a;b", "\"a;b\""), ("a\"b", "\"a\"\"b\""), ("a\nb", "\"a\nb\""), (" a", "\" a\""), ("＝1", "'＝1"),
  ]) func exportedCellsAreNoFormulas(text: String, cell: String) { #expect(SpreadsheetSafe.cell(text) == cell) }
}
