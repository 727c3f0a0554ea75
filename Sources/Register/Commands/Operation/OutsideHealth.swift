import Synchronization

/// How the places outside of the database are doing that the log is brought to; who brings it there tells.
public final class OutsideHealth: Sendable {
  private let sources = Mutex<[@Sendable () -> [HealthCheck]]>([])

  /// Has something asked each time that `server.health` is.
  public func add(_ source: @escaping @Sendable () -> [HealthCheck]) { sources.withLock { $0.append(source) } }

  var checks: [HealthCheck] { sources.withLock { $0 }.flatMap { $0() } }
}
