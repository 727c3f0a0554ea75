import AccessLog
import Testing

/// A log in memory, as a directory of files.
struct TestLog {
  var files: [String: [UInt8]] = [:]
  var entries: [[UInt8]]
  let signer: NoteSigner
  let leaves: [TreeHash]

  /// A log of entries of lengths from 0 up, none of which is an access entry.
  init(size: Int) throws {
    signer = try #require(NoteSigner.generate(name: "other.example/log"))
    entries = (0..<size).map {
      [UInt8](repeating: UInt8(truncatingIfNeeded: $0), count: $0 % 5) + TreeVectors.entry($0)
    }
    if size > 3 { entries[3] = [] }
    leaves = entries.map { .leaf($0) }
    try write(size: size)
  }

  /// Writes the files of the first entries, and a checkpoint for them.
  mutating func write(size: Int) throws {
    var edge = TreeEdge()
    for leaf in leaves[..<size] { edge.append(leaf) }
    for tile in edge.takeFinished() { files[tile.path.description] = tile.bytes }
    for (level, hashes) in edge.partial.enumerated() where !hashes.isEmpty {
      let tile = Tile(level: level, index: Int64(size) >> Int64(8 * level + 8), hashes: hashes)
      files[tile.path.description] = tile.bytes
    }
    for path in TilePath.all(size: Int64(size)) where path.kind == .entries {
      let first = Int(path.firstEntry)
      files[path.description] = TestLog.bundle(entries[first..<first + path.width])
    }
    files["checkpoint"] = Array(
      signer.sign(Checkpoint(origin: signer.name, size: Int64(size), root: edge.root).text).utf8)
  }

  static func bundle(_ entries: ArraySlice<[UInt8]>) -> [UInt8] {
    entries.flatMap { [UInt8($0.count >> 8), UInt8($0.count & 255)] + $0 }
  }

  func verifier(_ keys: [VerifierKey]? = nil) -> TilesVerifier {
    let files = files
    return TilesVerifier(keys: keys ?? [signer.verifierKey]) { files[$0] }
  }

  func verify() throws -> TilesVerifier.Report { try verifier().verify() }

  func proof(_ index: Int) throws -> String {
    let hashes = Merkle.inclusionProof(
      index: Int64(index), size: Int64(entries.count), hash: TreeVectors.reader(leaves))
    let note = String(decoding: files["checkpoint"] ?? [], as: UTF8.self)
    return TlogProof(index: Int64(index), hashes: try #require(hashes), checkpoint: note).text
  }
}
