public import Logging
import Model
import Synchronization

/// Listens to channels on a connection of its own, and connects again when that breaks.
public final class Listener: Sendable {
  /// What a listener hears.
  public enum Event: Sendable, Equatable {
    /// A NOTIFY.
    case notification(channel: String, payload: String)
    /// It listens, for the first time or again, or events had to be dropped: read again what may have been missed.
    case reconnected
  }

  /// What is heard; to be read by one task. Ends with `close`. The oldest events go where 4096 are not read.
  public let events: AsyncStream<Event>
  private let continuation: AsyncStream<Event>.Continuation
  private let configuration: ConnectionConfiguration
  private let channels: [String]
  private let logger: Logger
  private let task = Mutex<Task<Void, Never>?>(nil)

  /// Begins to listen.
  public init(
    configuration: ConnectionConfiguration, channels: [String], logger: Logger = Logger(label: "postgres")
  ) {
    self.configuration = configuration
    self.channels = channels
    self.logger = logger
    (events, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(4096))
    let work = Task.detached { [configuration, channels, continuation, logger] in
      await Self.listen(configuration, channels, continuation, logger)
    }
    task.withLock { $0 = work }
  }

  deinit { end() }

  /// Stops listening and ends `events`.
  public func close() async {
    end()
    await task.withLock { $0 }?.value
  }

  private func end() {
    task.withLock { $0?.cancel() }
    continuation.finish()
  }

  private static func listen(
    _ configuration: ConnectionConfiguration, _ channels: [String], _ continuation: AsyncStream<Event>.Continuation,
    _ logger: Logger
  ) async {
    var failures = 0
    while !Task.isCancelled {
      do {
        let connection = try await Connection.connect(configuration) { channel, payload in
          let event = Event.notification(channel: channel, payload: payload)
          if case .dropped = continuation.yield(event) { continuation.yield(.reconnected) }
        }
        _ = try await connection.run(channels.map { "LISTEN \(identifier: $0)" })
        failures = 0
        continuation.yield(.reconnected)
        await withTaskCancellationHandler {
          await connection.waitUntilClosed()
        } onCancel: {
          connection.worker.close()
        }
      } catch {
        failures += 1
        logger.warning("cannot listen to the database", metadata: ["reason": "\(error)"])
      }
      if !Task.isCancelled { try? await Task.sleep(nanoseconds: UInt64(min(2000, 50 << min(failures, 6))) * 1_000_000) }
    }
  }
}
