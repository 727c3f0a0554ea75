public import Model

/// What a second person is asked for; by it the policy says who that may be (REGISTER.md section 4, four eyes).
public enum ApprovalAction: UInt8, CaseIterable, Sendable {
  case merge = 1
  case personImport = 2
  case personExport = 3
  case users = 4
  case roles = 5
  case policy = 6
  case breakGlassReview = 7
  case dailyNumber = 8
  case deputies = 9

  /// What an approver needs a rule `approve` on.
  public var object: PolicyObject {
    switch self {
    case .merge: .merge
    case .personImport: .personImport
    case .personExport: .personExport
    case .users: .users
    case .roles: .roles
    case .policy: .policy
    case .breakGlassReview: .breakGlass
    case .dailyNumber: .dailyNumber
    case .deputies: .deputies
    }
  }
}

/// A request that waits for a second person, or waited.
public struct Approval: Hashable, Sendable {
  /// Where it stands.
  public enum State: UInt8, CaseIterable, Sendable {
    case waiting = 1
    /// Given; the requester sends the command again.
    case approved = 2
    case executed = 3
    case refused = 4

    /// The word on the wire.
    public var name: String {
      switch self {
      case .waiting: "waiting"
      case .approved: "approved"
      case .executed: "executed"
      case .refused: "refused"
      }
    }
  }

  /// Names it.
  public var id: ID<Approval>
  /// Who asks.
  public var requester: UserID
  /// What for.
  public var action: ApprovalAction
  /// The command.
  public var verb: String
  /// The keyed hash of the exact request, and behind it that of its bulk input where there is any.
  public var digest: [UInt8]
  /// Who may not approve it besides the requester: whose account it is about.
  public var barred: UserID?
  /// The request, sealed under a key of its own; nothing once it ended.
  public var request: SealedRecord
  /// Where it stands.
  public var state: State
  /// Who decided.
  public var approver: UserID?
  /// When it was asked for.
  public var createdAt: Instant
  /// After this it is worth nothing.
  public var expiresAt: Instant
  /// When it was decided.
  public var decidedAt: Instant?

  /// Whether somebody can still decide it or use it.
  public func isOpen(at instant: Instant) -> Bool {
    (state == .waiting || state == .approved) && instant < expiresAt
  }
}
