import Model
import Register
import Testing
import Wire

@testable import RegisterServer

/// Log-ins by token and certificate, and those that are broken off.
struct ResumeTests {
  private static let certificate = [UInt8](repeating: 7, count: 32)

  private static func known() throws -> KnownAttempt {
    KnownAttempt(verifier: try #require(KnownAttempt.known), hasOneTime: true)
  }

  @Test func aTokenOpensTheSessionThatItIsOf() throws {
    var talk = Conversation()
    talk.say("1 auth mech=TOKEN ir=" + Base64.encode(Array("the token".utf8)))
    guard case .token("the token")? = talk.steps.last else {
      Issue.record("the token does not reach the register")
      return
    }
    let session = SessionID.new()
    var account = Conversation.account
    account.session = session
    talk.answer(.account(account))
    #expect(talk.lines().map(head) == ["1 OK done"])
    talk.say("2 read.one")
    #expect(talk.started.last?.session == session)
  }

  @Test func whatIsNoTextIsNoToken() {
    var talk = Conversation()
    talk.say("1 auth mech=TOKEN ir=" + Base64.encode([0xFF, 0xFE]))
    guard case .refuse? = talk.steps.last else {
      Issue.record("bytes that are no text went on")
      return
    }
    talk.answer(.failed(RegisterError("auth/failed", SessionText.authFailed)))
    #expect(talk.lines().map(head) == ["1 NO auth/failed"])
  }

  @Test func externalNeedsACertificateOrAPeer() {
    var talk = Conversation()
    talk.say("1 auth mech=EXTERNAL ir=\"\"")
    #expect(talk.lines().map(head) == ["1 NO invalid/mech"])
    #expect(!Transport(address: "x").capabilities.contains("external"))
    #expect(Transport(address: "x", certificate: Self.certificate).capabilities.contains("external"))
  }

  @Test func aCertificateIsFollowedByTheOneTimePassword() throws {
    var talk = Conversation(transport: Transport(address: "x", channelBinding: [1], certificate: Self.certificate))
    talk.say("1 auth mech=EXTERNAL ir=\"\"")
    guard case .certificate? = talk.steps.last else {
      Issue.record("the certificate is not asked about")
      return
    }
    talk.answer(.identified(try Self.known(), .needsOneTime))
    #expect(talk.lines() == [#"1 ? {"need":"otp"}"#])
    talk.say(#"1 > {"otp":"123456"}"#)
    talk.answer(.account(Conversation.account))
    #expect(talk.lines().map(head) == ["1 OK done"])
    #expect(talk.abandoned.isEmpty)
  }

  @Test func aPeerOnTheUnixSocketIsNoCertificate() {
    var talk = Conversation(transport: Transport(address: "unix", unixUser: "", certificate: Self.certificate))
    talk.say("1 auth mech=EXTERNAL ir=\"\"")
    guard case .external("")? = talk.steps.last else {
      Issue.record("another way was taken")
      return
    }
  }

  @Test func sessionsAreBoundToTheAccountOnTheUnixSocket() {
    let one = Transport(address: "unix", unixUser: "anna").binding
    #expect(one != Transport(address: "unix", unixUser: "sami").binding)
    #expect(one != Transport(address: "unix").binding)
  }

  /// A log-in by PLAIN that waits for its one-time password.
  private func waiting() throws -> Conversation {
    var talk = Conversation(transport: Transport(address: "x", channelBinding: [1], allowsPlain: true))
    talk.say("1 auth mech=PLAIN ir=" + Base64.encode(Array("\0maija\0secret".utf8)))
    guard case .plain("maija", "secret")? = talk.steps.last else {
      Issue.record("the password does not reach the register")
      return talk
    }
    talk.answer(.identified(try Self.known(), .needsOneTime))
    #expect(talk.lines() == [#"1 ? {"need":"otp"}"#])
    return talk
  }

  @Test func whoBreaksOffBeforeTheOneTimePasswordIsReported() throws {
    var cancelling = try waiting()
    cancelling.say("2 cancel of=1")
    #expect(cancelling.lines().map(head) == ["2 OK done", "1 NO cancelled"])
    #expect(cancelling.abandoned.count == 1)
    var malformed = try waiting()
    malformed.say(#"1 > {"otp":5}"#)
    #expect(malformed.abandoned.count == 1)
    var leaving = try waiting()
    leaving.actions += leaving.machine.closed()
    #expect(leaving.abandoned.count == 1)
    var silent = try waiting()
    silent.pass(seconds: 31)
    #expect(silent.machine.exit == .now)
    #expect(silent.abandoned.count == 1)
  }

  @Test func theReportCarriesTheRequestOfTheAnswer() throws {
    var talk = try waiting()
    talk.say("2 cancel of=1")
    let final = try #require(talk.lines().last)
    #expect(try value(final, "rid")?.string == talk.abandoned.first?.description)
  }

  @Test func whoBreaksOffWhileThePasswordIsCheckedIsReportedWhenItWasRight() throws {
    var talk = Conversation(transport: Transport(address: "x", allowsPlain: true))
    talk.say("1 auth mech=PLAIN ir=" + Base64.encode(Array("\0maija\0secret".utf8)), "2 cancel of=1")
    #expect(talk.abandoned.isEmpty)
    talk.answer(.identified(try Self.known(), .needsOneTime))
    #expect(talk.abandoned.count == 1)
  }

  @Test func anAnsweredRefusalIsNotReportedTwice() throws {
    var talk = try waiting()
    talk.say(#"1 > {"otp":"000000"}"#)
    talk.answer(.failed(RegisterError("auth/otp", SessionText.authFailed)))
    #expect(talk.lines().map(head) == ["1 NO auth/otp"])
    talk.actions += talk.machine.closed()
    #expect(talk.abandoned.isEmpty)
  }

  @Test func aLogInTellsOfTheOneBeforeInTheSessionsLanguage() throws {
    var talk = Conversation(transport: Transport(address: "local", unixUser: "anna"))
    talk.say("1 hello proto=rek/1 lang=fi", "2 auth mech=EXTERNAL ir=\"\"")
    let notice = LoginNotice(
      kind: "approvals-waiting", count: 2, message: Text(en: "Two wait.", fi: "Kaksi odottaa.", sv: "Två väntar."))
    var account = Conversation.account
    account.login = LoginSummary(
      lastLogin: Instant(microseconds: 0), lastAddress: "192.0.2.1", failedTries: 3, notices: [notice])
    talk.answer(.account(account))
    let done = try #require(talk.lines().last)
    #expect(try value(done, "last-login")?.string == "1970-01-01T00:00:00.000000Z")
    #expect(try value(done, "last-address")?.string == "192.0.2.1")
    #expect(try value(done, "failed-tries")?.int == 3)
    #expect(try value(done, "notices")?.array?.first?["msg"]?.string == "Kaksi odottaa.")
    #expect(try value(done, "notices")?.array?.first?["count"]?.int == 2)
  }
}
