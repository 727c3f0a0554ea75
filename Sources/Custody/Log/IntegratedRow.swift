import Crypto
import Model
import Postgres

/// A row of `integrated`: an intake row that is in the log. Its seal binds it to the server's key, so that nobody else
/// can say of a row that waits that it is in the log.
struct IntegratedRow: Sendable {
  var intake: Int64
  var kind: Int16
  var chain: ID<IntakeHeader>
  var counter: Int64
  var mac: [UInt8]
  private var seal: [UInt8]

  /// A row that is being brought into the log.
  init(_ candidate: IntakeVerifier.Candidate, _ header: IntakeHeader, key: SymmetricKey) {
    intake = candidate.id
    kind = Int16(header.kind.rawValue)
    chain = header.chain
    counter = Int64(bitPattern: header.counter)
    mac = candidate.mac
    seal = []
    seal = Array(HMAC<SHA256>.authenticationCode(for: sealed, using: key))
  }

  /// The columns that `init(_:from:key:)` reads, in its order.
  static func columns(of table: SQL) -> SQL {
    "\(table).intake, \(table).kind, \(table).chain, \(table).counter, \(table).mac, \(table).seal"
  }

  /// Reads a stored row from the column `first` on.
  ///
  /// - Throws: `LogFault` for a row that the server did not write.
  init(_ row: Row, from first: Int = 0, key: SymmetricKey) throws {
    intake = try row.int64(first)
    kind = try row.int16(first + 1)
    chain = try row.id(first + 2)
    counter = try row.int64(first + 3)
    mac = try row.bytes(first + 4)
    seal = try row.bytes(first + 5)
    guard HMAC<SHA256>.isValidAuthenticationCode(seal, authenticating: sealed, using: key) else {
      throw LogFault(
        reason: "intake row \(intake) is said to be in the log by somebody else than the server", isOfIntake: true)
    }
  }

  /// What the seal covers. An intake row's HMAC by the same key begins with another version (`IntakeHeader`).
  private var sealed: [UInt8] {
    var bytes: [UInt8] = [2]
    IntakeHeader.append(intake, to: &bytes)
    IntakeHeader.append(kind, to: &bytes)
    chain.append(to: &bytes)
    IntakeHeader.append(counter, to: &bytes)
    return bytes + mac
  }

  static func insert(_ rows: [IntegratedRow]) -> SQL {
    """
    INSERT INTO integrated (intake, kind, chain, counter, mac, seal)
    SELECT * FROM unnest(\(rows.map(\.intake)), \(rows.map(\.kind)), \(rows.map(\.chain)), \(rows.map(\.counter)),
      \(rows.map(\.mac)), \(rows.map(\.seal)))
    """
  }
}
