import Model

/// Somebody who waits for a connection.
struct PoolWaiter {
  let number: UInt64
  let hasDeadline: Bool
  let continuation: UnsafeContinuation<Result<Connection, PostgresError>, Never>
}

/// What a pool knows, and its decisions; they do no I/O.
struct PoolState {
  let size: Int
  let waitersMax: Int
  private(set) var idle: [Connection] = []
  /// Connections that are there: idle or lent.
  private(set) var open = 0
  /// Attempts under way to make one.
  private(set) var opening = 0
  private(set) var waiters: [PoolWaiter] = []
  private(set) var isClosed = false
  private(set) var lastError: PostgresError?
  private(set) var failures = 0
  private(set) var nextTry = Tick.past
  private var cancelledEarly: Set<UInt64> = []
  private var nextNumber: UInt64 = 0

  init(size: Int, waitersMax: Int) {
    self.size = max(1, size)
    self.waitersMax = waitersMax
  }

  mutating func newNumber() -> UInt64 {
    nextNumber &+= 1
    return nextNumber
  }

  /// The connection that was used last, of those that still live.
  mutating func takeIdle() -> Connection? {
    while let connection = idle.popLast() {
      if connection.isOpen { return connection }
      open -= 1
    }
    return nil
  }

  /// Nil where the waiter stands in line now.
  mutating func wait(_ waiter: PoolWaiter) -> Result<Connection, PostgresError>? {
    if isClosed { return .failure(.closed) }
    if cancelledEarly.remove(waiter.number) != nil { return .failure(Pool.cancelled) }
    if let connection = takeIdle() { return .success(connection) }
    if waiters.count >= waitersMax {
      return .failure(PostgresError(kind: .poolExhausted, message: "too many wait for a connection"))
    }
    waiters.append(waiter)
    return nil
  }

  /// Whether one more connection should be made now; then it is counted as under way.
  mutating func beginOpening() -> Bool {
    guard !isClosed, waiters.count > opening, open + opening < size else { return false }
    opening += 1
    return true
  }

  /// An attempt succeeded; who gets the connection.
  mutating func opened(_ connection: Connection) -> PoolWaiter? {
    opening -= 1
    open += 1
    failures = 0
    lastError = nil
    return put(connection)
  }

  /// An attempt failed; who is told at once. Those with a deadline wait for the next attempt.
  mutating func failed(_ error: PostgresError, now: Tick) -> [PoolWaiter] {
    failures += 1
    lastError = error
    nextTry = now.adding(milliseconds: min(2000, 50 << min(failures - 1, 6)))
    let impatient = waiters.filter { !$0.hasDeadline }
    waiters.removeAll { !$0.hasDeadline }
    return impatient
  }

  /// Whether the attempt goes on; if not, it is no longer counted.
  mutating func keepsOpening() -> Bool {
    if !isClosed, !waiters.isEmpty { return true }
    opening -= 1
    return false
  }

  /// Takes a healthy connection back, for the first who waits.
  mutating func put(_ connection: Connection) -> PoolWaiter? {
    guard !isClosed else {
      open -= 1
      return nil
    }
    if !waiters.isEmpty { return waiters.removeFirst() }
    idle.append(connection)
    return nil
  }

  /// A lent connection is not coming back.
  mutating func discard() { open -= 1 }

  /// Takes one out of the line; nil where it was served already. One that does not stand yet never will.
  mutating func giveUp(_ number: UInt64, early: Bool) -> PoolWaiter? {
    guard let index = waiters.firstIndex(where: { $0.number == number }) else {
      if early { cancelledEarly.insert(number) }
      return nil
    }
    return waiters.remove(at: index)
  }

  mutating func forget(_ number: UInt64) { cancelledEarly.remove(number) }

  mutating func close() -> (waiters: [PoolWaiter], connections: [Connection]) {
    isClosed = true
    defer {
      waiters = []
      open -= idle.count
      idle = []
    }
    return (waiters, idle)
  }
}
