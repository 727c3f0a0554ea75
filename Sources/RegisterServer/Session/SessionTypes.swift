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

  /// An employee.
  init(user: UserID, name: String, roles: [JobRole]) {
    self.user = user
    self.name = name
    self.roles = roles
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

/// What runs the commands that are not the session's own; the engine, or a test's stand-in.
protocol CommandRunner: Sendable {
  /// Whether a verb changes anything; nil for an unknown one.
  func effect(of verb: String) -> CommandSpec.Effect?

  /// Runs a command to its last line.
  func run(_ call: SessionCall, port: CommandPort) async -> FinalLine

  /// A session was authenticated: `end` ends it, `notify` sends it an event.
  func opened(
    _ session: SessionID, account: SessionAccount, address: String, end: @escaping @Sendable () -> Void,
    notify: @escaping @Sendable (JSONObject) -> Void)

  /// The connection of a session is gone.
  func closed(_ session: SessionID)
}

/// What checks who is asking. It puts every success and failure into the access log before it answers.
protocol SessionAuthenticator: Sendable {
  /// Begins for a name, known or unknown alike.
  func begin(name: String) async -> any AuthenticationAttempt

  /// The employee of an account of the operating system.
  func external(unixUser: String, from origin: Authentication.Origin) async throws(RegisterError) -> SessionAccount
}

/// One try to authenticate by name.
protocol AuthenticationAttempt: Sendable {
  /// What the password is checked against; a decoy for an unknown name.
  var verifier: ScramVerifier { get }

  /// What follows once it is known whether the password was right. Throws where it was not.
  func afterPassword(isProven: Bool, from origin: Authentication.Origin) async throws(RegisterError) -> PasswordStep

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
