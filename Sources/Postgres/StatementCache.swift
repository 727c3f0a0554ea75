/// A statement as a connection has it prepared.
final class PreparedStatement {
  enum State { case new, parsing, ready, gone }

  struct Key: Hashable {
    let text: String
    let oids: [UInt32]
  }

  let key: Key
  let name: String
  var state = State.new
  var lastUse: UInt64 = 0

  init(key: Key, name: String) {
    self.key = key
    self.name = name
  }
}

/// The prepared statements of one connection, the least recently used going first.
struct StatementCache {
  private let countMax: Int
  private var statements: [PreparedStatement.Key: PreparedStatement] = [:]
  private var nextName: UInt64 = 0
  private var clock: UInt64 = 0

  init(countMax: Int) { self.countMax = max(1, countMax) }

  var isOverfull: Bool { statements.count > countMax }

  /// The statement for a text and its types; new where it is not known.
  mutating func statement(for sql: SQL) -> PreparedStatement {
    clock &+= 1
    let key = PreparedStatement.Key(text: sql.text, oids: sql.oids)
    if let known = statements[key] {
      known.lastUse = clock
      return known
    }
    nextName &+= 1
    let new = PreparedStatement(key: key, name: "s\(nextName)")
    new.lastUse = clock
    statements[key] = new
    return new
  }

  /// Forgets a statement that the server does not have, or has no more.
  mutating func forget(_ statement: PreparedStatement) {
    statement.state = .gone
    if statements[statement.key] === statement { statements[statement.key] = nil }
  }

  /// Takes out the ready statement that was used least recently, to be freed.
  mutating func evict() -> PreparedStatement? {
    guard let victim = statements.values.filter({ $0.state == .ready }).min(by: { $0.lastUse < $1.lastUse }) else {
      return nil
    }
    forget(victim)
    return victim
  }
}
