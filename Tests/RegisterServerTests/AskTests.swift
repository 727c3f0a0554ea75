import Model
import Testing
import Wire

@testable import RegisterServer

/// Questions that a command asks its client in the middle.
struct AskTests {
  private func asking() throws -> (talk: Conversation, number: UInt64) {
    var talk = Conversation.authenticated()
    talk.say("2 write.x")
    let number = try talk.call("2").number
    #expect(try talk.asks(number, ["need": "otp", "for": "new"]))
    #expect(talk.lines() == [#"2 ? {"need":"otp","for":"new"}"#])
    return (talk, number)
  }

  @Test func theNextFeedIsTheAnswerAndWakesTheCommand() throws {
    var (talk, number) = try asking()
    #expect(try talk.answered(number) == .wait)
    #expect(!talk.machine.mayAnswer("2", number))
    talk.say(#"2 > {"otp":"123456"}"#)
    #expect(talk.woken == [number])
    #expect(talk.machine.mayAnswer("2", number))
    #expect(try talk.answered(number) == .piece(["otp": "123456"]))
    #expect(try talk.answered(number) == .wait)
  }

  @Test func anAnswerOfNullOrCreditIsAnAnswer() throws {
    for answer in ["null", #"{"credit":5}"#] {
      var (talk, number) = try asking()
      talk.say("2 > \(answer)")
      #expect(try talk.answered(number) == .piece(try JSON.parse(answer)))
    }
  }

  @Test func oneFeedAnswersOneQuestion() throws {
    var (talk, number) = try asking()
    talk.say(#"2 > "a""#)
    #expect(try talk.answered(number) == .piece("a"))
    #expect(try talk.asks(number, ["need": "otp"]))
    talk.say(#"2 > "b""#)
    #expect(try talk.answered(number) == .piece("b"))
    // What nobody asked for ends the command.
    talk.say(#"2 > "c""#)
    #expect(talk.cancelled == [number])
  }

  @Test func aCancelledCommandIsNotAnswered() throws {
    var (talk, number) = try asking()
    talk.say("3 cancel of=2")
    #expect(try talk.answered(number) == .gone)
    #expect(try !talk.asks(number, ["need": "otp"]))
    #expect(talk.machine.mayAnswer("2", number))
  }

  @Test func bulkInputStaysAsItWas() throws {
    var (talk, number) = try asking()
    talk.say(#"2 > "answer""#)
    #expect(try talk.answered(number) == .piece("answer"))
    #expect(try talk.feed("2") == .wait)
    #expect(talk.lines() == [#"2 ? {"need":"rows"}"#])
    talk.say(#"2 > "piece""#, "2 > null")
    #expect(try talk.feed("2") == .piece("piece"))
    #expect(try talk.feed("2") == .end)
  }
}

extension Conversation {
  fileprivate mutating func answered(_ number: UInt64) throws -> FeedOutcome { machine.nextAnswer("2", number) }

  fileprivate mutating func asks(_ number: UInt64, _ need: JSONObject) throws -> Bool { machine.ask("2", number, need) }
}
