import Crypto
public import Model
import Synchronization

extension KeyStore {
  /// Writes a new random key for a person's category into a slot of every mirror, if it is all zero in all of them; nil if it
  /// is taken, and the caller takes another number.
  ///
  /// Durable only after `sync`, to be called before the transaction commits that stores the slot's number. Throws
  /// `KeyFault.io` where a mirror cannot be written: then the slot counts as used up, and `destroy` clears it.
  public func allocate(slot: Int64, person: PersonID, category: Category) throws -> SubjectKey? {
    try allocateMany([SlotOwner(slot: slot, person: person, category: category)])[0]
  }

  /// Allocates many slots, for an import: neighbouring numbers are locked and written together. The answers stand in
  /// the order of the questions.
  public func allocateMany(_ owners: [SlotOwner]) throws -> [SubjectKey?] {
    for owner in owners where !(Self.firstPersonSlot..<Self.slotLimit).contains(owner.slot) {
      throw KeyStoreError.slotOutOfRange(owner.slot)
    }
    try requireWritable()
    var keys = [SubjectKey?](repeating: nil, count: owners.count)
    let order = owners.indices.sorted { owners[$0].slot < owners[$1].slot }
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, end - start < Self.runSlots, owners[order[end]].slot == owners[order[end - 1]].slot + 1 {
        end += 1
      }
      let run = order[start..<end]
      let made = try allocateRun(run.map { owners[$0] })
      for (position, key) in zip(run, made) { keys[position] = key }
      start = end
    }
    return keys
  }

  static let runSlots = 1024

  /// Allocates slots whose numbers follow each other.
  private func allocateRun(_ owners: [SlotOwner]) throws -> [SubjectKey?] {
    let range = owners[0].slot..<owners[0].slot + Int64(owners.count)
    let made = try withLock(range) { () throws(KeyFault) -> [SubjectKey?]? in
      guard let master = try writingMaster() else { return nil }
      let free = try freeSlots(range)
      var keys = [SubjectKey?](repeating: nil, count: owners.count)
      var images = [Slot](repeating: Slot(), count: owners.count)
      for (index, owner) in owners.enumerated() where free[index] {
        let key = SymmetricKey(size: .bits256)
        let binding = SlotBinding(store, slot: owner.slot, person: owner.person, category: owner.category)
        guard let image = try? Slot(wrapping: key, under: master, for: binding) else { throw .damaged }
        keys[index] = SubjectKey(key)
        images[index] = image
      }
      try writeRuns(images, from: range.lowerBound) { keys[$0] != nil }
      return keys
    }
    guard let made else { throw KeyStoreError.masterKeySuperseded }
    return made
  }

  /// Which slots are all zero in all mirrors.
  private func freeSlots(_ range: Range<Int64>) throws(KeyFault) -> [Bool] {
    var free = [Bool](repeating: true, count: range.count)
    for mirror in mirrors {
      for (index, slot) in try mirror.readRun(range).enumerated() where slot != Slot() { free[index] = false }
    }
    return free
  }

  /// Writes those images that are chosen, neighbours in one call.
  private func writeRuns(_ images: [Slot], from first: Int64, where chosen: (Int) -> Bool) throws(KeyFault) {
    var index = 0
    while index < images.count {
      guard chosen(index) else {
        index += 1
        continue
      }
      var end = index + 1
      while end < images.count, chosen(end) { end += 1 }
      for mirror in mirrors { try mirror.write(images[index..<end], from: first + Int64(index)) }
      index = end
    }
  }

  /// With any slot locked: the master key to wrap under; nil where the store went on to one that is not known here.
  ///
  /// A rotation by another server ends by locking all slots and writing the header: from then on only its key may be used.
  func writingMaster() throws(KeyFault) -> MasterKey? {
    let header = StoreHeader(unauthenticated: try mirrors[0].read(0))
    return masters.withLock { masters in
      guard let header, header.generation > masters.current.generation else { return masters.current }
      guard let other = masters.other, other.generation == header.generation else { return nil }
      masters = Masters(current: other, other: nil)
      return other
    }
  }
}
