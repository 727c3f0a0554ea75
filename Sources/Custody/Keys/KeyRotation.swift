public import Sealing
import Synchronization

extension Custody {
  /// Wraps every key anew under another master key; what is destroyed meanwhile stays destroyed. Resumable.
  ///
  /// Orphaned keys, which no row names, are overwritten first, for nothing may stay under the old master key.
  ///
  /// - Returns: Whether no key is left under the old one, so that it may be overwritten.
  public func rotateKeys(to next: MasterKey) async throws -> Bool {
    try await keyFate.run()
    try await keyFate.sweepOrphans()
    let (keys, owners) = (keys, SlotOwners(pool: pool))
    return try await Blocking.run { try keys.rotate(to: next, owners: owners.wait).isFinished }
  }
}
