import Model
import Testing

@testable @_spi(Custody) import Sealing

@Suite struct FieldSealTests {
  let key = SubjectKey(MasterKey(generation: 1).symmetric)
  let context = SealContext(table: 3, row: (10, 11), person: mei, category: .contact)

  @Test func whatIsSealedOpensInItsPlace() throws {
    for count in [0, 1, 15, 16, 300, 70_000] {
      let plaintext = Randomness.bytes(count)
      let sealed = try FieldSeal.seal(plaintext, under: key, context: context)
      #expect(sealed.count == count + FieldSeal.overheadBytes)
      #expect(try FieldSeal.unsealWithoutReceipt(sealed, under: key, context: context) == plaintext)
      #expect(try FieldSeal.unsealWithoutReceipt(([9] + sealed)[1...], under: key, context: context) == plaintext)
    }
  }

  @Test func theSameValueIsSealedDifferentlyEachTime() throws {
    let once = try FieldSeal.seal([1, 2, 3], under: key, context: context)
    #expect(try FieldSeal.seal([1, 2, 3], under: key, context: context) != once)
  }

  @Test func movedCiphertextDoesNotOpen() throws {
    let sealed = try FieldSeal.seal(Array("Mei Virtanen".utf8), under: key, context: context)
    let places = [
      SealContext(table: 4, row: (10, 11), person: mei, category: .contact),
      SealContext(table: 3, row: (10, 12), person: mei, category: .contact),
      SealContext(table: 3, row: (9, 11), person: mei, category: .contact),
      SealContext(table: 3, row: (10, 11), person: aino, category: .contact),
      SealContext(table: 3, row: (10, 11), person: mei, category: .identity),
    ]
    for place in places {
      #expect(throws: KeyFault.damaged) { try FieldSeal.unsealWithoutReceipt(sealed, under: key, context: place) }
    }
    let other = SubjectKey(MasterKey(generation: 1).symmetric)
    #expect(throws: KeyFault.damaged) { try FieldSeal.unsealWithoutReceipt(sealed, under: other, context: context) }
  }

  @Test func noFlippedBitAndNoCutOpens() throws {
    let sealed = try FieldSeal.seal(Array("Mei".utf8), under: key, context: context)
    for bit in 0..<sealed.count * 8 {
      var changed = sealed
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(throws: KeyFault.damaged) { try FieldSeal.unsealWithoutReceipt(changed, under: key, context: context) }
    }
    for count in 0..<sealed.count {
      let cut = Array(sealed.prefix(count))
      #expect(throws: KeyFault.damaged) { try FieldSeal.unsealWithoutReceipt(cut, under: key, context: context) }
    }
  }

  @Test func keysAreNotPrinted() {
    #expect("\(key)" == "SubjectKey")
    #expect(String(reflecting: key) == "SubjectKey")
    #expect(Mirror(reflecting: key).children.isEmpty)
    let master = MasterKey(generation: 7)
    #expect("\(master)" == "MasterKey(generation 7)")
    #expect(Mirror(reflecting: master).children.isEmpty)
    var dumped = ""
    dump((key, master), to: &dumped)
    #expect(!dumped.contains("symmetric"))
  }
}
