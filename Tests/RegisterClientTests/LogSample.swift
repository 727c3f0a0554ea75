import AccessLog
import Glibc
import Testing
import Wire

@testable import RegisterClient

/// A log of any party, for tests: its entries, its tree and its files.
struct LogSample: Sendable {
  let signer: NoteSigner
  let entries: [[UInt8]]
  let leaves: [TreeHash]
  var origin: String { signer.name }
  var key: VerifierKey { signer.verifierKey }

  init(_ entries: [[UInt8]], signer: NoteSigner) {
    self.signer = signer
    self.entries = entries
    leaves = entries.map { TreeHash.leaf($0) }
  }

  init(size: Int, origin: String = "register.example/log", salt: UInt8 = 0) throws {
    let entries = (0..<size).map { [UInt8](repeating: salt, count: $0 % 7) + Array("entry \($0)".utf8) }
    self.init(entries, signer: try #require(NoteSigner.generate(name: origin)))
  }

  // MARK: - The tree

  private func hash(_ node: TreeNode) -> TreeHash {
    guard node.level > 0 else { return leaves[Int(node.index)] }
    return .node(
      hash(TreeNode(level: node.level - 1, index: node.index * 2)),
      hash(TreeNode(level: node.level - 1, index: node.index * 2 + 1)))
  }

  func root(_ size: Int) -> TreeHash { Merkle.root(size: Int64(size), hash: hash) }

  func checkpoint(_ size: Int) -> Checkpoint { Checkpoint(origin: origin, size: Int64(size), root: root(size)) }

  func note(_ size: Int, by other: NoteSigner? = nil) -> String { (other ?? signer).sign(checkpoint(size).text) }

  func proof(_ index: Int, size: Int) throws -> String {
    let hashes = try #require(Merkle.inclusionProof(index: Int64(index), size: Int64(size), hash: hash))
    return TlogProof(index: Int64(index), hashes: hashes, checkpoint: note(size)).text
  }

  // MARK: - Rows of a server

  func checkpointRow(_ size: Int, by other: NoteSigner? = nil) -> JSON {
    [
      "origin": .string(origin), "size": .int(Int64(size)), "root": .string(root(size).base64),
      "note": .string(note(size, by: other)), "key": .string((other ?? signer).verifierKey.description),
    ]
  }

  func consistencyRow(_ from: Int, _ to: Int) -> JSON {
    let hashes = Merkle.consistencyProof(from: Int64(from), to: Int64(to), hash: hash) ?? []
    return [
      "from": .int(Int64(from)), "to": .int(Int64(to)), "root-from": .string(root(from).base64),
      "root-to": .string(root(to).base64), "hashes": .array(hashes.map { .string($0.base64) }),
      "note": .string(note(to)),
    ]
  }

  // MARK: - Files

  /// The files of the log of the first entries.
  func files(_ size: Int) -> [(path: String, bytes: [UInt8])] {
    var edge = TreeEdge()
    for leaf in leaves[..<size] { edge.append(leaf) }
    var files = edge.takeFinished().map { (path: $0.path.description, bytes: $0.bytes) }
    for (level, hashes) in edge.partial.enumerated() where !hashes.isEmpty {
      let tile = Tile(level: level, index: Int64(size) >> Int64(8 * level + 8), hashes: hashes)
      files.append((tile.path.description, tile.bytes))
    }
    for path in TilePath.all(size: Int64(size)) where path.kind == .entries {
      let first = Int(path.firstEntry)
      let bundle = entries[first..<first + path.width].flatMap { [UInt8($0.count >> 8), UInt8($0.count & 255)] + $0 }
      files.append((path.description, bundle))
    }
    return files + [("checkpoint", Array(note(size).utf8))]
  }

  /// Writes the log into a folder.
  func write(_ size: Int, to folder: String) throws {
    for file in files(size) {
      let full = "\(folder)/\(file.path)"
      _ = try LocalFile.create("", at: full)
      try LogSample.overwrite(full, file.bytes)
    }
  }

  static func overwrite(_ path: String, _ bytes: [UInt8]) throws {
    let descriptor = open(path, O_WRONLY | O_TRUNC)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    try #require(Terminal.write(bytes, to: descriptor))
  }
}

/// A folder of a test's own.
final class TestFolder: Sendable {
  let path: String

  init() throws {
    var template = Array("/tmp/rekisteri-log-XXXXXX".utf8CString)
    path = String(cString: try #require(mkdtemp(&template)))
  }

  deinit { Self.remove(path) }

  /// The names in it, in order.
  var names: [String] { Self.names(path) }

  static func names(_ path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  private static func remove(_ path: String) {
    for name in names(path) {
      let full = "\(path)/\(name)"
      if unlink(full) != 0 { remove(full) }
    }
    rmdir(path)
  }
}

extension ScriptedServer {
  /// A server that answers each command with the lines that a table has for its verb, or with a refusal.
  convenience init(answering answers: @escaping @Sendable (_ verb: String, _ line: String) -> [String]?) {
    self.init { peer in
      peer.greet(credit: 5000)
      while let line = peer.line() {
        let words = line.split(separator: " ", maxSplits: 2).map(String.init)
        guard words.count >= 2 else { continue }
        let lines = answers(words[1], line) ?? [#"NO unknown/verb {"msg":"No such verb."}"#]
        peer.raw(Array(lines.map { "\(words[0]) \($0)\n" }.joined().utf8))
      }
    }
  }
}
