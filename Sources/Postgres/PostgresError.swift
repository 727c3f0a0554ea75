/// Why a statement, batch or transaction has no result.
///
/// Holds only the server's primary message, never detail, hint, context or a statement's text, for those can quote
/// stored data. Messages of data exceptions (SQLSTATE class 22), which quote values too, are replaced.
public struct PostgresError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What stage failed.
  public enum Kind: String, Sendable {
    /// The connection ended before the outcome came, or was closed already.
    case connectionLost
    /// No server could be reached, or none let us in.
    case cannotConnect
    /// The deadline, or the session's statement timeout, passed.
    case timeout
    /// The task was cancelled.
    case cancelled
    /// No connection was free in time, or too many were waiting for one.
    case poolExhausted
    /// The server refused; `sqlstate` says why.
    case server
    /// A value is null, missing or of another type than was asked for.
    case decoding
  }

  /// What stage failed.
  public let kind: Kind
  /// The five-character code (PostgreSQL documentation, appendix A), where the server gave one.
  public let sqlstate: String?
  /// The constraint that was violated, where the server named one.
  public let constraint: String?
  /// The server's primary message, or words of our own.
  public let message: String
  /// Whether the transaction may have been committed all the same.
  public let outcomeUnknown: Bool

  /// An error from its parts.
  public init(
    kind: Kind, sqlstate: String? = nil, constraint: String? = nil, message: String, outcomeUnknown: Bool = false
  ) {
    self.kind = kind
    self.sqlstate = sqlstate
    self.constraint = constraint
    self.message = message
    self.outcomeUnknown = outcomeUnknown
  }

  /// Kind, code and message on one line.
  public var description: String {
    let code = sqlstate.map { " \($0)" } ?? ""
    return "\(kind.rawValue)\(code): \(message)\(outcomeUnknown ? " (outcome unknown)" : "")"
  }
}

extension PostgresError {
  /// 23505.
  public var isUniqueViolation: Bool { sqlstate == "23505" }
  /// 23503.
  public var isForeignKeyViolation: Bool { sqlstate == "23503" }
  /// 23514.
  public var isCheckViolation: Bool { sqlstate == "23514" }
  /// 40001, and 40P01 (deadlock): the same transaction can be tried again.
  public var isSerializationFailure: Bool { sqlstate == "40001" || sqlstate == "40P01" }
  /// 25006: the server is a standby, or the transaction is read only.
  public var isReadOnly: Bool { sqlstate == "25006" }
  /// 42501.
  public var isInsufficientPrivilege: Bool { sqlstate == "42501" }
  /// 42P01.
  public var isUndefinedTable: Bool { sqlstate == "42P01" }
  /// 53100.
  public var isDiskFull: Bool { sqlstate == "53100" }
  /// 55P03: a lock was not to be had within `lock_timeout`, or at once with NOWAIT.
  public var isLockNotAvailable: Bool { sqlstate == "55P03" }

  /// Whether nothing was done and trying the same again can help.
  public var isRetryable: Bool {
    guard !outcomeUnknown else { return false }
    switch kind {
    case .connectionLost, .cannotConnect, .poolExhausted: return true
    case .server: return isSerializationFailure || isLockNotAvailable || sqlstate == "57014"
    case .timeout, .cancelled, .decoding: return false
    }
  }

  static let closed = PostgresError(kind: .connectionLost, message: "the connection is closed")

  static func lost(outcomeUnknown: Bool) -> PostgresError {
    PostgresError(
      kind: .connectionLost, message: "the connection to the database was lost", outcomeUnknown: outcomeUnknown)
  }

  static func decoding(_ message: String) -> PostgresError { PostgresError(kind: .decoding, message: message) }

  func with(kind: Kind, outcomeUnknown: Bool) -> PostgresError {
    PostgresError(
      kind: kind, sqlstate: sqlstate, constraint: constraint, message: message, outcomeUnknown: outcomeUnknown)
  }
}
