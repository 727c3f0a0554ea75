public import Model

/// Something that an employee is told when they log in.
public struct LoginNotice: Sendable, Hashable {
  /// What it is about: `approvals-waiting`, `breakglass-open`, `breakglass-overdue`, `password-reset`.
  public let kind: String
  /// How many.
  public let count: Int
  /// The same for people.
  public let message: Text

  /// A notice.
  public init(kind: String, count: Int, message: Text) {
    self.kind = kind
    self.count = count
    self.message = message
  }
}

/// What there is to tell an employee who logs in.
public protocol LoginNotices: Sendable {
  /// The notices for an employee, none where nothing is to be told. Must be quick and must not fail.
  func notices(for user: UserID) async -> [LoginNotice]
}

/// Tells nothing.
public struct NoLoginNotices: LoginNotices {
  /// None.
  public init() {}

  /// None.
  public func notices(for user: UserID) async -> [LoginNotice] { [] }
}

/// What a log-in tells of those before it.
public struct LoginSummary: Sendable, Hashable {
  /// The employee's last successful log-in; nil where there was none, or the log cannot tell in time.
  public var lastLogin: Instant?
  /// Where that came from.
  public var lastAddress: String?
  /// Tries that failed since then; nil where the log cannot tell in time.
  public var failedTries: Int?
  /// What else is to be told.
  public var notices: [LoginNotice]

  /// A summary.
  public init(
    lastLogin: Instant? = nil, lastAddress: String? = nil, failedTries: Int? = nil, notices: [LoginNotice] = []
  ) {
    self.lastLogin = lastLogin
    self.lastAddress = lastAddress
    self.failedTries = failedTries
    self.notices = notices
  }
}
