import Glibc

extension KeyStore {
  /// Destroys a key: overwrites the slot with random bytes and a tombstone in every mirror, syncs, reads back past the
  /// page cache and compares.
  ///
  /// Returns only when the key can be read in no mirror. Throws `KeyFault.io` otherwise, having overwritten where it could; calling
  /// again goes on from there, and a slot that is destroyed already is verified again.
  public func destroy(slot: Int64) throws { try destroyMany([slot]) }

  /// Destroys many keys with one sync.
  public func destroyMany(_ slots: [Int64]) throws {
    for slot in slots where !(Self.firstPersonSlot..<Self.slotLimit).contains(slot) {
      throw KeyStoreError.slotOutOfRange(slot)
    }
    var tombstones: [(slot: Int64, image: Slot)] = []
    var failure: KeyFault?
    for slot in slots {
      do throws(KeyFault) {
        let image = try withLock(slot..<slot + 1) { () throws(KeyFault) in try bury(slot, mark: 0) }
        tombstones.append((slot, image))
      } catch {
        failure = failure ?? error
      }
    }
    try confirm(tombstones, after: failure)
  }

  /// With the slot locked: a tombstone in every mirror; one that is there already is used for all.
  func bury(_ slot: Int64, mark: UInt64) throws(KeyFault) -> Slot {
    let present = images(slot).slots
    let genuine = present.lazy.compactMap { $0 }.first {
      $0.isTombstone(of: slot, under: self.tombstoneKey) && $0.tombstoneMark >= mark
    }
    let image = genuine ?? Slot(tombstoneFor: slot, mark: mark, under: tombstoneKey)
    var failure: KeyFault?
    for (mirror, there) in zip(mirrors, present) where there != image {
      do throws(KeyFault) { try mirror.write(image, at: slot) } catch { failure = failure ?? error }
    }
    if let failure { throw failure }
    return image
  }

  /// Syncs all mirrors, also after a failure, then reads the tombstones back.
  func confirm(_ tombstones: [(slot: Int64, image: Slot)], after earlier: KeyFault? = nil) throws(KeyFault) {
    var failure = earlier
    do throws(KeyFault) { try sync() } catch { failure = failure ?? error }
    if let failure { throw failure }
    for (slot, image) in tombstones {
      for mirror in mirrors where try mirror.readPastCache(slot) != image { throw .io(EIO) }
    }
  }
}
