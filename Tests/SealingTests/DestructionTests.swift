import Glibc
import Model
import Testing

@testable import Sealing

@Suite struct DestructionTests {
  @Test func aDestroyedKeyIsGoneFromAllMirrorsAndForAllServersAtOnce() throws {
    let scratch = try Scratch()
    let here = try scratch.open()
    let there = try scratch.open()
    _ = try here.allocate(slot: 128, person: mei, category: .identity)
    #expect(throws: Never.self) { try there.key(slot: 128, person: mei, category: .identity) }
    let before = try scratch.bytes(scratch.first, slot: 128)
    try here.destroy(slot: 128)
    for store in [here, there] {
      #expect(throws: KeyFault.destroyed) { try store.key(slot: 128, person: mei, category: .identity) }
      #expect(try store.state(slot: 128) == [.destroyed, .destroyed])
    }
    for path in scratch.mirrors {
      let after = try scratch.bytes(path, slot: 128)
      #expect(zip(before, after).prefix(60).count { $0 == $1 } < 20)
    }
  }

  @Test(arguments: ["/tmp", "/dev/shm"])
  func destroyingIsIdempotentAndGoesOnAfterAKill(folder: String) throws {
    let scratch = try Scratch(under: folder)
    let store = try scratch.open()
    _ = try store.allocate(slot: 128, person: mei, category: .identity)
    let live = try scratch.bytes(scratch.first, slot: 128)
    try store.destroy(slot: 128)
    let tombstone = try scratch.bytes(scratch.first, slot: 128)
    try store.destroy(slot: 128)
    #expect(try scratch.bytes(scratch.first, slot: 128) == tombstone)
    // As a kill between the two mirrors leaves it.
    try scratch.overwrite(scratch.second, slot: 128, with: live)
    #expect(try store.state(slot: 128) == [.destroyed, .live])
    try store.destroy(slot: 128)
    #expect(try scratch.bytes(scratch.second, slot: 128) == tombstone)
  }

  @Test func slotsNeverWrittenOrDamagedCanBeDestroyed() throws {
    let scratch = try Scratch()
    let store = try scratch.open()
    try scratch.overwrite(scratch.first, slot: 130, with: Randomness.bytes(64))
    try store.destroyMany([130, 131, 9000])
    for slot: Int64 in [130, 131, 9000] { #expect(try store.state(slot: slot) == [.destroyed, .destroyed]) }
    #expect(try store.allocate(slot: 131, person: mei, category: .identity) == nil)
  }

  @Test func aMirrorThatCannotBeWrittenMakesDestructionFailAndReadingGoOn() throws {
    let scratch = try Scratch()
    let whole = try scratch.open()
    let key = try #require(try whole.allocate(slot: 128, person: mei, category: .identity))
    let files = try [MirrorFile.open(scratch.first), MirrorFile.open(scratch.second, readOnly: true)]
    let store = try KeyStore.open(scratch.mirrors, files, scratch.master, nil)
    #expect(try store.key(slot: 128, person: mei, category: .identity).opens(key))
    #expect(throws: KeyFault.io(EROFS)) { try store.allocate(slot: 129, person: mei, category: .identity) }
    #expect(throws: KeyFault.io(EROFS)) { try store.destroy(slot: 128) }
    #expect(try store.state(slot: 128) == [.destroyed, .live])
    #expect(throws: KeyFault.io(EROFS)) { try store.destroy(slot: 128) }
    try whole.destroy(slot: 128)
    #expect(try whole.state(slot: 128) == [.destroyed, .destroyed])
  }

  @Test func aTombstoneCannotBeForgedOrMoved() throws {
    let scratch = try Scratch()
    let store = try scratch.open()
    _ = try store.allocate(slot: 128, person: mei, category: .identity)
    try store.destroy(slot: 129)
    let tombstone = try scratch.bytes(scratch.first, slot: 129)
    try scratch.overwrite(scratch.first, slot: 128, with: tombstone)
    #expect(try store.state(slot: 128) == [.damaged, .live])
    // The other mirror has the key, and repairs the first.
    #expect(throws: Never.self) { try store.key(slot: 128, person: mei, category: .identity) }
    #expect(try store.state(slot: 128) == [.live, .live])
  }
}
