public import Custody
public import Model
public import Wire

/// A command's way back to its client; the listener's part of a running command.
public protocol ReplyPort: Sendable {
  /// Sends a row. Waits for the client's credit and for room on the connection.
  ///
  /// - Throws: `CancellationError` where the command was cancelled or the client is gone.
  func send(_ row: Reply.Row) async throws

  /// Waits until the client takes rows, and tells how many: no more are decided and logged before it asks for them.
  ///
  /// - Throws: `CancellationError` where the command was cancelled or the client is gone.
  func room() async throws -> Int

  /// Tells how far a long command is.
  func progress(done: Int, total: Int?) async throws

  /// The next piece of bulk input; asks for it (`? {"need":"rows"}`) the first time. nil after the client's `null`.
  func nextFeed() async throws -> JSON?

  /// Asks the client for one thing, `? {"need":…}`, and waits for its answer; not while bulk input is being taken.
  ///
  /// - Throws: `CancellationError` where the command was cancelled or the client is gone.
  func ask(_ need: JSONObject) async throws -> JSON

  /// Changes the session itself.
  func apply(_ change: SessionChange) async
}

/// What a command may change about its session.
public enum SessionChange: Sendable {
  /// The purpose and case that commands have from now on; nil leaves one as it is, empty takes it away.
  case use(purpose: String?, caseReference: String?)
  /// Events are sent from now on.
  case watch
}

/// One line's command, with its session, as the listener hands it to the engine.
public struct CommandLine: Sendable {
  /// The verb and parameters, as parsed.
  public let command: Command
  /// Who is asking.
  public let principal: Principal
  /// The session's language.
  public let language: Language
  /// The session's purpose, set by `use`.
  public let purpose: Purpose?
  /// The session's case, set by `use`.
  public let caseReference: String
  /// The id that the final line will carry.
  public let request: RequestID

  /// A line's command.
  public init(
    command: Command, principal: Principal, language: Language, purpose: Purpose?, caseReference: String,
    request: RequestID = .new()
  ) {
    self.command = command
    self.principal = principal
    self.language = language
    self.purpose = purpose
    self.caseReference = caseReference
    self.request = request
  }
}
