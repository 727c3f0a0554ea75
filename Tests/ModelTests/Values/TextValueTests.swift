import Testing

@testable import Model

@Suite struct TextValueTests {
  @Test func textsAreTrimmedAndKeepTheirLetters() {
    #expect(ShortText("  Niillas Šuoŋgir \u{A0}")?.description == "Niillas Šuoŋgir")
    #expect(ShortText("=SUM(A1:A9)")?.description == "=SUM(A1:A9)")
    #expect(ShortText("🧌")?.description == "🧌")
    #expect(ShortText("å")?.description == "å")
  }

  @Test(arguments: [
    "", "   ", "a\nb", "a\tb", "Lampinen\u{202E}abc", "a\u{200B}b", "a\u{0}", "a\u{85}b", "a\u{FEFF}b", "a\u{AD}b",
    "a\u{2066}b", "a\u{E0041}", "a\u{FFFE}",
  ]) func whatIsNoShortTextIsRefused(text: String) { #expect(ShortText(text) == nil) }

  @Test func longTextsHaveLines() {
    #expect(LongText("a\r\nb\rc\n\td")?.description == "a\nb\nc\n\td")
    #expect(LongText("a\u{B}b") == nil)
    #expect(LongText("a\u{202E}b") == nil)
    #expect(LongText(String(repeating: "ä", count: Limits.longTextScalarsMax)) != nil)
    #expect(LongText(String(repeating: "ä", count: Limits.longTextScalarsMax + 1)) == nil)
    #expect(ShortText(String(repeating: "x", count: Limits.shortTextScalarsMax + 1)) == nil)
  }

  @Test(arguments: [
    "Hetu 160156-9518 annettu", "150679-956R", "(270393-932W)", "hetu:120679-914e.", "160156 - 9518", "160156–9518",
    "160156\u{2212}9518", "１６０１５６-9518", "160156Y9518", "160156V9518", "x 160156U9518, y", "010253\u{A0}-9109",
    "131052-308T", "1160156 160156-9518", "hetu131052-308T", "131052-308T1", "x131052-308Ty", "160156-9518a",
    "å160156-9518", "tilaus160156-9518/2",
  ]) func identityCodesAreFoundHoweverDisguised(text: String) {
    #expect(PersonalIdentityCode.occurs(in: text))
    #expect(LongText(text) == nil)
    #expect(ShortText(text) == nil)
  }

  @Test(arguments: [
    "160156-9517", "1160156-9518", "160156-95188", "1131052-308T", "320156-9518", "161356-9518", "160156*9518",
    "160156-951", "160156   -9518", "Tilaus 160156-001X", "160156G9518", "", "-", "2879282-0", "+358503774549",
  ]) func otherNumbersAreNotIdentityCodes(text: String) { #expect(!PersonalIdentityCode.occurs(in: text)) }

  @Test func textIsStoredComposed() throws {
    #expect(ShortText("Ha\u{308}ma\u{308}la\u{308}inen")?.description.unicodeScalars.count == 10)
    #expect(ShortText("A\u{30A}ngstro\u{308}m")?.description.utf8.elementsEqual("Ångström".utf8) == true)
    #expect(LongText("cafe\u{301}\nŠuoŋgir")?.description.utf8.elementsEqual("café\nŠuoŋgir".utf8) == true)
    #expect(EmailAddress("ma\u{308}ki@example.org")?.description.utf8.elementsEqual("mäki@example.org".utf8) == true)
    #expect(LongText("q\u{323}\u{307}")?.description.unicodeScalars.count == 3)
  }

  @Test func everyCenturySignCounts() {
    // 29 February tells the centuries apart: 1900 was no leap year, 2000 was.
    let checks = Array("0123456789ABCDEFHJKLMNPRSTUVWXY")
    let check = checks[290_200_900 % 31]
    for sign in "ABCDEF" { #expect(PersonalIdentityCode.occurs(in: "290200\(sign)900\(check)")) }
    for sign in "-YXWVU+" { #expect(!PersonalIdentityCode.occurs(in: "290200\(sign)900\(check)")) }
    let plain = checks[10_100_900 % 31]
    for sign in "+-YXWVUABCDEF" { #expect(PersonalIdentityCode.occurs(in: "010100\(sign)900\(plain)")) }
  }

  @Test(arguments: [
    ("Åsa Öhman", "asa ohman"), ("Väinö Wirtanen", "vaino virtanen"), ("Šuoŋgir", "suongir"),
    ("Čálliid Đorvu", "calliid dorvu"),
    ("Ŧuovla Žiiti", "tuovla ziiti"), ("Straße", "strasse"), ("Æther Ørsted", "aether orsted"),
    ("Mäkelä-Hiltunen", "makela hiltunen"),
    ("  A.  (B)  ", "a b"), ("O'Neill", "oneill"), ("Yli\u{2019}Mäki", "ylimaki"), ("a\u{308}o\u{308}", "ao"),
    ("Õnne", "onne"),
    ("Þór", "thor"), ("Иванов", "иванов"), ("", ""), ("!!!", ""), ("Oy 24/7", "oy 24 7"), ("ẞ", "ss"),
    ("Nguyễn", "nguyen"),
    ("Łukasz Żółć", "lukasz zolc"), ("Ǆ", "dz"),
  ]) func foldingKeepsTheBaseLetters(text: String, folded: String) { #expect(Folding.foldedString(text) == folded) }

  @Test func foldingWhatIsFoldedChangesNothing() {
    var state: UInt64 = 42
    for _ in 0..<3000 {
      var text = String.UnicodeScalarView()
      for _ in 0..<12 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let range: UInt64 = state >> 60 < 12 ? 0x300 : 0x1FFFF
        if let scalar = Unicode.Scalar(UInt32((state >> 33) % range)) { text.append(scalar) }
      }
      let once = Folding.foldedString(String(text))
      #expect(Folding.foldedString(once) == once)
      #expect(!once.hasPrefix(" ") && !once.hasSuffix(" ") && !once.contains("  "))
      if let short = ShortText(String(text)) { #expect(ShortText(short.description) == short) }
      if let long = LongText(String(text)) { #expect(LongText(long.description) == long) }
    }
  }

  @Test func filesAreDecodedWhereverTheyAreCut() throws {
    let text = "Sähköposti;Šuoŋgir;😀\r\n"
    for size in 1...7 {
      #expect(try decoded([0xEF, 0xBB, 0xBF] + Array(text.utf8), size: size) == text)
      #expect(try decoded(Array(text.utf8), size: size) == text)
      #expect(try decoded([0x50, 0xE4, 0xE4, 0x20, 0x80, 0x8A], size: size) == "Pää €Š")
      #expect(throws: RegisterError.self) { try decoded(Array("ä".utf8) + [0x20, 0xE4, 0x20], size: size) }
      #expect(throws: RegisterError.self) { try decoded([0xFF, 0xFE, 0x41, 0x00], size: size) }
    }
    #expect(try decoded([], size: 1) == "")
    #expect(try decoded([0x41, 0xE4], size: 1) == "Aä")
  }

  private func decoded(_ bytes: [UInt8], size: Int) throws -> String {
    var decoder = FileTextDecoder()
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: size) {
      text += try decoder.decode(bytes[start..<min(start + size, bytes.count)])
    }
    return text + (try decoder.finish())
  }
}
