import Crypto
import Model
import Postgres

/// The one statement that writes to the access log, and what must come back for it to count.
enum IntakeStatement {
  /// Inserts one intake row. It answers with the row's id and with what would make a commit not durable or not real:
  /// the table's persistence, triggers and rules (the flags alone stay set after the last is dropped), and the session's and server's synchronisation.
  static func insert(_ header: IntakeHeader, bytes: [UInt8], mac: [UInt8]) -> SQL {
    """
    INSERT INTO access_intake (kind, server, chain, counter, entries, bytes, header, mac)
    VALUES (\(Int16(header.kind.rawValue)), \(header.server), \(header.chain), \(Int64(bitPattern: header.counter)),
      \(Int32(bitPattern: header.entries)), \(bytes), \(header.encoded), \(mac))
    RETURNING id, (SELECT c.relpersistence = 'p'
        AND (NOT c.relhastriggers OR NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid))
        AND (NOT c.relhasrules OR NOT EXISTS (SELECT FROM pg_rewrite r WHERE r.ev_class = c.oid))
        FROM pg_class c WHERE c.oid = access_intake.tableoid)
      AND current_setting('fsync') = 'on'
      AND current_setting('synchronous_commit') NOT IN ('off', 'local')
    """
  }

  /// The id of the row that was written; throws where the answer does not show a durable row.
  static func written(_ rows: Rows) throws(LogFault) -> Int64 {
    guard rows.count == 1, let row = rows.first else { throw LogFault(reason: "the log's row was not written") }
    do {
      guard try row.get(1, as: Bool?.self) == true else {
        throw LogFault(reason: "the log's table or the server's settings do not keep what is written")
      }
      return try row.int64(0)
    } catch let fault as LogFault {
      throw fault
    } catch {
      throw LogFault(reason: "the log's answer cannot be read")
    }
  }

  /// HMAC-SHA256 over a row's header and entries.
  static func mac(_ header: IntakeHeader, bytes: [UInt8], key: SymmetricKey) -> [UInt8] {
    var hmac = HMAC<SHA256>(key: key)
    hmac.update(data: header.encoded)
    hmac.update(data: bytes)
    return Array(hmac.finalize())
  }
}

/// Why the log could not be written or does not verify, for an operator; never personal data.
struct LogFault: Error, Sendable, Equatable {
  private let fact: String
  /// The first entry that is not in order, where it is known.
  var index: Int64?
  /// Whether it is about rows of the intake: no entry of the log is concerned.
  let isOfIntake: Bool

  init(reason: String, index: Int64? = nil, isOfIntake: Bool = false) {
    fact = reason
    self.index = index
    self.isOfIntake = isOfIntake
  }

  /// What is wrong, and from which entry on.
  var reason: String { index.map { "\(fact): the first bad index is \($0)" } ?? fact }
}
