import Glibc
import Model
import Testing
import Wire

@testable import RegisterClient

/// What a command needs in its middle, where nobody is there to ask.
@Suite(.timeLimit(.minutes(2)))
struct CommandNeedsTests {
  @Test(arguments: [OutputForm.json, .csv])
  func aNewSecretsCodeIsGivenInEveryForm(_ form: OutputForm) async throws {
    let seen = Seen()
    let server = ScriptedServer { peer in
      peer.greet()
      _ = peer.line()
      peer.send(
        #"1 * {"uri":"otpauth://totp/x?secret=JBSWY3DPEHPK3PXP","secret":"JBSWY3DPEHPK3PXP"}"#,
        #"1 ? {"need":"otp","for":"new"}"#)
      seen.add(peer.line())
      peer.send(#"1 * {"recovery-code":"abcd-efgh"}"#, "1 OK done {}")
      _ = peer.line()
    }
    let path = "/tmp/rekisteri-enrol-\(getpid())-\(form)"
    defer { unlink(path) }
    let connection = try await RegisterConnection.connect(to: server.endpoint)
    let runner = CommandRunner(
      connection: connection, language: .english, form: form, readsStandardInput: false, hasCodes: true,
      answer: { _ in throw ClientError.cancelled })
    let before = Int64(time(nil))
    #expect(try await runner.run(Command(verb: "session.otp"), outFile: path) == 0)
    let secret = try #require(OneTimeSecret(base32: "JBSWY3DPEHPK3PXP"))
    let codes = [before, Int64(time(nil))].map { #"1 > {"otp":"\#(secret.code(at: $0))"}"# }
    #expect(codes.contains(seen.all.first ?? ""))
    connection.close()
  }

  @Test func anAnswerThatFailsCancelsTheCommand() async throws {
    let seen = Seen()
    let server = ScriptedServer { peer in
      peer.greet()
      _ = peer.line()
      peer.send(#"1 ? {"need":"otp"}"#)
      seen.add(peer.line())
    }
    let connection = try await RegisterConnection.connect(to: server.endpoint)
    await #expect(throws: ClientError.authentication(ClientText.noCode)) {
      try await connection.run(Command(verb: "x"), answer: { _ in throw ClientError.authentication(ClientText.noCode) })
        .collect()
    }
    while seen.all.isEmpty { await Task.yield() }
    #expect(seen.all == ["2 cancel of=1"])
    connection.close()
  }
}
