import Model
import Synchronization
import Wire

@testable import Custody
@testable import Register

/// A client of the engine: keeps what it is sent, and feeds what a test gave it.
final class FakePort: ReplyPort {
  private struct State {
    var rows: [JSON] = []
    var changes: [SessionChange] = []
    var feed: [JSON] = []
    var asked: [JSONObject] = []
  }

  private let state: Mutex<State>
  private let onRow: @Sendable (Int) async throws -> Void
  private let onProgress: @Sendable (Int, Int?) async throws -> Void
  private let onAsk: @Sendable (JSONObject, [JSON]) async throws -> JSON?

  init(
    feed: [JSON] = [], onRow: @escaping @Sendable (Int) async throws -> Void = { _ in },
    onProgress: @escaping @Sendable (Int, Int?) async throws -> Void = { _, _ in },
    onAsk: @escaping @Sendable (JSONObject, [JSON]) async throws -> JSON? = { _, _ in nil }
  ) {
    state = Mutex(State(feed: feed))
    self.onRow = onRow
    self.onProgress = onProgress
    self.onAsk = onAsk
  }

  var rows: [JSON] { state.withLock { $0.rows } }

  func send(_ row: Reply.Row) async throws {
    let json = try JSON.parse(row.json)
    // The hook runs while the row is about to leave.
    try await onRow(state.withLock { $0.rows.count })
    state.withLock { $0.rows.append(json) }
  }

  func room() async throws -> Int { Int.max }

  func progress(done: Int, total: Int?) async throws { try await onProgress(done, total) }

  // A bare nil would be the JSON null.
  func nextFeed() async throws -> JSON? {
    state.withLock { $0.feed.isEmpty ? Optional<JSON>.none : $0.feed.removeFirst() }
  }

  /// What was asked, in order.
  var asked: [JSONObject] { state.withLock { $0.asked } }

  /// Answers by the hook, which sees the question and the rows so far; without an answer the client is gone.
  func ask(_ need: JSONObject) async throws -> JSON {
    state.withLock { $0.asked.append(need) }
    guard let answer = try await onAsk(need, rows) else { throw CancellationError() }
    return answer
  }

  func apply(_ change: SessionChange) async { state.withLock { $0.changes.append(change) } }
}

/// What a command answered.
struct Answered: Sendable {
  let status: Status
  let code: String
  let object: JSONObject
  let rows: [JSON]

  /// The id in the first row.
  func id<Named>(_: ID<Named>.Type = ID<Named>.self) throws -> ID<Named> {
    guard let text = rows.first?["id"]?.string, let id = ID<Named>(text) else { throw MissingID(code: code) }
    return id
  }

  var rev: Int64 { rows.first?["rev"]?.int ?? -1 }
  var request: RequestID? { object["rid"]?.string.flatMap { RequestID($0) } }
  var ids: [String] { rows.compactMap { $0["id"]?.string } }
}

/// A command gave no id where a test needs one; says with what code it ended.
struct MissingID: Error { let code: String }
