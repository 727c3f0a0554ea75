import Model
import Wire

/// What the connection has to do for its session.
enum SessionAction: Sendable {
  /// Run a command; `ended` follows.
  case start(SessionCall)
  /// Cancel a command that runs.
  case cancel(UInt64)
  /// Have a command that waits try again.
  case wake(UInt64)
  /// Have every command that waits try again.
  case wakeAll
  /// Take a step of authentication; `authenticated` follows with the same number.
  case authenticate(UInt64, RequestID, AuthenticationStep)
  /// The session has its employee.
  case opened(SessionAccount)
}

/// A step of authentication that needs the register.
enum AuthenticationStep: Sendable {
  case begin(name: String)
  case plain(name: String, password: String)
  /// A try without a name that could be read; it fails, and is in the log.
  case refuse
  case afterPassword(any AuthenticationAttempt, isProven: Bool)
  case oneTime(any AuthenticationAttempt, code: String)
  case external(unixUser: String)
}

/// What came of a step of authentication.
enum AuthenticationResult: Sendable {
  case begun(any AuthenticationAttempt)
  case compared(any AuthenticationAttempt, isProven: Bool)
  case stepped(PasswordStep)
  case account(SessionAccount)
  case failed(RegisterError)
}

/// What came of sending something for a command.
enum SendOutcome: Sendable, Equatable {
  case sent
  /// Nothing was sent: try again when woken.
  case wait
  /// The command was cancelled, or the client is gone.
  case gone
  /// The line would be longer than a client must take.
  case tooLong
}

/// What a command's bulk input has.
enum FeedOutcome: Sendable, Equatable {
  /// A piece of it.
  case piece(JSON)
  /// Its end.
  case end
  /// Nothing yet: try again when woken.
  case wait
  /// The command was cancelled, or the client is gone.
  case gone
}
