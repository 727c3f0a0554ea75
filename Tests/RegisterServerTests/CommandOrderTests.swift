import Model
import Register
import Testing
import Wire

@testable import RegisterServer

struct CommandOrderTests {
  @Test func readsStartAtOnceAndEndInAnyOrder() throws {
    var talk = Conversation.authenticated()
    talk.say("2 read.one", "3 read.two", "4 nothing.known")
    #expect(talk.started.map(\.tag) == ["2", "3", "4"])
    try talk.end("3")
    try talk.end("2")
    #expect(talk.lines().map(head) == ["3 OK done", "2 OK done"])
  }

  @Test func writesRunOneAfterAnotherAndReadsWaitForThoseBeforeThem() throws {
    var talk = Conversation.authenticated()
    talk.say("2 read.a", "3 write.b", "4 write.c", "5 read.d", "6 read.e", "7 write.f", "8 read.g")
    #expect(talk.started.map(\.tag) == ["2", "3"])
    try talk.end("3")
    #expect(talk.started.map(\.tag) == ["2", "3", "4"])
    try talk.end("4")
    #expect(talk.started.map(\.tag) == ["2", "3", "4", "5", "6", "7"])
    try talk.end("7")
    #expect(talk.started.map(\.tag) == ["2", "3", "4", "5", "6", "7", "8"])
    for tag in ["8", "6", "5", "2"] { try talk.end(tag) }
    #expect(talk.lines().map(head) == ["3", "4", "7", "8", "6", "5", "2"].map { "\($0) OK done" })
  }

  @Test func pingIsAnsweredWhileOthersRun() throws {
    var talk = Conversation.authenticated()
    talk.say("2 write.a", "3 read.b", "4 ping")
    #expect(talk.lines().map(head) == ["4 OK done"])
  }

  @Test func theSixtyFifthCommandIsNotRun() throws {
    var talk = Conversation.authenticated()
    for number in 100..<165 { talk.say("\(number) read.one") }
    #expect(talk.started.count == 64)
    #expect(talk.lines().map(head) == ["164 NO limit/inflight"])
    try talk.end("100")
    talk.say("165 read.one")
    #expect(talk.started.last?.tag == "165")
  }

  @Test(arguments: ["2 read.two", "2 ping", "2 !", "2 cancel of=2"])
  func aTagThatIsUnderWayMayNotBeUsedAgain(line: String) throws {
    var talk = Conversation.authenticated()
    talk.say("2 read.one", line, "3 ping")
    #expect(talk.lines().map(head) == ["- BAD sequence"])
    #expect(talk.cancelled.count == 1)
    #expect(talk.machine.exit == nil)
    try talk.end("2", .no, "cancelled")
    #expect(talk.lines().map(head) == ["2 NO cancelled"])
    #expect(talk.machine.exit == .afterOutput)
  }

  @Test func aWriteThatWasCommittedIsToldThoughTheConnectionEnds() throws {
    var talk = Conversation.authenticated()
    talk.say("2 write.one", "3 read.held")
    talk.bytes([0x34, 0x20, 0xFF, 0x0A])
    #expect(talk.lines().map(head) == ["4 BAD encoding", "3 NO cancelled"])
    try talk.end("2")
    #expect(talk.lines().map(head) == ["2 OK done"])
    #expect(talk.machine.exit == .afterOutput)
  }

  @Test func aTagMayBeUsedAgainAfterItsLastLine() throws {
    var talk = Conversation.authenticated()
    talk.say("2 read.one")
    try talk.end("2")
    talk.say("2 read.one")
    try talk.end("2")
    #expect(talk.lines().map(head) == ["2 OK done", "2 OK done"])
  }

  @Test func aCancelledCommandStillHasItsLastLine() throws {
    var talk = Conversation.authenticated()
    talk.say("2 read.one", "3 cancel of=2", "4 cancel of=9", "5 cancel")
    #expect(talk.cancelled == [try talk.call("2").number])
    #expect(try talk.row("2") == .gone)
    try talk.end("2", .no, "cancelled")
    #expect(
      talk.lines().map(head) == ["3 OK done", "4 NO notfound", "5 NO invalid/of", "2 NO cancelled"])
  }

  @Test func aCommandThatWaitsForItsTurnIsCancelledWithoutRunning() throws {
    var talk = Conversation.authenticated()
    talk.say("2 write.a", "3 write.b", "4 read.c", "5 cancel of=3")
    #expect(talk.lines().map(head) == ["5 OK done", "3 NO cancelled"])
    try talk.end("2")
    #expect(talk.started.map(\.tag) == ["2", "4"])
  }

  @Test func aWriteThatCouldNotBeCancelledAnyMoreTellsWhatHappened() throws {
    var talk = Conversation.authenticated()
    talk.say("2 write.a", "3 cancel of=2")
    try talk.end("2", .ok, "done")
    #expect(talk.lines().map(head) == ["3 OK done", "2 OK done"])
  }

  @Test func quitIsAnsweredWhenEverythingBeforeItEnded() throws {
    var talk = Conversation.authenticated()
    talk.say("2 write.a", "3 read.b", "4 quit", "5 read.c", "6 ping")
    #expect(talk.lines().map(head) == ["5 BAD sequence", "6 OK done"])
    try talk.end("2")
    #expect(talk.machine.exit == nil)
    try talk.end("3")
    #expect(talk.lines().map(head) == ["2 OK done", "3 OK done", "4 OK done"])
    #expect(talk.machine.exit == .afterOutput)
  }

  @Test func useCountsForCommandsThatStartAfterIt() throws {
    var talk = Conversation.authenticated()
    talk.say("2 write.use", "3 read.a")
    talk.machine.apply(.use(purpose: "sales", caseReference: "T-1"))
    try talk.end("2")
    #expect(try talk.call("3").purpose == .sales)
    #expect(try talk.call("3").caseReference == "T-1")
    talk.machine.apply(.use(purpose: "", caseReference: nil))
    try talk.end("3")
    talk.say("4 read.a")
    #expect(try talk.call("4").purpose == nil)
    #expect(try talk.call("4").caseReference == "T-1")
  }

  @Test func anEndedSessionStartsNothingMoreAndAnswersWhatWasUnderWay() throws {
    var talk = Conversation.authenticated()
    talk.say("2 write.a", "3 read.b")
    talk.actions += talk.machine.end(reason: "ended", cancelling: true)
    talk.say("4 read.c")
    #expect(talk.cancelled == [try talk.call("2").number])
    #expect(talk.machine.exit == nil)
    try talk.end("2", .no, "cancelled")
    #expect(talk.lines().map(head) == ["3 NO cancelled", "2 NO cancelled"])
    #expect(talk.machine.exit == .afterOutput)
    #expect(talk.started.map(\.tag) == ["2"])
  }

  @Test func whenTheServerStopsRunningCommandsMayEnd() throws {
    var talk = Conversation.authenticated()
    talk.say("2 write.a")
    talk.actions += talk.machine.end(reason: "shutdown", cancelling: false)
    #expect(talk.cancelled.isEmpty)
    try talk.end("2")
    #expect(talk.lines().map(head) == ["2 OK done"])
    #expect(talk.machine.exit == .afterOutput)
  }

  @Test func aSilentSessionEndsAfterFifteenMinutes() throws {
    var talk = Conversation.authenticated()
    talk.pass(seconds: 899)
    #expect(talk.machine.exit == nil)
    talk.say("2 read.a")
    talk.pass(seconds: 3600)
    #expect(talk.machine.exit == nil, "a command that works keeps the session")
    try talk.end("2")
    _ = talk.lines()
    talk.pass(seconds: 899)
    #expect(talk.machine.exit == nil)
    talk.pass(seconds: 1)
    #expect(talk.machine.exit == .afterOutput)
  }

  @Test func aClosedConnectionCancelsEverythingAndSaysNothing() throws {
    var talk = Conversation.authenticated()
    talk.say("2 write.a", "3 write.b")
    talk.actions += talk.machine.closed()
    #expect(talk.cancelled == [try talk.call("2").number])
    try talk.end("2", .no, "cancelled")
    #expect(talk.lines().isEmpty)
    #expect(talk.started.map(\.tag) == ["2"])
  }
}
