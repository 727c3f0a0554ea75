import Testing

@testable import Wire

@Suite struct SafeTextTests {
  private let hidden: [Unicode.Scalar] = [
    "\u{0}", "\u{7}", "\u{1B}", "\u{7F}", "\u{80}", "\u{9B}", "\u{AD}", "\u{34F}", "\u{61C}", "\u{115F}", "\u{180E}",
    "\u{200B}", "\u{200D}", "\u{200E}", "\u{2028}", "\u{202E}", "\u{2060}", "\u{2066}", "\u{3164}", "\u{FEFF}",
    "\u{FFF9}", "\u{1D173}", "\u{E0041}",
  ]

  /// Noncharacters, which a literal may not hold.
  private let noncharacters: [UInt32] = [0xFDD0, 0xFDEF, 0xFFFE, 0xFFFF, 0x1FFFE, 0x1FFFF, 0x10FFFF]

  @Test func ordinaryNamesAreSafe() {
    for name in [
      "Åsa Meinander", "O’Brien-Şimşek", "Ngũgĩ", "李小龍", "Ольга", "محمد", "\u{1F600}", "a\u{308}", "", "a\u{A0}b", "€5",
    ] {
      #expect(SafeText.isSafe(name), "\(name)")
      #expect(SafeText.forTerminal(name) == name)
    }
  }

  @Test func everyHiddenScalarIsFoundAndReplaced() {
    for scalar in hidden + noncharacters.compactMap({ Unicode.Scalar($0) }) {
      let text = "a\(scalar)b"
      #expect(SafeText.isHidden(scalar))
      #expect(!SafeText.isSafe(text))
      #expect(SafeText.forTerminal(text) == "a\u{FFFD}b")
      let number = String(scalar.value, radix: 16, uppercase: true)
      #expect(SafeText.forTerminal(text, .escape) == "a\\u{\(number)}b")
    }
  }

  @Test func linesPassOnlyWhereAllowed() {
    #expect(!SafeText.isSafe("a\nb\tc"))
    #expect(SafeText.isSafe("a\nb\tc", allowingLines: true))
    #expect(!SafeText.isSafe("a\r\nb", allowingLines: true))
    #expect(SafeText.forTerminal("a\nb\u{1B}[2J", keepingLines: true) == "a\nb\u{FFFD}[2J")
    #expect(SafeText.forTerminal("a\nb") == "a\u{FFFD}b")
  }

  @Test func whatIsShownIsAlwaysSafe() {
    var random = SeededGenerator(seed: 11)
    for _ in 0..<3000 {
      let text = randomText(&random)
      #expect(SafeText.isSafe(SafeText.forTerminal(text)))
      #expect(SafeText.isSafe(SafeText.forTerminal(text, .escape)))
    }
  }
}
