import Testing
import Wire

@testable import Register

struct VerifierCodingTests {
  private static let verifier = ScramVerifier(
    salt: (0..<16).map { UInt8($0) }, iterations: 600_000, storedKey: [UInt8](repeating: 0xAB, count: 32),
    serverKey: [UInt8](repeating: 0xCD, count: 32))

  @Test func whatIsEncodedDecodesToTheSame() {
    let bytes = VerifierCoding.encode(Self.verifier)
    #expect(bytes.count == 1 + 4 + 1 + 16 + 64)
    #expect(Array(bytes.prefix(6)) == [1, 0x00, 0x09, 0x27, 0xC0, 16])
    #expect(VerifierCoding.decode(bytes) == Self.verifier)
  }

  @Test func everyOtherLengthAndVersionIsRefused() {
    let bytes = VerifierCoding.encode(Self.verifier)
    for count in 0..<bytes.count { #expect(VerifierCoding.decode(Array(bytes.prefix(count))) == nil) }
    #expect(VerifierCoding.decode(bytes + [0]) == nil)
    #expect(VerifierCoding.decode([2] + bytes.dropFirst()) == nil)
  }

  @Test func roundsOutsideTheirBoundsAreRefused() {
    var none = VerifierCoding.encode(Self.verifier)
    none.replaceSubrange(1..<5, with: [0, 0, 0, 0])
    #expect(VerifierCoding.decode(none) == nil)
    var many = VerifierCoding.encode(Self.verifier)
    many.replaceSubrange(1..<5, with: [255, 255, 255, 255])
    #expect(VerifierCoding.decode(many) == nil)
  }

  @Test func changedBytesDecodeToSomethingElseOrNothing() {
    var random = DirectorySeed(state: 7)
    let bytes = VerifierCoding.encode(Self.verifier)
    for _ in 0..<4000 {
      var changed = bytes
      for _ in 0...Int.random(in: 0...3, using: &random) {
        changed[Int.random(in: 0..<changed.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
      }
      if Bool.random(using: &random) { changed.removeLast(Int.random(in: 0...changed.count, using: &random)) }
      if let decoded = VerifierCoding.decode(changed) { #expect(VerifierCoding.encode(decoded) == changed) }
    }
  }
}
