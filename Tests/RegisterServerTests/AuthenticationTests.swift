import Model
import Testing
import Wire

@testable import RegisterServer

struct AuthenticationTests {
  static let transport = Transport(address: "192.0.2.7", channelBinding: [1, 2, 3])

  /// Speaks SCRAM up to the proof; the attempt's last step is then under way.
  private func prove(
    _ talk: inout Conversation, tag: String = "2", mechanism: ScramMechanism = .sha256Plus,
    password: String = KnownAttempt.password, attempt: KnownAttempt
  ) throws -> ScramClient {
    var client = ScramClient(
      user: "maija", password: password, mechanism: mechanism,
      channelBinding: mechanism == .sha256Plus ? [1, 2, 3] : nil)
    talk.say("\(tag) auth mech=\(mechanism.rawValue) ir=\(Base64.encode(try client.first()))")
    guard case .begin(let name)? = talk.steps.last else { throw ScramFault.sequence }
    #expect(name == "maija")
    talk.answer(.begun(attempt))
    let challenge = try #require(talk.lines().last)
    #expect(challenge.hasPrefix("\(tag) ? \""))
    let message = try #require(Base64.decode(challenge.dropFirst(tag.count + 4).dropLast()))
    talk.say("\(tag) > \"\(Base64.encode(try client.final(message)))\"")
    return client
  }

  private var attempt: KnownAttempt {
    get throws { KnownAttempt(verifier: try #require(KnownAttempt.known)) }
  }

  @Test func aRightPasswordAndCodeOpenTheSession() throws {
    var talk = Conversation(transport: Self.transport)
    talk.say("1 hello proto=rek/1 lang=sv")
    _ = talk.lines()
    var client = try prove(&talk, attempt: attempt)
    guard case .afterPassword(_, isProven: true)? = talk.steps.last else {
      Issue.record("the register does not hear of the proof")
      return
    }
    #expect(talk.lines().isEmpty, "the client hears nothing before the register does")
    talk.answer(.stepped(.needsOneTime))
    let final = try #require(talk.lines().first)
    try client.finish(try #require(Base64.decode(final.dropFirst(5).dropLast())))
    talk.say("2 > \"\"")
    #expect(talk.lines() == [#"2 ? {"need":"otp"}"#])
    talk.say(#"2 > {"otp":"123456"}"#)
    talk.answer(.account(Conversation.account))
    let done = try #require(talk.lines().first)
    #expect(
      done.hasPrefix(
        #"2 OK done {"user":"maija","roles":["customer-service"],"caps":["credit","watch"],"last-login":null,"#
          + #""last-address":null,"failed-tries":null,"notices":[],"rid":"#))
    #expect(talk.abandoned.isEmpty)
    guard case .opened(Conversation.account)? = talk.actions.last else {
      Issue.record("the session was not announced")
      return
    }
    talk.say("3 read.one")
    #expect(talk.started.map(\.tag) == ["3"])
    #expect(talk.started.first?.language == .swedish)
  }

  @Test func aWrongPasswordIsRefusedAfterTheRegisterHeardOfIt() throws {
    var talk = Conversation(transport: Self.transport)
    _ = try prove(&talk, password: "quite another one", attempt: attempt)
    guard case .afterPassword(_, isProven: false)? = talk.steps.last else {
      Issue.record("the register does not hear of it")
      return
    }
    talk.answer(.failed(RegisterError("auth/failed", SessionText.authFailed)))
    #expect(talk.lines().map(head) == ["2 NO auth/failed"])
    #expect(talk.machine.account == nil)
  }

  @Test func aWrongProofNeverOpensASessionWhateverTheRegisterSays() throws {
    for result in [AuthenticationResult.stepped(.done(Conversation.account)), .account(Conversation.account)] {
      var talk = Conversation(transport: Self.transport)
      _ = try prove(&talk, password: "quite another one", attempt: attempt)
      talk.answer(result)
      #expect(talk.lines().map(head) == ["2 NO auth/failed"])
      #expect(talk.machine.account == nil)
    }
  }

  @Test func theThirdFailedTryClosesTheConnection() throws {
    var talk = Conversation(transport: Self.transport)
    for number in 1...3 {
      #expect(talk.machine.exit == nil)
      _ = try prove(&talk, tag: "\(number)", password: "quite another one", attempt: attempt)
      talk.answer(.failed(RegisterError("auth/failed", SessionText.authFailed)))
      #expect(talk.lines().map(head) == ["\(number) NO auth/failed"])
    }
    #expect(talk.machine.exit == .afterOutput)
  }

  @Test func withoutChannelBindingIsFineForWhoSaysSoAndRefusedForWhoThinksThatItIsNotOffered() throws {
    var talk = Conversation(transport: Self.transport)
    _ = try prove(&talk, mechanism: .sha256, attempt: attempt)
    guard case .afterPassword(_, isProven: true)? = talk.steps.last else {
      Issue.record("n,, is refused")
      return
    }
    var other = Conversation(transport: Self.transport)
    other.say("1 auth mech=SCRAM-SHA-256 ir=" + Base64.encode(Array("y,,n=maija,r=abcdefghijkl".utf8)))
    guard case .refuse? = other.steps.last else {
      Issue.record("y,, is taken")
      return
    }
    other.answer(.failed(RegisterError("auth/failed", SessionText.authFailed)))
    #expect(other.lines().map(head) == ["1 NO auth/failed"])
  }

  @Test func mechanismsThatAreNotOfferedAreRefused() {
    var talk = Conversation(transport: Self.transport)
    talk.say(
      "1 auth mech=EXTERNAL ir=\"\"", "2 auth mech=PLAIN ir=AG0AcA==", "3 auth mech=ANONYMOUS ir=AAAA", "4 auth ir=AAAA"
    )
    talk.say("5 auth mech=SCRAM-SHA-256", "6 auth mech=SCRAM-SHA-256 ir=?")
    #expect(
      talk.lines().map(head) == (1...4).map { "\($0) NO invalid/mech" } + ["5 NO invalid/ir", "6 BAD syntax"])
    #expect(talk.steps.isEmpty)
  }

  @Test func betweenAuthAndItsEndOnlyFeedsAndCancelAreTaken() throws {
    var talk = Conversation(transport: Self.transport)
    talk.say("1 auth mech=SCRAM-SHA-256 ir=" + Base64.encode(Array("n,,n=maija,r=abcdefghijkl".utf8)))
    talk.say("2 ping", "3 read.one", "4 hello proto=rek/1", "5 auth mech=EXTERNAL ir=\"\"", "6 quit")
    #expect(talk.lines().map(head) == (2...6).map { "\($0) BAD sequence" })
    talk.say("7 cancel of=1")
    #expect(talk.lines().map(head) == ["7 OK done", "1 NO cancelled"])
    talk.answer(.begun(try attempt))
    #expect(talk.lines().isEmpty, "an answer to an exchange that ended is dropped")
  }

  @Test func aFeedThatIsNoSASLMessageEndsTheExchange() throws {
    for feed in ["5", "\"?\"", "{\"x\":1}", "\"unfinished"] {
      var talk = Conversation(transport: Self.transport)
      talk.say("1 auth mech=SCRAM-SHA-256 ir=" + Base64.encode(Array("n,,n=maija,r=abcdefghijkl".utf8)))
      talk.answer(.begun(try attempt))
      _ = talk.lines()
      talk.say("1 > \(feed)")
      #expect(talk.lines().map { $0.hasPrefix("1 BAD syntax ") } == [true])
    }
  }

  @Test func authenticatedTwiceIsOutOfSequence() {
    var talk = Conversation.authenticated()
    talk.say("2 auth mech=EXTERNAL ir=\"\"")
    #expect(talk.lines().map { $0.hasPrefix("2 BAD sequence ") } == [true])
  }

  @Test func externalTakesTheAccountOfThePeer() {
    var talk = Conversation(transport: Transport(address: "local", unixUser: "anna"))
    talk.say("1 auth mech=EXTERNAL ir=\"\"")
    guard case .external("anna")? = talk.steps.last else {
      Issue.record("another account was asked for")
      return
    }
    talk.answer(.failed(RegisterError("auth/failed", SessionText.authFailed)))
    #expect(talk.lines().map(head) == ["1 NO auth/failed"])
  }
}
