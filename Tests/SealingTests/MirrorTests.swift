import Glibc
import Model
import Testing

@testable import Sealing

@Suite struct MirrorTests {
  @Test func aMissingMirrorIsMadeAnew() throws {
    let scratch = try Scratch()
    let store = try scratch.open()
    let key = try #require(try store.allocate(slot: 20_000, person: mei, category: .identity))
    try store.destroy(slot: 140)
    try store.sync()
    for gone in scratch.mirrors {
      unlink(gone)
      let again = try scratch.open()
      #expect(again.repairs.recreatedMirrors == [gone])
      #expect(try again.key(slot: 20_000, person: mei, category: .identity).opens(key))
      #expect(try again.state(slot: 20_000) == [.live, .live])
      #expect(try again.state(slot: 140) == [.destroyed, .destroyed])
      var status = stat()
      #expect(stat(gone, &status) == 0 && status.st_mode & 0o777 == 0o600)
    }
  }

  @Test func aMirrorThatIsBehindIsBroughtUpToDateOnOpening() throws {
    let scratch = try Scratch()
    do {
      let alone = try KeyStore.open(mirrors: [scratch.first], master: scratch.master)
      _ = try alone.allocate(slot: 128, person: mei, category: .identity)
      _ = try alone.allocate(slot: 30_000, person: mei, category: .identity)
      try alone.destroy(slot: 129)
      try alone.sync()
    }
    let store = try scratch.open()
    #expect(store.repairs.repairedSlots == 3)
    #expect(try store.state(slot: 128) == [.live, .live])
    #expect(try store.state(slot: 30_000) == [.live, .live])
    #expect(try store.state(slot: 129) == [.destroyed, .destroyed])
    #expect(try scratch.open().repairs == KeyStoreRepairs())
  }

  @Test(arguments: [0, 1])
  func tombstonesWinOverKeysWhicheverMirrorHasThem(holder: Int) throws {
    let scratch = try Scratch()
    do {
      let store = try scratch.open()
      _ = try store.allocate(slot: 128, person: mei, category: .identity)
      _ = try store.allocate(slot: 129, person: mei, category: .identity)
      try store.sync()
    }
    try KeyStore.open(mirrors: [scratch.mirrors[holder]], master: scratch.master).destroyMany([128, 129])
    let store = try scratch.open()
    #expect(store.repairs.repairedSlots == 2)
    #expect(try store.state(slot: 128) == [.destroyed, .destroyed])
    #expect(throws: KeyFault.destroyed) { try store.key(slot: 129, person: mei, category: .identity) }
  }

  @Test(arguments: [0, 1])
  func garbageInOneMirrorIsRepairedFromTheOther(bad: Int) throws {
    let scratch = try Scratch()
    let store = try scratch.open()
    let key = try #require(try store.allocate(slot: 128, person: mei, category: .identity))
    try store.sync()
    let image = try scratch.bytes(scratch.first, slot: 128)
    try scratch.overwrite(scratch.mirrors[bad], slot: 128, with: [UInt8](repeating: 0xEE, count: 64))
    #expect(try store.key(slot: 128, person: mei, category: .identity).opens(key))
    _ = try scratch.open()
    #expect(try scratch.bytes(scratch.mirrors[bad], slot: 128) == image)
    // What looks like a key is told from one only by whose it is.
    var changed = image
    changed[20] ^= 1
    try scratch.overwrite(scratch.first, slot: 128, with: changed)
    #expect(try scratch.open().repairs.conflictingSlots == 1)
    #expect(try store.verify().faulty == [128])
    #expect(try store.key(slot: 128, person: mei, category: .identity).opens(key))
    #expect(try scratch.bytes(scratch.first, slot: 128) == image)
    #expect(try store.verify().faulty.isEmpty)
  }

  @Test func serviceSlotsAndHeadersAreRepaired() throws {
    let scratch = try Scratch()
    let sealed = try scratch.open().sealService([1, 2], under: .rules, context: "x")
    let header = try scratch.bytes(scratch.first, slot: 0)
    var changed = header
    changed[50] ^= 4
    try scratch.overwrite(scratch.first, slot: 0, with: changed)
    for slot in [ServiceKey.rules.slot, ServiceKey.tombstonesSlot] {
      var image = try scratch.bytes(scratch.first, slot: slot)
      image[3] ^= 1
      try scratch.overwrite(scratch.first, slot: slot, with: image)
    }
    let store = try scratch.open()
    #expect(try store.openService(sealed, under: .rules, context: "x") == [1, 2])
    #expect(try scratch.bytes(scratch.first, slot: 0) == header)
    #expect(try store.verify().faulty.isEmpty)
  }
}
