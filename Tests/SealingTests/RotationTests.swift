import Model
import Testing

@testable import Sealing

@Suite struct RotationTests {
  struct Stopped: Error {}

  private func owners(_ range: Range<Int64>) -> [SlotOwner] {
    range.map { SlotOwner(slot: $0, person: mei, category: .identity) }
  }

  private func filled(_ scratch: Scratch, _ count: Int64) throws -> (KeyStore, [SubjectKey]) {
    let store = try scratch.open()
    let keys = try store.allocateMany(owners(128..<128 + count)).compactMap { $0 }
    try store.sync()
    return (store, keys)
  }

  @Test func afterRotationOnlyTheNewMasterKeyOpens() throws {
    let scratch = try Scratch()
    let (store, keys) = try filled(scratch, 50)
    let sealed = try store.sealService([7], under: .oneTimeSeed, context: "a")
    let search = try store.serviceKey(.searchHash(month: 24_310))
    let old = try scratch.bytes(scratch.first, slot: 130)
    let next = MasterKey(generation: 2)
    let report = try store.rotate(to: next, owners: owners)
    #expect(report.isFinished && report.unowned.isEmpty && report.damaged.isEmpty)
    #expect(report.rewrapped == 50 + 13 + 1)
    #expect(try scratch.bytes(scratch.first, slot: 130) != old)
    #expect(throws: (any Error).self) { try scratch.open() }
    let again = try KeyStore.open(mirrors: scratch.mirrors, master: next)
    for (index, key) in keys.enumerated() {
      #expect(try again.key(slot: 128 + Int64(index), person: mei, category: .identity).opens(key))
    }
    #expect(try again.openService(sealed, under: .oneTimeSeed, context: "a") == [7])
    #expect(try again.serviceKey(.searchHash(month: 24_310)) == search)
    #expect(try again.verify(owners: owners).faulty.isEmpty)
    // An old slot put back is of no use to the new key.
    for path in scratch.mirrors { try scratch.overwrite(path, slot: 130, with: old) }
    #expect(throws: KeyFault.damaged) { try again.key(slot: 130, person: mei, category: .identity) }
  }

  @Test func aRotationKilledHalfWayIsResumed() throws {
    let scratch = try Scratch()
    let (store, keys) = try filled(scratch, 3000)
    let next = MasterKey(generation: 2)
    var batches = 0
    #expect(throws: Stopped.self) {
      try store.rotate(to: next) { range in
        batches += 1
        if batches == 2 { throw Stopped() }
        return owners(range)
      }
    }
    // Killed between two mirrors of a slot, too.
    try scratch.overwrite(scratch.second, slot: 200, with: [UInt8](repeating: 1, count: 64))
    for (master, previous) in [(next, scratch.master), (scratch.master, next)] {
      let half = try KeyStore.open(mirrors: scratch.mirrors, master: master, previous: previous)
      for slot: Int64 in [128, 200, 3100] {
        #expect(try half.key(slot: slot, person: mei, category: .identity).opens(keys[Int(slot) - 128]))
      }
    }
    let resumed = try KeyStore.open(mirrors: scratch.mirrors, master: next, previous: scratch.master)
    #expect(try resumed.rotate(to: next, owners: owners).isFinished)
    #expect(try resumed.rotate(to: next, owners: owners) == RotationReport(isFinished: true))
    let again = try KeyStore.open(mirrors: scratch.mirrors, master: next)
    #expect(try again.verify(owners: owners).live == 3000 + 13)
    #expect(try again.key(slot: 3100, person: mei, category: .identity).opens(keys[3100 - 128]))
  }

  @Test func whatIsDestroyedDuringARotationStaysDestroyed() throws {
    let scratch = try Scratch()
    let (store, _) = try filled(scratch, 40)
    let other = try scratch.open()
    let next = MasterKey(generation: 2)
    try other.accept(next: next)
    let report = try store.rotate(to: next) { range in
      try other.destroy(slot: 133)
      try store.destroy(slot: 134)
      return owners(range)
    }
    #expect(report.isFinished)
    for slot: Int64 in [133, 134] {
      #expect(throws: KeyFault.destroyed) { try store.key(slot: slot, person: mei, category: .identity) }
      #expect(throws: KeyFault.destroyed) { try other.key(slot: slot, person: mei, category: .identity) }
    }
    // The other server goes over to the new key by itself.
    #expect(try other.allocate(slot: 500, person: mei, category: .identity) != nil)
    let again = try KeyStore.open(mirrors: scratch.mirrors, master: next)
    #expect(throws: Never.self) { try again.key(slot: 500, person: mei, category: .identity) }
  }

  @Test func keysAllocatedDuringARotationAreReadAfterIt() throws {
    let scratch = try Scratch()
    let (store, _) = try filled(scratch, 10)
    let other = try scratch.open()
    let next = MasterKey(generation: 2)
    try other.accept(next: next)
    var isFirst = true
    let report = try store.rotate(to: next) { range in
      if isFirst {
        _ = try other.allocate(slot: 5000, person: mei, category: .identity)
        _ = try store.allocate(slot: 5001, person: mei, category: .identity)
        isFirst = false
      }
      return owners(range)
    }
    #expect(report.isFinished)
    let again = try KeyStore.open(mirrors: scratch.mirrors, master: next)
    for slot: Int64 in [5000, 5001] {
      #expect(throws: Never.self) { try again.key(slot: slot, person: mei, category: .identity) }
    }
  }

  @Test func aServerThatWasNotToldWritesNoMoreAfterARotation() throws {
    let scratch = try Scratch()
    let (store, _) = try filled(scratch, 1)
    let other = try scratch.open()
    #expect(try store.rotate(to: MasterKey(generation: 2), owners: owners).isFinished)
    #expect(throws: KeyStoreError.masterKeySuperseded) {
      try other.allocate(slot: 600, person: mei, category: .identity)
    }
    #expect(try store.state(slot: 600) == [.empty, .empty])
  }

  @Test func unownedAndDamagedSlotsKeepTheOldMasterKeyNeeded() throws {
    let scratch = try Scratch()
    let (store, _) = try filled(scratch, 5)
    let next = MasterKey(generation: 2)
    let report = try store.rotate(to: next) { range in owners(range).filter { $0.slot != 130 } }
    #expect(!report.isFinished && report.unowned == [130])
    #expect(throws: KeyStoreError.masterKeySuperseded) { try scratch.open() }
    #expect(throws: Never.self) {
      try KeyStore.open(mirrors: scratch.mirrors, master: scratch.master, previous: next)
        .key(slot: 130, person: mei, category: .identity)
    }
    try store.destroy(slot: 130)
    for path in scratch.mirrors { try scratch.overwrite(path, slot: 131, with: [UInt8](repeating: 3, count: 64)) }
    let second = try store.rotate(to: next, owners: owners)
    #expect(!second.isFinished && second.damaged == [131])
    #expect(try store.rotate(to: next, leavingDamaged: true, owners: owners).isFinished)
    #expect(throws: Never.self) { try KeyStore.open(mirrors: scratch.mirrors, master: next) }
  }

  @Test func theNextGenerationMustBeNewer() throws {
    let store = try Scratch().open()
    #expect(throws: KeyStoreError.wrongMasterKey) { try store.rotate(to: MasterKey(generation: 1), owners: owners) }
    #expect(throws: KeyStoreError.generationNotNewer) { try store.accept(next: MasterKey(generation: 1)) }
    let scratch = try Scratch()
    let (other, _) = try filled(scratch, 1)
    #expect(try other.rotate(to: MasterKey(generation: 5), owners: owners).isFinished)
    #expect(throws: KeyStoreError.generationNotNewer) { try other.rotate(to: MasterKey(generation: 4), owners: owners) }
  }
}
