import Testing

@testable import Sealing

@Suite struct ServiceKeyTests {
  @Test func eachServiceKeyIsItsOwnAndLasts() throws {
    let scratch = try Scratch()
    let store = try scratch.open()
    let keys = try ServiceKey.fixed.map { try store.serviceKey($0) }
    for (index, key) in keys.enumerated() { #expect(!keys[..<index].contains(key)) }
    let again = try scratch.open()
    #expect(try ServiceKey.fixed.map { try again.serviceKey($0) } == keys)
    let slots = ServiceKey.fixed.map(\.slot) + [ServiceKey.tombstonesSlot] + Array(ServiceKey.searchSlots)
    #expect(Set(slots).count == slots.count)
    #expect(slots.allSatisfy { (1..<KeyStore.firstPersonSlot).contains($0) })
  }

  @Test func whatTheServiceSealsOpensUnderTheSameKeyAndContextOnly() throws {
    let store = try Scratch().open()
    let sealed = try store.sealService([1, 2, 3], under: .passwordVerifier, context: "user 1")
    #expect(try store.openService(sealed, under: .passwordVerifier, context: "user 1") == [1, 2, 3])
    #expect(throws: KeyFault.damaged) { try store.openService(sealed, under: .passwordVerifier, context: "user 2") }
    #expect(throws: KeyFault.damaged) { try store.openService(sealed, under: .approvals, context: "user 1") }
    for index in sealed.indices {
      var changed = sealed
      changed[index] ^= 0x10
      #expect(throws: KeyFault.damaged) {
        try store.openService(changed, under: .passwordVerifier, context: "user 1")
      }
      #expect(throws: KeyFault.damaged) {
        try store.openService(Array(sealed[..<index]), under: .passwordVerifier, context: "user 1")
      }
    }
  }

  @Test func searchKeysAreOnePerMonthAndSharedByServers() throws {
    let scratch = try Scratch()
    let stores = try [scratch.open(), scratch.open()]
    let months = 24_300..<24_313
    let keys = try months.map { try stores[$0 % 2].serviceKey(.searchHash(month: $0)) }
    for (index, key) in keys.enumerated() { #expect(!keys[..<index].contains(key)) }
    #expect(try months.map { try scratch.open().serviceKey(.searchHash(month: $0)) } == keys)
  }

  @Test func aMonthThirteenLaterTakesThePlaceOfTheOldKey() throws {
    let scratch = try Scratch()
    let store = try scratch.open()
    let old = try store.serviceKey(.searchHash(month: 24_300))
    let new = try scratch.open().serviceKey(.searchHash(month: 24_313))
    #expect(new != old)
    #expect(throws: KeyFault.destroyed) { try scratch.open().serviceKey(.searchHash(month: 24_300)) }
    #expect(try scratch.open().serviceKey(.searchHash(month: 24_313)) == new)
  }

  @Test func expiredSearchKeysAreGoneAlsoFromMemory() throws {
    let scratch = try Scratch()
    let store = try scratch.open()
    for month in 24_300..<24_305 { _ = try store.serviceKey(.searchHash(month: month)) }
    let kept = try store.serviceKey(.searchHash(month: 24_303))
    #expect(try store.expireSearchKeys(before: 24_303) == 3)
    for month in 24_300..<24_303 {
      #expect(throws: KeyFault.destroyed) { try store.serviceKey(.searchHash(month: month)) }
    }
    #expect(try store.serviceKey(.searchHash(month: 24_303)) == kept)
    #expect(throws: Never.self) { try store.serviceKey(.searchHash(month: 24_313)) }
    #expect(throws: Never.self) { try store.expireSearchKeys(before: 24_303) }
    #expect(try store.verify().faulty.isEmpty)
  }

  @Test func aDamagedSearchKeyIsAnAlarmUntilItExpires() throws {
    let scratch = try Scratch()
    let store = try scratch.open()
    let name = ServiceKey.searchHash(month: 24_300)
    for path in scratch.mirrors { try scratch.overwrite(path, slot: name.slot, with: Randomness.bytes(64)) }
    #expect(throws: KeyFault.damaged) { try store.serviceKey(name) }
    try store.expireSearchKeys(before: 24_301)
    #expect(throws: KeyFault.destroyed) { try store.serviceKey(name) }
    #expect(throws: Never.self) { try store.serviceKey(.searchHash(month: 24_313)) }
  }

  @Test func monthsOutOfReasonHaveNoKey() throws {
    let store = try Scratch().open()
    for month in [Int.min, -1, 0, 1970 * 12 - 1, 2200 * 12, Int.max] {
      #expect(throws: KeyFault.absent) { try store.serviceKey(.searchHash(month: month)) }
      #expect(throws: Never.self) { try store.expireSearchKeys(before: month) }
    }
  }
}
