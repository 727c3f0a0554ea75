import Model

/// Which tallies a filter asks for.
struct LogMatcher {
  private let isImpossible: Bool
  private let user: UInt32?
  private let verb: UInt16?
  private let purpose: UInt8?
  private let outcome: UInt8?
  private let since: Instant
  private let until: Instant?

  /// A matcher of the tallies of some blocks.
  ///
  /// - Parameter oldest: Entries before it are gone; nil where all are.
  init(_ filter: LogFilter, _ blocks: LogBlocks, oldest: Instant?) {
    user = filter.user.flatMap { blocks.users.known($0) }
    verb = filter.verb.flatMap { blocks.verbs.known($0) }
    isImpossible = oldest == nil || (filter.user != nil && user == nil) || (filter.verb != nil && verb == nil)
    purpose = filter.purpose?.rawValue
    outcome = filter.outcome?.rawValue
    let first = oldest ?? Instant(microseconds: 0)
    since = filter.since.map { max($0, first) } ?? first
    until = filter.until
  }

  /// Whether some entries of a tally are asked for, by their times at least.
  func touches(_ tally: LogBlocks.Tally) -> Bool {
    if isImpossible { return false }
    if let user, tally.user != user { return false }
    if let verb, tally.verb != verb { return false }
    if let purpose, tally.purpose != purpose { return false }
    if let outcome, tally.outcome != outcome { return false }
    if let until, tally.first >= until { return false }
    return tally.last >= since
  }

  /// Whether all entries of a tally that is touched are asked for.
  func covers(_ tally: LogBlocks.Tally) -> Bool {
    if let until, tally.last >= until { return false }
    return tally.first >= since
  }
}
