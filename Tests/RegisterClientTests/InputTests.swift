import Model
import Testing
import Wire

@testable import RegisterClient

struct InputTests {
  @Test func wordsBecomeAVerbAndParameters() throws {
    let command = try #require(Command(words: ["person.find", "text=Åsa M=x", "dry-run", "note="]))
    #expect(command.verb == "person.find")
    #expect(
      command.parameters == [
        Parameter(name: "text", value: "Åsa M=x"), Parameter(bare: "dry-run"), Parameter(name: "note", value: ""),
      ])
    #expect(Command(words: []) == nil)
  }

  @Test(arguments: [
    (#"a.b text="Åsa M" x=1"#, ["Åsa M", "1"]), (#"a.b text='C:\x "y"'"#, [#"C:\x "y""#]),
    (#"a.b text="q\"\\\n\t\u{1F44D}""#, ["q\"\\\n\t👍"]), ("  a.b\tx=a\"b c\"d ", ["ab cd"]), ("a.b x=\"\"", [""]),
    (#"a.b x=C:\new"#, [#"C:\new"#]),
  ])
  func typedLinesUnderstandQuotes(_ line: String, _ values: [String]) throws {
    let command = try #require(try Command(line: line))
    #expect(command.verb == "a.b")
    #expect(command.parameters.map(\.value) == values)
  }

  @Test(arguments: [
    #"a x="b"#, "a x='b", #"a x="\q""#, #"a x="\u{110000}""#, #"a x="\u{0}""#, #"a x="\u{}""#, #"a "\"#,
  ])
  func unclosedQuotesAndUnknownEscapesAreRefused(_ line: String) {
    #expect(throws: ClientError.self) { try Command(line: line) }
  }

  @Test func emptyLinesAreNoCommands() throws {
    #expect(try Command(line: "") == nil)
    #expect(try Command(line: " \t ") == nil)
  }

  @Test func whateverIsTypedIsReadOrRefused() {
    var generator = Seeded(state: 7)
    let alphabet = Array(#"ab.= "'\u{}19ÅnA"#) + ["\t", "\u{7F}"]
    for _ in 0..<4000 {
      let line = String(
        (0..<Int.random(in: 0...24, using: &generator)).map { _ in
          alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
        })
      guard let command = try? Command(line: line) else { continue }
      #expect(command.parameters.allSatisfy { !$0.name.contains("=") })
    }
  }

  @Test func theFileParameterIsTakenByTheClient() throws {
    var command = try #require(Command(words: ["person.import", "format=csv", "file=/x/ä b.csv", "dry-run"]))
    #expect(command.take("file") == "/x/ä b.csv")
    #expect(command.take("file") == nil)
    #expect(command.parameters.map(\.name) == ["format", "dry-run"])
    #expect(CommandRunner.takesInput("person.import"))
    #expect(CommandRunner.takesInput("list.import-responses"))
    #expect(!CommandRunner.takesInput("person.important"))
  }

  @Test func promptLinesTakeTheirForm() throws {
    let line = try #require(try PromptLine("person.list --csv --out=x.csv limit=5", form: .table))
    #expect(line.form == .csv)
    #expect(line.outFile == "x.csv")
    #expect(line.command == Command(words: ["person.list", "limit=5"]))
  }

  // MARK: - Bulk input

  @Test(arguments: 4...19)
  func piecesEndAtScalarBoundariesAndLoseNothing(_ size: Int) {
    let text = "aÅ日👍e\u{301}\r\nxyz\u{10FFFF}" + String(repeating: "ä€", count: 40)
    let pieces = Array(TextPieces(Array(text.utf8), pieceBytes: size))
    #expect(pieces.joined().unicodeScalars.elementsEqual(text.unicodeScalars))
    #expect(pieces.allSatisfy { $0.utf8.count <= size && !$0.unicodeScalars.contains("\u{FFFD}") })
  }

  @Test func aByteOrderMarkIsLeftOut() {
    #expect(Array(TextPieces([0xEF, 0xBB, 0xBF, 0x61])) == ["a"])
    #expect(Array(TextPieces([])).isEmpty)
  }

  @Test func whatIsNotUTF8IsReadAsWindows1252() {
    #expect(Array(TextPieces([0xC5, 0x73, 0x61, 0x20, 0x80, 0x96, 0x81])) == ["Åsa €–\u{FFFD}"])
  }

  @Test func aFileThatIsAlmostUTF8IsRefusedWithItsLine() throws {
    func refusal(_ bytes: [UInt8]) -> String? {
      do {
        _ = try FileEncoding(of: bytes)
        return nil
      } catch {
        return "\(error)"
      }
    }
    #expect(try FileEncoding(of: Array("Päivi;Mäki\n".utf8)) == .utf8)
    #expect(try FileEncoding(of: Array("P".utf8) + [0xE4] + Array("ivi;M".utf8) + [0xE4, 0x6B, 0x69]) == .windows1252)
    let broken = refusal(Array("Nimi\nPäivi;Ääkkönen\nM".utf8) + [0xE4] + Array("ki\n".utf8))
    #expect(broken?.contains("Line 3") == true)
    #expect(broken?.contains("Ääkkönen") == false)
    #expect(refusal([0x58, 0x0A, 0xE4, 0x81])?.contains("Line 2") == true)
    #expect(refusal([0xFF, 0xFE, 0x41, 0x00])?.contains("UTF-16") == true)
  }

  @Test func feedsNeverExceedTheLineWhateverTheirEscapes() throws {
    let bytes = [UInt8](repeating: 0x01, count: 40_000)
    let feeds = try BulkInput(bytes, form: .text).feeds(lineBytesMax: 4096).map { try $0.get() }
    #expect(feeds.allSatisfy { $0.encoded().count <= 4096 - 18 })
    #expect(feeds.compactMap(\.string).joined().utf8.elementsEqual(bytes))
  }

  @Test func objectsAreFedALineEachAndABadOneNamesItsRow() {
    let good = BulkInput(Array("{\"a\":1}\r\n\n{\"b\":2}".utf8), form: .objects).feeds(lineBytesMax: 1000)
    #expect(Array(good) == [.success(["a": 1]), .success(["b": 2])])
    let bad = Array(BulkInput(Array("{\"a\":1}\n[1]\n".utf8), form: .objects).feeds(lineBytesMax: 1000))
    guard case .failure(.usage(let text)) = bad.last else {
      Issue.record("an array was taken")
      return
    }
    #expect(bad.count == 2)
    #expect(text.en.contains("Row 2"))
  }

  // MARK: - History

  @Test func historyKeepsNoPersonalValues() throws {
    let described: JSON = [
      "verb": "person.find",
      "parameters": [["name": "text", "personal": true], ["name": "limit", "personal": false], ["name": "odd"]],
    ]
    let help = try #require(VerbHelp(described))
    var history = CommandHistory()
    let command = try #require(Command(words: ["person.find", "text=Mei", "limit=5", "odd=x", "case=T-1", "flag"]))
    history.add(command, help: help)
    history.add(command, help: nil)
    #expect(
      history.lines == [
        "person.find text=… limit=5 odd=… case=… flag", "person.find text=… limit=5 odd=… case=… flag",
      ])
    for _ in 0..<600 { history.add(command, help: nil) }
    #expect(history.lines.count == CommandHistory.linesMax)
  }
}

/// A small deterministic generator (SplitMix64).
struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
