import NIOCore
import Synchronization
import Wire

/// What a connection's channel and its users share: the commands under way, the events, and how it ended.
final class ConnectionCore: Sendable {
  typealias Receiver = AsyncThrowingStream<Arrival, any Error>.Continuation

  private struct State {
    var table = CommandTable<Receiver>()
    var end: ClientError?
    var hasGreeting = false
  }

  /// Events that nobody has taken; older ones are left out.
  private static let eventsWaitingMax = 256

  private let state = Mutex(State())
  private let greeting: EventLoopPromise<Greeting>
  let events: AsyncStream<JSON>
  private let eventSink: AsyncStream<JSON>.Continuation

  init(greeting: EventLoopPromise<Greeting>) {
    self.greeting = greeting
    (events, eventSink) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Self.eventsWaitingMax))
  }

  /// Opens a command. Throws where the connection has ended.
  func open(_ receiver: Receiver?) throws(ClientError) -> String {
    let result: Result<String, ClientError> = state.withLock { state in
      if let end = state.end { return .failure(end) }
      return .success(state.table.open(receiver))
    }
    return try result.get()
  }

  /// Notes that the command's user took an arrival.
  func took(_ tag: String) { state.withLock { $0.table.took(tag: tag) } }

  /// Whether the command has not had its final line yet.
  func isOpen(_ tag: String) -> Bool { state.withLock { $0.table.isOpen(tag) } }

  /// Whether the connection has ended.
  var isEnded: Bool { state.withLock { $0.end != nil } }

  /// Takes a line of the server. Throws what must close the connection.
  func receive(_ message: Message) throws(ClientError) {
    switch message {
    case .event(let event): try receive(event: event)
    case .refusal(let final): throw .line(final)
    case .arrival(let tag, let arrival):
      switch state.withLock({ $0.table.receive(arrival, tag: tag) }) {
      case .drop: break
      case .violation(let what): throw .protocol(what)
      case .deliver(let arrival, let receiver):
        receiver.yield(arrival)
        if case .final = arrival { receiver.finish() }
      }
    }
  }

  private func receive(event: JSON) throws(ClientError) {
    switch event["event"]?.string {
    case "busy": throw .busy
    case "hello":
      let said = Greeting(event: event)
      let isFirst = state.withLock { state in
        defer { state.hasGreeting = true }
        // What waits for a command is a batch, the need of credit and little else.
        state.table.waitingMax = said.creditRows * 2 + 256
        return !state.hasGreeting
      }
      guard isFirst else { throw .protocol("a second greeting") }
      guard said.isSpoken else { throw .protocol("no version in common") }
      greeting.succeed(said)
    default: eventSink.yield(event)
    }
  }

  /// Ends everything that waits, with the first reason given.
  func end(_ reason: ClientError) {
    let waiting: [Receiver] = state.withLock { state in
      if state.end == nil { state.end = reason }
      return state.table.close()
    }
    for receiver in waiting { receiver.finish(throwing: reason) }
    greeting.fail(reason)
    eventSink.finish()
  }
}
