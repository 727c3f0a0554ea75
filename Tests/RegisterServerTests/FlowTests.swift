import Model
import Register
import Testing
import Wire

@testable import RegisterServer

struct FlowTests {
  @Test func creditIsAskedForAfterFiveHundredRowsAndAddsUp() throws {
    var talk = Conversation.authenticated()
    talk.say("2 read.a")
    for _ in 0..<500 { #expect(try talk.row("2") == .sent) }
    #expect(try talk.row("2") == .wait)
    #expect(try talk.row("2") == .wait)
    let lines = talk.lines()
    #expect(lines.count == 501)
    #expect(lines[0] == "2 * {}")
    #expect(lines[500] == #"2 ? {"need":"credit"}"#)
    talk.say(#"2 > {"credit":1}"#, #"2 > {"credit":2}"#)
    #expect(talk.woken == [try talk.call("2").number, try talk.call("2").number])
    for _ in 0..<3 { #expect(try talk.row("2") == .sent) }
    #expect(try talk.row("2") == .wait)
    #expect(talk.lines().last == #"2 ? {"need":"credit"}"#)
  }

  @Test func creditIsKeptToAMillion() throws {
    var talk = Conversation.authenticated()
    talk.say("2 read.a")
    for _ in 0..<3 { talk.say(#"2 > {"credit":1000000}"#) }
    talk.say(#"2 > {"credit":9223372036854775807}"#)
    #expect(talk.machine.commands["2"]?.credit == 1_000_000)
  }

  @Test(arguments: [
    #"{"credit":0}"#, #"{"credit":-1}"#, #"{"credit":1.5}"#, #"{"credit":"9"}"#, "{}", "null", "5",
    #"{"credit":1,"x":2}"#, "{", "",
  ])
  func whatIsNoCreditEndsItsCommand(feed: String) throws {
    var talk = Conversation.authenticated()
    talk.say("2 read.a", "3 read.b", "2 > " + feed)
    #expect(talk.cancelled == [try talk.call("2").number])
    try talk.end("2", .no, "cancelled", ["rid": "r"])
    #expect(talk.lines().map { $0.hasPrefix("2 BAD syntax ") } == [true])
    try talk.end("3")
    #expect(talk.lines().map(head) == ["3 OK done"])
  }

  @Test func feedsForFinishedAndUnknownTagsAreIgnored() throws {
    var talk = Conversation.authenticated()
    talk.say("2 read.a")
    try talk.end("2")
    _ = talk.lines()
    talk.say(#"2 > {"credit":5}"#, "2 > {", "9 > null", "9 >x")
    #expect(talk.lines().isEmpty)
    #expect(talk.machine.exit == nil)
  }

  @Test func bulkInputIsAskedForOnceAndEndsWithNull() throws {
    var talk = Conversation.authenticated()
    talk.say("2 write.import")
    #expect(try talk.feed("2") == .wait)
    #expect(try talk.feed("2") == .wait)
    #expect(talk.lines() == [#"2 ? {"need":"rows"}"#])
    talk.say(#"2 > {"credit":5}"#, #"2 > "piece""#, "2 > null")
    #expect(try talk.feed("2") == .piece(["credit": 5]))
    #expect(try talk.feed("2") == .piece("piece"))
    #expect(try talk.feed("2") == .end)
    #expect(try talk.feed("2") == .end)
  }

  @Test func inputBeyondTheBoundStopsReadingUntilItIsTaken() throws {
    var limits = SessionLimits()
    limits.feedQueueBytes = 1000
    var talk = Conversation.authenticated(limits: limits)
    talk.say("2 write.import")
    _ = try talk.feed("2")
    _ = talk.lines()
    for _ in 0..<20 { talk.say("2 > \"" + String(repeating: "a", count: 100) + "\"") }
    talk.say("2 > null", "3 ping")
    #expect(talk.machine.isReadingPaused)
    #expect(talk.lines().isEmpty, "the ping waits behind the input")
    var taken = 0
    while case .piece = try talk.feed("2") {
      taken += 1
      talk.actions += talk.machine.pump(now: talk.now)
    }
    #expect(taken == 20)
    #expect(!talk.machine.isReadingPaused)
    #expect(try talk.feed("2") == .end)
    #expect(talk.lines().map(head) == ["3 OK done"])
  }

  @Test func creditBehindTheInputIsFoundWhileRowsWaitForIt() throws {
    var limits = SessionLimits()
    limits.feedQueueBytes = 1000
    limits.creditRows = 0
    var talk = Conversation.authenticated(limits: limits)
    talk.say("2 write.import")
    _ = try talk.feed("2")
    for _ in 0..<20 { talk.say("2 > \"" + String(repeating: "a", count: 100) + "\"") }
    #expect(try talk.row("2") == .wait)
    talk.actions += talk.machine.pump(now: talk.now)
    talk.say(#"2 > {"credit":3}"#)
    #expect(try talk.row("2") == .sent)
  }

  @Test func inputWithoutEndWhileRowsWaitForCreditEndsTheCommand() throws {
    var limits = SessionLimits()
    limits.feedQueueBytes = 1000
    limits.feedQueueBytesMax = 5000
    limits.creditRows = 0
    var talk = Conversation.authenticated(limits: limits)
    talk.say("2 write.import")
    _ = try talk.feed("2")
    #expect(try talk.row("2") == .wait)
    for _ in 0..<50 { talk.say("2 > \"" + String(repeating: "a", count: 100) + "\"") }
    try talk.end("2", .no, "cancelled")
    #expect(talk.lines().map(head).last == "2 NO limit/quota")
  }

  @Test func progressHasItsOwnLines() throws {
    var talk = Conversation.authenticated()
    talk.say("2 write.import")
    let number = try talk.call("2").number
    #expect(talk.machine.sendProgress("2", number, done: 1200, total: 5000) == .sent)
    #expect(talk.machine.sendProgress("2", number, done: 1300, total: nil) == .sent)
    #expect(talk.lines() == [#"2 ~ {"done":1200,"total":5000}"#, #"2 ~ {"done":1300}"#])
  }

  @Test func aSlowReaderStopsReadingAndRowsWaitInBoundedMemory() throws {
    var talk = Conversation.authenticated()
    talk.say("2 read.a", #"2 > {"credit":1000000}"#)
    let row = "\"" + String(repeating: "x", count: 1000) + "\""
    var sent = 0
    while try talk.row("2", row) == .sent { sent += 1 }
    #expect((200...400).contains(sent))
    #expect(talk.machine.isReadingPaused)
    let output = talk.machine.takeOutput(now: talk.now)
    #expect(try talk.row("2", row) == .wait, "what is not written yet counts")
    talk.say("3 ping")
    #expect(talk.machine.output.isEmpty)
    talk.actions += talk.machine.wrote(output.count, now: talk.now)
    #expect(talk.actions.contains { if case .wakeAll = $0 { true } else { false } })
    #expect(try talk.row("2", row) == .sent)
    #expect(talk.lines().count == 1)
    #expect(talk.lines().map(head) == ["3 OK done"])
  }

  @Test func aClientThatTakesNothingForThirtySecondsIsLeft() throws {
    var talk = Conversation.authenticated()
    talk.say("2 ping")
    _ = talk.machine.takeOutput(now: talk.now)
    talk.pass(seconds: 29)
    #expect(talk.machine.exit == nil)
    talk.actions += talk.machine.wrote(1, now: talk.now)
    talk.pass(seconds: 29)
    #expect(talk.machine.exit == nil, "a byte is progress")
    talk.pass(seconds: 1)
    #expect(talk.machine.exit == .now)
  }

  @Test func aRowThatNoClientMustTakeIsNotSent() throws {
    var talk = Conversation.authenticated()
    talk.say("2 read.a")
    #expect(try talk.row("2", "\"" + String(repeating: "x", count: 1_048_576) + "\"") == .tooLong)
    #expect(talk.lines().isEmpty)
  }

  @Test func eventsComeNumberedAndOnlyAfterWatch() throws {
    var talk = Conversation.authenticated()
    talk.machine.notify(["event": "approval"])
    #expect(talk.lines().isEmpty)
    talk.machine.apply(.watch)
    talk.machine.notify(["event": "approval"])
    talk.machine.notify(["event": "approval"])
    #expect(
      talk.lines() == [#"- ! {"event":"approval","seq":1}"#, #"- ! {"event":"approval","seq":2}"#])
  }

  @Test func eventsBeyondTheRoomAreCountedAsLost() throws {
    var limits = SessionLimits()
    limits.outputHighBytes = 100
    limits.outputLowBytes = 50
    var talk = Conversation.authenticated(limits: limits)
    talk.machine.apply(.watch)
    for _ in 0..<20 { talk.machine.notify(["event": "approval"]) }
    let first = talk.lines()
    let second = talk.lines()
    #expect(first.count < 20)
    #expect(second == [#"- ! {"event":"gap","lost":\#(20 - first.count),"seq":\#(first.count + 1)}"#])
  }
}
