import Model
import Testing

@testable import Custody

/// The stored forms of data and of intake headers, read back and under mutation.
@Suite struct CodingTests {
  private static func datum(_ random: inout DirectorySeed) -> Datum {
    Datum(
      field: Field.allCases.randomElement(using: &random) ?? .note, entry: .random(in: 0...UInt16.max, using: &random),
      value: String(repeating: "ä", count: .random(in: 0...300, using: &random)),
      label: Bool.random(using: &random) ? "työ" : "",
      source: DataSource.allCases.randomElement(using: &random) ?? .other,
      sourceNote: Bool.random(using: &random) ? "messut" : "",
      at: Day(number: .random(in: -1000...100_000, using: &random)))
  }

  @Test func dataReadBackAsTheyWereWritten() {
    var random = DirectorySeed(state: 1)
    for _ in 0..<300 {
      let data = (0..<Int.random(in: 0...6, using: &random)).map { _ in Self.datum(&random) }
      #expect(DatumCoding.decode(DatumCoding.encode(data)) == data)
      let fields = FieldSet([.lastName, .phone])
      #expect(DatumCoding.decode(DatumCoding.encode(data), only: fields) == data.filter { fields.contains($0.field) })
    }
  }

  @Test func mutatedDataAreReadWholeOrNotAtAll() {
    var random = DirectorySeed(state: 2)
    for _ in 0..<3000 {
      var bytes = DatumCoding.encode((0..<3).map { _ in Self.datum(&random) })
      switch Int.random(in: 0...2, using: &random) {
      case 0: bytes.removeLast(Int.random(in: 1...bytes.count, using: &random))
      case 1: bytes.append(.random(in: 0...255, using: &random))
      default: bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= .random(in: 1...255, using: &random)
      }
      if let data = DatumCoding.decode(bytes) { #expect(DatumCoding.decode(DatumCoding.encode(data)) == data) }
    }
    #expect(DatumCoding.decode([]) == nil)
    #expect(DatumCoding.decode([2]) == nil)
  }

  private static func header(_ random: inout DirectorySeed) -> IntakeHeader {
    func id<Named>() -> ID<Named> {
      ID(high: .random(in: 0...UInt64.max, using: &random), low: .random(in: 0...UInt64.max, using: &random))
    }
    func mac() -> [UInt8] { (0..<32).map { _ in .random(in: 0...255, using: &random) } }
    let names = (0..<Int.random(in: 0...4, using: &random)).map { IntakeHeader.Name(intake: Int64($0) - 1, mac: mac()) }
    return IntakeHeader(
      kind: Bool.random(using: &random) ? .batch : .write, server: id(), chain: id(),
      counter: .random(in: 0...UInt64.max, using: &random), entries: .random(in: 0...UInt32.max, using: &random),
      previous: mac(), continued: .init(chain: id(), counter: 7, mac: mac()), names: names)
  }

  @Test func headersHaveOneFormOnly() {
    var random = DirectorySeed(state: 3)
    for _ in 0..<3000 {
      let header = Self.header(&random)
      var bytes = header.encoded
      #expect(IntakeHeader(bytes) == header)
      switch Int.random(in: 0...2, using: &random) {
      case 0: bytes.removeLast(Int.random(in: 1...bytes.count, using: &random))
      case 1: bytes.append(0)
      default: bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= .random(in: 1...255, using: &random)
      }
      if let read = IntakeHeader(bytes) { #expect(read.encoded == bytes) }
    }
  }

  @Test func anEditTouchesOnlyWhatItNames() throws {
    let origin = DatumEdit.Origin(source: .subject)
    var category = EditedCategory([
      Datum(field: .phone, entry: 1, value: "+3581", source: .organisation, at: .today()),
      Datum(field: .street, entry: 3, value: "Katu 1", source: .organisation, at: .today()),
      Datum(field: .town, entry: 3, value: "Turku", source: .organisation, at: .today()),
    ])
    try category.apply(.set(.postcode, entry: nil, value: "20100", origin))
    #expect(category.data.first { $0.field == .postcode }?.entry == 3)
    try category.apply(.set(.phone, entry: nil, value: "+3581", origin))
    #expect(category.changed == FieldSet([.postcode]))
    try category.apply(.add([(.phone, "+3582")], label: "koti", origin))
    #expect(category.added == [4])
    try category.apply(.remove(.contact, entry: 3))
    #expect(category.data.map(\.field) == [.phone, .phone])
    #expect(throws: RegisterError.notFound) { try category.apply(.remove(.contact, entry: 3)) }
  }
}
