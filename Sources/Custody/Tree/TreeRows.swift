import AccessLog
import Model
import Postgres

/// Reads the stored tree within one transaction or snapshot.
struct TreeRows: Sendable {
  let transaction: Transaction

  func head() async throws -> TreeHead {
    guard let row = try await transaction.query(TreeHead.newest).first else {
      throw LogFault(reason: "the log has no checkpoint")
    }
    return try TreeHead(row)
  }

  /// Full tiles of a level are numbered from 0 without gaps; gives how many there are.
  func tileCounts() async throws -> [Int: Int64] {
    let rows = try await transaction.query(
      "SELECT level, count(*), max(index) FROM log_tile GROUP BY level ORDER BY level")
    var counts: [Int: Int64] = [:]
    for row in rows {
      let (level, count, last) = (try row.int(0), try row.int64(1), try row.int64(2))
      guard last == count - 1 else { throw try await missingTile(level, last) }
      counts[level] = count
    }
    return counts
  }

  private func missingTile(_ level: Int, _ last: Int64) async throws -> LogFault {
    let rows = try await transaction.query(
      """
      SELECT min(n) FROM generate_series(0::bigint, \(last)) n
      WHERE NOT EXISTS (SELECT FROM log_tile t WHERE t.level = \(Int16(level)) AND t.index = n)
      """)
    let first = (try rows.first?.get(0, as: Int64?.self) ?? 0) << (8 * (level + 1))
    return LogFault(
      reason: "tiles of level \(level) of the log are missing", index: first)
  }

  /// The roots of full tiles.
  func roots(level: Int, from: Int64, to: Int64) async throws -> [TreeHash] {
    let rows = try await transaction.query(
      "SELECT root FROM log_tile WHERE level = \(Int16(level)) AND index >= \(from) AND index < \(to) ORDER BY index")
    let roots = try rows.map { TreeHash(try $0.bytes(0)) }
    guard Int64(roots.count) == to - from, !roots.contains(nil) else {
      throw LogFault(reason: "tiles of level \(level) between \(from) and \(to) of the log are missing")
    }
    return roots.compactMap { $0 }
  }

  /// The bytes of entries, whose indexes must be without gap.
  func entries(from: Int64, to: Int64) async throws -> [[UInt8]] {
    let rows = try await transaction.query(
      "SELECT index, entry FROM access_entry WHERE index >= \(from) AND index < \(to) ORDER BY index")
    var expected = from
    for row in rows {
      let index = try row.int64(0)
      guard index == expected else {
        throw LogFault.badEntry(min(index, expected), index < expected ? "is there twice" : "is missing")
      }
      expected += 1
    }
    guard expected == to else { throw LogFault.badEntry(expected, "is missing") }
    return try rows.map { row in try row.bytes(1) }
  }

  /// The growing edge of a tree of `size`, from full tiles and the entries after the last of them, and the tiles that
  /// are still to be stored: none, but where the log is older than its tree.
  func edge(size: Int64, isNew: Bool) async throws -> (edge: TreeEdge, tiles: [Tile]) {
    if isNew { return try await grown(size) }
    var partial: [[TreeHash]] = []
    var full = size
    var level = 0
    while full > 0 {
      let begun = full / 256 * 256
      let hashes =
        level == 0
        ? try await entries(from: begun, to: full).map { TreeHash.leaf($0) }
        : try await roots(level: level - 1, from: begun, to: full)
      partial.append(hashes)
      full /= 256
      level += 1
    }
    guard let edge = TreeEdge(size: size, partial: partial) else { throw LogFault(reason: "the log's tree is broken") }
    return (edge, [])
  }

  /// The tree of entries that were integrated before there was one.
  private func grown(_ size: Int64) async throws -> (edge: TreeEdge, tiles: [Tile]) {
    var (edge, tiles, next): (TreeEdge, [Tile], Int64) = (TreeEdge(), [], 0)
    while next < size {
      let end = min(size, next + 16_384)
      for entry in try await entries(from: next, to: end) { edge.append(TreeHash.leaf(entry)) }
      tiles += edge.takeFinished()
      next = end
    }
    return (edge, tiles)
  }

  static func insert(_ tiles: [Tile]) -> SQL {
    """
    INSERT INTO log_tile (level, index, root, hashes) SELECT * FROM unnest(\(tiles.map { Int16($0.level) }),
      \(tiles.map(\.index)), \(tiles.map(\.root.bytes)), \(tiles.map(\.bytes)))
    """
  }
}

extension LogFault {
  /// The first entry that is not as it was signed.
  static func badEntry(_ index: Int64, _ what: String) -> LogFault {
    LogFault(reason: "entry \(index) of the log \(what)", index: index)
  }

  /// The first tile of hashes of entries that is not as it was.
  static func badTile(_ index: Int64, _ what: String) -> LogFault {
    LogFault(
      reason: "tile \(index) of the log is \(what)", index: index * 256)
  }
}
