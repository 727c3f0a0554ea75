/// What the operator sets of sessions that are resumed.
public struct AuthenticationSettings: Sendable, Equatable {
  /// How long a session without a connection can be resumed.
  public var tokenIdleMinutes = 30
  /// How long after its log-in a session can be resumed at all.
  public var tokenAbsoluteHours = 12

  /// The defaults.
  public init() {}
}
