import Custody
import Model
import Testing

@testable import Register

/// Reading a policy's text: what people write, and what nobody should.
@Suite struct PolicyParserTests {
  private func problem(_ line: String) -> PolicyProblem? {
    let (lines, problems) = PolicyParser.parse("# one\n\nallow sales read identity purposes=sales\n\(line)\n")
    #expect(lines.count <= 2)
    #expect(problems.count <= 1)
    return problems.first
  }

  @Test func commentsBlankLinesTabsAndReturnsAreNoMatter() {
    let text =
      "\u{FEFF}# a comment\r\n\r\n\tallow\tsales  read identity  purposes=sales # why\r\n   #x\nallow sales read\u{A0}contact purposes=sales"
    let (lines, problems) = PolicyParser.parse(text)
    #expect(problems.isEmpty, "\(problems)")
    #expect(lines.map(\.number) == [3, 5])
    #expect(lines.map(\.grant.object) == [.identity, .contact])
  }

  @Test func anEmptyTextHasNoRules() {
    for text in ["", "\n", "# nothing\n", " \t\r\n"] {
      let (lines, problems) = PolicyParser.parse(text)
      #expect(lines.isEmpty && problems.isEmpty)
    }
  }

  @Test(arguments: [
    "permit sales read identity", "allow", "allow sellers read identity", "allow sales look identity",
    "allow sales read everything", "allow sales read", "allow sales read identity kinds",
    "allow sales read identity colour=red",
    "allow sales read identity kinds=company", "allow sales read identity fields=phone",
    "allow sales read identity scope=mine", "allow sales read identity purposes=fun",
    "allow sales read identity purposes=sales,", "allow sales read identity purposes=",
    "allow sales read identity scope=",
    "allow sales read identity purposes=sales purposes=sales", "allow sales read users fields=phone",
    "allow sales read commercial fields=phone", "Allow sales read identity", "allow sales read identity identity",
    "allow sales read iden\u{200B}tity", "allow sales read identity\u{202E} purposes=sales",
    "allow sales read identity purposes=sales\u{0}",
  ])
  func whatIsNoRuleIsToldWithItsLine(_ line: String) {
    let problem = problem(line)
    #expect(problem?.line == 4, "\(line)")
    for language in Language.allCases {
      #expect(problem?.reason[language].isEmpty == false)
      #expect(problem?.message[language].contains("4") == true)
    }
  }

  @Test func whatWasMeantIsProposed() {
    #expect(problem("alow sales read identity")?.reason.en.contains("allow") == true)
    #expect(problem("allow customer-servce read identity")?.reason.fi.contains("customer-service") == true)
    #expect(problem("allow sales read identty")?.reason.sv.contains("identity") == true)
    #expect(problem("allow sales read contact fields=emial")?.reason.en.contains("email") == true)
    #expect(problem("allow xyz read identity")?.reason.en.contains("auditor") == true)
  }

  @Test func aReasonNeverRepeatsWhatTheTextHolds() {
    for line in ["allow Meinander read identity", "Meinander", "allow sales read identity purposes=Meinander"] {
      for language in Language.allCases { #expect(problem(line)?.message[language].contains("Meinander") == false) }
    }
  }

  @Test func everyBadLineIsToldUpToABound() {
    let (_, problems) = PolicyParser.parse("x\ny\n\nallow sales read identity purposes=sales\nz")
    #expect(problems.map(\.line) == [1, 2, 5])
    let many = PolicyParser.parse(String(repeating: "x\n", count: 1000)).problems
    #expect(many.count == Limits.policyProblemsMax)
  }

  @Test func whatIsTooLargeIsRefused() {
    let line = "allow sales read identity purposes=sales\n"
    let tooMany = PolicyParser.parse(String(repeating: line, count: Limits.policyRulesMax + 5))
    #expect(tooMany.lines.count == Limits.policyRulesMax)
    #expect(tooMany.problems.map(\.line) == [Limits.policyRulesMax + 1])
    let tooLong = PolicyParser.parse(String(repeating: "#", count: Limits.policyBytesMax + 1))
    #expect(tooLong.lines.isEmpty && tooLong.problems.count == 1)
    // A whole policy of long lines fits.
    #expect(Limits.policyRulesMax * 250 <= Limits.policyBytesMax)
  }

  @Test func changedTextsNeverCrashAndWhatIsReadIsWrittenTheSame() {
    let text = PolicyText.lines(ShippedPolicy.grants, epoch: 1, .finnish).joined(separator: "\n")
    let bytes = Array(text.utf8)
    var making = PolicyMaking(42)
    let spice = Array("#=,\n\r\t allowdeny\u{0}\u{7F}\u{FF}none".utf8)
    for _ in 0..<4000 {
      let start = Int(making.next() % UInt64(bytes.count - 400))
      var piece = Array(bytes[start..<(start + 400)])
      for _ in 0..<(making.next() % 12) {
        let at = Int(making.next() % UInt64(piece.count))
        switch making.next() % 3 {
        case 0: piece[at] = making.one(spice)
        case 1: piece.remove(at: at)
        default: piece.insert(making.one(spice), at: at)
        }
      }
      let (lines, problems) = PolicyParser.parse(String(decoding: piece, as: UTF8.self))
      for problem in problems { #expect(problem.line != nil) }
      let again = PolicyParser.parse(lines.map { PolicyText.line($0.grant) }.joined(separator: "\n"))
      #expect(again.lines.map(\.grant) == lines.map(\.grant) && again.problems.isEmpty)
    }
  }
}
