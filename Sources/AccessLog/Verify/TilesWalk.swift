/// One pass over a log's files, from left to right: every tile is compared with what lies beneath it as soon as that is
/// complete.
///
/// Each level keeps two rows of hashes for its current tile: `stored`, from the file, and `computed`, from beneath.
/// Where they differ, the tile above decides which one goes on upwards, so that one bad hash is one problem and not
/// one a level.
struct TilesWalk {
  private struct Level {
    var computed: [TreeHash] = []
    var stored: [TreeHash]?
    /// Something at or beneath this tile does not fit and was reported; what follows from it is not reported again.
    var isDoubtful = false
  }

  /// A subtree as seen from beneath: its root, another candidate for it, and whether a problem in it was reported.
  private struct Subtree {
    var index: Int64
    var root: TreeHash?
    var alternative: TreeHash?
    var isDoubtful = false
  }

  private let verifier: TilesVerifier
  private let size: Int64
  private var levels: [Level]
  private(set) var report: TilesVerifier.Report

  init(_ verifier: TilesVerifier, report: TilesVerifier.Report) {
    self.verifier = verifier
    self.report = report
    size = report.checkpoint.size
    levels = Array(repeating: Level(), count: TreeEdge.levels(size: size))
  }

  mutating func run(_ progress: (Int64, Int64) -> Void) throws {
    var index: Int64 = 0
    while report.leaves < size {
      try checkLeaves(index)
      index += 1
      progress(report.leaves, size)
      if report.problems.count >= max(1, verifier.problemsMax), report.leaves < size {
        report.stoppedEarly = true
        return
      }
    }
    checkRoot()
  }

  /// The path of a tile or bundle with the width that the checkpoint's size asks for.
  private func path(_ kind: TilePath.Kind, level: Int, index: Int64) -> TilePath {
    let rest = (size >> (8 * Int64(level))) - index << 8
    return TilePath(kind: kind, index: index, width: Int(min(rest, Int64(Tile.width))))
  }

  /// The file at a path, or the full one that took its place; nil where neither is there.
  private func load(_ path: TilePath) throws -> (bytes: [UInt8], path: TilePath)? {
    if let bytes = try verifier.read(path.description) { return (bytes, path) }
    guard !path.isFull, let bytes = try verifier.read(path.full.description) else { return nil }
    return (bytes, path.full)
  }

  /// The hashes of a tile, as many as the checkpoint's size asks for; what is missing or malformed is reported.
  private mutating func hashes(_ path: TilePath) throws -> [TreeHash]? {
    guard let (bytes, found) = try load(path) else {
      report.add(path, at: path.firstEntry, "missing")
      return nil
    }
    let needed = found.width * TreeHash.byteCount
    guard bytes.count == needed, let hashes = Tile.hashes(from: bytes) else {
      report.add(found, at: path.firstEntry, "has \(bytes.count) bytes, \(needed) are needed")
      return nil
    }
    return path.width == found.width ? hashes : Array(hashes.prefix(path.width))
  }

  // MARK: - The lowest tiles and the entries

  private mutating func checkLeaves(_ index: Int64) throws {
    let tile = path(.hashes(level: 0), level: 0, index: index)
    let stored = try hashes(tile)
    let entries = verifier.level == .entries ? try leaves(path(.entries, level: 0, index: index)) : nil
    var isDoubtful = false
    if let entries {
      report.entriesChecked += Int64(entries.count)
      isDoubtful = compare(entries, stored, tile)
    }
    let complete = entries?.count == tile.width ? entries : nil
    let hashes = stored ?? complete
    report.leaves += Int64(tile.width)
    if tile.isFull {
      var subtree = Subtree(index: index, root: hashes.map { Tile.root(of: $0) }, isDoubtful: isDoubtful)
      if isDoubtful { subtree.alternative = complete.map { Tile.root(of: $0) } }
      try add(subtree, level: 1, from: tile)
    } else {
      levels[0].computed = hashes ?? Array(repeating: .ofEmptyTree, count: tile.width)
      levels[0].stored = complete
      levels[0].isDoubtful = isDoubtful || hashes == nil
    }
  }

  /// The hashes of a bundle's entries as far as they can be read, at most as many as asked for; nil where it is
  /// missing.
  private mutating func leaves(_ path: TilePath) throws -> [TreeHash]? {
    guard let (bytes, found) = try load(path) else {
      if verifier.allowsMissingEntries {
        report.addMissing(path.firstEntry..<path.firstEntry + Int64(path.width))
      } else {
        report.add(path, at: path.firstEntry, "missing")
      }
      return nil
    }
    var leaves: [TreeHash] = []
    leaves.reserveCapacity(path.width)
    var place = 0
    while leaves.count < path.width, bytes.count - place >= 2 {
      let start = place + 2
      let end = start + Int(bytes[place]) << 8 + Int(bytes[place + 1])
      guard end <= bytes.count else { break }
      leaves.append(TreeHash.leaf(bytes[start..<end]))
      place = end
    }
    if leaves.count < path.width {
      let reason = place == bytes.count ? "ends early" : "ends within an entry"
      report.add(found, at: path.firstEntry + Int64(leaves.count), reason)
    } else if place < bytes.count, found.width == path.width {
      report.add(found, at: path.firstEntry + Int64(path.width), "goes on after its \(path.width) entries")
    }
    return leaves
  }

  /// Reports the first entry that is not the one its tile has, and returns whether there is one.
  private mutating func compare(_ entries: [TreeHash], _ stored: [TreeHash]?, _ tile: TilePath) -> Bool {
    guard let stored else { return false }
    let bad = zip(entries, stored).enumerated().filter { $1.0 != $1.1 }.map(\.offset)
    guard let first = bad.first else { return false }
    let bundle = TilePath(kind: .entries, index: tile.index, width: tile.width)
    let more = bad.count > 1 ? ", nor do \(bad.count - 1) more of this bundle" : ""
    report.add(
      bundle, at: tile.firstEntry + Int64(first),
      "entry \(tile.firstEntry + Int64(first)) does not have its hash in \(tile)\(more)")
    return true
  }

  // MARK: - The tiles above

  private mutating func add(_ subtree: Subtree, level: Int, from beneath: TilePath) throws {
    let tile = path(.hashes(level: level), level: level, index: subtree.index >> 8)
    if levels[level].computed.isEmpty { levels[level].stored = try hashes(tile) }
    let slot = levels[level].computed.count
    let stored = levels[level].stored?[slot]
    if let stored, subtree.root == nil || stored == subtree.root || stored == subtree.alternative {
      levels[level].computed.append(stored)
    } else {
      // Nothing is known of a subtree whose files are all missing; that they are was reported.
      if stored != nil, !subtree.isDoubtful {
        report.add(tile, at: subtree.index << (8 * Int64(level)), "hash \(slot) is not the root of \(beneath)")
      }
      let isKnown = stored == nil && subtree.root != nil && !subtree.isDoubtful
      if !isKnown { levels[level].isDoubtful = true }
      levels[level].computed.append(subtree.root ?? .ofEmptyTree)
    }
    guard levels[level].computed.count == Tile.width else { return }
    let done = levels[level]
    levels[level] = Level()
    let other = done.stored.flatMap { $0 == done.computed ? nil : Tile.root(of: $0) }
    try add(
      Subtree(
        index: tile.index, root: Tile.root(of: done.computed), alternative: other, isDoubtful: done.isDoubtful),
      level: level + 1, from: tile)
  }

  private mutating func checkRoot() {
    let computed = levels.map(\.computed)
    let others = levels.map { $0.computed.isEmpty ? [] : $0.stored ?? $0.computed }
    let isSigned = [computed, others].contains {
      TreeEdge(size: size, partial: $0)?.root == report.checkpoint.root
    }
    if !isSigned, !levels.contains(where: \.isDoubtful) { report.addRoot() }
  }
}
