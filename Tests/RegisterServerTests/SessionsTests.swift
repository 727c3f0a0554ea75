import Glibc
import Model
import Synchronization
import Testing

@testable import Register

/// The registry of open sessions, and the queue of password derivations.
struct SessionsTests {
  private let binding = Sessions.Binding(place: "192.0.2.1")

  private func add(
    _ sessions: Sessions, _ session: SessionID, connection: SessionID, user: UserID
  ) {
    sessions.add(
      session, connection: connection, user: user, address: "192.0.2.1", binding: binding, since: .now(), end: {},
      notify: { _ in })
  }

  @Test func aSessionWithTwoConnectionsStaysUntilBothAreGone() {
    let sessions = Sessions()
    let session = SessionID.new()
    let other = SessionID.new()
    let user = UserID.new()
    add(sessions, session, connection: session, user: user)
    add(sessions, session, connection: other, user: user)
    #expect(sessions.list(of: user).count == 2)
    sessions.remove(connection: session)
    #expect(sessions.find(session)?.connection == other)
    sessions.remove(connection: other)
    #expect(sessions.find(session) == nil)
  }

  @Test func endingASessionEndsAllItsConnectionsAndNoOther() {
    let sessions = Sessions()
    let session = SessionID.new()
    let user = UserID.new()
    let ended = Counter()
    for connection in [session, SessionID.new(), SessionID.new()] {
      sessions.add(
        session, connection: connection, user: user, address: "a", binding: binding, since: .now(),
        end: { ended.add() }, notify: { _ in })
    }
    add(sessions, .new(), connection: .new(), user: user)
    #expect(!sessions.end(session, of: .new()), "another's")
    #expect(ended.value == 0)
    #expect(sessions.end(session, of: user))
    #expect(ended.value == 3)
    #expect(!sessions.end(.new()))
  }

  @Test func whatCouldNotBeToldIsToldLater() {
    let sessions = Sessions()
    let (one, two) = (SessionID.new(), SessionID.new())
    add(sessions, one, connection: one, user: .new())
    add(sessions, two, connection: two, user: .new())
    sessions.remove(connection: two)
    let changes = sessions.takeChanges()
    #expect(changes.added.map(\.id) == [one])
    #expect(changes.closed == [two: two])
    #expect(sessions.takeChanges().added.isEmpty)
    sessions.put(changes)
    sessions.remove(connection: one)
    let later = sessions.takeChanges()
    #expect(later.added.isEmpty)
    #expect(later.closed == [one: one, two: two])
  }

  @Test func oneRowASessionInTheList() {
    let sessions = Sessions()
    let user = UserID.new()
    let open = SessionID.new()
    add(sessions, open, connection: open, user: user)
    let since = Instant.now()
    let remote = OpenSession(session: .new(), user: user, address: "b", since: since)
    let same = OpenSession(session: open, user: user, address: "c", since: since)
    let tokens = [open, SessionID.new()].map { session in
      TokenRow(
        session: session, user: user, secretHash: [], address: "d", certificate: [], credentials: [], since: since,
        madeAt: since, usedAt: since, expiresAt: since.adding(seconds: 10))
    }
    let rows = SessionRows.merged(here: sessions.list(), elsewhere: [remote, same, remote], tokens: tokens)
    #expect(rows.count == 3)
    #expect(rows.filter(\.isOpen).count == 2)
    #expect(rows.first { $0.session == open }?.expires == since.adding(seconds: 10))
    #expect(rows.first { $0.session == open }?.address == "192.0.2.1")
    #expect(rows.first { $0.session == remote.session }?.expires == nil)
  }

  @Test func passwordsBeyondTheBoundAreRefusedAndCommandsGoBeforeLogIns() async throws {
    let queue = PasswordQueue(waitingMax: 2)
    let gate = Gate()
    let order = Words()
    let done = { @Sendable (word: String) in order.add(word) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await queue.run(.logIn) { gate.pass() } }
      while !gate.isReached { try await Task.sleep(for: .milliseconds(1)) }
      for _ in 0..<2 { group.addTask { try await queue.run(.logIn) { done("log-in") } } }
      while queue.waiting(.logIn) < 2 { try await Task.sleep(for: .milliseconds(1)) }
      let refused = await #expect(throws: RegisterError.self) { try await queue.run(.logIn) {} }
      #expect(refused?.code == "limit/rate")
      #expect((refused?.retryMilliseconds ?? 0) > 0)
      group.addTask { try await queue.run(.command) { done("command") } }
      while queue.waiting(.command) < 1 { try await Task.sleep(for: .milliseconds(1)) }
      gate.open()
      try await group.waitForAll()
    }
    #expect(order.all == ["command", "log-in", "log-in"])
  }

  @Test func whoLeavesTheQueueIsNotCheckedAndHoldsUpNobody() async throws {
    let queue = PasswordQueue(waitingMax: 2)
    let gate = Gate()
    let checked = Counter()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await queue.run(.logIn) { gate.pass() } }
      while !gate.isReached { try await Task.sleep(for: .milliseconds(1)) }
      let leaving = (0..<2).map { _ in Task { try await queue.run(.logIn) { checked.add() } } }
      while queue.waiting(.logIn) < 2 { try await Task.sleep(for: .milliseconds(1)) }
      for task in leaving { task.cancel() }
      for task in leaving { await #expect(throws: CancellationError.self) { try await task.value } }
      #expect(queue.waiting(.logIn) == 0)
      group.addTask { try await queue.run(.logIn) { checked.add(10) } }
      while queue.waiting(.logIn) < 1 { try await Task.sleep(for: .milliseconds(1)) }
      gate.open()
      try await group.waitForAll()
    }
    #expect(checked.value == 10)
  }

  @Test func turnsAreTakenOneAtATimeForAKeyAndTogetherForOthers() async {
    let turns = KeyedTurns<Int>()
    let inside = [Counter(), Counter(), Counter()]
    let total = Counter()
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<200 {
        group.addTask {
          await turns.withTurn(number % 3) {
            let place = inside[number % 3]
            place.add()
            #expect(place.value == 1)
            await Task.yield()
            place.add(-1)
            total.add()
          }
        }
      }
    }
    #expect(total.value == 200)
  }
}

private final class Counter: Sendable {
  private let count = Mutex(0)
  var value: Int { count.withLock { $0 } }
  func add(_ number: Int = 1) { count.withLock { $0 += number } }
}

private final class Words: Sendable {
  private let words = Mutex<[String]>([])
  var all: [String] { words.withLock { $0 } }
  func add(_ word: String) { words.withLock { $0.append(word) } }
}

/// Holds a thread until it is opened.
private final class Gate: Sendable {
  private let state = Mutex((isReached: false, isOpen: false))
  var isReached: Bool { state.withLock { $0.isReached } }
  func open() { state.withLock { $0.isOpen = true } }

  func pass() {
    state.withLock { $0.isReached = true }
    while !state.withLock({ $0.isOpen }) { usleep(1000) }
  }
}
