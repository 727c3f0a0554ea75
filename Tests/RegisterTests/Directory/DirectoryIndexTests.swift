import Model
import Testing

@testable import Register

@Suite struct DirectoryIndexTests {
  private static func person(_ number: UInt64) -> PersonID { PersonID(high: 1, low: number) }
  private static func organisation(_ number: UInt64) -> OrganisationID { OrganisationID(high: 2, low: number) }

  private static func small() -> DirectoryIndex {
    var index = DirectoryIndex()
    index.insert(
      .person(
        person(1), .contact, names: ["Virtanen", "Matti"], emails: ["matti.virtanen@example.fi"],
        phones: ["040 123 4567"], organisations: [organisation(1)]))
    index.insert(.person(person(2), .private, names: ["Wirtanen", "Mei"], phones: ["+358 (0)50-765 4321"]))
    index.insert(.person(person(3), .private, names: ["Åström", "Märta"], emails: ["marta@astrom.se"]))
    index.insert(.person(person(4), .private, names: ["Magga", "Áŋŋel-Biret"], marks: .restricted))
    index.insert(.organisation(organisation(1), names: ["Kahvila Pöytä Oy"], emails: ["info@poyta.fi"]))
    return index
  }

  private static func found(
    _ text: String, in index: borrowing DirectoryIndex, _ fields: SearchFields = .all, limit: Int = 50
  ) -> [UInt64] {
    index.search(text, in: fields, limit: limit, where: { !$0.id.isOrganisation }).map(\.id.halves.low)
  }

  @Test(
    arguments: [
      ("virtanen", [1, 2]), ("VIRT", [1, 2]), ("irtan", [1, 2]), ("matti virtanen", [1]), ("virtanen, matti", [1]),
      ("virtnen", [1, 2]), ("vitranen", [1, 2]), ("virttanen", [1, 2]), ("virtamen", [1, 2]), ("vitraenn", [1, 2]),
      ("mtati", [1]), ("mti", []), ("Mei", [2]), ("astrom", [3]), ("ÅSTRÖM", [3]), ("marta", [3]), ("annel", [4]),
      ("Áŋŋel", [4]), ("angel biret", [4]), ("annel-biret", [4]), ("a\u{308}nnel", [4]),
    ] as [(String, [UInt64])])
  func findsNamesAsTyped(text: String, expected: [UInt64]) {
    #expect(Self.found(text, in: Self.small(), .name) == expected)
  }

  @Test(arguments: ["Annaliisa", "annali", "naliis", "analiisa", "Anna-Liisa", "anna liisa", "liisa", "makipetaja"])
  func findsNamesWithHyphensInOneWordToo(text: String) {
    var index = Self.small()
    index.insert(.person(Self.person(9), .private, names: ["Anna-Liisa", "Mäki-Petäjä"]))
    #expect(Self.found(text, in: index) == [9])
    index.remove(.person(Self.person(9)))
    #expect(Self.found(text, in: index) == [])
  }

  @Test(arguments: [
    "0401234567", "+358401234567", "00358 40 123 4567", "040-123 4567", "(040) 1234567", "040 123", "040", "35840",
    "1234567", "4567", "+358 (0)40 123",
  ])
  func findsPhonesInAnyNotation(text: String) {
    #expect(Self.found(text, in: Self.small(), .phone) == [1])
    #expect(Self.found(text, in: Self.small(), [.name, .email, .organisation]) == [])
  }

  @Test(arguments: [
    "matti.virtanen@example.fi", "MATTI.VIRTANEN@EX", "matti.virt", "virtanen@example.fi", "@example", "example.fi",
    "xample",
  ])
  func findsAddressesByTheirPieces(text: String) {
    #expect(Self.found(text, in: Self.small(), .email) == [1])
    #expect(Self.found(text, in: Self.small(), [.name, .phone, .organisation]).isEmpty || text == "matti.virt")
  }

  @Test func ranksByClassThenFieldThenName() {
    var index = DirectoryIndex()
    let names = ["korhonen", "korhonenius", "akorhonen", "korhonem", "karhoonen"]
    for (number, name) in names.enumerated() {
      index.insert(.person(Self.person(UInt64(number)), .private, names: [name]))
    }
    index.insert(.person(Self.person(5), .private, names: ["x"], emails: ["korhonen@example.fi"]))
    index.insert(
      .person(Self.person(6), .contact, names: ["y"], organisations: [Self.organisation(1)]))
    index.insert(.organisation(Self.organisation(1), names: ["Korhonen Oy"]))
    index.insert(.person(Self.person(7), .private, names: ["Korhonen", "Aino"]))
    #expect(Self.found("korhonen", in: index) == [0, 7, 5, 6, 1, 2, 3, 4])
    #expect(Self.found("korhonen", in: index, limit: 3) == [0, 7, 5])
    let all = index.search("korhonen", in: .all, limit: 9, where: { _ in true })
    #expect(all.count(where: \.isOrganisation) == 1)
  }

  @Test func renamingAnOrganisationAffectsItsContacts() {
    var index = Self.small()
    #expect(Self.found("kahvila", in: index) == [1])
    #expect(Self.found("kahvila", in: index, [.name, .email, .phone]) == [])
    index.insert(.organisation(Self.organisation(1), names: ["Leipomo"]))
    #expect(Self.found("kahvila", in: index) == [])
    #expect(Self.found("leipomo matti", in: index) == [1])
    index.remove(.organisation(Self.organisation(1)))
    #expect(Self.found("leipomo", in: index) == [])
    index.insert(.organisation(Self.organisation(1), names: ["Leipomo"]))
    #expect(Self.found("leipomo", in: index) == [1])
  }

  @Test func searchesWithinOneOrganisation() {
    let index = Self.small()
    let inside = index.search("virtanen", in: .all, limit: 9, within: Self.organisation(1), where: { _ in true })
    #expect(inside.map(\.id) == [.person(Self.person(1))])
    let nowhere = index.search("virtanen", in: .all, limit: 9, within: Self.organisation(8), where: { _ in true })
    #expect(nowhere.isEmpty)
  }

  @Test func filterDecidesBeforeRankingAndLimit() {
    let index = Self.small()
    let hits = index.search("virtanen", in: .all, limit: 1, where: { $0.kind == .private })
    #expect(hits.map(\.id) == [.person(Self.person(2))])
    let restricted = index.search("magga", in: .all, limit: 9, where: { !$0.marks.contains(.restricted) })
    #expect(restricted.isEmpty)
    let grants = index.search("0401234567", in: .all, limit: 9, granting: { _ in [.name, .email] })
    #expect(grants.isEmpty)
  }

  @Test func filterSeesWhatWasEntered() {
    var index = DirectoryIndex()
    let manager = UserID(high: 3, low: 4)
    index.insert(
      .person(
        Self.person(1), .private, names: ["Aino"], status: .former, manager: manager, marks: [.deceased, .protected]))
    var seen: [DirectoryCandidate] = []
    _ = index.search("aino", in: .name, limit: 1) { candidate in
      seen.append(candidate)
      return true
    }
    #expect(seen.count == 1)
    #expect(seen.first?.manager == manager && seen.first?.status == .former && seen.first?.kind == .private)
    #expect(seen.first?.marks == [.deceased, .protected])
  }

  @Test func replacingForgetsWhatWasKnown() {
    var index = Self.small()
    index.insert(.person(Self.person(1), .contact, names: ["Nieminen"]))
    #expect(Self.found("matti", in: index) == [])
    #expect(Self.found("kahvila", in: index) == [])
    #expect(Self.found("nieminen", in: index) == [1])
    let counts = (index.personCount, index.organisationCount)
    #expect(counts == (4, 1))
  }

  /// Which pieces of somebody's text, id and sorting key are still in memory.
  private static func traces(_ index: borrowing DirectoryIndex, high: UInt64, low: UInt64, key: UInt64) -> [String] {
    var found: [String] = []
    for text in ["kyronseppa", "salaisuus", "piilossa", "44111"] {
      // The middle of each: its ends may stand in others' words.
      let bytes = Array(text.utf8.dropFirst().dropLast())
      if index.names.arenaHolds(bytes) || index.locals.arenaHolds(bytes) || index.domains.arenaHolds(bytes)
        || index.phones.arenaHolds(bytes)
      {
        found.append(text)
      }
    }
    return index.records.holds(high: high, low: low, key: key) ? found + ["record"] : found
  }

  @Test func removalLeavesNoTrace() {
    var index = Self.small()
    let id = PersonID(high: 77, low: 88)
    index.insert(
      .person(
        id, .contact, names: ["Kyrönseppä", "Matti"], emails: ["salaisuus@piilossa.fi"], phones: ["+358441112223"],
        organisations: [Self.organisation(9)]))
    let key = Array("kyronsep".utf8).reduce(0) { UInt64($0) << 8 | UInt64($1) }
    #expect(
      Self.traces(index, high: 77, low: 88, key: key) == ["kyronseppa", "salaisuus", "piilossa", "44111", "record"])
    let word = Array("kyronseppa".utf8).withUnsafeBufferPointer { index.names.find($0) } ?? 0
    let isListed = index.names.grams.mentions(UInt32(word))
    let isRemoved = index.remove(.person(id))
    let isListedAfter = index.names.grams.mentions(UInt32(word))
    #expect(isListed && isRemoved && !isListedAfter)
    #expect(Self.traces(index, high: 77, low: 88, key: key) == [])
    #expect(Self.traces(index, high: 2, low: 9, key: key) == [])
    #expect(Self.found("matti", in: index) == [1])
    let isRemovedAgain = index.remove(.person(id))
    let isThere = index.contains(.person(id))
    #expect(!isRemovedAgain && !isThere)
  }

  @Test func replacingKeepsItsSizeWithinBounds() {
    var index = DirectoryIndex()
    for round in 0..<3000 {
      index.insert(
        .person(
          Self.person(UInt64(round % 3)), .private, names: ["Nimi\(10_000 + round)"], phones: ["\(10_000_000 + round)"])
      )
    }
    let counts = [index.names.count, index.phones.count, index.records.bound]
    #expect(counts == [3, 3, 3])
    let holds = [12_999, 12_990].map { index.names.arenaHolds(Array("nimi\($0)".utf8)) }
    #expect(holds == [true, false])
  }

  @Test(arguments: ["", " ", "@", "...", "\u{0}", ",;", "\u{308}", "\u{200B}", "+", "🙂", "()"])
  func findsNothingByNothing(text: String) {
    #expect(Self.found(text, in: Self.small()) == [])
  }

  @Test func findsByOneLetterAndWithoutLimitNothing() {
    #expect(Self.found("m", in: Self.small(), .name) == [3, 4, 1, 2])
    #expect(Self.found("m", in: Self.small(), limit: 0) == [])
    #expect(Self.found("m", in: Self.small(), []) == [])
  }

  @Test func bearsVeryLongAndOddText() {
    var index = Self.small()
    let long = String(repeating: "pitkä", count: 5000)
    index.insert(
      .person(
        Self.person(9), .private, names: [long, "李明", "Ольга"] + Array(repeating: "Nimi", count: 400),
        emails: ["\(long)@\(long)", "@", "a@", "@b", "none"],
        phones: [String(repeating: "9", count: 999), "", "12", "abc"]))
    #expect(Self.found("李明", in: index) == [9])
    #expect(Self.found("ОЛЬГ", in: index) == [9])
    #expect(Self.found(String(long.prefix(100)), in: index) == [9])
    #expect(Self.found("nimi", in: index) == [9])
    #expect(Self.found(String(repeating: "a ", count: 5000), in: index, .name) == [3, 4])
    #expect(Self.found(String(repeating: "9", count: 900), in: index) == [])
    index.remove(.person(Self.person(9)))
    let holds = index.names.arenaHolds(Array("pitka".utf8)) || index.locals.arenaHolds(Array("pitka".utf8))
    #expect(!holds)
  }

  @Test func readsTermsAsPeopleTypeThem() {
    #expect(
      SearchTerm.terms(of: "Anna-Maija Wirtanen").map { String(decoding: $0.word, as: UTF8.self) } == [
        "anna", "maija", "virtanen",
      ])
    let phone = SearchTerm.terms(of: "mei 040 123 4567")
    #expect(phone.count == 2)
    #expect(phone.last?.phone?.whole == Array("358401234567".utf8))
    #expect(phone.last?.word.isEmpty == true)
    #expect(SearchTerm.terms(of: "a@b").first?.sides?.domain == Array("b".utf8))
  }
}
