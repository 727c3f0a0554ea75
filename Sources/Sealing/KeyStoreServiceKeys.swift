public import Crypto
import Glibc
import Synchronization

extension KeyStore {
  /// A key of the service; kept in memory once read.
  ///
  /// Fixed ones are made with the store. A month's search key is made when first asked for and takes the place of the key
  /// of thirteen months before, which is overwritten; asking for a month that expired, or is older than the one in its place,
  /// throws `KeyFault.destroyed`.
  public func serviceKey(_ name: ServiceKey) throws -> SymmetricKey {
    if let key = serviceKeys.withLock({ $0[name] }) { return key }
    let key: SymmetricKey
    if case .searchHash(let month) = name {
      guard (1970 * 12..<2200 * 12).contains(month) else { throw KeyFault.absent }
      key = try searchKey(month)
    } else {
      let binding = SlotBinding(store, serviceSlot: name.slot, number: 0)
      key = try withLock(name.slot..<name.slot + 1) { () throws(KeyFault) in try settle(name.slot, [binding]).key }
    }
    serviceKeys.withLock { $0[name] = key }
    return key
  }

  /// Destroys the search keys of all months before one, and what is unreadable in their ring; forgets them in memory.
  ///
  /// Every server that shares the store calls it, since each remembers what it read. Returns how many were destroyed here.
  @discardableResult
  public func expireSearchKeys(before month: Int) throws -> Int {
    serviceKeys.withLock { keys in
      keys = keys.filter { if case .searchHash(let its) = $0.key { its >= month } else { true } }
    }
    guard (1970 * 12..<2200 * 12).contains(month) else { return 0 }
    var buried: [(slot: Int64, image: Slot)] = []
    for slot in ServiceKey.searchSlots {
      // The last month before the limit that this slot is for.
      guard let last = ServiceKey.numbers(in: slot).first(where: { $0 < month }) else { continue }
      let image = try withLock(slot..<slot + 1) { () throws(KeyFault) -> Slot? in
        switch try ringState(slot) {
        case .empty: return nil
        case .month(let its, _) where its >= month: return nil
        case .expired, .damaged, .month: return try bury(slot, mark: UInt64(last))
        }
      }
      if let image { buried.append((slot, image)) }
    }
    try confirm(buried)
    return buried.count
  }

  private enum RingState {
    case empty
    case month(Int, SymmetricKey)
    case expired(upTo: Int)
    case damaged
  }

  /// With the slot locked: whose search key is in it.
  private func ringState(_ slot: Int64) throws(KeyFault) -> RingState {
    let numbers = ServiceKey.numbers(in: slot)
    do throws(KeyFault) {
      let found = try settle(slot, numbers.map { SlotBinding(store, serviceSlot: slot, number: $0) })
      return .month(numbers[found.binding], found.key)
    } catch {
      switch error {
      case .absent: return .empty
      case .damaged: return .damaged
      case .io: throw error
      case .destroyed:
        let marks = images(slot).slots.compactMap { $0 }.filter { $0.isTombstone(of: slot, under: tombstoneKey) }
        return .expired(upTo: Int(clamping: marks.map(\.tombstoneMark).max() ?? 0))
      }
    }
  }

  private func searchKey(_ month: Int) throws -> SymmetricKey {
    let name = ServiceKey.searchHash(month: month)
    let key = try withLock(name.slot..<name.slot + 1) { () throws(KeyFault) -> SymmetricKey? in
      switch try ringState(name.slot) {
      case .month(month, let key): return key
      case .month(let other, _) where other > month: throw .destroyed
      case .expired(let last) where last >= month: throw .destroyed
      case .damaged: throw .damaged
      case .empty, .month, .expired: break
      }
      guard let master = try writingMaster() else { return nil }
      return try writeServiceKey(name, under: master)
    }
    guard let key else { throw KeyStoreError.masterKeySuperseded }
    return key
  }

  /// With the slot locked: a new key over whatever was there, durable and read back.
  private func writeServiceKey(_ name: ServiceKey, under master: MasterKey) throws(KeyFault) -> SymmetricKey {
    try requireWritable()
    let key = SymmetricKey(size: .bits256)
    let binding = SlotBinding(store, serviceSlot: name.slot, number: name.number)
    guard let image = try? Slot(wrapping: key, under: master, for: binding) else { throw .damaged }
    try writeAll(image, at: name.slot)
    try sync()
    for mirror in mirrors where try mirror.readPastCache(name.slot) != image { throw .io(EIO) }
    return key
  }
}
