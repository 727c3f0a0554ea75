import Model
import Testing

@testable import Wire

@Suite struct RequestParserTests {
  private func command(_ line: String) throws(RequestFault) -> Command {
    guard case .command(let command) = try RequestParser.parse(utf8(line)).body else {
      throw RequestFault(code: "feed")
    }
    return command
  }

  private func fault(_ line: String) -> RequestFault? { fault(utf8(line)) }

  private func fault(_ line: [UInt8]) -> RequestFault? {
    do throws(RequestFault) {
      _ = try RequestParser.parse(line)
      return nil
    } catch {
      return error
    }
  }

  @Test func aCommandHasTagVerbAndParametersInOrder() throws {
    let request = try RequestParser.parse(utf8("a-1_Z person.find text=Mei purpose=customer-service dry-run"))
    #expect(request.tag == "a-1_Z")
    let parameters = [
      Parameter(name: "text", value: "Mei"), Parameter(name: "purpose", value: "customer-service"),
      Parameter(bare: "dry-run"),
    ]
    #expect(request.body == .command(Command(verb: "person.find", parameters: parameters)))
    #expect(try command("1 x dry-run")["dry-run"] == "true")
    #expect(try command("1 x a=b")["c"] == nil)
  }

  @Test func tagsAreOneToSixteenAndBeginWithLetterOrDigit() throws {
    #expect(try RequestParser.parse(utf8("0123456789abcdef ping")).tag == "0123456789abcdef")
    for line in ["0123456789abcdefg ping", "-a ping", "_ ping", " ping", "", "ä ping", "a.b ping", "a\tping"] {
      #expect(fault(line) == RequestFault(code: "syntax", tag: nil), "\(line)")
    }
  }

  @Test func aTagThatParsedIsInTheFault() {
    for line in ["7", "7 ", "7 Ping", "7  ping", "7 ping ", "7 ping  a", "7 ping a=", "7 ping =a", "7 ping A=b"] {
      #expect(fault(line) == RequestFault(code: "syntax", tag: "7"), "\(line)")
    }
  }

  @Test func verbsAreOneToFourNamesOfAtMostThirtyTwo() throws {
    let name = String(repeating: "a", count: 32)
    #expect(try command("1 a.b.c.d").verb == "a.b.c.d")
    #expect(try command("1 \(name).\(name)").verb == "\(name).\(name)")
    for verb in ["a.b.c.d.e", "a.", ".a", "a..b", "1a", "-a", "a_b", "aB", name + "a", "a=b", "\"a\"", "ä"] {
      #expect(fault("1 \(verb)")?.code == "syntax", "\(verb)")
    }
    #expect(try command("1 a-1.b2-").verb == "a-1.b2-")
  }

  @Test func sixtyThreeParametersPassAndOneMoreDoesNot() throws {
    let parameters = (0..<63).map { " p\($0)=\($0)" }.joined()
    #expect(try command("1 x" + parameters).parameters.count == 63)
    #expect(fault("1 x" + parameters + " q")?.code == "syntax")
  }

  @Test func aParameterTwiceIsADuplicate() {
    #expect(fault("1 x a=1 b=2 a=1") == RequestFault(code: "duplicate", tag: "1"))
    #expect(fault("1 x a a") == RequestFault(code: "duplicate", tag: "1"))
  }

  @Test func atomsHoldTheirCharactersAndNoOthers() throws {
    let atom = "AZaz09-._:/@+,%*=~#"
    #expect(try command("1 x a=\(atom)")["a"] == atom)
    #expect(try command("1 x a=Åsa\u{A0}\u{1F600}中\u{E000}")["a"] == "Åsa\u{A0}\u{1F600}中\u{E000}")
    for byte in UInt8(0)..<0x80 where !utf8(atom).contains(byte) && !Scalars.isAtom(byte) && byte != 0x20 {
      #expect(fault(utf8("1 x a=b") + [byte] + utf8("c"))?.code == "syntax", "\(byte)")
    }
  }

  @Test func quotedValuesHoldSpacesAndEscapes() throws {
    #expect(try command("1 x a=\"\"")["a"] == "")
    #expect(try command("1 x a=\"b c\" d=e").parameters.map(\.value) == ["b c", "e"])
    #expect(
      try command(#"1 x a="\"\\\n\r\t\u{41}\u{00e4}\u{1F600}\u{10ffff}\u{200b}!" b"#)["a"]
        == "\"\\\n\r\t\u{41}\u{E4}\u{1F600}\u{10FFFF}\u{200B}!")
    for text in [
      #"""#, #""a"#, #""a"b"#, #""\"#, #""\a""#, #""\N""#, #""\u41""#, #""\u{}""#, #""\u{0}""#, #""\u{000000}""#,
      #""\u{D800}""#, #""\u{dfff}""#, #""\u{110000}""#, #""\u{0000041}""#, #""\u{4g}""#, #""\u{41""#, #""\u{41"#,
      "\"\t\"", "\"\u{7F}\"", #"a"b""#, #""""a"#,
    ] {
      #expect(fault("1 x a=\(text)") == RequestFault(code: "syntax", tag: "1"), "\(text)")
    }
  }

  @Test func hiddenScalarsAreRefusedUnescapedAndPassEscaped() throws {
    for value: UInt32 in [
      0x80, 0x9F, 0xAD, 0x61C, 0x200B, 0x200F, 0x2028, 0x202E, 0x2060, 0x206F, 0xFEFF, 0xFFFE, 0xFFFF,
    ] {
      let scalar = try #require(Unicode.Scalar(value))
      #expect(fault("1 x a=b\(scalar)")?.code == "syntax")
      #expect(fault("1 x a=\"b\(scalar)\"")?.code == "syntax")
      #expect(fault("1 x a=\"\\n\(scalar)\"")?.code == "syntax")
      #expect(try command("1 x a=\"\\u{\(String(value, radix: 16))}\"")["a"] == String(scalar))
    }
  }

  @Test func illFormedTextIsAnEncodingFault() {
    #expect(fault(utf8("1 x a=") + [0xC0, 0x80])?.code == "encoding")
    #expect(fault(utf8("1 x a=\"") + [0xED, 0xA0, 0x80, 0x22])?.code == "encoding")
    #expect(fault(utf8("1 > \"") + [0xFF, 0x22]) == RequestFault(code: "encoding", tag: "1", isFeed: true))
  }

  @Test func aLineBeyondTheMaximumIsTooLongButKeepsItsTag() {
    let line = utf8("t9 ping a=" + String(repeating: "x", count: Limits.lineBytesMax))
    #expect(fault(line) == RequestFault(code: "toolong", tag: "t9"))
  }

  @Test func feedsHoldOneJSONValue() throws {
    #expect(try RequestParser.parse(utf8("2 > null")).body == .feed(.null))
    #expect(try RequestParser.parse(utf8(#"2 > {"credit":500}"#)).body == .feed(["credit": 500]))
    #expect(try RequestParser.parse(utf8(#"2 > """#)).body == .feed(""))
    for line in ["2 >", "2 > ", "2 >1", "2 > {", "2 > 1 2", #"2 > {"a":1,"a":2}"#, "2 > nul"] {
      #expect(fault(line) == RequestFault(code: "syntax", tag: "2", isFeed: true), "\(line)")
    }
    #expect(fault("2 ping > 1")?.isFeed == false)
  }

  @Test func whatIsEncodedParsesToTheSame() throws {
    var random = SeededGenerator(seed: 3)
    for _ in 0..<3000 {
      let request = randomRequest(&random)
      let line = try request.encode()
      #expect(line.last == 0x0A)
      #expect(!line.dropLast().contains { $0 < 0x20 || $0 == 0x7F })
      #expect(try RequestParser.parse(Array(line.dropLast())) == request)
    }
  }

  @Test func mutatedLinesNeverCrashAndWhatParsesEncodesToTheSame() throws {
    var random = SeededGenerator(seed: 4)
    var parsed = 0
    for _ in 0..<8000 {
      let line = Array(try randomRequest(&random).encode().dropLast()).mutated(using: &random)
      guard let request = try? RequestParser.parse(line) else { continue }
      parsed += 1
      let again = try RequestParser.parse(Array(try request.encode().dropLast()))
      #expect(again == request)
    }
    #expect(parsed > 500)
  }

  @Test func theEncoderRefusesWhatTheGrammarDoes() {
    let requests: [(Request, String)] = [
      (Request(tag: "", body: .feed(1)), "syntax"), (Request(tag: "-", body: .feed(1)), "syntax"),
      (Request(tag: "a b", body: .feed(1)), "syntax"),
      (Request(tag: "1", body: .command(Command(verb: "A"))), "syntax"),
      (Request(tag: "1", body: .command(Command(verb: "a", parameters: [Parameter(bare: "a b")]))), "syntax"),
      (
        Request(tag: "1", body: .command(Command(verb: "a", parameters: [Parameter(name: "a", value: "\0")]))), "syntax"
      ),
      (
        Request(
          tag: "1", body: .command(Command(verb: "a", parameters: [Parameter(bare: "a"), Parameter(bare: "a")]))),
        "duplicate"
      ), (Request(tag: "1", body: .feed(.string(String(repeating: "x", count: 70_000)))), "toolong"),
    ]
    for (request, code) in requests {
      do throws(RequestFault) {
        _ = try request.encode()
        Issue.record("encoded: \(request)")
      } catch {
        #expect(error.code == code)
      }
    }
  }
}

/// A request that keeps to the grammar, with values of all kinds.
func randomRequest(_ random: inout SeededGenerator) -> Request {
  let tag = String(
    (0..<Int.random(in: 1...16, using: &random)).map { _ in "abcXYZ019".randomElement(using: &random) ?? "a" })
  if Int.random(in: 0..<5, using: &random) == 0 { return Request(tag: tag, body: .feed(randomJSON(&random, depth: 3))) }
  var command = Command(verb: ["ping", "person.find", "a.b.c.d", "log-x.y9"].randomElement(using: &random) ?? "ping")
  for index in 0..<Int.random(in: 0...6, using: &random) {
    let name = "p-\(index)"
    command.parameters.append(
      Int.random(in: 0..<5, using: &random) == 0
        ? Parameter(bare: name) : Parameter(name: name, value: randomText(&random)))
  }
  return Request(tag: tag, body: .command(command))
}

/// Text of all kinds of scalars but NUL.
func randomText(_ random: inout SeededGenerator) -> String {
  var text = String.UnicodeScalarView()
  let plain = Bool.random(using: &random)
  for _ in 0..<Int.random(in: 0...12, using: &random) {
    let top: UInt32 = plain ? 0x7E : [0x7F, 0xFF, 0x2100, 0xFFFF, 0x10FFFF].randomElement(using: &random) ?? 0x7F
    if let scalar = Unicode.Scalar(UInt32.random(in: plain ? 0x21...top : 1...top, using: &random)) {
      text.append(scalar)
    }
  }
  return String(text)
}
