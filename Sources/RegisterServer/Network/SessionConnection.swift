import Model
import NIOCore
import Register
import Synchronization
import Wire

/// One connection's session, shared by its event loop and the tasks of its commands.
///
/// The machine decides under the lock; nothing is awaited or called with the lock held. Output gathers there and leaves in
/// one turn of the event loop, however many commands wrote meanwhile.
final class SessionConnection: Sendable {
  fileprivate struct State {
    var machine: SessionMachine
    var tasks: [UInt64: Task<Void, Never>] = [:]
    var waiters: [UInt64: [UnsafeContinuation<Void, Never>]] = [:]
    /// A password that waits to be checked: for nothing, where the client is gone.
    var checking: Task<Void, Never>?
    var isTurnScheduled = false
    var isClosed = false
  }

  /// What a turn of the event loop has to do.
  struct Turn {
    var output: [UInt8]
    var exit: SessionMachine.Exit?
    var isReadingPaused: Bool
  }

  /// The connection's own id, and its session's where it resumes none.
  let id: SessionID
  private let address: String
  private let binding: Sessions.Binding
  private let state: Mutex<State>
  private let runner: any CommandRunner
  private let authentication: AuthenticationShell
  private let eventLoop: any EventLoop
  private let executor: LoopExecutor
  /// Takes a turn; called on the event loop.
  private let turn: @Sendable () -> Void

  init(
    machine: SessionMachine, runner: any CommandRunner, authenticator: any SessionAuthenticator,
    eventLoop: any EventLoop, turn: @escaping @Sendable () -> Void
  ) {
    id = machine.session
    address = machine.transport.address
    binding = machine.transport.binding
    authentication = AuthenticationShell(
      authenticator: authenticator, address: address, binding: binding, session: machine.session)
    state = Mutex(State(machine: machine))
    self.runner = runner
    self.eventLoop = eventLoop
    executor = LoopExecutor(eventLoop)
    self.turn = turn
  }

  // MARK: From the event loop

  /// Bytes came.
  func received(_ bytes: UnsafeRawBufferPointer) {
    state.withLock { $0.machine.received(bytes) }
  }

  /// What this turn has to do.
  func takeTurn(now: Tick) -> Turn {
    let (actions, turn) = state.withLock { state in
      state.isTurnScheduled = false
      let actions = state.machine.pump(now: now)
      let turn = Turn(
        output: state.machine.takeOutput(now: now), exit: state.machine.exit,
        isReadingPaused: state.machine.isReadingPaused)
      return (actions, turn)
    }
    perform(actions)
    return turn
  }

  /// So many bytes left. A turn may follow.
  func wrote(_ bytes: Int, now: Tick) {
    act { $0.wrote(bytes, now: now) }
  }

  /// Looks at the clock; in how many milliseconds again.
  func tick(now: Tick) -> Int {
    var next = 0
    act { machine in
      let (actions, milliseconds) = machine.tick(now: now)
      next = milliseconds
      return actions
    }
    return next
  }

  /// The connection is gone.
  func closed() {
    let checking = state.withLock { state in
      state.isClosed = true
      return state.checking
    }
    checking?.cancel()
    act { $0.closed() }
    wakeAll()
    runner.closed(connection: id)
  }

  // MARK: From anywhere

  /// Ends the session; its commands are cancelled, or may end where not.
  func end(reason: String, cancelling: Bool) { act { $0.end(reason: reason, cancelling: cancelling) } }

  /// Changes the machine from a command's task.
  @discardableResult
  func change<Value: Sendable>(_ body: (inout SessionMachine) -> Value) -> Value {
    let (value, isTurnNeeded) = state.withLock { state in
      let value = body(&state.machine)
      return (value, state.scheduleTurn())
    }
    if isTurnNeeded { eventLoop.execute(turn) }
    return value
  }

  /// Waits until the command is woken, or need not wait.
  func wait(_ number: UInt64, unless isReady: @Sendable (SessionMachine) -> Bool) async {
    await withTaskCancellationHandler {
      await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
        let isWaiting = state.withLock { state in
          if state.isClosed || Task.isCancelled || isReady(state.machine) { return false }
          state.waiters[number, default: []].append(continuation)
          return true
        }
        if !isWaiting { continuation.resume() }
      }
    } onCancel: {
      wake(number)
    }
  }

  // MARK: Actions

  private func act(_ body: (inout SessionMachine) -> [SessionAction]) {
    let (actions, isTurnNeeded) = state.withLock { state in
      let actions = body(&state.machine)
      return (actions, state.scheduleTurn())
    }
    perform(actions)
    if isTurnNeeded { eventLoop.execute(turn) }
  }

  private func perform(_ actions: [SessionAction]) {
    for action in actions {
      switch action {
      case .start(let call): start(call)
      case .cancel(let number):
        state.withLock { $0.tasks[number] }?.cancel()
        wake(number)
      case .wake(let number): wake(number)
      case .wakeAll: wakeAll()
      case .authenticate(let number, let request, let step):
        let task = Task { [self] in
          let result = await authentication.take(step, request: request)
          act { $0.authenticated(number, result) }
        }
        if case .plain = step {
          let isClosed = state.withLock { state in
            state.checking = task
            return state.isClosed
          }
          if isClosed { task.cancel() }
        }
      case .abandoned(let request, let attempt):
        Task { [authentication] in await authentication.abandoned(attempt, request: request) }
      case .opened(let account):
        runner.opened(
          OpenedSession(
            session: account.session ?? id, connection: id, account: account, address: address, binding: binding),
          end: { [weak self] in self?.end(reason: "ended", cancelling: true) },
          notify: { [weak self] event in self?.change { $0.notify(event) } })
        // A connection that closed meanwhile must not stay in the list.
        if state.withLock({ $0.isClosed }) { runner.closed(connection: id) }
      }
    }
  }

  private func start(_ call: SessionCall) {
    let port = CommandPort(connection: self, tag: call.tag, number: call.number)
    let task = Task(executorPreference: runner.isBrief(call.command.verb) ? executor : nil) { [self] in
      let final = await runner.run(call, port: port)
      finish(call, final)
    }
    let isCancelled = state.withLock { state in
      guard let live = state.machine.commands[call.tag], live.number == call.number else { return false }
      state.tasks[call.number] = task
      return live.isCancelled
    }
    if isCancelled { task.cancel() }
  }

  private func finish(_ call: SessionCall, _ final: FinalLine) {
    act { $0.ended(call.tag, call.number, final) }
    state.withLock { _ = $0.tasks.removeValue(forKey: call.number) }
  }

  private func wake(_ number: UInt64) {
    let waiters = state.withLock { $0.waiters.removeValue(forKey: number) } ?? []
    for waiter in waiters { waiter.resume() }
  }

  private func wakeAll() {
    let waiters = state.withLock { state in
      defer { state.waiters.removeAll() }
      return Array(state.waiters.values.joined())
    }
    for waiter in waiters { waiter.resume() }
  }
}

extension SessionConnection.State {
  /// Whether the caller must have a turn taken.
  fileprivate mutating func scheduleTurn() -> Bool {
    guard machine.needsTurn, !isTurnScheduled, !isClosed else { return false }
    isTurnScheduled = true
    return true
  }
}
