import Model
import Postgres
import Wire

/// The first committed outcome of a write, given again.
struct Replay: Error {
  let answer: Custody.Answer
}

extension Custody {
  /// Claims a client's key for this write, waiting for another write with the same key to end.
  ///
  /// - Throws: `Replay` where the same write was committed before; `conflict/state` where another one was.
  func claim(_ once: Once, user: UserID, _ transaction: Transaction) async throws {
    let results = try await transaction.run([
      """
      DELETE FROM once WHERE employee = \(user) AND key = \(once.key)
        AND at < now() - make_interval(hours => \(Int32(Limits.onceHours)))
      """,
      """
      INSERT INTO once (employee, key, digest, outcome) VALUES (\(user), \(once.key), \(once.digest), '')
      ON CONFLICT (employee, key) DO NOTHING RETURNING 1
      """,
    ])
    if let inserted = results.results.last, !inserted.isEmpty { return }
    let rows = try await transaction.query(
      "SELECT digest, outcome FROM once WHERE employee = \(user) AND key = \(once.key)")
    guard let row = rows.first else { throw RegisterError.unavailableDatabase }
    throw Replay(answer: try once.outcome(row))
  }

  /// Keeps a write's outcome under its key, in the same transaction.
  func keep(_ answer: Answer, _ once: Once, user: UserID, _ transaction: Transaction) async throws {
    _ = try await transaction.query(
      "UPDATE once SET outcome = \(answer.stored) WHERE employee = \(user) AND key = \(once.key)")
  }
}

extension Custody.Once {
  /// What was answered, from the row of a key: its digest and outcome.
  func outcome(_ row: Row) throws -> Custody.Answer {
    guard try row.bytes(0) == digest else {
      throw RegisterError.conflictState(
        Text(
          en: "This key was used for another command.", fi: "Tätä avainta käytettiin toiseen komentoon.",
          sv: "Denna nyckel användes för ett annat kommando."))
    }
    return try Custody.Answer(stored: try row.bytes(1))
  }
}

extension Custody.Answer {
  var stored: [UInt8] {
    let json: JSON = [
      "code": .string(code), "object": .object(object), "rows": .array(rows.map { .object($0) }),
    ]
    return json.encoded()
  }

  init(stored: [UInt8]) throws {
    let json = try JSON.parse(stored)
    self.init(
      rows: json["rows"]?.array?.compactMap(\.object) ?? [], object: json["object"]?.object ?? [:],
      code: json["code"]?.string ?? "done")
  }
}
