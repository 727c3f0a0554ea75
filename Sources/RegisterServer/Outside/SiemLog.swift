import AccessLog
public import Register

/// The log as a stream to a collector reads it, and how far the stream has come.
public protocol LogFollowing: Sendable {
  /// Entries with their canonical bytes, in the order of their indexes: those above `index`, at most `limit`.
  func entries(after index: Int64, limit: Int) async throws -> [(index: Int64, bytes: [UInt8])]

  /// The newest signed checkpoint; nil where there is none yet.
  func newestCheckpoint() async throws -> (size: Int64, note: String)?

  /// What was last stored under a name; nil where nothing was.
  func position(_ name: String) async throws -> Int64?

  /// Stores how far something has come.
  func setPosition(_ name: String, _ position: Int64) async throws

  /// Whether this server is the one of all that does what the name says; takes the lease where it is free.
  func lease(_ name: String) async -> Bool
}

extension OutsideLog: LogFollowing {
  /// The newest checkpoint's size, and its note as it was signed.
  public func newestCheckpoint() async throws -> (size: Int64, note: String)? {
    let (checkpoint, note) = try await newest()
    return (checkpoint.size, note)
  }
}
