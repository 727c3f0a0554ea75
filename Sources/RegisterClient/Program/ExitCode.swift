/// How the program ends, for scripts.
public enum ExitCode {
  /// Done, also partly, with a warning, or put aside for a second person's approval (`pending/approval`).
  public static let done: Int32 = 0
  /// The server refused (`NO`).
  public static let refused: Int32 = 1
  /// The line or the arguments were wrong (`BAD`).
  public static let usage: Int32 = 2
  /// The server could not be reached, or the connection broke.
  public static let connection: Int32 = 3
  /// Who asks could not be told, or no longer.
  public static let authentication: Int32 = 4
  /// The access log, or an export of it, is not what was signed or shown before, or could not be proved to be.
  public static let log: Int32 = 5
  /// Cancelled by the user.
  public static let cancelled: Int32 = 130

  /// The exit code of a final line.
  public static func of(_ final: CommandResult) -> Int32 {
    switch final.status {
    case .ok: return done
    case .bad: return usage
    case .no:
      if final.isOf("auth") { return authentication }
      return final.isOf("cancelled") ? cancelled : refused
    }
  }

  /// The exit code of a failure on the client's side.
  public static func of(_ error: any Error) -> Int32 {
    switch error {
    case let error as ClientError:
      switch error {
      case .usage, .file: return usage
      case .authentication: return authentication
      case .cancelled: return cancelled
      case .log: return log
      case .refused(let final): return of(final)
      case .connection, .untrusted, .protocol, .closed, .busy, .line: return connection
      }
    case is CancellationError: return cancelled
    default: return connection
    }
  }
}
