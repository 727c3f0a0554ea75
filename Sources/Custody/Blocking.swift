import Dispatch

/// Runs work that blocks on disk away from the cooperative threads and the event loops.
public enum Blocking {
  private static let queue = DispatchQueue(label: "rekisteri.blocking", attributes: .concurrent)

  /// Runs `work` on a thread that may block.
  public static func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      queue.async { continuation.resume(with: Result { try work() }) }
    }
  }
}
