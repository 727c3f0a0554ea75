import Dispatch
import Glibc
import Model
import Synchronization

/// Derives keys from passwords: one thread at low priority and two bounded queues, so that many log-ins at once do not
/// keep those who work from working.
///
/// What employees ask for by command goes before log-ins. Beyond the bound it is `limit/rate`.
final class PasswordQueue: Sendable {
  /// Who waits.
  enum Lane: Int, Sendable {
    /// An employee's own command.
    case command
    /// Somebody who is not let in yet.
    case logIn
  }

  /// The queue of the process.
  static let shared = PasswordQueue()

  private struct Job {
    let number: UInt64
    let run: @Sendable () -> Void
    /// Ends it without having run.
    let drop: @Sendable () -> Void
  }

  private struct State {
    var jobs: [[Job]] = [[], []]
    var isStarted = false
    var nextNumber: UInt64 = 0
    /// What a derivation took lately.
    var milliseconds = 100
  }

  /// The longest that anybody should wait: what waits longer would come too late.
  private static let waitMillisecondsMax = [5000, 15_000]

  private let waitingMax: Int
  private let state = Mutex(State())
  private let filled = DispatchSemaphore(value: 0)

  /// A queue in whose lanes so many wait at most.
  init(waitingMax: Int = 64) { self.waitingMax = waitingMax }

  /// Runs something on the queue's thread; not at all where the task is cancelled before its turn.
  ///
  /// - Throws: `limit/rate` where too many wait; `CancellationError`; what `work` throws.
  func run<Value: Sendable>(_ lane: Lane, _ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    let number = state.withLock { state in
      state.nextNumber += 1
      return state.nextNumber
    }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let job = Job(
          number: number,
          run: {
            let begin = Tick.now()
            let result = Result { try work() }
            self.took(Tick.now().milliseconds(since: begin))
            continuation.resume(with: result)
          }, drop: { continuation.resume(throwing: CancellationError()) })
        if let busy = add(job, lane) { continuation.resume(throwing: busy) } else { filled.signal() }
        // Cancelled before it was in the queue.
        if Task.isCancelled { drop(number, lane) }
      }
    } onCancel: {
      drop(number, lane)
    }
  }

  /// Puts a job into its lane; the refusal where there is no room.
  private func add(_ job: Job, _ lane: Lane) -> RegisterError? {
    state.withLock { state in
      let waiting = state.jobs[lane.rawValue].count
      let milliseconds = state.jobs[...lane.rawValue].joined().count * state.milliseconds
      guard waiting < waitingMax, milliseconds < Self.waitMillisecondsMax[lane.rawValue] else {
        return .tooManyPasswords(retryMilliseconds: milliseconds)
      }
      state.jobs[lane.rawValue].append(job)
      if !state.isStarted {
        state.isStarted = true
        start()
      }
      return nil
    }
  }

  /// Takes a job out that has not begun.
  private func drop(_ number: UInt64, _ lane: Lane) {
    let job = state.withLock { state in
      state.jobs[lane.rawValue].firstIndex { $0.number == number }.map { state.jobs[lane.rawValue].remove(at: $0) }
    }
    job?.drop()
  }

  /// How many wait in a lane.
  func waiting(_ lane: Lane) -> Int { state.withLock { $0.jobs[lane.rawValue].count } }

  private func took(_ milliseconds: Int) {
    state.withLock { $0.milliseconds = ($0.milliseconds * 7 + milliseconds) / 8 }
  }

  private func start() {
    var thread = pthread_t()
    let context = Unmanaged.passRetained(self).toOpaque()
    let status = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<PasswordQueue>.fromOpaque(context).takeRetainedValue().work()
        return nil
      }, context)
    if status == 0 {
      pthread_detach(thread)
    } else {
      // Tried again with the next.
      Unmanaged<PasswordQueue>.fromOpaque(context).release()
    }
  }

  private func work() {
    // For Linux a thread is a process to setpriority(2); 0 is the calling one.
    _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
    while true {
      filled.wait()
      // None where it was dropped.
      let job = state.withLock { state -> Job? in
        for lane in state.jobs.indices where !state.jobs[lane].isEmpty { return state.jobs[lane].removeFirst() }
        return nil
      }
      job?.run()
    }
  }
}

extension RegisterError {
  fileprivate static func tooManyPasswords(retryMilliseconds: Int) -> RegisterError {
    RegisterError(
      "limit/rate",
      Text(
        en: "Too many passwords are being checked.", fi: "Liian monta salasanaa on tarkistettavana.",
        sv: "För många lösenord kontrolleras."), retryMilliseconds: max(1000, retryMilliseconds))
  }
}
