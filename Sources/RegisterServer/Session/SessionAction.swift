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
  /// An `auth` was broken off after its password was proved.
  case abandoned(RequestID, any AuthenticationAttempt)
  /// The session has its employee.
  case opened(SessionAccount)
}

/// A step of authentication that needs the register.
enum AuthenticationStep: Sendable {
  case begin(name: String)
  case plain(name: String, password: String)
  /// Resume the session of a token.
  case token(String)
  /// A try without a name that could be read; it fails, and is in the log.
  case refuse
  case afterPassword(any AuthenticationAttempt, isProven: Bool)
  case oneTime(any AuthenticationAttempt, code: String)
  case external(unixUser: String)
  /// By the certificate that the client has shown.
  case certificate
}

/// What came of a step of authentication.
enum AuthenticationResult: Sendable {
  case begun(any AuthenticationAttempt)
  case stepped(PasswordStep)
  /// Proved otherwise than by SCRAM.
  case identified(any AuthenticationAttempt, PasswordStep)
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

/// How many rows a client takes.
enum RoomOutcome: Sendable, Equatable {
  case rows(Int)
  /// None: try again when woken.
  case wait
  /// The command was cancelled, or the client is gone.
  case gone
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
