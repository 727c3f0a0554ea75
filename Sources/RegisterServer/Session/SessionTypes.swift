import Model
import Register
import Wire

/// The last line of a command, without its tag.
struct FinalLine: Sendable, Equatable {
  /// Whether it went well.
  var status: Status
  /// Its code.
  var code: String
  /// What it says; `rid` is in it.
  var object: JSONObject

  /// A last line.
  init(status: Status, code: String, object: JSONObject) {
    self.status = status
    self.code = code
    self.object = object
  }
}

/// An employee who was authenticated.
struct SessionAccount: Sendable, Equatable {
  /// The employee.
  let user: UserID
  /// The name they log in with.
  let name: String
  /// Their job roles.
  let roles: [JobRole]
  /// The session that was resumed; nil for the connection's own.
  var session: SessionID?
  /// When the session was logged in.
  var since: Instant
  /// What the log-in tells of those before it.
  var login: LoginSummary

  /// An employee.
  init(
    user: UserID, name: String, roles: [JobRole], session: SessionID? = nil, since: Instant = .now(),
    login: LoginSummary = LoginSummary()
  ) {
    self.user = user
    self.name = name
    self.roles = roles
    self.session = session
    self.since = since
    self.login = login
  }
}

/// A command as the session hands it out to be run.
struct SessionCall: Sendable {
  /// Its number within the session.
  let number: UInt64
  /// Its tag.
  let tag: String
  /// The verb and parameters.
  let command: Command
  /// Who asks.
  let account: SessionAccount
  /// The session.
  let session: SessionID
  /// The client's address, without port.
  let address: String
  /// The session's language.
  let language: Language
  /// The purpose that `use` set.
  let purpose: Purpose?
  /// The case that `use` set.
  let caseReference: String
}

/// A connection that was authenticated.
struct OpenedSession: Sendable {
  /// The session: the connection's own, or the one that it resumes.
  let session: SessionID
  /// The connection.
  let connection: SessionID
  /// Whose it is.
  let account: SessionAccount
  /// The client's address, without port.
  let address: String
  /// What a token of it is bound to.
  let binding: Sessions.Binding
}

/// What runs the commands that are not the session's own; the engine, or a test's stand-in.
protocol CommandRunner: Sendable {
  /// Whether a verb changes anything; nil for an unknown one.
  func effect(of verb: String) -> CommandSpec.Effect?

  /// Whether the connection's event loop may run a verb itself.
  func isBrief(_ verb: String) -> Bool

  /// Runs a command to its last line.
  func run(_ call: SessionCall, port: CommandPort) async -> FinalLine

  /// A connection was authenticated: `end` ends it, `notify` sends it an event.
  func opened(
    _ opened: OpenedSession, end: @escaping @Sendable () -> Void, notify: @escaping @Sendable (JSONObject) -> Void)

  /// A connection that was, or was not, authenticated is gone.
  func closed(connection: SessionID)
}

/// What checks who is asking. It puts every success and failure into the access log before it answers.
protocol SessionAuthenticator: Sendable {
  /// Begins for a name, known or unknown alike.
  func begin(name: String) async -> any AuthenticationAttempt

  /// The employee of an account of the operating system.
  func external(unixUser: String, from origin: Authentication.Origin) async throws(RegisterError) -> SessionAccount

  /// The employee of the certificate that the client has shown, and what follows.
  func certificate(from origin: Authentication.Origin) async throws(RegisterError) -> (
    attempt: any AuthenticationAttempt, step: PasswordStep
  )

  /// The employee and the session of a token.
  func resume(_ token: String, from origin: Authentication.Origin) async throws(RegisterError) -> SessionAccount
}

/// One try to authenticate.
protocol AuthenticationAttempt: Sendable {
  /// What the password is checked against; a decoy for an unknown name.
  var verifier: ScramVerifier { get }

  /// What follows once it is known whether the password was right. Throws where it was not.
  func afterPassword(isProven: Bool, from origin: Authentication.Origin) async throws(RegisterError) -> PasswordStep

  /// Checks a password that was sent as it is; what follows. Throws where it was wrong.
  func plain(password: String, from origin: Authentication.Origin) async throws(RegisterError) -> PasswordStep

  /// The client broke off after its password was proved.
  func abandoned(from origin: Authentication.Origin) async

  /// Checks a one-time password.
  func oneTime(code: String, from origin: Authentication.Origin) async throws(RegisterError) -> SessionAccount
}

/// What follows a right password.
enum PasswordStep: Sendable, Equatable {
  /// The employee is authenticated.
  case done(SessionAccount)
  /// A one-time password is asked for.
  case needsOneTime
}
