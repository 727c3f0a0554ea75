import Model

/// What the blocks know about a question, and which entries must be read for the rest.
extension LogBlocks {
  /// How many pieces of the log are read at a time at most.
  private static let readingsMax = 64

  /// Counts what the blocks know of the entries below an index, and says which must be read.
  ///
  /// - Parameter oldest: Entries before it are gone; nil where all are.
  func count(
    _ filter: LogFilter, oldest: Instant?, before: Int64, by grouping: LogGrouping
  ) -> (counts: LogCounts<LogValue>, readings: [Range<Int64>]) {
    let matcher = LogMatcher(filter, self, oldest: oldest)
    var found = LogCounts<Int64>()
    var readings: [Range<Int64>] = []
    for part in parts(of: 0..<max(0, before), backward: false) {
      guard let block = part.whole else {
        readings.join(part.range)
        continue
      }
      let touched = self.block(block).lazy.filter { matcher.touches($0) }
      if touched.allSatisfy({ matcher.covers($0) }) {
        for tally in touched {
          found.add(key(tally, grouping), Int64(tally.count), first: tally.first, last: tally.last)
        }
      } else {
        readings.join(part.range)
      }
    }
    var counts = LogCounts<LogValue>()
    for (key, sum) in found.counted { counts.add(value(key, grouping), sum.count, first: sum.first, last: sum.last) }
    return (counts, readings)
  }

  /// Where the first entries that are asked for can be, in the order in which they are to be read, and what is left to
  /// look through where these are too few.
  ///
  /// - Parameter oldest: Entries before it are gone; nil where all are.
  func places(
    _ filter: LogFilter, oldest: Instant?, within range: Range<Int64>, backward: Bool, limit: Int
  ) -> (readings: [Range<Int64>], rest: Range<Int64>?) {
    let matcher = LogMatcher(filter, self, oldest: oldest)
    var (readings, sure): ([Range<Int64>], Int) = ([], 0)
    for part in parts(of: range, backward: backward) {
      if let block = part.block {
        let touched = self.block(block).lazy.filter { matcher.touches($0) }
        if touched.isEmpty { continue }
        if part.whole != nil {
          for tally in touched where matcher.covers(tally) { sure += Int(tally.count) }
        }
      }
      readings.join(part.range)
      if sure >= limit || readings.count == Self.readingsMax {
        let rest = backward ? range.lowerBound..<part.range.lowerBound : part.range.upperBound..<range.upperBound
        return (readings, rest.isEmpty ? nil : rest)
      }
    }
    return (readings, nil)
  }

  /// Indexes of a block, or of none that is counted.
  private struct Part {
    let range: Range<Int64>
    let block: Int64?
    /// The block, where the indexes are all of its.
    let whole: Int64?
  }

  /// The parts of some indexes, from the beginning or from the end.
  private func parts(of range: Range<Int64>, backward: Bool) -> some Sequence<Part> {
    let inside = range.clamped(to: counted)
    let blocks = inside.isEmpty ? 0..<0 : inside.lowerBound / length..<(inside.upperBound - 1) / length + 1
    let older = Int64(-1)
    let newer = Int64(blocks.count)
    func part(_ place: Int64) -> Part? {
      guard place > older, place < newer else {
        let outside =
          place == older
          ? range.clamped(to: Int64.min..<counted.lowerBound) : range.clamped(to: counted.upperBound..<Int64.max)
        return outside.isEmpty ? nil : Part(range: outside, block: nil, whole: nil)
      }
      let number = blocks.lowerBound + place
      let all = number * length..<(number + 1) * length
      let covered = all.clamped(to: range)
      return Part(range: covered, block: number, whole: covered == all ? number : nil)
    }
    return stride(from: backward ? newer : older, through: backward ? older : newer, by: backward ? -1 : 1)
      .lazy.compactMap { part($0) }
  }

  /// What a tally is counted under: a number of the users, the verbs, or what is counted by itself.
  private func key(_ tally: Tally, _ grouping: LogGrouping) -> Int64 {
    switch grouping {
    case .user: Int64(tally.user)
    case .verb: Int64(tally.verb)
    case .role: Int64(tally.role)
    case .purpose: Int64(tally.purpose)
    case .outcome: Int64(tally.outcome)
    case .day: Int64(tally.first.day.number)
    case .hour: tally.first.hour
    }
  }

  private func value(_ key: Int64, _ grouping: LogGrouping) -> LogValue {
    switch grouping {
    case .user: users.values[Int(key)].map { .user($0) } ?? .none
    case .verb: .word(verbs.values[Int(key)])
    case .role: .role(UInt8(clamping: key))
    case .purpose: .purpose(UInt8(clamping: key))
    case .outcome: .outcome(UInt8(clamping: key))
    case .day: .day(Day(number: Int(key)))
    case .hour: .hour(Instant(hour: key))
    }
  }
}

extension Instant {
  private static let hourMicroseconds: Int64 = 3_600_000_000

  /// The beginning of an hour of UTC.
  fileprivate init(hour: Int64) { self.init(microseconds: hour * Self.hourMicroseconds) }

  /// Hours of UTC since 1970.
  fileprivate var hour: Int64 {
    let midnight = Instant(day: day)
    return Int64(day.number) * 24 + (microseconds - midnight.microseconds) / Self.hourMicroseconds
  }
}

extension [Range<Int64>] {
  /// Adds indexes; as one with the last ones where they touch.
  fileprivate mutating func join(_ range: Range<Int64>) {
    if let last, last.upperBound == range.lowerBound {
      self[count - 1] = last.lowerBound..<range.upperBound
    } else if let last, last.lowerBound == range.upperBound {
      self[count - 1] = range.lowerBound..<last.upperBound
    } else {
      append(range)
    }
  }
}
