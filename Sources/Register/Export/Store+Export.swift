import Custody
import Model
import Postgres

extension Store {
  /// The canonical bytes of the entries of some ranges of indexes, with the rules' epoch of the same moment.
  ///
  /// A range whose entries are not all there any more is nil.
  func entryRanges(_ ranges: [Range<Int64>], deadline: Tick) async throws -> (bundles: [[[UInt8]]?], epoch: Int64) {
    let statements: [SQL] = ranges.map {
      "SELECT entry FROM access_entry WHERE index >= \($0.lowerBound) AND index < \($0.upperBound) ORDER BY index"
    }
    let results = try await pool.run([Self.epochStatement] + statements, deadline: deadline).results
    guard results.count == ranges.count + 1, let epoch = try results[0].first?.int64(0) else {
      throw RegisterError.internal
    }
    let bundles = try zip(ranges, results.dropFirst()).map { range, rows in
      rows.count == range.count ? try rows.map { try $0.bytes(0) } : nil
    }
    return (bundles, epoch)
  }
}
