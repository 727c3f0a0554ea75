import Custody
import Model
import Postgres
import Sealing
import Wire

/// Judges one-time passwords and recovery codes: a code works once, however many try it, and wrong ones are counted over
/// all servers.
struct OneTimeCheck: Sendable {
  /// What became of a code.
  enum Verdict: Sendable, Equatable {
    /// Right, and spent now.
    case right
    /// A recovery code, and spent now.
    case recovery
    /// It was right once; no guess.
    case used
    /// Wrong, and counted.
    case wrong
    /// Not judged.
    case locked(until: Instant)
  }

  /// One code at a time for each account, so that many at once wait here and not on connections of the database.
  private static let turns = KeyedTurns<UserID>()

  let custody: Custody
  let store: Store

  /// Until when no code of an account is taken; nil where any is.
  func lock(of user: UserID) async throws(RegisterError) -> Instant? {
    do {
      return try await store.oneTimeGuesses(of: user).lock(at: .now())
    } catch {
      throw Authentication.unavailable(error)
    }
  }

  /// Judges a code of an account.
  ///
  /// - Throws: `unavailable/…`; then nothing is known of the code.
  func check(_ code: String, of user: UserID) async throws(RegisterError) -> Verdict {
    guard let bytes = try? custody.keys.openOneTimeSecret(custody.secrets(of: user).seed, of: user),
      let seed = OneTimeSeed(bytes: bytes)
    else { return .wrong }
    do {
      return try await Self.turns.withTurn(user) { try await judge(code, of: user, seed: seed) }
    } catch {
      throw Authentication.unavailable(error)
    }
  }

  private func judge(_ code: String, of user: UserID, seed: OneTimeSeed) async throws -> Verdict {
    try await store.pool.transaction(deadline: Tick.now().adding(milliseconds: Limits.queryMilliseconds)) {
      transaction in
      var guesses = try await store.lockGuesses(of: user, in: transaction)
      let now = Instant.now()
      if let until = guesses.lock(at: now) { return .locked(until: until) }
      if let step = seed.recoveryStep(of: code) {
        return try await store.useOneTimeStep(step, of: user, in: transaction) ? .recovery : .used
      }
      let used = try await store.lastOneTimeStep(of: user, in: transaction)
      if let step = OneTimePassword.matchingStep(code: code, secret: seed.secret, at: now, after: used) {
        return try await store.useOneTimeStep(step, of: user, in: transaction) ? .right : .used
      }
      if OneTimePassword.matchingStep(code: code, secret: seed.secret, at: now, after: nil) != nil { return .used }
      guesses.add(at: now)
      try await store.keep(guesses, of: user, in: transaction)
      return .wrong
    }
  }
}

extension Call {
  /// Checks a one-time password of who is asking, for a command that needs one.
  ///
  /// - Throws: `auth/otp`, `auth/locked`, `unavailable/…`.
  func checkOneTime(_ code: String) async throws(RegisterError) {
    switch try await OneTimeCheck(custody: custody, store: store).check(code, of: context.principal.user) {
    case .right: return
    case .recovery:
      let principal = context.principal
      _ = try await custody.recordEvent(
        verb: context.verb, outcome: .ok, code: RecoveryCodes.entryCode, user: principal.user,
        session: principal.session, address: principal.address, request: context.request)
    case .used, .wrong: throw Authentication.wrongCode
    case .locked(let until): throw Authentication.locked(until: until)
    }
  }
}
