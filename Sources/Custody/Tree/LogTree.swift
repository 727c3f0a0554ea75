public import AccessLog
import Model
import Postgres

/// The tree over the access log as it is stored: checkpoints, tiles, and what proofs are made of. Only hashes, no entry.
public struct LogTree: Sendable {
  let pool: Pool
  let identity: LogIdentity

  /// What anybody checks the log's checkpoints with.
  public var verifierKey: VerifierKey { identity.verifierKey }

  /// The newest checkpoint and its signed note, with the lines of witnesses.
  public func checkpoint() async throws -> (checkpoint: Checkpoint, note: String) {
    let rows = try await pool.query(TreeHead.newest, deadline: deadline)
    guard let row = rows.first else { throw LogFault(reason: "the log has no checkpoint") }
    return try await signed(try TreeHead(row))
  }

  /// The newest checkpoint that a witness has cosigned, with the witnesses' lines.
  ///
  /// - Throws: `notfound` where there is none.
  public func cosigned() async throws -> (checkpoint: Checkpoint, note: String) {
    let newest = try await pool.query("SELECT max(size) FROM cosignature", deadline: deadline).single()
    guard let size = try newest.get(0, as: Int64?.self) else { throw RegisterError.notFound }
    return try await note(size: size)
  }

  /// The note of a tree of `size`: the stored one, or, where that was given up, signed anew over the stored tree.
  ///
  /// - Throws: `notfound` beyond the log's end.
  public func note(size: Int64) async throws -> (checkpoint: Checkpoint, note: String) {
    let rows = try await pool.query(
      "SELECT \(TreeHead.columns) FROM checkpoint WHERE size = \(size) AND note IS NOT NULL", deadline: deadline)
    if let row = rows.first { return try await signed(try TreeHead(row)) }
    let newest = try await checkpoint().checkpoint
    guard size >= 0, size <= newest.size else { throw RegisterError.notFound }
    let root = try await root(size: size)
    // Nothing is signed that does not lead to what was signed before.
    guard let nodes = Merkle.consistencyNodes(from: size, to: newest.size) else { throw RegisterError.notFound }
    let hashes = try await hashes(nodes, size: newest.size)
    let proof = try Merkle.consistencyProof(from: size, to: newest.size) { node throws(LogFault) in
      guard let hash = hashes[node] else { throw LogFault(reason: "the tree of the log is broken") }
      return hash
    }
    guard
      Merkle.verifyConsistency(
        from: size, fromRoot: root, to: newest.size, toRoot: newest.root, proof: proof ?? [])
    else { throw LogFault(reason: "the tree of \(size) entries does not lead to the signed checkpoint") }
    let note = identity.sign(size: size, root: root)
    return (Checkpoint(origin: identity.origin, size: size, root: root), note)
  }

  /// The root of the tree of the first `size` entries.
  public func root(size: Int64) async throws -> TreeHash {
    try await reading { try await $0.root(size: size) }
  }

  /// The hashes of nodes of the tree of `size` entries, at most that of the newest checkpoint.
  public func hashes(_ nodes: [TreeNode], size: Int64) async throws -> [TreeNode: TreeHash] {
    try await reading { try await $0.hashes(nodes, size: size) }
  }

  /// The bytes of a tile of hashes, partial ones too; nil where the log has none such.
  public func tile(_ path: TilePath) async throws -> [UInt8]? {
    try await reading { try await $0.tile(path) }?.bytes
  }

  /// Whether the stored tree is the one of a checkpoint: the same root at its size.
  public func holds(_ checkpoint: Checkpoint) async throws -> Bool {
    try await root(size: checkpoint.size) == checkpoint.root
  }

  private var deadline: Tick { Tick.now().adding(milliseconds: Limits.queryMilliseconds) }

  private func reading<Value: Sendable>(_ body: @Sendable (TreeRows) async throws -> Value) async throws -> Value {
    try await pool.transaction(isolation: .repeatableRead, readOnly: true, deadline: deadline) {
      try await body(TreeRows(transaction: $0))
    }
  }

  private func signed(_ head: TreeHead) async throws -> (checkpoint: Checkpoint, note: String) {
    guard let note = head.note, let root = head.root else {
      guard head.size == 0 else { throw LogFault(reason: "the checkpoint of size \(head.size) is not signed yet") }
      let empty = TreeHash.ofEmptyTree
      return (
        Checkpoint(origin: identity.origin, size: 0, root: empty), identity.sign(size: 0, root: empty)
      )
    }
    let checkpoint = try identity.checkpoint(note)
    guard checkpoint.size == head.size, checkpoint.root == root else {
      throw LogFault(reason: "the stored checkpoint of size \(head.size) is not the one that was signed")
    }
    let lines = try await pool.query(
      "SELECT line FROM cosignature WHERE size = \(head.size) ORDER BY name, key_hash", deadline: deadline)
    return (checkpoint, try lines.reduce(note) { $0 + (try $1.string(0)) + "\n" })
  }
}
