import Custody
import Model
import Postgres

extension Store {
  /// When the checkpoint of a size was signed, where its row is still there, and how many witnesses cosigned it; with the
  /// rules' epoch of the same moment.
  func checkpointSigned(size: Int64, deadline: Tick) async throws -> (at: Instant?, cosignatures: Int64, epoch: Int64) {
    let (rows, epoch) = try await logged(
      """
      SELECT (SELECT at FROM checkpoint WHERE size = \(size)), (SELECT count(*) FROM cosignature WHERE size = \(size))
      """, deadline: deadline)
    let row = try rows.single()
    return (try row.get(0, as: Instant?.self), try row.int64(1), epoch)
  }

  /// The canonical bytes of an entry; nil where the log never had it or has given it up. With the rules' epoch of the
  /// same moment.
  func entryBytes(_ index: Int64, deadline: Tick) async throws -> (bytes: [UInt8]?, epoch: Int64) {
    let (rows, epoch) = try await logged(
      "SELECT entry FROM access_entry WHERE index = \(index) LIMIT 1", deadline: deadline)
    return (try rows.first?.bytes(0), epoch)
  }
}
