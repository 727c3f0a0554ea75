import Model

/// The rows of a `COPY … TO STDOUT`, in chunks of whole rows of about 64 KiB.
///
/// Begins with the first `next()`; the connection does nothing else until it ends. At most eight chunks are buffered.
/// Leaving the loop early or cancelling the task cancels the COPY. To be read once.
public struct CopyStream: AsyncSequence, Sendable {
  /// Whole rows.
  public typealias Element = [UInt8]
  /// What reading can throw.
  public typealias Failure = PostgresError

  let connection: Connection
  let text: String
  let role: Job.Role
  let deadline: Tick?

  /// Begins reading.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(stream: self) }

  /// Reads the chunks.
  public struct AsyncIterator: AsyncIteratorProtocol {
    private let reader: Reader
    private let stream: CopyStream
    private var hasBegun = false

    init(stream: CopyStream) {
      self.stream = stream
      reader = Reader(stream.connection.worker)
    }

    /// The next rows; nil at the end.
    public mutating func next(isolation actor: isolated (any Actor)?) async throws(PostgresError) -> [UInt8]? {
      if !hasBegun {
        hasBegun = true
        stream.connection.worker.submit(
          Job(.copy(stream.text, reader.buffer), role: stream.role, deadline: stream.deadline))
      }
      return try await reader.next().get()
    }

    /// The next rows; nil at the end.
    public mutating func next() async throws(PostgresError) -> [UInt8]? { try await next(isolation: nil) }
  }

  /// Gives the COPY up when nobody reads any more.
  private final class Reader: Sendable {
    let buffer = CopyBuffer()
    let worker: Worker

    init(_ worker: Worker) { self.worker = worker }

    deinit {
      buffer.abandon()
      worker.nudge()
    }

    func next() async -> Result<[UInt8]?, PostgresError> {
      let (result, wasFull) = await withTaskCancellationHandler {
        await buffer.next()
      } onCancel: {
        buffer.abandon()
        worker.nudge()
      }
      if wasFull { worker.nudge() }
      return result
    }
  }
}
