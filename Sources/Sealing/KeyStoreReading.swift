import Crypto
public import Model
import Synchronization

extension KeyStore {
  /// The key of a person's category: one read of 64 bytes from the first mirror, of the others where that does not do.
  ///
  /// Throws `absent`, `destroyed`, `damaged` or `io`. What differs between the mirrors is repaired: a tombstone wins, else
  /// the key that unwraps.
  public func key(slot: Int64, person: PersonID, category: Category) throws(KeyFault) -> SubjectKey {
    guard (Self.firstPersonSlot..<Self.slotLimit).contains(slot) else { throw .absent }
    let binding = SlotBinding(store, slot: slot, person: person, category: category)
    if let image = try? mirrors[0].read(slot), let key = image.unwrapped(masters.withLock { $0 }, for: binding) {
      return SubjectKey(key)
    }
    // A read without the lock can also meet a write half done.
    return try withLock(slot..<slot + 1) { () throws(KeyFault) in SubjectKey(try settle(slot, [binding]).key) }
  }

  /// With the slot locked: the key in it under one of some bindings, with the binding's position. Repairs the mirrors.
  func settle(_ slot: Int64, _ bindings: [SlotBinding]) throws(KeyFault) -> (key: SymmetricKey, binding: Int) {
    let (found, failure) = images(slot)
    let masters = masters.withLock { $0 }
    if let tombstone = found.lazy.compactMap({ $0 }).first(where: { $0.isTombstone(of: slot, under: tombstoneKey) }) {
      spread(tombstone, slot, over: found) { $0 != tombstone }
      throw .destroyed
    }
    for case let image? in found {
      for (position, binding) in bindings.enumerated() {
        guard let key = image.unwrapped(masters, for: binding) else { continue }
        spread(image, slot, over: found) { $0.unwrapped(masters, for: binding) == nil }
        return (key, position)
      }
    }
    if let failure { throw failure }
    throw found.allSatisfy { $0 == Slot() } ? .absent : .damaged
  }

  /// Writes the right contents over those mirrors' that `needs` says; what fails is counted and tried again when next read.
  func spread(_ image: Slot, _ slot: Int64, over found: [Slot?], where needs: (Slot) -> Bool) {
    for (mirror, present) in zip(mirrors, found) {
      guard let present, needs(present) else { continue }
      do throws(KeyFault) {
        try mirror.write(image, at: slot)
        repairLog.withLock { $0.repairedSlots += 1 }
      } catch {
        repairLog.withLock { $0.failedSlots += 1 }
      }
    }
  }
}
