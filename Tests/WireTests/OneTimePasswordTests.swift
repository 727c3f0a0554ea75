import Model
import Testing

@testable import Wire

@Suite struct OneTimePasswordTests {
  private let secret = utf8("12345678901234567890")

  private func instant(_ seconds: Int64) -> Instant { Instant(microseconds: seconds * 1_000_000) }

  @Test func vectorsOfRFC4226AndRFC6238Hold() {
    let counted = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"]
    for (step, code) in counted.enumerated() {
      #expect(OneTimePassword.code(secret: secret, step: Int64(step)) == code)
    }
    let timed: [(Int64, String)] = [
      (59, "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"), (1_234_567_890, "005924"),
      (2_000_000_000, "279037"), (20_000_000_000, "353130"),
    ]
    for (seconds, code) in timed {
      #expect(OneTimePassword.code(secret: secret, step: OneTimePassword.step(at: instant(seconds))) == code)
    }
  }

  @Test func stepsAreThirtySecondsAlsoBefore1970() {
    #expect(OneTimePassword.step(at: instant(0)) == 0)
    #expect(OneTimePassword.step(at: instant(29)) == 0)
    #expect(OneTimePassword.step(at: instant(30)) == 1)
    #expect(OneTimePassword.step(at: instant(-1)) == -1)
    #expect(OneTimePassword.step(at: instant(-30)) == -1)
    #expect(OneTimePassword.step(at: Instant(microseconds: -1)) == -1)
  }

  @Test func codesOfTheStepBeforeAndAfterMatchAndNoOthers() {
    let now = instant(1_234_567_890)
    let step = OneTimePassword.step(at: now)
    for offset in Int64(-5)...5 {
      let code = OneTimePassword.code(secret: secret, step: step + offset)
      let found = OneTimePassword.matchingStep(code: code, secret: secret, at: now, after: nil)
      #expect(found == (abs(offset) <= 1 ? step + offset : nil))
    }
  }

  @Test func aStepThatWasUsedNeverMatchesAgain() throws {
    let now = instant(1_234_567_890)
    let step = OneTimePassword.step(at: now)
    let code = OneTimePassword.code(secret: secret, step: step)
    let used = try #require(OneTimePassword.matchingStep(code: code, secret: secret, at: now, after: step - 1))
    #expect(used == step)
    for later in Int64(0)...90 {
      let again = OneTimePassword.matchingStep(code: code, secret: secret, at: now.adding(seconds: later), after: used)
      #expect(again == nil)
    }
    let before = OneTimePassword.code(secret: secret, step: step - 1)
    #expect(OneTimePassword.matchingStep(code: before, secret: secret, at: now, after: used) == nil)
    let next = OneTimePassword.code(secret: secret, step: step + 1)
    #expect(OneTimePassword.matchingStep(code: next, secret: secret, at: now, after: used) == step + 1)
  }

  @Test func textsThatAreNoCodesNeverMatch() {
    for code in ["", "00592", "0059240", " 05924", "00592４", "abcdef", "005924\n"] {
      #expect(OneTimePassword.matchingStep(code: code, secret: secret, at: instant(1_234_567_890), after: nil) == nil)
    }
  }

  @Test func newSecretsDiffer() {
    #expect(OneTimePassword.newSecret().count == 20)
    #expect(OneTimePassword.newSecret() != OneTimePassword.newSecret())
  }
}
