import Testing

@testable import Wire

@Suite struct ScalarsTests {
  @Test func utf8SafeIsExactlyTheGrammarsRanges() {
    let ranges: [ClosedRange<UInt32>] = [
      0xA0...0xAC, 0xAE...0x61B, 0x61D...0x200A, 0x2010...0x2027, 0x202F...0x205F, 0x2070...0xD7FF, 0xE000...0xFEFE,
      0xFF00...0xFFFD, 0x10000...0x10FFFF,
    ]
    var wrong = 0
    for value in UInt32(0x80)...0x110100 where Scalars.isSafe(value) != ranges.contains(where: { $0.contains(value) }) {
      wrong += 1
    }
    #expect(wrong == 0)
  }

  @Test func byteClassesAreThoseOfTheGrammar() {
    let letters = (0x41...0x5A).map { UInt8($0) } + (0x61...0x7A).map { UInt8($0) }
    let digits = (0x30...0x39).map { UInt8($0) }
    let atom = Set(letters + digits + Array("-._:/@+,%*=~#".utf8))
    let tag = Set(letters + digits + Array("-_".utf8))
    let name = Set((0x61...0x7A).map { UInt8($0) } + digits + Array("-".utf8))
    for byte in UInt8.min...UInt8.max {
      #expect(Scalars.isAtom(byte) == atom.contains(byte))
      #expect(Scalars.isTag(byte) == tag.contains(byte))
      #expect(Scalars.isName(byte) == name.contains(byte))
      #expect(Scalars.isQuoted(byte) == ((0x20...0x7E).contains(byte) && byte != 0x22 && byte != 0x5C))
    }
  }

  @Test func strictDecodingAgreesWithTheStandardLibrary() {
    var random = SeededGenerator(seed: 1)
    for _ in 0..<20_000 {
      let bytes = (0..<Int.random(in: 0...6, using: &random)).map { _ in
        UInt8.random(in: Bool.random(using: &random) ? 0x80...0xFF : 0...0xFF, using: &random)
      }
      let valid = bytes.withUnsafeBufferPointer { UTF8Scan.isValid($0) }
      #expect(valid == (String(validating: bytes, as: UTF8.self) != nil))
    }
  }

  @Test func everyScalarValueSurvivesAppendAndDecode() {
    var failures = 0
    for value in UInt32(0)...0x10FFFF where Unicode.Scalar(value) != nil {
      var bytes: [UInt8] = []
      UTF8Scan.append(value, to: &bytes)
      var index = 0
      let decoded = bytes.withUnsafeBufferPointer { UTF8Scan.decode($0, &index) }
      if decoded != value || index != bytes.count { failures += 1 }
    }
    #expect(failures == 0)
  }
}
