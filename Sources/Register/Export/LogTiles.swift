import AccessLog

/// The files of a log of a fixed size in the order in which an export sends them: the hash tiles of each level from the
/// lowest up, then the entry bundles (C2SP tlog-tiles). Nothing is kept but how far it has come.
struct LogTiles: Sequence, IteratorProtocol, Sendable {
  private let size: Int64
  /// The level that comes next; nil for the bundles.
  private var level: Int? = 0
  private var index: Int64 = 0

  /// The files of a log of so many entries.
  init(size: Int64) { self.size = size }

  mutating func next() -> TilePath? {
    while let level {
      if let width = width(of: size >> Int64(8 * level)) {
        defer { index += 1 }
        return TilePath(kind: .hashes(level: level), index: index, width: width)
      }
      index = 0
      self.level = size >> Int64(8 * (level + 1)) > 0 ? level + 1 : nil
    }
    guard let width = width(of: size) else { return nil }
    defer { index += 1 }
    return TilePath(kind: .entries, index: index, width: width)
  }

  /// How much of the tile at `index` there is where a level has so many hashes; nil where it has no such tile.
  private func width(of count: Int64) -> Int? {
    let left = count - index * Int64(Tile.width)
    return left > 0 ? Int(Swift.min(left, Int64(Tile.width))) : nil
  }
}

extension TilePath {
  /// The indexes of a bundle's entries; nil for hashes.
  var entries: Range<Int64>? {
    guard case .entries = kind else { return nil }
    let first = index * Int64(Tile.width)
    return first..<first + Int64(width)
  }
}
