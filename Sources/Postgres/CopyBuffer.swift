import Synchronization

/// A bounded buffer between a connection's thread and the reader of a COPY.
final class CopyBuffer: Sendable {
  static let chunkBytes = 65_536
  static let chunksMax = 8

  private struct State {
    var chunks = Fifo<[UInt8]>()
    var isFinished = false
    var error: PostgresError?
    var isAbandoned = false
    var reader: UnsafeContinuation<Result<[UInt8]?, PostgresError>, Never>?
  }

  private let state = Mutex(State())

  var isFull: Bool { state.withLock { $0.chunks.count >= CopyBuffer.chunksMax && !$0.isAbandoned } }
  var isAbandoned: Bool { state.withLock { $0.isAbandoned } }

  func append(_ chunk: [UInt8]) {
    let reader = state.withLock { state in
      defer { state.reader = nil }
      if state.reader == nil, !state.isAbandoned { state.chunks.append(chunk) }
      return state.reader
    }
    reader?.resume(returning: .success(chunk))
  }

  func finish(_ error: PostgresError?) {
    let reader = state.withLock { state in
      state.isFinished = true
      state.error = error
      defer { state.reader = nil }
      return state.reader
    }
    reader?.resume(returning: error.map { .failure($0) } ?? .success(nil))
  }

  /// The reader takes no more.
  func abandon() {
    let reader = state.withLock { state in
      state.isAbandoned = true
      state.chunks = Fifo()
      defer { state.reader = nil }
      return state.reader
    }
    reader?.resume(returning: .failure(PostgresError(kind: .cancelled, message: "reading was given up")))
  }

  /// The next chunk, nil at the end; the second value is whether the buffer was full before.
  func next() async -> (Result<[UInt8]?, PostgresError>, wasFull: Bool) {
    var wasFull = false
    let result = await withUnsafeContinuation {
      (continuation: UnsafeContinuation<Result<[UInt8]?, PostgresError>, Never>) in
      let ready: Result<[UInt8]?, PostgresError>? = state.withLock { state in
        wasFull = state.chunks.count >= CopyBuffer.chunksMax
        if let chunk = state.chunks.popFirst() { return .success(chunk) }
        if let error = state.error { return .failure(error) }
        if state.isFinished { return .success(nil) }
        if state.isAbandoned {
          return .failure(PostgresError(kind: .cancelled, message: "reading was given up"))
        }
        state.reader = continuation
        return nil
      }
      if let ready { continuation.resume(returning: ready) }
    }
    return (result, wasFull)
  }
}
