import Model

/// The time that a report is about, as the person gave it.
struct ReportPeriod: Sendable, Equatable {
  /// The first instant that belongs.
  let since: Instant
  /// The first instant that does not belong any more.
  let until: Instant

  /// Days before the end, where no beginning is given.
  static let defaultDays = 30
  /// The longest period.
  static let daysMax = 3660

  /// Reads a beginning and an end: a day in the zone, the last one whole, or a time in RFC 3339.
  ///
  /// Without an end, and for one that is yet to come, it is now. Throws `ClientError.usage`.
  init(since: String?, until: String?, zone: ReportZone, now: Instant) throws(ClientError) {
    let end = try Self.instant(until, zone, dayOffset: 1) ?? now
    let last = min(end, now)
    let first: Instant
    if let given = try Self.instant(since, zone, dayOffset: 0) {
      first = given
    } else {
      let lastDay = zone.local(Instant(microseconds: last.microseconds - 1)).day
      first = zone.start(of: Day(number: lastDay.number - Self.defaultDays + 1))
    }
    guard first < last else { throw .usage(ReportText.emptyPeriod) }
    guard (last.microseconds - first.microseconds) / 86_400_000_000 <= Int64(Self.daysMax) else {
      throw .usage(ReportText.longPeriod)
    }
    self.since = first
    self.until = last
  }

  private static func instant(
    _ text: String?, _ zone: ReportZone, dayOffset: Int
  ) throws(ClientError) -> Instant? {
    guard let text else { return nil }
    if let day = Day(text) { return zone.start(of: Day(number: day.number + dayOffset)) }
    guard let instant = Instant(text) else { throw .usage(ReportText.badTime) }
    return instant
  }
}
