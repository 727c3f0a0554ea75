import Model

/// The canonical bytes of an entry, version 1. Integers are big-endian.
///
/// ```
/// version 1 │ salt 16 │ at i64 (µs since 1970) │ presence u8 │ outcome u8 │ role u8 │ purpose u8 │ epoch i64
/// request 16 │ rows u32 │ fields u64 │ categories u32
/// user 16 if presence&1 │ person 16 if &2 │ session 16 if &4 │ subject 16 if &8
/// then verb, case, code, address, text hash: each a length byte and that many bytes
/// ```
/// Role and purpose are 0 where absent. Every entry has exactly one encoding; `decode` refuses all others.
extension Entry {
  /// The version byte that every entry begins with.
  public static let version: UInt8 = 1
  /// Where the salt stands, so that a batch can be salted after it was encoded.
  public static let saltOffset = 1

  /// Appends the canonical bytes.
  public func encode(into buffer: inout [UInt8]) {
    buffer.append(Entry.version)
    append(salt.high, to: &buffer)
    append(salt.low, to: &buffer)
    append(UInt64(bitPattern: at.microseconds), to: &buffer)
    let presence: UInt8 =
      (user == nil ? 0 : 1) | (person == nil ? 0 : 2) | (session == nil ? 0 : 4) | (subject == nil ? 0 : 8)
    buffer.append(presence)
    buffer.append(outcome.rawValue)
    buffer.append(role?.rawValue ?? 0)
    buffer.append(purpose?.rawValue ?? 0)
    append(UInt64(bitPattern: epoch), to: &buffer)
    request.append(to: &buffer)
    append(rows, to: &buffer)
    append(fields.rawValue, to: &buffer)
    append(categories.rawValue, to: &buffer)
    user?.append(to: &buffer)
    person?.append(to: &buffer)
    session?.append(to: &buffer)
    subject?.append(to: &buffer)
    append(verb.utf8, to: &buffer)
    append(caseReference.utf8, to: &buffer)
    append(code.utf8, to: &buffer)
    append(address.utf8, to: &buffer)
    append(textHash, to: &buffer)
  }

  /// The canonical bytes.
  public var encoded: [UInt8] {
    var buffer = [UInt8]()
    buffer.reserveCapacity(192)
    encode(into: &buffer)
    return buffer
  }

  private func append(_ value: some FixedWidthInteger, to buffer: inout [UInt8]) {
    withUnsafeBytes(of: value.bigEndian) { buffer.append(contentsOf: $0) }
  }

  private func append(_ bytes: some Collection<UInt8>, to buffer: inout [UInt8]) {
    buffer.append(UInt8(min(bytes.count, 255)))
    buffer.append(contentsOf: bytes.prefix(255))
  }
}

/// Bytes that are no canonical entry.
public struct EntryFault: Error, Equatable, Sendable {
  /// What is wrong with them, for an operator.
  public let reason: String
}

extension Entry {
  /// Reads canonical bytes; throws for anything that `encode` would not have written.
  public static func decode(_ bytes: some Collection<UInt8>) throws(EntryFault) -> Entry {
    var reader = EntryReader(bytes: Array(bytes))
    guard try reader.byte() == version else { throw EntryFault(reason: "unknown version") }
    let salt = Salt(high: try reader.integer(), low: try reader.integer())
    let at = Instant(microseconds: Int64(bitPattern: try reader.integer()))
    let presence = try reader.byte()
    guard presence & 0xF0 == 0 else { throw EntryFault(reason: "unknown presence bits") }
    guard let outcome = Outcome(rawValue: try reader.byte()) else { throw EntryFault(reason: "unknown outcome") }
    let roleCode = try reader.byte()
    let role = JobRole(rawValue: roleCode)
    guard role != nil || roleCode == 0 else { throw EntryFault(reason: "unknown role") }
    let purposeCode = try reader.byte()
    let purpose = Purpose(rawValue: purposeCode)
    guard purpose != nil || purposeCode == 0 else { throw EntryFault(reason: "unknown purpose") }
    let epoch = Int64(bitPattern: try reader.integer())
    let request: RequestID = try reader.id()
    let rows: UInt32 = try reader.integer()
    let fields = FieldSet(rawValue: try reader.integer())
    let categories = CategorySet(rawValue: try reader.integer())
    let user: UserID? = presence & 1 == 0 ? nil : try reader.id()
    let person: PersonID? = presence & 2 == 0 ? nil : try reader.id()
    let session: SessionID? = presence & 4 == 0 ? nil : try reader.id()
    let subject: ID<Named.Request>? = presence & 8 == 0 ? nil : try reader.id()
    let verb = try reader.string()
    let caseReference = try reader.string()
    let code = try reader.string()
    let address = try reader.string()
    let textHash = try reader.counted()
    guard reader.isAtEnd else { throw EntryFault(reason: "trailing bytes") }
    return Entry(
      at: at, user: user, role: role, purpose: purpose, caseReference: caseReference, verb: verb, outcome: outcome,
      code: code, person: person, fields: fields, categories: categories, rows: rows, session: session,
      address: address, request: request, epoch: epoch, subject: subject, textHash: Array(textHash), salt: salt)
  }
}

private struct EntryReader {
  let bytes: [UInt8]
  var position = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  mutating func take(_ count: Int) throws(EntryFault) -> ArraySlice<UInt8> {
    guard bytes.count - position >= count else { throw EntryFault(reason: "too short") }
    defer { position += count }
    return bytes[position..<position + count]
  }

  mutating func byte() throws(EntryFault) -> UInt8 { try take(1).first ?? 0 }

  mutating func integer<Value: FixedWidthInteger & UnsignedInteger>() throws(EntryFault) -> Value {
    try take(Value.bitWidth / 8).reduce(0) { $0 << 8 | Value($1) }
  }

  mutating func id<Kind>() throws(EntryFault) -> ID<Kind> {
    ID<Kind>(high: try integer(), low: try integer())
  }

  mutating func counted() throws(EntryFault) -> ArraySlice<UInt8> { try take(Int(try byte())) }

  mutating func string() throws(EntryFault) -> String {
    let bytes = try counted()
    guard let text = String(validating: bytes, as: UTF8.self) else { throw EntryFault(reason: "ill-formed text") }
    return text
  }
}
