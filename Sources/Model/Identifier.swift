/// A UUID (RFC 9562) that knows what it names: an id of a person is no id of an organisation.
///
/// New ones are version 7, so that rows made together lie together on disk.
@frozen
public struct ID<Named>: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The first eight bytes, big-endian.
  public let high: UInt64
  /// The last eight bytes, big-endian.
  public let low: UInt64

  /// An id from its two halves.
  @inlinable
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// A new version 7 id: 48 bits of milliseconds, 74 random bits.
  @inlinable
  public static func new(at instant: Instant = .now()) -> Self {
    let milliseconds = UInt64(truncatingIfNeeded: instant.microseconds / 1000)
    return Self(
      high: milliseconds << 16 | 0x7000 | UInt64.random(in: 0...0xFFF),
      low: UInt64.random(in: 0...UInt64.max) & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
  }

  /// Reads the sixteen bytes of an id; nil where there are not exactly sixteen.
  @inlinable
  public init?(bytes: some Sequence<UInt8>) {
    var high: UInt64 = 0
    var low: UInt64 = 0
    var count = 0
    for byte in bytes {
      if count < 8 { high = high << 8 | UInt64(byte) } else { low = low << 8 | UInt64(byte) }
      count += 1
    }
    guard count == 16 else { return nil }
    self.init(high: high, low: low)
  }

  /// Reads the 36-character form in either case; nil for anything else.
  @inlinable
  public init?(_ text: some StringProtocol) {
    var high: UInt64 = 0
    var low: UInt64 = 0
    var position = 0
    for byte in text.utf8 {
      switch position {
      case 8, 13, 18, 23:
        guard byte == 0x2D else { return nil }
      case 36...:
        return nil
      default:
        let digit: UInt64
        switch byte {
        case 0x30...0x39: digit = UInt64(byte - 0x30)
        case 0x61...0x66: digit = UInt64(byte - 0x61 + 10)
        case 0x41...0x46: digit = UInt64(byte - 0x41 + 10)
        default: return nil
        }
        if position < 18 { high = high << 4 | digit } else { low = low << 4 | digit }
      }
      position += 1
    }
    guard position == 36 else { return nil }
    self.init(high: high, low: low)
  }

  /// The sixteen bytes, big-endian.
  @inlinable
  public var bytes: [UInt8] {
    var result = [UInt8]()
    result.reserveCapacity(16)
    append(to: &result)
    return result
  }

  /// Appends the sixteen bytes.
  @inlinable
  public func append(to buffer: inout [UInt8]) {
    for shift in stride(from: 56, through: 0, by: -8) {
      buffer.append(UInt8(truncatingIfNeeded: high >> UInt64(shift)))
    }
    for shift in stride(from: 56, through: 0, by: -8) { buffer.append(UInt8(truncatingIfNeeded: low >> UInt64(shift))) }
  }

  /// The 36-character form in lower case.
  @inlinable
  public var description: String {
    String(unsafeUninitializedCapacity: 36) { buffer in
      var position = 0
      for index in 0..<32 {
        if index == 8 || index == 12 || index == 16 || index == 20 {
          buffer[position] = 0x2D
          position += 1
        }
        let half = index < 16 ? high : low
        let digit = UInt8(truncatingIfNeeded: half >> UInt64(60 - 4 * (index & 15))) & 15
        buffer[position] = digit < 10 ? 0x30 + digit : 0x57 + digit
        position += 1
      }
      return 36
    }
  }

  /// Earlier or lower first.
  @inlinable
  public static func < (left: Self, right: Self) -> Bool {
    left.high == right.high ? left.low < right.low : left.high < right.high
  }

  /// The same bits as the id of another kind of thing; for the few places that handle ids of any kind.
  @inlinable
  public func retyped<Other>(as _: Other.Type = Other.self) -> ID<Other> { ID<Other>(high: high, low: low) }
}

/// What ids name; types without values.
public enum Named {
  /// A human being in the register.
  public enum Person: Sendable {}
  /// A company or community in the register.
  public enum Organisation: Sendable {}
  /// An employee with an account.
  public enum User: Sendable {}
  /// An authenticated connection's session.
  public enum Session: Sendable {}
  /// One command as it was run: the `rid` of its final line and of its log entries.
  public enum Request: Sendable {}
  /// One running server process.
  public enum Server: Sendable {}
}

/// Names a person in the register.
public typealias PersonID = ID<Named.Person>
/// Names an organisation in the register.
public typealias OrganisationID = ID<Named.Organisation>
/// Names an employee's account.
public typealias UserID = ID<Named.User>
/// Names a session.
public typealias SessionID = ID<Named.Session>
/// Names one run of one command.
public typealias RequestID = ID<Named.Request>
/// Names a server process.
public typealias ServerID = ID<Named.Server>
