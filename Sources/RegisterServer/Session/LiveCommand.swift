import Register
import Wire

/// A command under way, as its session sees it.
struct LiveCommand: Sendable {
  /// Bulk input of a command.
  enum Bulk: Sendable {
    case notAsked
    case open
    case ended
  }

  /// What the client must do before the command can go on.
  enum Waiting: Sendable {
    case nothing
    case credit
    case feed
  }

  let number: UInt64
  let isWrite: Bool
  /// What is to be run, while it waits for its turn.
  var held: Command?
  var isCancelled = false
  /// The code and words it ends with instead of `cancelled`, where its own client broke it off.
  var ending: (status: Status, code: String)?
  var credit: Int
  var hasAskedForCredit = false
  var waiting = Waiting.nothing
  var bulk = Bulk.notAsked
  /// Whether the next feed is the answer to a question.
  var isAsked = false
  var feeds = FeedQueue()

  init(number: UInt64, isWrite: Bool, credit: Int) {
    self.number = number
    self.isWrite = isWrite
    self.credit = credit
  }
}

/// Feeds that came and were not yet taken, the oldest first.
struct FeedQueue: Sendable {
  private var feeds: [(json: JSON, bytes: Int)] = []
  private var head = 0
  /// The length of their lines together.
  private(set) var bytes = 0

  mutating func append(_ json: JSON, bytes count: Int) {
    // A value in memory is larger than its text; short ones by far.
    let cost = count + 128
    feeds.append((json, cost))
    bytes += cost
  }

  mutating func popFirst() -> JSON? {
    guard head < feeds.count else { return nil }
    let first = feeds[head]
    feeds[head].json = .null
    head += 1
    bytes -= first.bytes
    if head == feeds.count {
      feeds.removeAll(keepingCapacity: head < 256)
      head = 0
    } else if head >= 256, head * 2 >= feeds.count {
      feeds.removeSubrange(..<head)
      head = 0
    }
    return first.json
  }
}
