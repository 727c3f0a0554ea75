import Model

/// The wrong one-time passwords of an account: ten within an hour lock it for a quarter of an hour.
struct OneTimeGuesses: Sendable, Equatable {
  /// So many lock.
  static let guessesMax = 10
  /// Within so long.
  static let windowSeconds: Int64 = 3600
  /// For so long.
  static let lockSeconds: Int64 = 900

  /// When each was made, the oldest first.
  private(set) var guesses: [Instant]
  /// Until when no more is taken.
  private(set) var lockedUntil: Instant?

  /// Guesses as they are kept.
  init(guesses: [Instant] = [], lockedUntil: Instant? = nil) {
    self.guesses = guesses
    self.lockedUntil = lockedUntil
  }

  /// Until when the account is locked; nil where it is not.
  func lock(at now: Instant) -> Instant? { lockedUntil.flatMap { $0 > now ? $0 : nil } }

  /// One more.
  mutating func add(at now: Instant) {
    guesses = guesses.filter { $0 > now.adding(seconds: -Self.windowSeconds) && $0 <= now }.suffix(Self.guessesMax - 1)
    guesses.append(now)
    lockedUntil = guesses.count >= Self.guessesMax ? now.adding(seconds: Self.lockSeconds) : nil
  }
}
