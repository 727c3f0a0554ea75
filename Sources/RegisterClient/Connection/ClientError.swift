public import Model

/// Why the client could not do it; what the server refused is a `CommandResult` instead.
public enum ClientError: Error, Sendable, Equatable {
  /// The arguments, the line as typed or the settings are wrong.
  case usage(Text)
  /// A local file could not be read or written; the system's reason.
  case file(path: String, reason: String)
  /// No connection came about; the reason from the network or TLS.
  case connection(String)
  /// The server's certificate is not one to trust: not from a known authority, not for this name, or out of its time.
  case untrusted
  /// The server has as many connections as it takes.
  case busy
  /// The connection ended while something was under way.
  case closed
  /// The server sent what is not rek/1; the connection is closed.
  case `protocol`(String)
  /// The server could not read a line of ours and closed; its code and words.
  case line(CommandResult)
  /// The server could not prove that it knows the password, or offers no way to log in.
  case authentication(Text)
  /// The server refused a step before the command, such as logging in.
  case refused(CommandResult)
  /// The access log, or an export of it, is not what it says it is.
  case log(Text)
  /// The user broke it off.
  case cancelled

  /// The words for people.
  public func message(_ language: Language) -> String {
    switch self {
    case .usage(let text), .authentication(let text), .log(let text): text[language]
    case .file(let path, let reason): "\(path): \(reason)"
    case .connection(let reason): "\(ClientText.noConnection[language]) (\(reason))"
    case .untrusted: ClientText.untrusted[language]
    case .busy: ClientText.busy[language]
    case .closed: ClientText.closed[language]
    case .protocol(let reason): "\(ClientText.notProtocol[language]) (\(reason))"
    case .line(let final), .refused(let final): final.message ?? final.code
    case .cancelled: RegisterError.cancelled.message[language]
    }
  }
}
