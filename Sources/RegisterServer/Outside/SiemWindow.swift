import Model

/// What was written to a connection and is not certain yet: TCP may have taken bytes that the collector never gets, so the
/// position goes on only once a connection has lived for a while after them. Bounded.
struct SiemWindow: Sendable {
  /// Marks that are kept; where there are more, neighbours are put together.
  static let marksMax = 64

  private var marks: [(position: Int64, at: Tick)] = []
  private let graceMilliseconds: Int

  /// A window of a new connection.
  ///
  /// - Parameter graceMilliseconds: How long a connection must live after a write. Longer than what the kernel waits for an
  ///   acknowledgement before it gives the connection up, so that every byte of the write was acknowledged.
  init(graceMilliseconds: Int) { self.graceMilliseconds = graceMilliseconds }

  /// Everything up to a position was written now.
  mutating func wrote(_ position: Int64, at now: Tick) {
    if let last = marks.indices.last, marks.count >= Self.marksMax {
      marks[last] = (position, now)
    } else {
      marks.append((position, now))
    }
  }

  /// The position that is certain now; nil where none became so since the last time.
  mutating func certain(at now: Tick) -> Int64? {
    let count = marks.prefix { now.milliseconds(since: $0.at) >= graceMilliseconds }.count
    guard count > 0 else { return nil }
    defer { marks.removeFirst(count) }
    return marks[count - 1].position
  }
}
