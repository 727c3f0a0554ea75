import AccessLog
import Model
import Postgres

extension TreeRows {
  /// The hashes of nodes of the tree of a log of `size`.
  func hashes(_ nodes: [TreeNode], size: Int64) async throws -> [TreeNode: TreeHash] {
    var found: [TreeNode: TreeHash] = [:]
    for (path, wanted) in Dictionary(grouping: nodes, by: { Merkle.tile(of: $0, size: size) }) {
      guard let tile = try await tile(path) else { throw LogFault(reason: "the tile \(path) of the log is missing") }
      for node in wanted {
        guard let hash = tile.hash(of: node) else {
          throw LogFault(reason: "the tile \(path) of the log is too narrow")
        }
        found[node] = hash
      }
    }
    return found
  }

  /// The root of the tree of the first `size` entries.
  func root(size: Int64) async throws -> TreeHash {
    let hashes = try await hashes(Merkle.rootNodes(size: size), size: size)
    return try Merkle.root(size: size) { node throws(LogFault) in
      guard let hash = hashes[node] else { throw LogFault(reason: "the tree of \(size) entries is broken") }
      return hash
    }
  }

  /// A tile of hashes in the width that its path names; nil where the log does not have it.
  func tile(_ path: TilePath) async throws -> Tile? {
    guard case .hashes(let level) = path.kind, level < 8 else { return nil }
    let rows = try await transaction.query(
      "SELECT hashes FROM log_tile WHERE level = \(Int16(level)) AND index = \(path.index)")
    let hashes: [TreeHash]
    if let row = rows.first {
      guard let stored = Tile.hashes(from: try row.bytes(0)) else {
        throw LogFault(reason: "the tile \(path) of the log is broken")
      }
      hashes = stored
    } else {
      let first = path.index * Int64(Tile.width)
      guard path.width < Tile.width else { return nil }
      hashes =
        level == 0
        ? try await entries(from: first, to: first + Int64(path.width)).map { TreeHash.leaf($0) }
        : try await roots(level: level - 1, from: first, to: first + Int64(path.width))
    }
    guard hashes.count >= path.width else { return nil }
    return Tile(level: level, index: path.index, hashes: Array(hashes.prefix(path.width)))
  }
}
