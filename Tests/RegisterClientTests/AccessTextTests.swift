import Model
import Testing
import Wire

@testable import RegisterClient

/// What people are told about log-ins, second persons, events and one-time passwords.
struct AccessTextTests {
  private func json(_ text: String) throws -> JSON { try JSON.parse(text) }

  private func shown(_ rows: [String], isTerminal: Bool = false, width: Int? = nil) throws -> [String] {
    var formatter = RowFormatter(form: .table, width: width, isTerminal: isTerminal, language: .english)
    return try rows.flatMap { formatter.add(ServerValue(value: try JSON.parse($0), text: $0)) } + formatter.finish()
  }

  // MARK: Log-in

  @Test func theLastLogInAndFailedTriesAreTold() throws {
    let news = LoginNews(
      try json(
        #"{"user":"m","last-login":"2026-11-21T08:15:42.123Z","last-address":"192.0.2.7","failed-tries":3,"#
          + #""notices":[{"kind":"approvals-waiting","count":2,"msg":"Two approvals\u001b[2J wait."}]}"#),
      language: .english)
    #expect(news.lines.map(\.isWarning) == [false, true, true])
    #expect(news.lines[0].text == "Last log-in: 2026-11-21 08:15 UTC (192.0.2.7)")
    #expect(news.lines[1].text.hasPrefix("Failed tries to log in as you since then: 3."))
    #expect(news.lines[2].text == "Two approvals\u{FFFD}[2J wait.")
    #expect(news.said(Paint(isOn: false))[2] == "! Two approvals\u{FFFD}[2J wait.")
    #expect(news.said(Paint(isOn: true))[1].hasPrefix("\u{1B}[33;1m! Failed tries"))
  }

  @Test(arguments: Language.allCases)
  func nothingIsSaidWhereThereIsNothing(_ language: Language) throws {
    let quiet = #"{"user":"m","last-login":null,"last-address":null,"failed-tries":0,"notices":[]}"#
    #expect(LoginNews(try json(quiet), language: language).lines.isEmpty)
    #expect(LoginNews(try json("{}"), language: language).lines.isEmpty)
    let one = LoginNews(try json(#"{"failed-tries":1}"#), language: language).lines
    #expect(one.count == 1 && one[0].isWarning && !one[0].text.contains("%"))
  }

  @Test func aTimeThatIsNoneStaysAsItIsButSafe() {
    #expect(ValueText.moment("2026-11-22T20:43:01Z") == "2026-11-22 20:43 UTC")
    #expect(ValueText.moment("soon\u{1B}[1m") == "soon\u{FFFD}[1m")
    #expect(ValueText.moment("") == "")
  }

  // MARK: Events

  @Test func eventsAreOneLineEach() throws {
    let lines = try [
      #"{"event":"approval","seq":1,"id":"A1","verb":"role.grant","state":"waiting"}"#,
      #"{"event":"approval","seq":2,"id":"A1","verb":"user.reset","state":"approved"}"#,
      #"{"event":"approval","seq":3,"id":"A1","verb":"role.grant","state":"executed"}"#,
      #"{"event":"approval","seq":4,"id":"A1","verb":"role.grant","state":"refused"}"#,
      #"{"event":"breakglass","seq":5,"id":"B1","user":"maija","until":"2026-11-22T20:43:01Z"}"#,
      #"{"event":"gap","lost":7}"#, #"{"event":"other\n","seq":1,"a":[1,2],"b":null}"#, #"{"event":"ping"}"#, "{}",
    ].map { EventText.line(try json($0), language: .english) }
    #expect(
      lines == [
        "An approval waits for you: role.grant. See: approval.show id=A1",
        "Approved: user.reset. Send the same command again with approval=A1",
        "Approved and carried out: role.grant (A1)", "Not approved: role.grant (A1)",
        "Break-glass: maija has a wider read until 2026-11-22 20:43 UTC. See: breakglass.list",
        "7 events were lost.", "other : a: 1, 2", "ping", "",
      ])
  }

  @Test(arguments: Language.allCases)
  func hostileEventsStaySafe(_ language: Language) throws {
    for event in [
      #"{"event":"approval","state":"waiting","verb":"\u001b]0;x\u0007","id":"\n\n"}"#,
      #"{"event":"approval","state":"odd"}"#,
      #"{"event":"breakglass","user":{"a":"\u202e"},"until":"{id}"}"#, #"{"event":7}"#, "[]", "null",
    ] {
      let line = EventText.line(try json(event), language: language)
      #expect(SafeText.isSafe(line))
    }
  }

  // MARK: Second persons

  @Test func aWaitingCommandTellsIdAndTimeAndHowToGoOn() throws {
    let final = CommandResult(
      status: .ok, code: "pending/approval",
      object: try json(
        #"{"approval":"0192","expires":"2026-11-23T20:43:01Z","state":"waiting","msg":"Send again later.","rid":"r"}"#))
    #expect(
      ResultText.lines(final, rows: 0, language: .english) == [
        "Not done yet: another person must approve it first.", "Send again later.",
        "  approval=0192 (until 2026-11-23 20:43 UTC)",
      ])
    #expect(ExitCode.of(final) == ExitCode.done)
    let given = CommandResult(
      status: .ok, code: "pending/approval", object: try json(#"{"approval":"0192","state":"approved","msg":"Wait."}"#))
    let lines = ResultText.lines(given, rows: 0, language: .english)
    #expect(lines.count == 2 && lines[0].contains("has approved") && lines[1] == "  approval=0192")
  }

  @Test func waitingRequestsAreATableAndOneIsARecord() throws {
    let row =
      #"{"id":"A1","verb":"user.edit","parameters":{"id":"U1","full-name":"Åsa M"},"requester":"pekka","state":"waiting"}"#
    let two = try shown([row, row.replacing("A1", with: "A2")])
    #expect(two[0].hasPrefix("id  verb       parameters"))
    #expect(two[2] == #"A1  user.edit  id=U1 full-name="Åsa M"  pekka      waiting"#)
    let one = try shown([row])
    #expect(one.contains("parameters  id=U1") && one.contains(#"            full-name="Åsa M""#))
    let empty = try shown([row.replacing(#""state""#, with: #""showing":{},"state""#)])
    #expect(!empty.contains("showing"))
  }

  @Test func aDifferenceHasSignsAndOnATerminalColours() throws {
    let rows = [
      #"{"change":"+","line":"sales may read deals"}"#, #"{"change":"-","line":"old\u001b[2J"}"#,
      #"{"change":"~","line":"x"}"#, #"{"warning":"wide"}"#,
    ]
    #expect(try shown(rows) == ["+ sales may read deals", "- old\u{FFFD}[2J", "~ x", "! wide"])
    let painted = try shown(rows, isTerminal: true, width: 80)
    #expect(painted[0] == "\u{1B}[32m+ sales may read deals\u{1B}[0m")
    #expect(painted[1].hasPrefix("\u{1B}[31m- old\u{FFFD}"))
    // A table of something else with such a column stays a table.
    #expect(try shown([#"{"change":"*","line":"x"}"#])[0] == "change  line")
  }

  @Test func aPolicyAsTextIsItsBareLines() throws {
    #expect(
      try shown([##"{"text":"# policy"}"##, #"{"text":"sales read deals"}"#]) == ["# policy", "sales read deals"])
  }

  // MARK: One-time passwords

  private let uri =
    "otpauth://totp/Rekisteri:maija?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Rekisteri"
    + "&algorithm=SHA1&digits=6&period=30"

  @Test func aQRCodeHasItsThreeEyesAndFitsATerminal() throws {
    let code = try #require(QRCode(uri))
    #expect((code.width - 17) % 4 == 0 && code.columns <= 80)
    for (row, column) in [(0, 0), (0, code.width - 7), (code.width - 7, 0)] {
      for offset in 0..<7 {
        #expect(code.isDark(row, column + offset) && code.isDark(row + 6, column + offset))
        #expect(code.isDark(row + offset, column) && code.isDark(row + offset, column + 6))
      }
      #expect(!code.isDark(row + 1, column + 1) && code.isDark(row + 3, column + 3))
    }
    #expect(!code.isDark(-1, 0) && !code.isDark(0, code.width))
  }

  @Test func itsLinesAreBlackOnWhiteWithAMarginAndOfOneWidth() throws {
    let code = try #require(QRCode(uri))
    let lines = code.lines
    #expect(lines.count == (code.columns + 1) / 2)
    let start = "\u{1B}[38;5;16;48;5;231m"
    for line in lines {
      #expect(line.hasPrefix(start) && line.hasSuffix("\u{1B}[0m"))
      let blocks = line.dropFirst(start.count).dropLast(4)
      #expect(blocks.count == code.columns && blocks.allSatisfy { " ▀▄█".contains($0) })
      #expect(blocks.hasPrefix("  ") && blocks.hasSuffix("  "))
    }
    #expect(lines[0].contains("  ".padding(to: code.columns)))
  }

  @Test(arguments: ["", String(repeating: "x", count: 1001)])
  func whatNoCodeHoldsHasNone(_ text: String) { #expect(QRCode(text) == nil) }

  private func row(_ text: String) throws -> JSON { try json(text) }

  @Test func enrolmentShowsPictureSecretAndCodesOnATerminal() throws {
    let view = Enrolment(language: .english, isTerminal: true, width: 80)
    #expect(view.code() == nil)
    let first = try #require(
      view.lines(try row(#"{"uri":"\#(uri)","secret":"JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"}"#)))
    #expect(first.contains("    JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP"))
    #expect(first.contains { $0.contains("▀") })
    #expect(view.code()?.utf8.count == 6)
    let one = try #require(view.lines(try row(#"{"recovery-code":"abcde-fghij"}"#)))
    let two = try #require(view.lines(try row(#"{"recovery-code":"mnpqr-stuvw"}"#)))
    #expect(one.count > 1 && one.last == "    abcde-fghij" && two == ["    mnpqr-stuvw"])
    #expect(view.lines(try row(#"{"id":"1","rev":2}"#)) == nil)
  }

  @Test func enrolmentElsewhereIsTheURIAndTheCodes() throws {
    let view = Enrolment(language: .english, isTerminal: false, width: 80)
    #expect(view.lines(try row(#"{"uri":"\#(uri)","secret":"JBSWY3DPEHPK3PXP"}"#)) == [uri])
    #expect(view.lines(try row(#"{"recovery-code":"abcde-fghij"}"#)) == ["abcde-fghij"])
    let hostile = try #require(view.lines(try row(#"{"uri":"otpauth\u001b[2J","secret":"x"}"#)))
    #expect(hostile == ["otpauth\u{FFFD}[2J"])
  }

  @Test func aNarrowTerminalGetsTheSecretOnly() throws {
    let view = Enrolment(language: .english, isTerminal: true, width: 30)
    let lines = try #require(view.lines(try row(#"{"uri":"\#(uri)","secret":"JBSWY3DPEHPK3PXP"}"#)))
    #expect(!lines.contains { $0.contains("▀") } && lines.contains("    JBSW Y3DP EHPK 3PXP"))
  }
}

extension String {
  /// Spaces up to a width.
  fileprivate func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
