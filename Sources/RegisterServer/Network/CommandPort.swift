import Custody
import Model
import Register
import Wire

/// A running command's way to its client.
final class CommandPort: ReplyPort {
  private let connection: SessionConnection
  private let tag: String
  private let number: UInt64

  init(connection: SessionConnection, tag: String, number: UInt64) {
    self.connection = connection
    self.tag = tag
    self.number = number
  }

  func send(_ row: Reply.Row) async throws { try await send(json: row.json) }

  /// Sends a row given as the text of one JSON value.
  func send(json: [UInt8]) async throws {
    try await trying { $0.sendRow(self.tag, self.number, json) }
  }

  func room() async throws -> Int {
    while true {
      switch connection.change({ $0.room(self.tag, self.number) }) {
      case .rows(let rows): return rows
      case .gone: throw CancellationError()
      case .wait: await connection.wait(number) { $0.maySend(self.tag, self.number) }
      }
      try Task.checkCancellation()
    }
  }

  func progress(done: Int, total: Int?) async throws {
    try await trying { $0.sendProgress(self.tag, self.number, done: done, total: total) }
  }

  func nextFeed() async throws -> JSON? {
    while true {
      switch connection.change({ $0.nextFeed(self.tag, self.number) }) {
      case .piece(let json): return json
      case .end: return nil
      case .gone: throw CancellationError()
      case .wait: await connection.wait(number) { $0.mayTake(self.tag, self.number) }
      }
      try Task.checkCancellation()
    }
  }

  func ask(_ need: JSONObject) async throws -> JSON {
    guard connection.change({ $0.ask(self.tag, self.number, need) }) else { throw CancellationError() }
    while true {
      switch connection.change({ $0.nextAnswer(self.tag, self.number) }) {
      case .piece(let json): return json
      case .end, .gone: throw CancellationError()
      case .wait: await connection.wait(number) { $0.mayAnswer(self.tag, self.number) }
      }
      try Task.checkCancellation()
    }
  }

  func apply(_ change: SessionChange) async { connection.change { $0.apply(change) } }

  private func trying(_ send: @Sendable (inout SessionMachine) -> SendOutcome) async throws {
    while true {
      switch connection.change(send) {
      case .sent: return
      case .gone: throw CancellationError()
      case .tooLong: throw RegisterError.internal
      case .wait: await connection.wait(number) { $0.maySend(self.tag, self.number) }
      }
      try Task.checkCancellation()
    }
  }
}
