import AccessLog
import Custody
import Model
import Postgres

/// Reads from the access log itself what a log-in tells of those before it.
///
/// All who log in at a time wait for the log's order once, together, and for a short time only.
struct LoginHistory: Sendable {
  /// How long the log's order is waited for.
  static let waitMilliseconds = 400
  /// Tries that are looked at.
  static let triesMax = 200

  private let batcher: Batcher<UserID, LoginSummary>

  init(custody: Custody, store: Store) {
    batcher = Batcher(sizeMax: 256) { users in
      let isCurrent = await Self.within(milliseconds: Self.waitMilliseconds) { deadline in
        try await custody.sequencer.catchUp(deadline: deadline)
      }
      do {
        guard isCurrent else { throw RegisterError.timeout }
        let tries = try await store.logInTries(of: users, each: Self.triesMax)
        return users.map { Self.summary(tries[$0] ?? []) }
      } catch {
        return users.map { _ in LoginSummary() }
      }
    }
  }

  /// What there was before.
  func summary(of user: UserID) async -> LoginSummary { await batcher.submit(user) }

  /// Whether something was done in time; what was not goes on by itself, since a pass of the sequencer is not broken off.
  private static func within(milliseconds: Int, _ body: @escaping @Sendable (Tick) async throws -> Void) async -> Bool {
    let (outcomes, outcome) = AsyncStream.makeStream(of: Bool.self)
    let deadline = Tick.now().adding(milliseconds: milliseconds)
    Task {
      do {
        try await body(deadline)
        outcome.yield(true)
      } catch {
        outcome.yield(false)
      }
    }
    let waiting = Task {
      try await Task.sleep(for: .milliseconds(milliseconds))
      outcome.yield(false)
    }
    var isDone = false
    for await one in outcomes {
      isDone = one
      break
    }
    waiting.cancel()
    return isDone
  }

  /// What tries tell, the newest first.
  static func summary(_ tries: [Entry]) -> LoginSummary {
    let failed = tries.prefix { $0.outcome != .ok }
    let last = failed.count < tries.count ? tries[failed.count] : nil
    return LoginSummary(lastLogin: last?.at, lastAddress: last?.address, failedTries: failed.count)
  }
}
