import Model
import Testing
import Wire

@testable import Register

/// What slows a log-in down or refuses it, without any input or output.
struct LoginRulesTests {
  private func later(_ milliseconds: Int, than tick: Tick) -> Tick { tick.adding(milliseconds: milliseconds) }

  // MARK: The throttle

  @Test func tenFailuresAreFreeAndThenTheWaitGrowsToThreeSeconds() {
    var throttle = LoginThrottle()
    let now = Tick.now()
    var waits: [Int] = []
    for _ in 0..<30 {
      waits.append(throttle.delayMilliseconds(name: "maija", address: "192.0.2.1", now: now))
      throttle.failed(name: "maija", address: "192.0.2.1", now: now)
    }
    #expect(waits[...9].allSatisfy { $0 == 0 })
    #expect(waits[10] == 100)
    #expect(waits == waits.sorted())
    #expect(waits.last == 3000)
    #expect(throttle.delayMilliseconds(name: "maija", address: "192.0.2.9", now: now) == 0, "others are not slowed")
  }

  @Test func anAddressIsSlowedWhateverNamesItTries() {
    var throttle = LoginThrottle()
    let now = Tick.now()
    for number in 0..<200 { throttle.failed(name: "name\(number)", address: "192.0.2.1", now: now) }
    #expect(throttle.delayMilliseconds(name: "new", address: "192.0.2.1", now: now) == 3000)
    #expect(throttle.delayMilliseconds(name: "name1", address: "192.0.2.2", now: now) == 0)
  }

  @Test func aRightPasswordClearsItsOwnFailuresOnly() {
    var throttle = LoginThrottle()
    let now = Tick.now()
    for _ in 0..<12 { throttle.failed(name: "maija", address: "192.0.2.1", now: now) }
    let before = throttle.delayMilliseconds(name: "maija", address: "192.0.2.1", now: now)
    throttle.succeeded(name: "maija", address: "192.0.2.1")
    let after = throttle.delayMilliseconds(name: "maija", address: "192.0.2.1", now: now)
    #expect(before == 400)
    #expect(after == 90, "those of the address stay")
  }

  @Test func failuresAreForgottenAfterTenMinutes() {
    var throttle = LoginThrottle()
    let now = Tick.now()
    for _ in 0..<20 { throttle.failed(name: "maija", address: "192.0.2.1", now: now) }
    #expect(throttle.delayMilliseconds(name: "maija", address: "192.0.2.1", now: later(599_999, than: now)) == 3000)
    #expect(throttle.delayMilliseconds(name: "maija", address: "192.0.2.1", now: later(600_000, than: now)) == 0)
  }

  @Test func memoryIsBoundedAndTheNewestIsKept() {
    var throttle = LoginThrottle(entriesMax: 100)
    let start = Tick.now()
    for number in 0..<5000 {
      throttle.failed(name: "n\(number)", address: "192.0.2.\(number % 250)", now: later(number, than: start))
      #expect(throttle.count <= 101)
    }
    let now = later(5000, than: start)
    for _ in 0..<11 { throttle.failed(name: "last", address: "198.51.100.1", now: now) }
    #expect(throttle.delayMilliseconds(name: "last", address: "198.51.100.1", now: now) > 0)
  }

  @Test(arguments: [
    ("192.0.2.1", "192.0.2.1"), ("unix", "unix"), ("::ffff:192.0.2.1", "::ffff:192.0.2.1"),
    ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2"), ("2001:db8:1:2::6", "2001:db8:1:2"), ("2001:db8::6", "2001:db8:0:0"),
    ("::1", "0:0:0:0"), ("fe80::1", "fe80:0:0:0"), ("", ""), (":", "0:0:0:0"),
  ])
  func aClientHasItsWholeNetwork(address: String, place: String) {
    #expect(LoginThrottle.place(address) == place)
  }

  // MARK: The floor

  @Test func refusalsLeaveAtTheSameTimeWhateverTheyTook() {
    let begin = Tick.now()
    let floor = AnswerFloor(since: begin, stepMilliseconds: 20)
    for taken in 0..<20 {
      #expect(floor.end(readyAt: later(taken, than: begin)).milliseconds(since: begin) == 20)
    }
    #expect(floor.end(readyAt: later(20, than: begin)).milliseconds(since: begin) == 40)
    #expect(floor.end(readyAt: later(53, than: begin)).milliseconds(since: begin) == 60)
    #expect(AnswerFloor(since: later(5, than: begin)).end(readyAt: begin).milliseconds(since: begin) == 25)
  }

  // MARK: One-time passwords

  @Test func tenWrongCodesWithinAnHourLockForAQuarter() {
    var guesses = OneTimeGuesses()
    let start = Instant(microseconds: 1_800_000_000_000_000)
    for number in 0..<9 { guesses.add(at: start.adding(seconds: Int64(number))) }
    #expect(guesses.lock(at: start.adding(seconds: 9)) == nil)
    guesses.add(at: start.adding(seconds: 9))
    #expect(guesses.lock(at: start.adding(seconds: 9)) == start.adding(seconds: 909))
    #expect(guesses.lock(at: start.adding(seconds: 908)) != nil)
    #expect(guesses.lock(at: start.adding(seconds: 909)) == nil)
  }

  @Test func slowMistakesNeverLock() {
    var guesses = OneTimeGuesses()
    let start = Instant(microseconds: 1_800_000_000_000_000)
    for number in 0..<100 {
      let now = start.adding(seconds: Int64(number) * 401)
      guesses.add(at: now)
      #expect(guesses.lock(at: now) == nil)
      #expect(guesses.guesses.count <= 10)
    }
  }

  @Test func afterALockEachFurtherMistakeWithinTheHourLocksAgain() {
    var guesses = OneTimeGuesses()
    let start = Instant(microseconds: 1_800_000_000_000_000)
    for _ in 0..<10 { guesses.add(at: start) }
    let again = start.adding(seconds: 1000)
    #expect(guesses.lock(at: again) == nil)
    guesses.add(at: again)
    #expect(guesses.lock(at: again) != nil)
  }

  // MARK: Tokens

  private static let credentials = [UInt8](repeating: 1, count: 32)

  private func token(_ secret: TokenSecret, _ user: UserID, since: Instant) -> TokenRow {
    TokenRow(
      session: secret.session, user: user, secretHash: secret.hash, address: "192.0.2.1", certificate: [9],
      credentials: Self.credentials, since: since, madeAt: since, usedAt: since, expiresAt: since.adding(seconds: 3600))
  }

  @Test func aTokenIsReadBackAndNothingElseIs() throws {
    let secret = TokenSecret(of: .new())
    #expect(TokenSecret(secret.text) == secret)
    #expect(!secret.text.contains("="))
    var generator = Seeded(state: 5)
    for _ in 0..<3000 {
      var bytes = Array(secret.text.utf8)
      let index = Int.random(in: 0..<bytes.count, using: &generator)
      if Bool.random(using: &generator) {
        bytes.remove(at: index)
      } else {
        bytes[index] = .random(in: 1...127, using: &generator)
      }
      let other = TokenSecret(String(decoding: bytes, as: UTF8.self))
      #expect(other == nil || other == secret || other?.text == String(decoding: bytes, as: UTF8.self))
    }
  }

  @Test func aTokenIsBoundToEverythingThatItIsBoundTo() {
    let secret = TokenSecret(of: .new())
    let user = UserID.new()
    let since = Instant.now()
    let row = token(secret, user, since: since)
    let right = TokenRow.Presented(
      secret: secret, address: "192.0.2.1", certificate: [9], user: user, credentials: Self.credentials,
      now: since.adding(seconds: 60), idleMinutes: 30)
    #expect(row.judge(right) == .right)
    let changes: [(inout TokenRow.Presented) -> Void] = [
      { $0.secret = TokenSecret(of: secret.session) }, { $0.address = "127.0.0.2" }, { $0.certificate = [] },
      { $0.certificate = [8] }, { $0.user = .new() }, { $0.user = nil }, { $0.credentials = [] },
    ]
    for change in changes {
      var wrong = right
      change(&wrong)
      #expect(row.judge(wrong) == .wrong)
      wrong.now = since.adding(seconds: 10_000)
      #expect(row.judge(wrong) == .wrong, "what is wrong is not told to have expired")
    }
  }

  @Test func aTokenEndsWhenIdleAndInTheEnd() {
    let secret = TokenSecret(of: .new())
    let user = UserID.new()
    let since = Instant.now()
    var row = token(secret, user, since: since)
    var presented = TokenRow.Presented(
      secret: secret, address: "192.0.2.1", certificate: [9], user: user, credentials: Self.credentials,
      now: since.adding(seconds: 1799), idleMinutes: 30)
    #expect(row.judge(presented) == .right)
    presented.now = since.adding(seconds: 1800)
    #expect(row.judge(presented) == .expired)
    row.usedAt = since.adding(seconds: 1790)
    #expect(row.judge(presented) == .right)
    row.usedAt = since.adding(seconds: 3599)
    presented.now = since.adding(seconds: 3600)
    #expect(row.judge(presented) == .expired)
  }

  @Test func noTwoRowsHaveTheSameBytes() {
    let secret = TokenSecret(of: .new())
    let row = token(secret, .new(), since: .now())
    var other = row
    other.address = "192.0.2.1\u{9}"
    other.certificate = []
    #expect(other.bytes != row.bytes)
    for change: (inout TokenRow) -> Void in [
      { $0.user = .new() }, { $0.session = .new() }, { $0.usedAt = .init(microseconds: 0) },
      { $0.expiresAt = $0.expiresAt.adding(seconds: 1) }, { $0.secretHash = [] }, { $0.credentials = [1] },
    ] {
      var changed = row
      change(&changed)
      #expect(changed.bytes != row.bytes)
    }
  }
}
