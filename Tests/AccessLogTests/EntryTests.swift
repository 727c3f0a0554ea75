import AccessLog
import Model
import Testing

@Suite struct EntryTests {
  static func sample(_ generator: inout some RandomNumberGenerator) -> Entry {
    func maybe<T>(_ value: @autoclosure () -> T) -> T? { Bool.random(using: &generator) ? value() : nil }
    func id<Named>() -> ID<Named> {
      ID(high: .random(in: 0...UInt64.max, using: &generator), low: .random(in: 0...UInt64.max, using: &generator))
    }
    return Entry(
      at: Instant(microseconds: .random(in: 0...4_000_000_000_000_000, using: &generator)), user: maybe(id()),
      role: maybe(.sales), purpose: maybe(.customerCare), caseReference: maybe("T-12") ?? "", verb: "person.show",
      outcome: .denied, code: maybe("denied/role") ?? "", person: maybe(id()),
      fields: FieldSet(rawValue: .random(in: 0...UInt64.max, using: &generator)), categories: [.init(.identity)],
      rows: .random(in: 0...UInt32.max, using: &generator), session: maybe(id()), address: maybe("127.0.0.1") ?? "",
      request: id(), epoch: .random(in: 0...Int64.max, using: &generator), subject: maybe(id()),
      textHash: maybe([1, 2, 3]) ?? [], salt: .init(high: 7, low: 9))
  }

  @Test func everyEntryReadsBackFromItsBytes() throws {
    var generator = Seeded(state: 1)
    for _ in 0..<500 {
      let entry = Self.sample(&generator)
      #expect(try Entry.decode(entry.encoded) == entry)
    }
  }

  @Test func theBytesAreFixed() {
    let entry = Entry(
      at: Instant(microseconds: 1), user: UserID(high: 1, low: 2), role: .auditor, purpose: nil, verb: "log.find",
      outcome: .ok, rows: 3, request: RequestID(high: 5, low: 6), epoch: 4, salt: .init(high: 0xAA, low: 0xBB))
    let hex = entry.encoded.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
    let expected =
      "01" + "00000000000000aa00000000000000bb" + "0000000000000001" + "01010700" + "0000000000000004"
      + "00000000000000050000000000000006" + "00000003" + "0000000000000000" + "00000000"
      + "00000000000000010000000000000002" + "086c6f672e66696e64" + "00000000"
    #expect(hex == expected)
  }

  @Test func whatIsNoEntryIsRefusedAndNothingCrashes() throws {
    var generator = Seeded(state: 2)
    for _ in 0..<3000 {
      var bytes = Self.sample(&generator).encoded
      switch Int.random(in: 0...2, using: &generator) {
      case 0: bytes.removeLast(Int.random(in: 1...bytes.count, using: &generator))
      case 1: bytes.append(0)
      default: bytes[Int.random(in: 0..<bytes.count, using: &generator)] ^= UInt8.random(in: 1...255, using: &generator)
      }
      if let entry = try? Entry.decode(bytes) { #expect(entry.encoded == bytes) }
    }
    #expect(throws: EntryFault.self) { try Entry.decode([UInt8]()) }
  }

  @Test func bundlesSplitWhereTheyWereJoined() throws {
    var generator = Seeded(state: 3)
    let entries = (0..<20).map { _ in Self.sample(&generator) }
    var bytes: [UInt8] = []
    for entry in entries { EntryBundle.append(entry, to: &bytes) }
    #expect(try EntryBundle.split(bytes).map { try Entry.decode($0) } == entries)
    #expect(throws: EntryFault.self) { try EntryBundle.split(Array(bytes.dropLast())) }
  }
}

/// SplitMix64: the same numbers in each run.
struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
