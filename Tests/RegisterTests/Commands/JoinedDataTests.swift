import Model
import Testing

@testable import Custody

/// What becomes of the data of two records that are joined; no database is needed for it.
@Suite struct JoinedDataTests {
  private static let day = Day(number: 7000)

  private func datum(_ field: Field, _ entry: UInt16, _ value: String, _ source: DataSource = .subject) -> Datum {
    Datum(field: field, entry: entry, value: value, source: source, at: Self.day)
  }

  private func joined(_ stays: [Datum], _ goes: [Datum], _ category: Model.Category) throws -> JoinedData {
    var data = JoinedData(stays)
    try data.join(goes, of: category, links: try JoinedLinks([], [], used: []))
    return data
  }

  @Test func whatIsHeldOnceStaysAndOnlyWhatIsMissingComes() throws {
    let data = try joined(
      [datum(.lastName, 1, "Virtanen")],
      [datum(.firstName, 1, "Mei", .organisation), datum(.lastName, 1, "Wirtanen")], .identity)
    #expect(data.data == [datum(.lastName, 1, "Virtanen"), datum(.firstName, 1, "Mei", .organisation)])
    #expect(data.changed == FieldSet(.firstName))
    #expect(data.dropped == FieldSet(.lastName))
  }

  @Test func theSameValueTwiceIsNeitherAddedNorDropped() throws {
    let one = [datum(.lastName, 1, "Virtanen"), datum(.firstName, 1, "Mei")]
    let data = try joined(one, one.reversed(), .identity)
    #expect(data.data == one)
    #expect(data.changed.isEmpty)
    #expect(data.dropped.isEmpty)
  }

  @Test func phonesAndAddressesAreKeptWithSourceAndDayUnderNumbersOfTheirOwn() throws {
    let data = try joined(
      [datum(.phone, 1, "+358401"), datum(.email, 2, "a@example.fi")],
      [
        datum(.phone, 1, "+358402", .stakeholder), datum(.email, 2, "a@example.fi", .other),
        datum(.phone, 3, "+358401"),
      ],
      .contact)
    #expect(
      data.data == [
        datum(.phone, 1, "+358401"), datum(.email, 2, "a@example.fi"), datum(.phone, 3, "+358402", .stakeholder),
      ])
    #expect(data.changed == FieldSet(.phone))
    #expect(data.dropped.isEmpty)
  }

  @Test func anAddressIsAddedWholeOrNotAtAll() throws {
    let home = [datum(.street, 3, "Katu 1"), datum(.postcode, 3, "00100"), datum(.town, 3, "Helsinki")]
    let other = [datum(.street, 3, "Katu 2"), datum(.postcode, 3, "00100"), datum(.town, 3, "Helsinki")]
    let data = try joined(home, other, .contact)
    #expect(data.data.count == 6)
    #expect(data.data[3...].allSatisfy { $0.entry == 4 })
    #expect(data.changed == FieldSet([.street, .postcode, .town]))
    // A part of an address that is held says nothing new.
    #expect(try joined(home, [datum(.town, 9, "Helsinki")], .contact).changed.isEmpty)
    // Lines of two addresses are not one.
    #expect(
      try !joined(
        home + other.map { datum($0.field, 4, $0.value) },
        [datum(.street, 1, "Katu 1"), datum(.town, 1, "Espoo")], .contact
      ).changed.isEmpty)
  }

  @Test func whatTheOtherHoldsTwiceIsAddedOnce() throws {
    let data = try joined([], [datum(.phone, 1, "+358401"), datum(.phone, 2, "+358401")], .contact)
    #expect(data.data.count == 1)
  }

  @Test func moreThanAPersonMayHaveIsRefused() throws {
    let most = (1...UInt16(Limits.contactsPerKindMax)).map { datum(.phone, $0, "+3584\($0)") }
    #expect(try joined(most, most, .contact).data.count == Limits.contactsPerKindMax)
    #expect(throws: RegisterError.tooMuchToJoin) { try joined(most, [datum(.phone, 1, "+35899")], .contact) }
    #expect(try joined(most, [datum(.email, 1, "a@example.fi")], .contact).changed == FieldSet(.email))
  }

  @Test func theHighestNumberIsNoEnd() throws {
    let data = try joined([datum(.phone, .max, "+358401")], [datum(.phone, .max, "+358402")], .contact)
    #expect(data.data.map(\.entry) == [.max, 1])
  }

  @Test func titlesFollowTheirOrganisations() throws {
    let (a, b, c) = (OrganisationID.new(), OrganisationID.new(), OrganisationID.new())
    let links = try JoinedLinks(
      [.init(organisation: a, entry: 1), .init(organisation: b, entry: 2)],
      [.init(organisation: b, entry: 1), .init(organisation: c, entry: 2)], used: [1, 2])
    #expect(links.added.map(\.organisation) == [c])
    #expect(links.added.map(\.entry) == [3])
    var data = JoinedData([datum(.title, 1, "A"), datum(.title, 2, "B")])
    try data.join(
      [
        datum(.title, 1, "other B"), datum(.position, 1, "at B"), datum(.title, 2, "C"), datum(.position, 9, "nowhere"),
      ],
      of: .professional, links: links)
    #expect(
      data.data == [
        datum(.title, 1, "A"), datum(.title, 2, "B"), datum(.position, 2, "at B"), datum(.title, 3, "C"),
        datum(.position, 1, "nowhere"),
      ])
    #expect(data.dropped == FieldSet(.title))
    #expect(data.changed == FieldSet([.title, .position]))
  }

  @Test func anyTwoRecordsJoinToWhatHoldsAllOfBothButWhatIsDropped() throws {
    var random = DirectorySeed(state: 11)
    for _ in 0..<3000 {
      func record(_ fields: [Field]) -> [Datum] {
        (0..<Int.random(in: 0...6, using: &random)).map { _ in
          datum(
            fields.randomElement(using: &random) ?? .phone, UInt16.random(in: 1...4, using: &random),
            "v\(Int.random(in: 0...3, using: &random))")
        }
      }
      for category in [Model.Category.identity, .contact, .demographic, .other] {
        let fields = Field.allCases.filter { $0.category == category }
        let (stays, goes) = (record(fields), record(fields))
        let data = try joined(stays, goes, category)
        #expect(Array(data.data.prefix(stays.count)) == stays)
        #expect(FieldSet(data.data.dropFirst(stays.count).map(\.field)) == data.changed)
        let values = Set(data.data.map { "\($0.field) \($0.value)" })
        for datum in goes {
          #expect(values.contains("\(datum.field) \(datum.value)") || data.dropped.contains(datum.field))
        }
        // Doing it again adds nothing.
        #expect(try joined(data.data, goes, category).changed.isEmpty)
      }
    }
  }

  @Test func clearColumnsKeepMarksAndTheEarlierDay() {
    let (early, late) = (Instant.now().adding(seconds: -1000), Instant.now())
    let (ada, eva) = (UserID.new(), UserID.new())
    let stays = PersonHeader(
      id: .new(), rev: 4, kind: .contact, status: .customer, marks: .doNotContact, language: .finnish, informedAt: late)
    let goes = PersonHeader(
      id: .new(), rev: 9, kind: .contact, status: .prospect, marks: [.protected, .restricted], language: .swedish,
      manager: eva, informedAt: early)
    let joined = stays.joining(goes)
    #expect(joined.id == stays.id && joined.rev == 5 && joined.status == .customer && joined.language == .finnish)
    #expect(joined.marks == [.doNotContact, .protected, .restricted])
    #expect(joined.manager == eva && joined.informedAt == early)
    #expect(stays.columnsKept(over: goes) == ["status", "language"])
    var managed = stays
    managed.manager = ada
    managed.informedAt = nil
    #expect(managed.joining(goes).manager == ada && managed.joining(goes).informedAt == early)
    #expect(managed.columnsKept(over: goes) == ["status", "language", "manager"])
  }
}
