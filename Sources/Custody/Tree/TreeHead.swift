import AccessLog
import Model
import Postgres

/// The newest row of `checkpoint`: how far the log is integrated, and what was signed about it.
struct TreeHead: Equatable, Sendable {
  var size: Int64
  var xminNext: TransactionID
  var root: TreeHash?
  var note: String?

  static let columns: SQL = "size, xmin_next, root, note"
  /// From which transaction on intake rows may be missing in the log. Where the checkpoint's lies in the future the
  /// database came from another cluster, whose transactions had greater numbers: then all rows are looked at.
  static let since: SQL = """
    (SELECT CASE WHEN xmin_next > pg_snapshot_xmax(pg_current_snapshot()) THEN '0'::xid8 ELSE xmin_next END
      FROM checkpoint ORDER BY size DESC LIMIT 1)
    """
  static let newest: SQL = "SELECT \(columns) FROM checkpoint ORDER BY size DESC LIMIT 1"

  init(_ row: Row) throws {
    size = try row.int64(0)
    xminNext = try row.transactionID(1)
    root = try row.get(2, as: [UInt8]?.self).flatMap { TreeHash($0) }
    note = try row.get(3, as: String?.self)
  }

  /// Checks the signature; gives the root, nil for an empty log or one that nobody has signed yet.
  func verifiedRoot(_ identity: LogIdentity, anyOrigin: Bool = false) throws(LogFault) -> TreeHash? {
    guard let note else {
      guard root == nil else { throw LogFault(reason: "the checkpoint of size \(size) has lost its signature") }
      return nil
    }
    let checkpoint = try identity.checkpoint(note, of: size)
    guard checkpoint.origin == identity.origin || identity.continued != nil || anyOrigin else {
      throw LogFault(
        reason: "the log was signed as \(checkpoint.origin), and this server signs as \(identity.origin): "
          + "rekisterid log-continue begins a new origin")
    }
    guard checkpoint.size == size, checkpoint.root == root else {
      throw LogFault(reason: "the stored checkpoint of size \(size) is not the one that was signed")
    }
    return root
  }
}
