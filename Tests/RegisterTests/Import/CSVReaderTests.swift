import Model
import Testing

@testable import Register

@Suite struct CSVReaderTests {
  static func read(_ text: String, pieceScalars: Int = .max) throws(RegisterError) -> [CSVRecord] {
    var reader = CSVReader()
    var records: [CSVRecord] = []
    var rest = text.unicodeScalars[...]
    while !rest.isEmpty {
      records += try reader.feed(String(String.UnicodeScalarView(rest.prefix(pieceScalars))))
      rest = rest.dropFirst(pieceScalars)
    }
    return records + (try reader.finish())
  }

  @Test(arguments: ["\n", "\r\n", "\r"], [";", ",", "\t"]) func everyLineEndAndSeparator(end: String, separator: String)
    throws
  {
    let text = ["a\(separator)b", "\"x\(separator)\(end)y\"\(separator)\"\"\"q\"\"\"", "ä\(separator)5\" tv"].joined(
      separator: end)
    for pieceScalars in [1, 2, 3, 100] {
      let records = try Self.read("\u{FEFF}" + text + end, pieceScalars: pieceScalars)
      #expect(records.map(\.cells) == [["a", "b"], ["x\(separator)\(end)y", "\"q\""], ["ä", "5\" tv"]])
      #expect(records.map(\.row) == [0, 1, 2])
      #expect(
        try Self.read(text, pieceScalars: pieceScalars).map(\.cells)
          == records.map {
            $0.cells.map { cell in
              cell.hasPrefix("\u{FEFF}") ? String(cell.dropFirst()) : cell
            }
          })
    }
  }

  @Test func separatorsWithinQuotationMarksDoNotCount() throws {
    #expect(try Self.read("\"a;b;c\",d\n1,2").map(\.cells) == [["a;b;c", "d"], ["1", "2"]])
    #expect(try Self.read("sep=,\r\na;x,b\r\n1,2").map(\.cells) == [["a;x", "b"], ["1", "2"]])
  }

  @Test func aQuotationMarkThatNeverClosesNamesItsRow() {
    let error = #expect(throws: RegisterError.self) { try Self.read("a;b\n1;2\n3;\"4\n5;6\n") }
    #expect(error?.code == "invalid/file")
    #expect(error?.message.en.contains("row 2") == true)
  }

  @Test func textAfterAClosingQuotationMarkIsAFault() throws {
    #expect(try Self.read("a;b\n\"1\"x;2\n")[1].fault == .strayQuote(column: 1))
  }

  @Test func emptyLinesCountAndAreBlank() throws {
    let records = try Self.read("a;b\n\n;\n1;2\n")
    #expect(records.map(\.isBlank) == [false, true, true, false])
    #expect(records.last?.row == 3)
  }

  @Test func aCellAndARecordAreBounded() throws {
    let long = String(repeating: "x", count: Limits.importCellBytesMax + 1)
    #expect(try Self.read("a;b\n1;\(long)\n2;3").map(\.fault) == [nil, .cellTooLong(column: 2), nil])
    let wide = try Self.read("a\n" + String(repeating: ";", count: 10_000) + "\n")
    #expect(wide.last?.cells.count ?? 0 <= Limits.importColumnsMax)
    #expect(throws: RegisterError.self) {
      try Self.read(String(repeating: "h", count: Limits.importHeaderBytesMax + 1))
    }
  }

  @Test func tooManyRowsAreRefused() {
    let error = #expect(throws: RegisterError.self) {
      try Self.read("a\n" + String(repeating: "1\n", count: Limits.importRowsMax + 1))
    }
    #expect(error?.code == "limit/quota")
  }

  @Test func anyPiecesOfAnyBytesGiveTheSameRecords() {
    var random = DemoRandom(seed: 7, stream: 0, item: 0)
    let alphabet: [String] = ["a", "ä", "\"", "\"\"", ";", ",", "\n", "\r", "\r\n", "=", " ", "\u{202E}", "š", "1"]
    for _ in 0..<3000 {
      let text = "h;i\n" + (0..<random.below(40)).map { _ in random.pick(alphabet) }.joined()
      let whole = Result { () throws(RegisterError) in try Self.read(text) }
      let pieces = 1 + random.below(5)
      #expect(Result { () throws(RegisterError) in try Self.read(text, pieceScalars: pieces) } == whole)
    }
  }
}
