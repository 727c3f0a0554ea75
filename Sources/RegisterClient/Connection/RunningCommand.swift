import Synchronization
public import Wire

/// A command under way: its rows and progress as they come, and its final line as the last element.
///
/// Iterate once. Credit is given as rows are taken, so a slow reader slows the server. A task that is cancelled while
/// it waits cancels the command on the server too.
public struct RunningCommand: AsyncSequence, Sendable {
  /// What comes.
  public enum Element: Sendable, Equatable {
    /// A row.
    case row(ServerValue)
    /// How far it is.
    case progress(JSON)
    /// The end; always the last.
    case final(CommandResult)
  }

  /// Answers what the server needs in the middle of a command, such as `otp`; nil where nobody can.
  public typealias Answer = @Sendable (_ need: JSON) async throws -> JSON?

  /// The tag on the wire.
  public let tag: String
  let connection: RegisterConnection
  let arrivals: AsyncThrowingStream<Arrival, any Error>
  let input: BulkInput?
  let answer: Answer?

  /// Asks the server to cancel; the final line still comes.
  public func cancel() { connection.cancel(tag: tag) }

  /// All rows and the final line, for commands with few rows.
  public func collect() async throws -> (rows: [ServerValue], final: CommandResult) {
    var rows: [ServerValue] = []
    for try await element in self {
      switch element {
      case .row(let row): rows.append(row)
      case .progress: break
      case .final(let final): return (rows, final)
      }
    }
    throw ClientError.closed
  }

  /// Goes through the elements.
  public func makeAsyncIterator() -> Iterator {
    Iterator(command: self, arrivals: arrivals.makeAsyncIterator())
  }

  /// Goes through the elements; ends after the final line.
  public struct Iterator: AsyncIteratorProtocol {
    let command: RunningCommand
    var arrivals: AsyncThrowingStream<Arrival, any Error>.Iterator
    let feeding = Feeding()

    /// The next element. Throws `ClientError` where the connection breaks, `CancellationError` in a cancelled task.
    public mutating func next() async throws -> Element? {
      while let arrival = try await nextArrival() {
        switch arrival {
        case .row(let row): return .row(row)
        case .progress(let value): return .progress(value)
        case .final(let final):
          if let failure = feeding.end() { throw failure }
          return .final(final)
        case .need(let need): try await meet(need)
        }
      }
      return nil
    }

    /// The next arrival of any kind, needs too.
    mutating func nextArrival() async throws -> Arrival? {
      guard let arrival = try await arrivals.next() else {
        try Task.checkCancellation()
        return nil
      }
      command.connection.took(command.tag)
      return arrival
    }

    /// The answer to a need; without one the command is cancelled, since the server would wait for it.
    private func answer(_ need: JSON) async throws -> JSON {
      do {
        guard let said = try await command.answer?(need) else { throw ClientError.usage(ClientText.unknownNeed(need)) }
        return said
      } catch {
        command.cancel()
        throw error
      }
    }

    private func meet(_ need: JSON) async throws {
      let connection = command.connection
      switch need["need"]?.string {
      case "credit":
        try await connection.feed(["credit": .int(Int64(connection.greeting.creditRows))], tag: command.tag)
      case "rows":
        guard let input = command.input else {
          command.cancel()
          throw ClientError.usage(ClientText.inputNeeded)
        }
        feeding.start(input, for: command.tag, on: connection)
      default:
        try await connection.feed(try await answer(need), tag: command.tag)
      }
    }
  }
}

/// The sending of bulk input, beside the taking of what arrives.
final class Feeding: Sendable {
  private struct State {
    var task: Task<Void, Never>?
    var failure: ClientError?
  }
  private let state = Mutex(State())

  /// Starts sending; a second start does nothing.
  func start(_ input: BulkInput, for tag: String, on connection: RegisterConnection) {
    state.withLock { state in
      guard state.task == nil else { return }
      state.task = Task { [self] in
        do {
          try await connection.send(input, tag: tag)
        } catch let error as ClientError {
          self.state.withLock { $0.failure = error }
          connection.cancel(tag: tag)
        } catch {
          // The command has ended, or the connection has: its user learns it from there.
        }
      }
    }
  }

  /// Stops sending; the reason where the input itself was at fault.
  func end() -> ClientError? {
    state.withLock { state in
      state.task?.cancel()
      if case .usage = state.failure { return state.failure }
      return nil
    }
  }

  deinit { state.withLock { $0.task?.cancel() } }
}
