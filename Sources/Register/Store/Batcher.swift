import Synchronization

/// Gathers requests of all sessions while one batch is under way, and answers each.
final class Batcher<Request: Sendable, Response: Sendable>: Sendable {
  private struct State {
    var waiting: [(request: Request, continuation: UnsafeContinuation<Response, Never>)] = []
    var isDriving = false
  }

  private let sizeMax: Int
  private let state = Mutex(State())
  private let run: @Sendable ([Request]) async -> [Response]

  /// `run` answers each request of a batch, in order.
  init(sizeMax: Int, run: @escaping @Sendable ([Request]) async -> [Response]) {
    self.sizeMax = sizeMax
    self.run = run
  }

  /// Answers a request together with those of others.
  func submit(_ request: Request) async -> Response {
    await withUnsafeContinuation { (continuation: UnsafeContinuation<Response, Never>) in
      let drives = state.withLock { state in
        state.waiting.append((request, continuation))
        defer { state.isDriving = true }
        return !state.isDriving
      }
      if drives { Task { await drive() } }
    }
  }

  private func drive() async {
    while true {
      let batch = state.withLock { state in
        let count = min(sizeMax, state.waiting.count)
        if count == 0 { state.isDriving = false }
        let batch = Array(state.waiting.prefix(count))
        state.waiting.removeFirst(count)
        return batch
      }
      guard !batch.isEmpty else { return }
      let responses = await run(batch.map(\.request))
      for (waiter, response) in zip(batch, responses) { waiter.continuation.resume(returning: response) }
    }
  }
}
