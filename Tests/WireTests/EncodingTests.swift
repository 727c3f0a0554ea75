import Testing

@testable import Wire

@Suite struct EncodingTests {
  private let base64 = [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
    ("foobar", "Zm9vYmFy"),
  ]
  private let base32 = [
    ("", ""), ("f", "MY======"), ("fo", "MZXQ===="), ("foo", "MZXW6==="), ("foob", "MZXW6YQ="), ("fooba", "MZXW6YTB"),
    ("foobar", "MZXW6YTBOI======"),
  ]

  @Test func vectorsOfRFC4648Hold() {
    for (plain, coded) in base64 {
      #expect(Base64.encode(utf8(plain)) == coded)
      #expect(Base64.decode(coded) == utf8(plain))
    }
    for (plain, coded) in base32 {
      #expect(Base32.encode(utf8(plain)) == coded)
      #expect(Base32.decode(coded) == utf8(plain))
      let bare = String(coded.prefix { $0 != "=" })
      #expect(Base32.encode(utf8(plain), padding: false) == bare)
      #expect(Base32.decode(bare.lowercased(), allowsUnpadded: true) == utf8(plain))
    }
    #expect(Hex.encode(utf8("foobar")) == "666f6f626172")
    #expect(Hex.decode("666F6f626172") == utf8("foobar"))
  }

  @Test func base64IsStrict() {
    for text in [
      "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Z===", "====", "=", "Zm9v\n", " Zm9", "Zm_v", "Zm-v", "Z=g=", "Zg==Zg==",
      "Zäb",
    ] {
      #expect(Base64.decode(text) == nil, "\(text)")
    }
  }

  @Test func base32IsStrict() {
    for text in [
      "M", "MY", "MY=", "MZ======", "MZX=====", "MY=====", "M1======", "========", "MY======MY======", "MZXW 6===",
    ] {
      #expect(Base32.decode(text) == nil, "\(text)")
    }
    #expect(Base32.decode("MZX", allowsUnpadded: true) == nil)
    #expect(Base32.decode("MY==", allowsUnpadded: true) == nil)
  }

  @Test func hexRefusesOddLengthsAndOtherCharacters() {
    for text in ["6", "6g", "666", "0x66", " 66", "ää"] { #expect(Hex.decode(text) == nil, "\(text)") }
  }

  @Test func allBytesSurvive() {
    var random = SeededGenerator(seed: 9)
    for length in 0..<200 {
      let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
      #expect(Base64.decode(Base64.encode(bytes)) == bytes)
      #expect(Base32.decode(Base32.encode(bytes)) == bytes)
      #expect(Hex.decode(Hex.encode(bytes)) == bytes)
    }
  }

  @Test func whatDecodesIsWhatEncodingGives() {
    var random = SeededGenerator(seed: 10)
    var decoded = 0
    for _ in 0..<5000 {
      let text = String(
        (0..<Int.random(in: 0...3, using: &random) * 4).map { _ in "AQgwZz09+/=".randomElement(using: &random) ?? "A" })
      guard let bytes = Base64.decode(text) else { continue }
      decoded += 1
      #expect(Base64.encode(bytes) == text)
    }
    #expect(decoded > 100)
  }
}
