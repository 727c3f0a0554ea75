import AccessLog
import Crypto
import Model
import Postgres

/// Whether the stored entries, tiles and checkpoints are the ones that were signed. Every fault names the first bad index
/// that it can tell.
struct TreeCheck: Sendable {
  let pool: Pool
  let identity: LogIdentity
  /// The key of the intake's HMACs.
  let key: SymmetricKey

  /// Entries whose bytes are looked at in one go; whole tiles.
  static let chunk: Int64 = 4096
  private static let milliseconds = 60_000

  /// The signed head, the number of tiles, nothing beyond the end, and the root from the tree's edge. Gives the size, and whether there is a tree yet.
  @discardableResult
  func head() async throws -> (size: Int64, isSigned: Bool) {
    try await reading { rows in
      let head = try await rows.head()
      let root = try head.verifiedRoot(identity)
      let counts = try await rows.tileCounts()
      try await Self.checkEnds(rows, head.size)
      guard let root else {
        let signed = try await rows.transaction.query("SELECT FROM checkpoint WHERE note IS NOT NULL LIMIT 1")
        guard counts.isEmpty, signed.isEmpty else {
          throw LogFault(reason: "the checkpoint of size \(head.size) has lost its signature")
        }
        return (head.size, false)
      }
      try Self.check(counts, of: head.size)
      let (edge, _) = try await rows.edge(size: head.size, isNew: false)
      guard edge.root == root else {
        throw LogFault(
          reason: "entries or tiles of the log are not those of the signed checkpoint of size \(head.size)")
      }
      return (head.size, true)
    }
  }

  private static func checkEnds(_ rows: TreeRows, _ size: Int64) async throws {
    let ends = try await rows.transaction.query("SELECT min(index), max(index) FROM access_entry").first
    guard let first = try ends?.get(0, as: Int64?.self), let last = try ends?.get(1, as: Int64?.self) else { return }
    guard first >= 0 else { throw LogFault.badEntry(first, "has no place in it") }
    guard last < size else { throw LogFault.badEntry(size, "is not in any checkpoint") }
  }

  private static func check(_ counts: [Int: Int64], of size: Int64) throws(LogFault) {
    var (level, full) = (0, size / 256)
    while full > 0 || counts[level] != nil {
      let count = counts[level] ?? 0
      guard count == full else {
        let first = min(count, full) << (8 * (level + 1))
        throw LogFault(
          reason: "the log of \(size) entries has \(count) tiles of level \(level), and should have \(full)",
          index: first)
      }
      (level, full) = (level + 1, full / 256)
    }
  }

  /// Every tile above the lowest level is made of the roots below it.
  func upperTiles() async throws {
    try await reading { rows in
      for (level, count) in try await rows.tileCounts().sorted(by: { $0.key < $1.key }) where level > 0 {
        for index in 0..<count {
          let below = try await rows.roots(level: level - 1, from: index * 256, to: (index + 1) * 256)
          guard let stored = try await storedTile(rows, level, index) else { continue }
          let position = zip(below, stored.tile.hashes).enumerated().first { $1.0 != $1.1 }?.offset
          guard position == nil, stored.root == stored.tile.root else {
            let first = (index * 256 + Int64(position ?? 0)) << (8 * level)
            throw LogFault(
              reason: "tile \(index) of level \(level) of the log is broken",
              index: first)
          }
        }
      }
    }
  }

  private func storedTile(_ rows: TreeRows, _ level: Int, _ index: Int64) async throws
    -> (tile: Tile, root: TreeHash?)?
  {
    let found = try await rows.transaction.query(
      "SELECT hashes, root FROM log_tile WHERE level = \(Int16(level)) AND index = \(index)")
    guard let row = found.first, let hashes = Tile.hashes(from: try row.bytes(0)) else { return nil }
    return (Tile(level: level, index: index, hashes: hashes), TreeHash(try row.bytes(1)))
  }

  /// Whether what is kept outside is in the log: a database that was put back is older, a rewritten one another.
  func outside() async throws {
    try await reading { rows in
      let head = try await rows.head()
      for note in identity.outside {
        let kept = try identity.checkpoint(note)
        if kept.origin != identity.origin { continue }
        guard kept.size <= head.size else {
          throw LogFault(
            reason: "the database's log has \(head.size) entries, and a checkpoint outside is of \(kept.size): it was "
              + "put back to an older state. rekisterid log-continue begins a new origin")
        }
        guard try await rows.root(size: kept.size) == kept.root else {
          throw LogFault(
            reason: "the log is not the one of the checkpoint of \(kept.size) entries that is kept outside")
        }
      }
    }
  }

  func reading<Value: Sendable>(_ body: @Sendable (TreeRows) async throws -> Value) async throws -> Value {
    try await pool.transaction(
      isolation: .repeatableRead, readOnly: true, deadline: Tick.now().adding(milliseconds: Self.milliseconds)
    ) { try await body(TreeRows(transaction: $0)) }
  }
}
