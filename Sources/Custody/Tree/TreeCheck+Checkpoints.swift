import AccessLog
import Model
import Postgres

extension TreeCheck {
  /// The newest stored checkpoints are ones that were signed; none lies beyond the last that was.
  func checkpoints(newest count: Int64) async throws {
    try await reading { rows in
      let found = try await rows.transaction.query(
        "SELECT \(TreeHead.columns) FROM checkpoint WHERE size > 0 ORDER BY size DESC LIMIT \(count)")
      var unsigned: Int64?
      for row in found {
        let head = try TreeHead(row)
        if try head.verifiedRoot(identity, anyOrigin: true) == nil {
          unsigned = unsigned ?? head.size
        } else if let unsigned {
          throw LogFault(reason: "the checkpoint of size \(unsigned) has lost its signature")
        }
      }
    }
  }

  /// No committed intake row was passed over: what lies before the transactions that are still looked at is in the log.
  func intake() async throws {
    try await reading { rows in
      let passed = try await rows.transaction.query(
        """
        SELECT i.id FROM access_intake i WHERE i.xid < \(TreeHead.since)
          AND NOT EXISTS (SELECT FROM integrated g WHERE g.intake = i.id) ORDER BY i.id LIMIT 1
        """)
      if let row = passed.first {
        throw LogFault(reason: "intake row \(try row.int64(0)) was passed over: its entries are not in the log")
      }
    }
  }

  /// Where a log that does not fit begins not to: the first entry that is not its tile's; where all are, the size of the
  /// last signed checkpoint that the stored tree still fits.
  func firstBad() async throws -> Int64 {
    let size = try await reading { try await $0.head().size }
    do { try await entries(0..<size, of: size) } catch let fault as LogFault {
      if let index = fault.index { return index }
    }
    return try await reading { rows in
      let found = try await rows.transaction.query(
        "SELECT size, root FROM checkpoint WHERE size > 0 AND size <= \(size) AND root IS NOT NULL ORDER BY size")
      let signed = try found.map { (size: try $0.int64(0), root: TreeHash(try $0.bytes(1))) }
      // Once it does not fit it never does again.
      var (low, high) = (0, signed.count)
      while low < high {
        let middle = (low + high) / 2
        let fits: Bool
        do { fits = try await rows.root(size: signed[middle].size) == signed[middle].root } catch is LogFault {
          fits = false
        }
        if fits { low = middle + 1 } else { high = middle }
      }
      return low == 0 ? 0 : signed[low - 1].size
    }
  }
}
