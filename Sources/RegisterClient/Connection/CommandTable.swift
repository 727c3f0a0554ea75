import Wire

/// The commands under way on one connection: gives tags, and decides where each line goes.
struct CommandTable<Receiver> {
  private struct Entry {
    let receiver: Receiver?
    /// Arrivals that nobody has taken yet.
    var waiting = 0
  }

  /// What to do with a line.
  enum Decision {
    /// Hand it to the command; a final line is its last.
    case deliver(Arrival, to: Receiver)
    /// Nobody waits for it.
    case drop
    /// The server does not keep to the protocol: close.
    case violation(String)
  }

  /// Progress lines beyond this many that nobody has taken are left out.
  static var progressWaitingMax: Int { 64 }

  private var entries: [String: Entry] = [:]
  private var count: UInt64 = 0
  /// Arrivals that may wait for one command; a server that keeps to the credit never reaches it.
  var waitingMax = 0

  /// Opens a command and gives its tag; without a receiver all that comes is dropped.
  mutating func open(_ receiver: Receiver?) -> String {
    count += 1
    let tag = String(count, radix: 36)
    entries[tag] = Entry(receiver: receiver)
    return tag
  }

  /// Decides on what arrives.
  mutating func receive(_ arrival: Arrival, tag: String) -> Decision {
    guard var entry = entries[tag] else { return .violation("a line of an unknown tag") }
    if case .final = arrival {
      entries[tag] = nil
      return entry.receiver.map { .deliver(arrival, to: $0) } ?? .drop
    }
    guard let receiver = entry.receiver else { return .drop }
    if case .progress = arrival, entry.waiting >= Self.progressWaitingMax { return .drop }
    guard entry.waiting < waitingMax else { return .violation("more rows than it had credit for") }
    entry.waiting += 1
    entries[tag] = entry
    return .deliver(arrival, to: receiver)
  }

  /// Notes that one arrival was taken.
  mutating func took(tag: String) { entries[tag]?.waiting -= 1 }

  /// Whether the command has not had its final line yet.
  func isOpen(_ tag: String) -> Bool { entries[tag] != nil }

  /// Ends all: the receivers that still wait.
  mutating func close() -> [Receiver] {
    defer { entries = [:] }
    return entries.values.compactMap(\.receiver)
  }
}
