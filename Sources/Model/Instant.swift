#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A point in time: microseconds since 1970-01-01T00:00:00Z, as PostgreSQL keeps it.
@frozen
public struct Instant: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Microseconds since the Unix epoch.
  public var microseconds: Int64

  /// An instant from microseconds since the Unix epoch.
  @inlinable
  public init(microseconds: Int64) { self.microseconds = microseconds }

  /// The wall clock's time.
  public static func now() -> Instant {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Instant(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
  }

  /// The day in UTC.
  public var day: Day { Day(number: Int(microseconds.flooredDivision(by: 86_400_000_000))) }

  /// RFC 3339 in UTC with microseconds: `2026-11-22T17:02:38.000000Z`.
  public var description: String {
    let inDay = microseconds - Int64(day.number) * 86_400_000_000
    let seconds = inDay / 1_000_000
    func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let fraction = String(inDay % 1_000_000)
    let padded = String(repeating: "0", count: 6 - fraction.count) + fraction
    return "\(day)T\(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60)).\(padded)Z"
  }

  /// Reads RFC 3339 with an offset (`2026-11-22T17:02:38Z`, `2026-11-22T19:02:38.5+02:00`), or a day as its midnight in
  /// UTC; nil for anything else.
  public init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    guard bytes.count >= 10, let day = Day(String(decoding: bytes[..<10], as: UTF8.self)) else { return nil }
    var microseconds = Int64(day.number) * 86_400_000_000
    if bytes.count > 10 {
      guard let time = Self.timeOfDay(bytes[10...]) else { return nil }
      microseconds += time
    }
    self.microseconds = microseconds
  }

  private static func timeOfDay(_ bytes: ArraySlice<UInt8>) -> Int64? {
    var rest = bytes
    func number(_ digits: Int, below limit: Int64) -> Int64? {
      guard rest.count >= digits, rest.prefix(digits).allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
      let value = rest.prefix(digits).reduce(Int64(0)) { $0 * 10 + Int64($1 - 0x30) }
      rest = rest.dropFirst(digits)
      return value < limit ? value : nil
    }
    func take(_ allowed: UInt8...) -> UInt8? {
      guard let first = rest.first, allowed.contains(first) else { return nil }
      rest = rest.dropFirst()
      return first
    }
    guard take(0x54, 0x74) != nil, let hour = number(2, below: 24), take(0x3A) != nil,
      let minute = number(2, below: 60),
      take(0x3A) != nil, let second = number(2, below: 60)
    else { return nil }
    var microseconds = ((hour * 60 + minute) * 60 + second) * 1_000_000
    if take(0x2E) != nil {
      var weight: Int64 = 100_000
      guard let first = rest.first, (0x30...0x39).contains(first) else { return nil }
      while let digit = rest.first, (0x30...0x39).contains(digit) {
        microseconds += Int64(digit - 0x30) * weight
        weight /= 10
        rest = rest.dropFirst()
      }
    }
    guard let zone = take(0x5A, 0x7A, 0x2B, 0x2D) else { return nil }
    if zone == 0x2B || zone == 0x2D {
      guard let hours = number(2, below: 24), take(0x3A) != nil, let minutes = number(2, below: 60) else { return nil }
      microseconds -= (zone == 0x2B ? 1 : -1) * (hours * 60 + minutes) * 60_000_000
    }
    return rest.isEmpty ? microseconds : nil
  }

  /// Earlier or lower first.
  @inlinable
  public static func < (left: Instant, right: Instant) -> Bool { left.microseconds < right.microseconds }

  /// The instant so many seconds later.
  public func adding(seconds: Int64) -> Instant { Instant(microseconds: microseconds + seconds * 1_000_000) }
}

/// A monotonic clock for deadlines and durations; never shown to anybody.
@frozen
public struct Tick: Comparable, Sendable {
  /// Nanoseconds since an arbitrary start.
  public var nanoseconds: UInt64

  /// The clock's reading now.
  public static func now() -> Tick {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Tick(nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
  }

  /// The reading so many milliseconds later.
  public func adding(milliseconds: Int) -> Tick { Tick(nanoseconds: nanoseconds &+ UInt64(milliseconds) * 1_000_000) }

  /// Whole milliseconds from `earlier` to this reading; 0 where it is no earlier.
  public func milliseconds(since earlier: Tick) -> Int {
    nanoseconds > earlier.nanoseconds ? Int((nanoseconds - earlier.nanoseconds) / 1_000_000) : 0
  }

  /// Earlier or lower first.
  @inlinable
  public static func < (left: Tick, right: Tick) -> Bool { left.nanoseconds < right.nanoseconds }
}

extension Int64 {
  fileprivate func flooredDivision(by divisor: Int64) -> Int64 {
    let quotient = self / divisor
    return self % divisor < 0 ? quotient - 1 : quotient
  }
}
