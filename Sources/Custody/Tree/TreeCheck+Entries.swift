import AccessLog
import Model
import Postgres

extension TreeCheck {
  /// Looks at the entries of `range` below `size`, and at the tiles over them; whole tiles but for the last.
  func entries(_ range: Range<Int64>, of size: Int64, progress: (Int64) -> Void = { _ in }) async throws {
    var next = range.lowerBound / 256 * 256
    let end = min(range.upperBound, size)
    while next < end, !Task.isCancelled {
      let to = min(next + Self.chunk, size)
      let from = next
      try await reading { try await chunk($0, from: from, to: to) }
      next = to
      progress(next)
    }
  }

  private func chunk(_ rows: TreeRows, from: Int64, to: Int64) async throws {
    let found = try await rows.transaction.query(
      """
      SELECT index, entry, at, employee, person, role, purpose, outcome, verb FROM access_entry
      WHERE index >= \(from) AND index < \(to) ORDER BY index
      """)
    let tiles = try await tiles(rows, from: from / 256, to: to / 256)
    var leaves = Leaves(from: from, tiles: tiles)
    for row in found {
      let stored = try StoredEntry(row)
      if stored.index < leaves.next { throw LogFault.badEntry(stored.index, "is there twice") }
      if stored.index > leaves.next { try await allowMissing(rows, leaves.next..<stored.index) }
      try leaves.take(stored)
    }
    if leaves.next < to { try await allowMissing(rows, leaves.next..<to) }
  }

  private func tiles(
    _ rows: TreeRows, from: Int64, to: Int64, mayLack: Bool = false
  ) async throws -> [Int64: [TreeHash]] {
    let found = try await rows.transaction.query(
      "SELECT index, hashes, root FROM log_tile WHERE level = 0 AND index >= \(from) AND index < \(to)")
    var tiles: [Int64: [TreeHash]] = [:]
    for row in found {
      let index = try row.int64(0)
      guard let hashes = Tile.hashes(from: try row.bytes(1)),
        TreeHash(try row.bytes(2)) == Tile(level: 0, index: index, hashes: hashes).root
      else { throw LogFault.badTile(index, "broken") }
      tiles[index] = hashes
    }
    for index in from..<to where tiles[index] == nil && !mayLack {
      throw LogFault.badTile(index, "missing")
    }
    return tiles
  }

  /// Entries may be gone only where the log itself says that their months were given up, in an entry that is itself as
  /// it was signed.
  private func allowMissing(_ rows: TreeRows, _ range: Range<Int64>) async throws {
    let given = try await rows.transaction.query(
      "SELECT index, entry FROM access_entry WHERE verb = \(LogRetention.verb) AND index >= 0 ORDER BY index DESC LIMIT 1"
    )
    var last: Int64 = -1
    if let row = given.first {
      let (index, bytes) = (try row.int64(0), try row.bytes(1))
      // After the last full tile the checkpoint itself covers it (`head`).
      if let tile = try await tiles(rows, from: index / 256, to: index / 256 + 1, mayLack: true)[index / 256],
        tile[Int(index % 256)] != TreeHash.leaf(bytes)
      {
        throw LogFault.badEntry(index, "is not the one that was signed")
      }
      last = LogRetention.lastIndex(try? Entry.decode(bytes)) ?? -1
    }
    guard range.upperBound - 1 <= last else { throw LogFault.badEntry(max(range.lowerBound, last + 1), "is missing") }
  }
}

/// A row of `access_entry` as it is stored.
private struct StoredEntry {
  let index: Int64
  let bytes: [UInt8]
  /// Whether the columns that are searched say what the signed bytes say.
  let isItself: Bool

  init(_ row: Row) throws {
    index = try row.int64(0)
    bytes = try row.bytes(1)
    guard let entry = try? Entry.decode(bytes) else {
      isItself = false
      return
    }
    let at = try row.get(2, as: Instant.self)
    let employee = try row.get(3, as: UserID?.self)
    let person = try row.get(4, as: PersonID?.self)
    let codes = (try row.int16(5), try row.int16(6), try row.int16(7))
    let verb = try row.string(8)
    isItself =
      entry.at == at && entry.user == employee && entry.person == person && entry.verb == verb
      && codes == (Int16(entry.role?.rawValue ?? 0), Int16(entry.purpose?.rawValue ?? 0), Int16(entry.outcome.rawValue))
  }
}

/// Follows entries along their tiles.
private struct Leaves {
  var next: Int64
  let tiles: [Int64: [TreeHash]]

  init(from: Int64, tiles: [Int64: [TreeHash]]) {
    next = from
    self.tiles = tiles
  }

  mutating func take(_ stored: StoredEntry) throws(LogFault) {
    let index = stored.index
    // The leaves after the last full tile are under the checkpoint itself (`TreeCheck.head`).
    if let tile = tiles[index / 256], tile[Int(index % 256)] != TreeHash.leaf(stored.bytes) {
      throw .badEntry(index, "is not the one that was signed")
    }
    guard stored.isItself else { throw .badEntry(index, "has columns that say something else than its signed bytes") }
    next = index + 1
  }
}
