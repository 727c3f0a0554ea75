public import Model

/// A wider read that an employee took in an emergency: for one session, for a short time, to be reviewed.
public struct BreakGlass: Hashable, Sendable {
  /// What a review came to.
  public enum Verdict: UInt8, CaseIterable, Sendable {
    case none = 0
    case justified = 1
    case unjustified = 2

    /// The word on the wire; empty while there is none.
    public var name: String {
      switch self {
      case .none: ""
      case .justified: "justified"
      case .unjustified: "unjustified"
      }
    }
  }

  /// Names it.
  public var id: ID<BreakGlass>
  /// Who took it.
  public var user: UserID
  /// The session that it widens, and no other.
  public var session: SessionID
  /// When it was taken.
  public var takenAt: Instant
  /// When it ends by itself.
  public var until: Instant
  /// When it was ended before that.
  public var endedAt: Instant?
  /// When it must have been reviewed.
  public var dueAt: Instant
  /// The reason, sealed under a key of its own; nothing once that was destroyed.
  public var reason: SealedRecord
  /// What the review came to.
  public var verdict = Verdict.none
  /// Who reviewed it.
  public var reviewer: UserID?
  /// When.
  public var reviewedAt: Instant?

  /// A wider read that is taken now.
  public init(
    id: ID<BreakGlass>, user: UserID, session: SessionID, takenAt: Instant, until: Instant, endedAt: Instant? = nil,
    dueAt: Instant, reason: SealedRecord
  ) {
    self.id = id
    self.user = user
    self.session = session
    self.takenAt = takenAt
    self.until = until
    self.endedAt = endedAt
    self.dueAt = dueAt
    self.reason = reason
  }

  /// Whether it widens the session's reads at a moment.
  public func isActive(for session: SessionID?, of user: UserID, at instant: Instant) -> Bool {
    self.session == session && self.user == user && endedAt == nil && takenAt <= instant && instant < until
  }
}

/// Text of the register's own, sealed under a key of its own in the key store, apart from any person's.
public struct SealedRecord: Hashable, Sendable {
  /// The key's place; zero once the key was given up.
  public var slot: Int64
  /// The sealed bytes.
  public var bytes: [UInt8]

  /// Sealed bytes and the place of their key.
  public init(slot: Int64, bytes: [UInt8]) {
    self.slot = slot
    self.bytes = bytes
  }

  /// What is left once the key was given up.
  public static let gone = SealedRecord(slot: 0, bytes: [])

  /// Whether there is anything to open.
  public var isGone: Bool { bytes.isEmpty }
}
