import Model
import Testing
import Wire

@testable import RegisterClient

struct DisplayTests {
  @Test(arguments: [
    ("abc", 3), ("Åsa", 3), ("A\u{30A}sa", 3), ("日本", 4), ("👍", 2), ("👩🏽", 2), ("🇫🇮", 2), ("❤\u{FE0F}", 2), ("한국", 4),
    ("ｆｕ", 4), ("", 0), ("e\u{301}\u{302}", 1),
  ])
  func widthsCountColumns(_ text: String, _ columns: Int) {
    #expect(DisplayWidth.columns(text) == columns)
  }

  @Test func cuttingNeverExceedsTheWidth() {
    #expect(DisplayWidth.truncate("日本語です", to: 5) == "日本…")
    #expect(DisplayWidth.truncate("日本語です", to: 4) == "日…")
    #expect(DisplayWidth.truncate("abc", to: 3) == "abc")
    #expect(DisplayWidth.truncate("abcd", to: 0) == "")
    #expect(DisplayWidth.fit("日本語", to: 4) == "日… ")
  }

  @Test func aTableIsAlignedByDisplayWidth() {
    let lines = shown([
      #"{"id":"1","name":"Åsa Meinander","town":"Åbo"}"#, #"{"id":"22","name":"日本 👍","town":null}"#,
      #"{"id":"333","name":"Ma\u0308kinen","town":"x"}"#,
    ])
    #expect(
      lines == [
        "id   name           town", "───  ─────────────  ────", "1    Åsa Meinander  Åbo", "22   日本 👍",
        "333  Ma\u{308}kinen        x",
      ])
  }

  @Test func hiddenCharactersOfDataAreMarkedAndLineEndsBecomeSpaces() {
    let lines = shown([#"{"name":"a\u001b[2Jb\u202ec","note":"x\r\ny\tz"}"#])
    #expect(lines == ["name      note", "────────  ─────", "a\u{FFFD}[2Jb\u{FFFD}c  x y z"])
  }

  @Test func keysOfDataAreMadeSafeToo() {
    let lines = shown([#"{"na\u001bme":1}"#])
    #expect(lines.first == "na\u{FFFD}me")
  }

  @Test func aTableShrinksItsWidestColumnsToTheTerminal() {
    let rows = [#"{"id":"1","note":"abcdefghijklmnopqrstuvwxyz"}"#, #"{"id":"2","note":"b"}"#]
    let lines = shown(rows, width: 16)
    #expect(lines == ["id  note", "──  ────────────", "1   abcdefghijk…", "2   b"])
    #expect(shown(rows).contains("1   abcdefghijklmnopqrstuvwxyz"))
  }

  @Test func nestedRowsBecomeRecordsWithSections() {
    let lines = shown([
      #"""
      {"id":"7","contact":{"phone":[{"value":"+358 9 1","label":"work","source":"subject","at":"2026-03-01T10:00:00Z"}],"email":{"value":"a@b.fi","source":"other","source-note":"card","at":"2026-03-02T00:00:00Z"}},"marks":["deceased"]}
      """#
    ])
    #expect(
      lines == [
        "id     7", "marks  deceased", "", "contact", "  phone  +358 9 1 [label: work] (subject, 2026-03-01)",
        "  email  a@b.fi (other, card, 2026-03-02)",
      ])
  }

  @Test func deepNestingEndsOnOneLine() {
    let deep = String(repeating: #"{"a":"#, count: 20) + "1" + String(repeating: "}", count: 20)
    let lines = shown([deep])
    #expect(lines.count < 12)
    #expect(lines.last?.hasSuffix("a: 1") == true)
  }

  @Test func aSingleRowTooWideForTheTerminalIsARecord() {
    let lines = shown([#"{"first":"aaaaaaaaaaaaaaaaaaaaaa","second":"bbbbbbbbbbbbbbbbbbbbbbbb"}"#], width: 30)
    #expect(lines == ["first   aaaaaaaaaaaaaaaaaaaaaa", "second  bbbbbbbbbbbbbbbbbbbbbbbb"])
  }

  @Test func rowsOfTextAreWrittenAsText() {
    let lines = shown([#"{"text":"Rekisteriseloste\n\nKohta 1\u0007"}"#, #"{"text":"Loppu"}"#])
    #expect(lines == ["Rekisteriseloste", "", "Kohta 1\u{FFFD}", "Loppu"])
  }

  @Test func anIdIsNeverCut() {
    let id = "01a207ab-ff5a-750e-a111-0123456789ab"
    let headers = ["id", "name", "organisation"]
    let cells = [id, "Marja-Leena Virtanen", "Hakkaraisen Tilitoimisto Oy"]
    let wide = TableLayout(headers: headers, rows: [cells], width: 70, whole: 0)
    #expect(wide.isReadable)
    #expect(wide.line(cells).hasPrefix(id))
    #expect(wide.widths.reduce(4, +) <= 70)
    #expect(!TableLayout(headers: headers, rows: [cells], width: 50, whole: 0).isReadable)
    #expect(TableLayout(headers: headers, rows: [cells], width: nil).isReadable)
  }

  @Test func laterRowsWithOtherKeysGetANewHeader() throws {
    var formatter = RowFormatter(form: .table, isTerminal: false, language: .english)
    var lines: [String] = []
    for _ in 0..<RowFormatter.batchRows { lines += formatter.add(try row(#"{"a":1}"#)) }
    lines += formatter.add(try row(#"{"a":1}"#))
    lines += formatter.finish()
    #expect(lines.count == RowFormatter.batchRows + 3)
    #expect(formatter.add(try row(#"{"b":2}"#)).isEmpty)
    #expect(formatter.finish() == ["", "b", "─", "2"])
  }

  @Test func jsonIsWrittenAsSentButSafelyToATerminal() throws {
    let sent = ServerValue(value: try JSON.parse(#"{"b":1.50,"a":"\u202e"}"#), text: #"{"b":1.50,"a":"\#u{202E}"}"#)
    var piped = RowFormatter(form: .json, isTerminal: false, language: .english)
    #expect(piped.add(sent) == [sent.text])
    var terminal = RowFormatter(form: .json, isTerminal: true, language: .english)
    let line = try #require(terminal.add(sent).first)
    #expect(SafeText.isSafe(line))
    #expect(try JSON.parse(line) == sent.value)
  }

  // MARK: - CSV

  @Test(arguments: [
    ("plain", "plain"), ("=1+1", "'=1+1"), ("+358", "'+358"), ("-1", "'-1"), ("@x", "'@x"), ("\tx", "'\tx"),
    ("\rx", "\"'\rx\""), (" =1", "' =1"), ("a,b", "\"a,b\""), ("say \"hi\"", "\"say \"\"hi\"\"\""),
    ("a\nb", "\"a\nb\""), ("=\"a\",b", "\"'=\"\"a\"\",b\""), ("", ""), ("a=b", "a=b"), ("＝1", "'＝1"),
  ])
  func cellsAreSafeForSpreadsheets(_ value: String, _ cell: String) {
    #expect(CSVWriter.cell(value) == cell)
  }

  @Test func csvHasAHeaderFromAllKeysAndDottedColumns() {
    let lines = shown([#"{"id":"1","name":"=x"}"#, #"{"id":"2","contact":{"email":"a@b"},"ok":true}"#], form: .csv)
    #expect(lines == ["id,name,contact.email,ok", "1,'=x,,", "2,,a@b,true"])
  }

  @Test func csvNotesColumnsThatCameTooLate() throws {
    var formatter = RowFormatter(form: .csv, isTerminal: false, language: .english)
    for _ in 0..<RowFormatter.batchRows { _ = formatter.add(try row(#"{"a":1}"#)) }
    _ = formatter.add(try row(#"{"a":2,"b":3}"#))
    #expect(formatter.finish() == ["2"])
    #expect(formatter.lateColumns == ["b"])
  }

  // MARK: - Final lines

  @Test func finalLinesAreSaidInWords() {
    func lines(_ status: CommandResult.Status, _ code: String, _ object: JSON, _ rows: Int = 0) -> [String] {
      ResultText.lines(CommandResult(status: status, code: code, object: object), rows: rows, language: .finnish)
    }
    #expect(lines(.ok, "done", ["rows": 2, "rid": "r"], 2) == [])
    #expect(lines(.ok, "done", ["rows": 0]) == ["Ei tuloksia."])
    #expect(lines(.ok, "done", ["rows": 50, "next": "abc"], 50) == ["Lisää löytyy: lisää after=abc"])
    #expect(
      lines(.ok, "pending/approval", ["approval": "a1"])
        == ["Ei vielä tehty: toisen henkilön on ensin hyväksyttävä tämä.", "  approval=a1"])
    #expect(
      lines(.no, "denied/role", ["msg": "Ei\u{1B}[2J käy.", "hint": "Kysy.", "rid": "r1"])
        == ["Ei\u{FFFD}[2J käy. (denied/role, rid r1)", "Kysy."])
    #expect(lines(.no, "unavailable/db", ["unknown": true]).count == 2)
    #expect(lines(.ok, "done/sideways", ["msg": "x"]) == ["x"])
  }

  @Test func progressIsShortAndSafe() {
    #expect(ResultText.progress(["done": 1200, "total": 5000], language: .english) == "1200/5000 (24 %)")
    #expect(ResultText.progress(["done": 7], language: .english) == "7")
    #expect(ResultText.progress(["phase": "a\u{1B}b"], language: .english) == "phase: a\u{FFFD}b")
    #expect(ResultText.progress(["done": .int(.max), "total": 1], language: .english).isEmpty == false)
  }

  private func row(_ text: String) throws -> ServerValue { ServerValue(value: try JSON.parse(text), text: text) }

  private func shown(_ rows: [String], form: OutputForm = .table, width: Int? = nil) -> [String] {
    var formatter = RowFormatter(form: form, width: width, isTerminal: width != nil, language: .english)
    let values = rows.compactMap { try? row($0) }
    #expect(values.count == rows.count)
    let lines = values.flatMap { formatter.add($0) } + formatter.finish()
    if form == .table { for line in lines { #expect(SafeText.isSafe(line)) } }
    return lines
  }
}
