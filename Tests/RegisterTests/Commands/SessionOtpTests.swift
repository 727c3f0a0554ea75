import AccessLog
import AccessLog
import Model
import Testing
import Wire

@testable import Custody
@testable import Register

@Suite(.timeLimit(.minutes(5)))
struct SessionOtpTests {
  /// A client that answers with a code of the secret that it was shown, and with `current` before that.
  private static func app(current: String? = nil, wrong: Bool = false) -> FakePort {
    FakePort(onAsk: { need, rows in
      if need["for"]?.string == "current" { return current.map { ["otp": .string($0)] } }
      guard let secret = rows.first?["secret"]?.string.flatMap({ Base32.decode($0, allowsUnpadded: true) }) else {
        return nil
      }
      let code = OneTimePassword.code(secret: secret, step: OneTimePassword.step(at: .now()))
      return ["otp": .string(wrong ? String(code.reversed()) + "0" : code)]
    })
  }

  @Test func aSecretIsInForceOnceACodeOfItWasProved() async throws {
    try await withRegister { register in
      let before = register.custody.currentRules.epoch
      let refused = try await register.run(.maija, "session.otp", port: Self.app(wrong: true))
      #expect(refused.code == "auth/otp" && refused.rows.count == 1)
      #expect(register.custody.currentRules.epoch == before)
      #expect(register.custody.secrets(of: Account.maija.id).seed.isEmpty)

      let port = Self.app()
      let done = try await register.run(.maija, "session.otp", port: port)
      #expect(done.status == .ok && done.rows.count == 11)
      #expect(port.asked == [["need": "otp", "for": "new"]])
      #expect(done.rows[0]["uri"]?.string?.hasPrefix("otpauth://totp/Rekisteri:") == true)
      #expect(Set(done.rows.dropFirst().compactMap { $0["recovery-code"]?.string }).count == 10)
      #expect(register.custody.currentRules.employees[Account.maija.id]?.hasOneTimePassword == true)
      // What was shown, and the change.
      let entries = try await register.entries(of: done)
      #expect(entries.map(\.rows).sorted() == [1, 10])
    }
  }

  @Test func aClientThatIsGoneChangesNothing() async throws {
    try await withRegister { register in
      let answer = try await register.run(.maija, "session.otp", port: FakePort())
      #expect(answer.status == .no)
      #expect(register.custody.secrets(of: Account.maija.id).seed.isEmpty)
    }
  }

  @Test func anotherSecretNeedsTheOneThereIs() async throws {
    try await withRegister { register in
      let first = try await register.run(.maija, "session.otp", port: Self.app())
      let code = try #require(first.rows.last?["recovery-code"]?.string)
      let seed = register.custody.secrets(of: Account.maija.id).seed
      let refused = try await register.run(.maija, "session.otp", port: Self.app(current: "abcde-fghij"))
      #expect(refused.code == "auth/otp" && refused.rows.isEmpty)
      #expect(register.custody.secrets(of: Account.maija.id).seed == seed)

      let port = Self.app(current: code)
      let done = try await register.run(.maija, "session.otp", port: port)
      #expect(done.status == .ok, "\(done.code)")
      #expect(port.asked.compactMap { $0["for"]?.string } == ["current", "new"])
      #expect(register.custody.secrets(of: Account.maija.id).seed != seed)
      let codes = try await register.entries(of: done).map(\.code)
      #expect(codes.contains("auth/recovery"))
    }
  }

  @Test func aRecoveryCodeWorksOnceHoweverManyTryIt() async throws {
    try await withRegister { register in
      let done = try await register.run(.maija, "session.otp", port: Self.app())
      let code = try #require(done.rows.last?["recovery-code"]?.string)
      let check = OneTimeCheck(custody: register.custody, store: register.register.engine.services.store)
      let verdicts = try await withThrowingTaskGroup(of: OneTimeCheck.Verdict.self) { group in
        for _ in 0..<20 { group.addTask { try await check.check(code, of: Account.maija.id) } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(verdicts.filter { $0 == .recovery }.count == 1)
      #expect(verdicts.filter { $0 == .used }.count == 19)
    }
  }
}
