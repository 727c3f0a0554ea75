import Synchronization

/// Lets one at a time do something for a key, in the order asked.
final class KeyedTurns<Key: Hashable & Sendable>: Sendable {
  /// Who waits for a key that is taken; a key that nobody has is not in it.
  private let waiting = Mutex<[Key: [UnsafeContinuation<Void, Never>]]>([:])

  /// Does something when the key is free.
  func withTurn<Value>(_ key: Key, _ body: () async throws -> Value) async rethrows -> Value {
    await take(key)
    defer { give(key) }
    return try await body()
  }

  private func take(_ key: Key) async {
    await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
      let isFree = waiting.withLock { waiting in
        guard waiting[key] != nil else {
          waiting[key] = []
          return true
        }
        waiting[key]?.append(continuation)
        return false
      }
      if isFree { continuation.resume() }
    }
  }

  private func give(_ key: Key) {
    let next = waiting.withLock { waiting -> UnsafeContinuation<Void, Never>? in
      guard waiting[key]?.isEmpty == false else {
        waiting[key] = nil
        return nil
      }
      return waiting[key]?.removeFirst()
    }
    next?.resume()
  }
}
