import Model
import Testing
import Wire

@testable import RegisterServer

struct SessionStartTests {
  @Test func theServerGreetsFirstWithItsLimits() throws {
    var machine = SessionMachine(
      transport: Transport(address: "x", channelBinding: [1]), now: .now(), effect: Conversation.effect)
    let line = try #require(Conversation.split(machine.takeOutput(now: .now())).first)
    #expect(
      line == #"- ! {"event":"hello","proto":["rek/1"],"caps":["scram-plus","credit","watch"],"#
        + #""limits":{"line":65536,"inflight":64,"credit":500,"idle_s":900,"#
        + #""auth":{"line":4096,"total_s":30,"tries":3,"commands":8}},"lang":["fi","sv","en"]}"#)
  }

  @Test func helloSettlesVersionAndLanguage() throws {
    var talk = Conversation()
    talk.say("1 hello proto=rek/1 lang=fi", "2 hello proto=rek/2", "3 hello lang=fi", "4 hello proto=rek/1 lang=de")
    let lines = talk.lines()
    #expect(lines.map(head) == ["1 OK done", "2 NO invalid/proto", "3 NO invalid/proto", "4 NO invalid/lang"])
    #expect(try value(lines[3], "msg")?.string == SessionText.language.fi)
  }

  @Test func aParameterThatHelloDoesNotHaveIsRefused() {
    var talk = Conversation()
    talk.say("1 hello proto=rek/1 colour=red")
    #expect(talk.lines().map(head) == ["1 BAD unknown/param"])
  }

  @Test func everyFinalLineHasItsOwnRequestID() throws {
    var talk = Conversation()
    talk.say("1 ping", "2 nonsense", "3 ping", "!")
    let ids = try talk.lines().map { try #require(value($0, "rid")?.string) }
    #expect(Set(ids).count == 4)
    #expect(ids.allSatisfy { RequestID($0) != nil })
  }

  @Test func beforeAuthenticationNothingRunsAndCommandsAreCounted() {
    var talk = Conversation()
    for number in 1...8 { talk.say("\(number) read.one") }
    #expect(talk.lines().map(head) == (1...8).map { "\($0) NO auth/required" })
    #expect(talk.machine.exit == nil)
    talk.say("9 ping")
    #expect(talk.lines().map(head) == ["9 NO auth/required"])
    #expect(talk.machine.exit == .afterOutput)
    #expect(talk.started.isEmpty)
  }

  @Test func malformedLinesBeforeAuthenticationCountToo() {
    var talk = Conversation()
    for _ in 1...9 { talk.say("a !") }
    #expect(talk.lines().count == 9)
    #expect(talk.machine.exit == .afterOutput)
  }

  @Test func theWholeOfAuthenticationHasThirtySeconds() {
    var talk = Conversation()
    talk.pass(seconds: 29)
    #expect(talk.machine.exit == nil)
    talk.say("1 ping")
    talk.pass(seconds: 1)
    #expect(talk.machine.exit == .now)
  }

  @Test(arguments: [
    "GET / HTTP/1.1", "POST /x HTTP/1.0", "PRI * HTTP/2.0", "EHLO example.com", "helo example.com", "\u{16}\u{3}\u{1}",
  ])
  func aFirstLineOfAnotherProtocolClosesAtOnce(line: String) {
    var talk = Conversation()
    talk.bytes(Array(line.utf8))
    talk.say("")
    #expect(talk.machine.exit == .now)
    #expect(talk.lines().isEmpty)
  }

  @Test func aTagThatOnlyLooksLikeAnotherProtocolLaterIsFine() {
    var talk = Conversation()
    talk.say("1 ping", "GET ping")
    #expect(talk.lines().map(head) == ["1 OK done", "GET OK done"])
  }

  @Test func lineFaultsAreToldAndCloseTheConnection() {
    let faults: [([UInt8], String)] = [
      ([UInt8](repeating: 0x61, count: 4097) + [0x0A], "- BAD toolong"), ([0x31, 0x20, 0xFF, 0x0A], "1 BAD encoding"),
      ([0x31, 0x00, 0x0A], "- BAD syntax"), ([0x31, 0x0D, 0x31, 0x0A], "- BAD syntax"),
    ]
    for (bytes, expected) in faults {
      var talk = Conversation()
      talk.bytes(bytes)
      talk.say("2 ping")
      #expect(talk.lines().map(head) == [expected])
      #expect(talk.machine.exit == .afterOutput)
    }
  }

  @Test func linesMayBeLongerAfterAuthentication() throws {
    var talk = Conversation.authenticated()
    talk.say("2 read.one text=" + String(repeating: "a", count: 60_000))
    #expect(talk.started.count == 1)
    talk.bytes([UInt8](repeating: 0x61, count: 65_537))
    #expect(talk.lines().map(head) == ["- BAD toolong"])
  }
}
