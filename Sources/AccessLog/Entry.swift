public import Model

/// One line of the access log: who did what to whose data, when, why, and how it ended (REGISTER.md section 5).
///
/// It holds no names, contents or search words, so it survives every erasure. Its canonical bytes (`encoded`) are what
/// the Merkle tree hashes; their form is fixed and versioned, see docs/auditing.md.
public struct Entry: Hashable, Sendable {
  /// When the access was recorded.
  public var at: Instant
  /// The employee; nil where nobody is known by the name that was tried.
  public var user: UserID?
  /// The job role acted in.
  public var role: JobRole?
  /// The purpose that was named.
  public var purpose: Purpose?
  /// The case that was named, or empty.
  public var caseReference: String
  /// The command.
  public var verb: String
  /// How it ended.
  public var outcome: Outcome
  /// The code of the answer where it was a refusal, or empty.
  public var code: String
  /// The person whose data it was; nil where no single person is meant.
  public var person: PersonID?
  /// The fields that were shown or changed.
  public var fields: FieldSet
  /// The categories of those fields, and of clear columns that belong to one.
  public var categories: CategorySet
  /// How many rows it was about.
  public var rows: UInt32
  /// The session.
  public var session: SessionID?
  /// The client's address, or empty.
  public var address: String
  /// The request id that the answer carried.
  public var request: RequestID
  /// The epoch of the access rules that it was decided under.
  public var epoch: Int64
  /// What the access was about besides persons, as ids (an organisation, an employee), or zero.
  public var subject: ID<Named.Request>?
  /// The keyed hash of the search words or of a reason, or empty; at most 32 bytes.
  public var textHash: [UInt8]
  /// Random, so that nobody can find an entry's content by trying (128 bits).
  public var salt: Salt

  /// A new entry; what is left out is absent.
  public init(
    at: Instant, user: UserID?, role: JobRole?, purpose: Purpose?, caseReference: String = "", verb: String,
    outcome: Outcome, code: String = "", person: PersonID? = nil, fields: FieldSet = [],
    categories: CategorySet = [], rows: UInt32 = 0, session: SessionID? = nil, address: String = "",
    request: RequestID, epoch: Int64, subject: ID<Named.Request>? = nil, textHash: [UInt8] = [],
    salt: Salt = Salt(high: 0, low: 0)
  ) {
    self.at = at
    self.user = user
    self.role = role
    self.purpose = purpose
    self.caseReference = caseReference
    self.verb = verb
    self.outcome = outcome
    self.code = code
    self.person = person
    self.fields = fields
    self.categories = categories
    self.rows = rows
    self.session = session
    self.address = address
    self.request = request
    self.epoch = epoch
    self.subject = subject
    self.textHash = textHash
    self.salt = salt
  }

  /// Sixteen random bytes.
  public struct Salt: Hashable, Sendable {
    /// The first eight.
    public var high: UInt64
    /// The last eight.
    public var low: UInt64

    /// A salt from its halves.
    public init(high: UInt64, low: UInt64) {
      self.high = high
      self.low = low
    }
  }
}
