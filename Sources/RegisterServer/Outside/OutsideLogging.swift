import AccessLog
import Register

/// The log as copies and witnesses see it: checkpoints, proofs, and what is remembered of each place.
protocol OutsideLogging: Sendable {
  /// The notes of new checkpoints that this server signs, the newest only; one reader.
  var checkpoints: AsyncStream<String> { get }

  /// The newest checkpoint and its note as the log signed it, without witnesses' lines.
  func newest() async throws -> (checkpoint: Checkpoint, note: String)

  /// The hashes that prove that the log of `to` entries goes on from that of `from`, at most `to`.
  func consistencyProof(from: Int64, to: Int64) async throws -> [TreeHash]

  /// Keeps a witness's signature line, as it stands in a note.
  func cosign(size: Int64, name: String, keyHash: [UInt8], line: String) async throws

  /// What was last stored under a name; nil where nothing was.
  func position(_ name: String) async throws -> Int64?

  /// Stores how far something has come.
  func setPosition(_ name: String, _ position: Int64) async throws

  /// Whether this server is the one of all that does what the name says; takes the lease where it is free.
  func lease(_ name: String) async -> Bool
}

extension OutsideLog: OutsideLogging {}
