import AccessLog
import Model
import Postgres

/// The newest epoch of the rules that the log has seen: stored rules of an older one were rolled back.
enum LogEpoch {
  private static let rows: Int64 = 64

  static func newest(_ pool: Pool) async throws -> Int64 {
    let results = try await pool.run(
      [
        "SELECT entry FROM access_entry ORDER BY index DESC LIMIT \(rows)",
        "SELECT bytes FROM access_intake ORDER BY id DESC LIMIT \(rows)",
      ], deadline: Tick.now().adding(milliseconds: Limits.queryMilliseconds)
    ).results
    var newest: Int64 = 0
    for (index, result) in results.enumerated() {
      for row in result {
        let bytes = try row.bytes(0)
        // What cannot be read is the sequencer's to refuse.
        let entries = index == 0 ? [bytes[...]] : (try? EntryBundle.split(bytes)) ?? []
        for entry in entries { newest = max(newest, (try? Entry.decode(entry))?.epoch ?? 0) }
      }
    }
    return newest
  }
}
