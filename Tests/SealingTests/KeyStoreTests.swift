import Glibc
import Model
import Testing

@testable import Sealing

@Suite struct KeyStoreTests {
  @Test func anAllocatedKeyIsReadBackAlsoAfterOpeningAgain() throws {
    let scratch = try Scratch()
    let store = try scratch.open()
    #expect(try store.endSlot == 128)
    let made = try #require(try store.allocate(slot: 200, person: mei, category: .contact))
    try store.sync()
    #expect(try store.endSlot == 201)
    #expect(try store.key(slot: 200, person: mei, category: .contact).opens(made))
    #expect(try scratch.open().key(slot: 200, person: mei, category: .contact).opens(made))
    #expect(try store.state(slot: 200) == [.live, .live])
    #expect(try store.state(slot: 199) == [.empty, .empty])
  }

  @Test func aSlotIsWrittenOnce() throws {
    let scratch = try Scratch()
    let store = try scratch.open()
    let made = try #require(try store.allocate(slot: 128, person: mei, category: .identity))
    #expect(try store.allocate(slot: 128, person: aino, category: .identity) == nil)
    #expect(try store.key(slot: 128, person: mei, category: .identity).opens(made))
    try store.destroy(slot: 128)
    #expect(try store.allocate(slot: 128, person: mei, category: .identity) == nil)
    // Taken in one mirror is taken.
    try scratch.overwrite(scratch.second, slot: 300, with: [UInt8](repeating: 7, count: 64))
    #expect(try store.allocate(slot: 300, person: mei, category: .identity) == nil)
  }

  @Test func aKeyIsBoundToSlotPersonAndCategory() throws {
    let scratch = try Scratch()
    let store = try scratch.open()
    _ = try store.allocate(slot: 128, person: mei, category: .identity)
    #expect(throws: KeyFault.damaged) { try store.key(slot: 128, person: aino, category: .identity) }
    #expect(throws: KeyFault.damaged) { try store.key(slot: 128, person: mei, category: .contact) }
    for path in scratch.mirrors { try scratch.overwrite(path, slot: 129, with: scratch.bytes(path, slot: 128)) }
    #expect(throws: KeyFault.damaged) { try store.key(slot: 129, person: mei, category: .identity) }
    #expect(throws: KeyFault.absent) { try store.key(slot: 130, person: mei, category: .identity) }
    #expect(throws: KeyFault.absent) { try store.key(slot: 131_000, person: mei, category: .identity) }
  }

  @Test func numbersOutsideThePersonSlotsAreRefused() throws {
    let store = try Scratch().open()
    for slot in [Int64.min, -1, 0, 1, 127, KeyStore.slotLimit, Int64.max] {
      #expect(throws: KeyFault.absent) { try store.key(slot: slot, person: mei, category: .identity) }
      #expect(throws: KeyStoreError.slotOutOfRange(slot)) {
        try store.allocate(slot: slot, person: mei, category: .identity)
      }
      #expect(throws: KeyStoreError.slotOutOfRange(slot)) { try store.destroy(slot: slot) }
      #expect(throws: Never.self) { try store.state(slot: slot) }
    }
  }

  @Test func noBitOfAWrappedKeyMayFlip() throws {
    let scratch = try Scratch()
    let store = try scratch.open()
    _ = try store.allocate(slot: 128, person: mei, category: .identity)
    let image = try scratch.bytes(scratch.first, slot: 128)
    for bit in 0..<512 {
      var changed = image
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      for path in scratch.mirrors { try scratch.overwrite(path, slot: 128, with: changed) }
      #expect(throws: KeyFault.damaged) { try store.key(slot: 128, person: mei, category: .identity) }
    }
  }

  @Test func allocatingManySkipsWhatIsTaken() throws {
    let scratch = try Scratch()
    let store = try scratch.open()
    _ = try store.allocate(slot: 1500, person: aino, category: .identity)
    var owners = (128..<3000).map { SlotOwner(slot: $0, person: mei, category: .contact) }
    owners.append(SlotOwner(slot: 128, person: aino, category: .other))
    owners.append(SlotOwner(slot: 5000, person: aino, category: .other))
    owners.reverse()
    let keys = try store.allocateMany(owners)
    try store.sync()
    #expect(keys.count == owners.count)
    // The doubled number went to one of the two.
    #expect(keys.count { $0 == nil } == 2)
    #expect(keys[owners.firstIndex { $0.slot == 1500 }!] == nil)
    for (owner, key) in zip(owners, keys).filter({ $0.0.slot % 97 == 0 || $0.0.slot == 5000 }) {
      let key = try #require(key)
      #expect(try store.key(slot: owner.slot, person: owner.person, category: owner.category).opens(key))
    }
  }

  @Test func twoServersRacingForTheSameSlotsHaveOneWinnerEach() async throws {
    let scratch = try Scratch()
    let stores = try [scratch.open(), scratch.open(), scratch.open()]
    let won = try await withThrowingTaskGroup(of: [Int64: SubjectKey].self) { group in
      for store in stores + stores {
        group.addTask {
          var won: [Int64: SubjectKey] = [:]
          for slot in Int64(128)..<428 {
            if let key = try store.allocate(slot: slot, person: mei, category: .lists) { won[slot] = key }
          }
          return won
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(won.reduce(0) { $0 + $1.count } == 300)
    for (slot, key) in won.joined() {
      #expect(try stores[0].key(slot: slot, person: mei, category: .lists).opens(key))
    }
    #expect(try scratch.bytes(scratch.first, slot: 300) == scratch.bytes(scratch.second, slot: 300))
  }

  @Test func concurrentSyncsAllReturn() async throws {
    let store = try Scratch().open()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for slot in Int64(128)..<160 {
        group.addTask {
          _ = try store.allocate(slot: slot, person: mei, category: .lists)
          try store.sync()
        }
      }
      try await group.waitForAll()
    }
    #expect(try store.verify().live == 32 + 13)
  }

  @Test func onlyTheRightMasterKeyOpens() throws {
    let scratch = try Scratch()
    #expect(throws: KeyStoreError.wrongMasterKey) {
      try KeyStore.open(mirrors: scratch.mirrors, master: MasterKey(generation: 1))
    }
  }

  @Test func filesThatAreNotMirrorsOfOneStoreAreRefused() throws {
    let scratch = try Scratch()
    let other = try Scratch()
    func open(_ paths: [String]) throws { _ = try KeyStore.open(mirrors: paths, master: scratch.master) }
    #expect(throws: KeyStoreError.differentStore(path: other.first)) { try open([scratch.first, other.first]) }
    #expect(throws: KeyStoreError.mirrorsNotDistinct) { try open([scratch.first, scratch.first]) }
    #expect(throws: KeyStoreError.mirrorsNotDistinct) { try open([]) }
    let hard = scratch.folder + "/hard"
    link(scratch.first, hard)
    #expect(throws: KeyStoreError.mirrorsNotDistinct) { try open([scratch.first, hard]) }
    let junk = scratch.folder + "/junk"
    close(creat(junk, 0o600))
    #expect(throws: KeyStoreError.notAKeyStore(path: junk)) { try open([scratch.first, junk]) }
    #expect(throws: KeyStoreError.file(path: junk + "x", errno: ENOENT)) { try open([junk + "x"]) }
    #expect(throws: KeyStoreError.exists(path: scratch.second)) {
      try KeyStore.create(mirrors: [scratch.folder + "/new", scratch.second], master: scratch.master)
    }
    #expect(access(scratch.folder + "/new", F_OK) != 0)
  }

  @Test func networkFileSystemsAreRefusedAndLocalOnesAreNot() throws {
    for magic: UInt32 in [0xEF53, 0x5846_5342, 0x9123_683E, 0x0102_1994, 0x794C_7630] {
      #expect(FileSystemKind.refusal(magic: magic) == nil)
    }
    let refused: [(UInt32, String)] = [
      (0x6969, "nfs"), (0xFF53_4D42, "smb"), (0xFE53_4D42, "smb"), (0x517B, "smb"), (0x0102_1997, "9p"),
      (0x6573_5546, "fuse"), (0x9FA0, "unknown (0x9fa0)"),
    ]
    for (magic, name) in refused { #expect(FileSystemKind.refusal(magic: magic) == name) }
    let descriptor = open("/proc/self/status", O_RDONLY)
    defer { close(descriptor) }
    #expect(FileSystemKind.magic(of: descriptor) == 0x9FA0)
  }

  @Test func aFullDiskIsReportedAndNothingIsGivenOut() throws {
    let scratch = try Scratch()
    let healthy = try #require(try MirrorFile.open(scratch.first))
    let full = try MirrorFile(descriptor: open("/dev/full", O_RDWR), path: "/dev/full", isWritable: true)
    let store = try KeyStore(
      mirrors: [healthy, full], masters: Masters(current: scratch.master, other: nil), store: id(scratch))
    #expect(throws: KeyFault.io(ENOSPC)) { try store.allocate(slot: 140, person: mei, category: .identity) }
    #expect(throws: KeyFault.io(ENOSPC)) { try store.destroy(slot: 141) }
    #expect(throws: (any Error).self) { try store.sync() }
    // A failed sync is for ever.
    #expect(throws: (any Error).self) { try store.allocate(slot: 142, person: mei, category: .identity) }
  }

  private func id(_ scratch: Scratch) throws -> StoreID {
    let header = try scratch.bytes(scratch.first, slot: 0).withUnsafeBytes { Slot($0) }
    return try #require(StoreHeader(unauthenticated: header)).store
  }

  @Test func randomSlotsNeverCrashAndNeverGiveAKey() throws {
    let scratch = try Scratch()
    let store = try scratch.open()
    var generator = Seeded(state: 42)
    let genuine = try #require(try store.allocate(slot: 128, person: mei, category: .identity))
    let image = try scratch.bytes(scratch.first, slot: 128)
    try store.destroy(slot: 129)
    let tombstone = try scratch.bytes(scratch.first, slot: 129)
    for round in 0..<3000 {
      var bytes: [UInt8]
      switch round % 3 {
      case 0: bytes = (0..<64).map { _ in UInt8.random(in: 0...255, using: &generator) }
      case 1: bytes = image
      default: bytes = tombstone
      }
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        bytes[Int.random(in: 0..<64, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      for path in scratch.mirrors { try scratch.overwrite(path, slot: 200, with: bytes) }
      #expect(throws: KeyFault.damaged) { try store.key(slot: 200, person: mei, category: .identity) }
      let states = try store.state(slot: 200)
      #expect(states[0] == states[1] && states[0] != .destroyed && states[0] != .empty)
    }
    #expect(try store.key(slot: 128, person: mei, category: .identity).opens(genuine))
    #expect(try store.verify().damaged <= 1)
  }
}

/// SplitMix64: the same numbers in each run.
struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
