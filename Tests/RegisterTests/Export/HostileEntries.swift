import AccessLog
import Model

@testable import Register

/// Entries with values that break careless formats, the same each time.
struct HostileEntries: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  /// What texts are put together from.
  static let pieces = [
    "|", "=", "\\", "\"", "'", ",", ";", "\n", "\r", "\r\n", "\t", " ", "]", "[", "@", "+", "-", "=1+1", "a", "Ö", "日",
    "\u{202E}", "\u{200B}", "\u{2028}", "\u{85}", "\u{0}", "\u{1B}[31m", "\u{FEFF}", "\\n", "cs1=", " suid=x", "CEF:0|",
    "<13>1 ", "{\"a\":1}", "e\u{301}", "\u{1F469}\u{200D}\u{1F4BB}", "-->", "%n", "\u{FFFD}",
  ]

  mutating func text(_ most: Int = 8) -> String {
    var text = ""
    for _ in 0..<Int.random(in: 0...most, using: &self) {
      let piece = Self.pieces.randomElement(using: &self) ?? ""
      if (text + piece).utf8.count <= 255 { text += piece }
    }
    return text
  }

  mutating func id<Kind>() -> ID<Kind> { ID(high: next(), low: next()) }

  mutating func logged() throws -> LoggedEntry {
    let address = ["127.0.0.1", "2001:db8::1", "unix", "", text()].randomElement(using: &self) ?? ""
    let entry = Entry(
      at: Instant(microseconds: Int64.random(in: 0...4_000_000_000_000_000, using: &self)),
      user: Bool.random(using: &self) ? id() : nil, role: JobRole.allCases.randomElement(using: &self),
      purpose: Purpose.allCases.randomElement(using: &self), caseReference: text(), verb: text(),
      outcome: Outcome.allCases.randomElement(using: &self) ?? .ok, code: text(),
      person: Bool.random(using: &self) ? id() : nil, fields: FieldSet(rawValue: next() & FieldSet.all.rawValue),
      categories: CategorySet(rawValue: UInt32(truncatingIfNeeded: next()) & CategorySet.all.rawValue),
      rows: UInt32(truncatingIfNeeded: next()), session: Bool.random(using: &self) ? id() : nil, address: address,
      request: id(), epoch: Int64.random(in: 0...1_000_000, using: &self),
      subject: Bool.random(using: &self) ? id() : nil, textHash: Bool.random(using: &self) ? [1, 2, 255] : [],
      salt: .init(high: next(), low: next()))
    return try LoggedEntry(index: Int64.random(in: 0...1 << 52, using: &self), bytes: entry.encoded)
  }
}

/// An entry of a test's own.
func logged(
  verb: String = "person.show", outcome: Outcome = .ok, caseReference: String = "", code: String = "",
  address: String = "192.0.2.7", user: UserID? = Account.maija.id, subject: UserID? = nil, person: PersonID? = nil,
  rows: UInt32 = 1
) throws -> LoggedEntry {
  let entry = Entry(
    at: Instant(microseconds: 1_763_830_958_123_456), user: user, role: .customerService, purpose: .customerCare,
    caseReference: caseReference, verb: verb, outcome: outcome, code: code, person: person,
    fields: FieldSet([.email, .phone]), categories: CategorySet(.contact), rows: rows,
    session: SessionID(high: 7, low: 1), address: address, request: RequestID(high: 9, low: 9), epoch: 3,
    subject: subject?.retyped())
  return try LoggedEntry(index: 12, bytes: entry.encoded)
}
