import Crypto
import Glibc
public import Model
import Synchronization

/// The keys of all persons, wrapped, in files beside the database: one slot of 64 bytes a person and category.
///
/// Slot 0 is the header, slots below 128 are the service's own, persons' follow. Nothing of a person is cached: each key is read
/// when it is needed, so that a destruction by one server is seen by all others at once. Several servers of one host may
/// share the files. All calls block in system calls; none belongs on an event loop.
///
/// Overwriting in place reaches the medium as far as file system and device write in place; what they keep of older
/// contents, and stolen copies of the files, dies with the master key at the next rotation.
public final class KeyStore: Sendable {
  /// The first slot of a person's key.
  public static let firstPersonSlot: Int64 = 128
  /// One past the last possible slot: files of a tebibyte.
  static let slotLimit: Int64 = 1 << 34

  let mirrors: [MirrorFile]
  /// Those that can be locked, in the order that every process locks them in.
  let lockOrder: [MirrorFile]
  let store: StoreID
  let tombstoneKey: SymmetricKey
  let masters: Mutex<Masters>
  let ranges = RangeLocks()
  let gate = SyncGate()
  let serviceKeys = Mutex<[ServiceKey: SymmetricKey]>([:])
  let repairLog = Mutex(KeyStoreRepairs())

  /// A store over open files whose headers were checked.
  init(mirrors: [MirrorFile], masters: Masters, store: StoreID) throws {
    self.mirrors = mirrors
    self.lockOrder = mirrors.filter(\.isWritable).sorted { $0.identity < $1.identity }
    self.store = store
    self.masters = Mutex(masters)
    let binding = SlotBinding(store, serviceSlot: ServiceKey.tombstonesSlot, number: 0)
    let found = mirrors.lazy.compactMap { mirror in
      (try? mirror.read(ServiceKey.tombstonesSlot))?.unwrapped(masters, for: binding)
    }.first
    guard let found else {
      // Under a master key that was not given: a rotation was begun, and needs both.
      let isBegun = mirrors.contains { mirror in
        guard case .wrapped(let bits)? = (try? mirror.read(ServiceKey.tombstonesSlot))?.claim else { return false }
        return masters.key(generationBits: bits) == nil
      }
      if isBegun { throw KeyStoreError.masterKeySuperseded }
      throw KeyFault.damaged
    }
    tombstoneKey = found
  }

  /// One past the last slot of the longest mirror: a number from here on was never used.
  public var endSlot: Int64 {
    get throws(KeyFault) {
      var end = Self.firstPersonSlot
      for mirror in mirrors { end = max(end, try mirror.slotCount()) }
      return end
    }
  }

  /// What was repaired since the store was opened.
  public var repairs: KeyStoreRepairs { repairLog.withLock { $0 } }

  /// What each mirror, in their configured order, holds in a slot; reads past no cache. Throws `KeyFault.io`.
  public func state(slot: Int64) throws(KeyFault) -> [SlotState] {
    guard (1..<Self.slotLimit).contains(slot) else { return mirrors.map { _ in .damaged } }
    var states: [SlotState] = []
    for mirror in mirrors { states.append(state(of: try mirror.read(slot), number: slot)) }
    return states
  }

  func state(of slot: Slot, number: Int64) -> SlotState {
    switch slot.claim {
    case .empty: .empty
    case .wrapped(let bits): masters.withLock { $0.key(generationBits: bits) } == nil ? .damaged : .live
    case .tombstone: slot.isTombstone(of: number, under: tombstoneKey) ? .destroyed : .damaged
    case .garbage: .damaged
    }
  }

  /// Makes everything written before this call durable in all mirrors; one fdatasync serves all who asked before it began.
  ///
  /// To be called after `allocate` and before the transaction that needs the keys commits. Throws `KeyFault.io`; after a failure
  /// every later call fails too, until the store is opened again.
  public func sync() throws(KeyFault) {
    try gate.pass { () throws(KeyFault) in
      var failure: KeyFault?
      for mirror in mirrors {
        do throws(KeyFault) { try mirror.synchronise() } catch { failure = failure ?? error }
      }
      if let failure { throw failure }
    }
  }

  /// Runs `body` with these slots locked against all other writers, in this process and others.
  func withLock<Result>(_ slots: Range<Int64>, _ body: () throws(KeyFault) -> Result) throws(KeyFault) -> Result {
    let ticket = ranges.acquire(slots)
    defer { ranges.release(ticket) }
    var locked: [MirrorFile] = []
    defer { for mirror in locked.reversed() { mirror.unlock(slots) } }
    for mirror in lockOrder {
      try mirror.lock(slots)
      locked.append(mirror)
    }
    return try body()
  }

  /// Throws where a write could not reach all mirrors.
  func requireWritable() throws(KeyFault) {
    guard mirrors.allSatisfy(\.isWritable) else { throw .io(EROFS) }
    try gate.check()
  }

  /// A slot in each mirror; nil where it cannot be read.
  func images(_ slot: Int64) -> (slots: [Slot?], failure: KeyFault?) {
    var failure: KeyFault?
    let slots = mirrors.map { mirror -> Slot? in
      do throws(KeyFault) { return try mirror.read(slot) } catch {
        failure = failure ?? error
        return nil
      }
    }
    return (slots, failure)
  }

  /// Writes a slot to every mirror; the first failure is thrown after all were tried.
  func writeAll(_ image: Slot, at slot: Int64) throws(KeyFault) {
    var failure: KeyFault?
    for mirror in mirrors {
      do throws(KeyFault) { try mirror.write(image, at: slot) } catch { failure = failure ?? error }
    }
    if let failure { throw failure }
  }
}

/// Whose key a person slot holds.
public struct SlotOwner: Equatable, Sendable {
  /// The slot's number, as the person's row has it.
  public let slot: Int64
  /// The person.
  public let person: PersonID
  /// The category.
  public let category: Category

  /// A slot with its person and category.
  public init(slot: Int64, person: PersonID, category: Category) {
    self.slot = slot
    self.person = person
    self.category = category
  }
}
