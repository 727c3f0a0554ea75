import Model

/// What the HMAC of an intake row covers besides the entries: where the row stands, and what came before it.
///
/// Layout, big-endian: `version 1 │ kind u8 │ server 16 │ chain 16 │ counter u64 │ entries u32 │ previous MAC 32 │
/// continued chain 16 │ continued counter u64 │ continued MAC 32 │ names u16 │ (intake id u64 │ MAC 32)*`.
struct IntakeHeader: Equatable, Sendable {
  /// A batch of the ledger's lane, counted and chained, or the entries of one writing command.
  enum Kind: UInt8 { case batch = 1, write = 2 }

  /// A row that was committed before and that this one vouches for: it cannot be deleted unnoticed.
  struct Link: Equatable, Sendable {
    var chain: ID<IntakeHeader>
    var counter: UInt64
    var mac: [UInt8]

    static let none = Link(chain: ID(high: 0, low: 0), counter: 0, mac: [UInt8](repeating: 0, count: 32))
  }

  /// The row of a writing command of this server, named after its commit.
  struct Name: Equatable, Sendable {
    var intake: Int64
    var mac: [UInt8]
  }

  var kind: Kind
  var server: ServerID
  var chain: ID<IntakeHeader>
  var counter: UInt64
  var entries: UInt32
  var previous: [UInt8]
  var continued: Link
  var names: [Name]

  var encoded: [UInt8] {
    var bytes: [UInt8] = [1, kind.rawValue]
    bytes.reserveCapacity(150 + 40 * names.count)
    server.append(to: &bytes)
    chain.append(to: &bytes)
    Self.append(counter, to: &bytes)
    Self.append(entries, to: &bytes)
    bytes.append(contentsOf: previous)
    continued.chain.append(to: &bytes)
    Self.append(continued.counter, to: &bytes)
    bytes.append(contentsOf: continued.mac)
    Self.append(UInt16(names.count), to: &bytes)
    for name in names {
      Self.append(UInt64(bitPattern: name.intake), to: &bytes)
      bytes.append(contentsOf: name.mac)
    }
    return bytes
  }

  init(
    kind: Kind, server: ServerID, chain: ID<IntakeHeader>, counter: UInt64, entries: UInt32, previous: [UInt8],
    continued: Link, names: [Name]
  ) {
    self.kind = kind
    self.server = server
    self.chain = chain
    self.counter = counter
    self.entries = entries
    self.previous = previous
    self.continued = continued
    self.names = names
  }

  /// Reads a header; nil for anything that `encoded` would not give.
  init?(_ bytes: [UInt8]) {
    var position = 0
    func take(_ count: Int) -> ArraySlice<UInt8>? {
      guard bytes.count - position >= count else { return nil }
      defer { position += count }
      return bytes[position..<position + count]
    }
    func integer(_ count: Int) -> UInt64? { take(count)?.reduce(0) { $0 << 8 | UInt64($1) } }
    guard integer(1) == 1, let kindCode = integer(1), let kind = Kind(rawValue: UInt8(kindCode)),
      let server = take(16).flatMap({ ServerID(bytes: $0) }),
      let chain = take(16).flatMap({ ID<IntakeHeader>(bytes: $0) }),
      let counter = integer(8), let entries = integer(4), let previous = take(32),
      let continuedChain = take(16).flatMap({ ID<IntakeHeader>(bytes: $0) }), let continuedCounter = integer(8),
      let continuedMAC = take(32), let count = integer(2)
    else { return nil }
    var names: [Name] = []
    for _ in 0..<count {
      guard let intake = integer(8), let mac = take(32) else { return nil }
      names.append(Name(intake: Int64(bitPattern: intake), mac: Array(mac)))
    }
    guard position == bytes.count else { return nil }
    self.init(
      kind: kind, server: server, chain: chain, counter: counter, entries: UInt32(entries), previous: Array(previous),
      continued: Link(chain: continuedChain, counter: continuedCounter, mac: Array(continuedMAC)), names: names)
  }

  static func append(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
  }
}
