public import Model

/// What a grant is about.
public enum PolicyObject: String, CaseIterable, Sendable {
  case organisation
  // The categories of a person, by their names.
  case identity, contact, demographic, professional, commercial, interactions, lists, feedback, research, other
  /// Address and phone of a person under turvakielto.
  case protectedContact = "protected-contact"
  case markDeceased = "mark-deceased"
  case markDoNotContact = "mark-do-not-contact"
  case markProtected = "mark-protected"
  case merge
  case informing
  case personImport = "person-import"
  case personExport = "person-export"
  case users, roles, policy
  /// Asking which rule lets an employee see a given person.
  case policyForPerson = "policy-for-person"
  /// Groups of persons, and reports on them.
  case segments
  case log
  /// What became of what stood out in the log.
  case logReview = "log-review"
  /// When and for what purpose a person's data was looked at, for the person.
  case accessHistory = "access-history"
  case server, keys
  /// Sessions of others.
  case sessions
  /// One's own session; everybody who is logged in.
  case session
  /// Wider reads in an emergency, and their review.
  case breakGlass = "break-glass"
  /// Going over the daily number of persons.
  case dailyNumber = "daily-number"
  /// Giving one employee's customers to another.
  case reassign
  /// Who stands in for whom.
  case deputies
  /// Going on after a stored rule did not verify.
  case ruleReview = "rule-review"

  /// The object of a category.
  public init(_ category: Category) {
    switch category {
    case .identity: self = .identity
    case .contact: self = .contact
    case .demographic: self = .demographic
    case .professional: self = .professional
    case .commercial: self = .commercial
    case .interactions: self = .interactions
    case .lists: self = .lists
    case .feedback: self = .feedback
    case .research: self = .research
    case .other: self = .other
    }
  }

  /// The category, where it is one.
  public var category: Category? { Category(name: rawValue) }
}

/// What is done to an object.
public enum PolicyAction: String, CaseIterable, Sendable {
  case read
  case write
  /// Read through a mailing list only.
  case readByList = "read-by-list"
  /// Read through a segment only.
  case readBySegment = "read-by-segment"
  /// Figures, with small cells suppressed.
  case figures
  /// Agree as the second person.
  case approve
  /// Read in an emergency only.
  case breakGlassRead = "break-glass-read"
}

/// Whose customers a grant reaches.
public enum PolicyScope: UInt8, CaseIterable, Sendable {
  case all = 1
  case team = 2
  /// One's own customers.
  case assigned = 3

  /// The word on the wire.
  public var name: String {
    switch self {
    case .all: "all"
    case .team: "team"
    case .assigned: "assigned"
    }
  }
}

/// Kinds of persons in two bits.
@frozen
public struct KindSet: OptionSet, Hashable, Sendable {
  /// Bit 0 contact persons, bit 1 private customers.
  public let rawValue: UInt8

  /// A set from its bits.
  @inlinable
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Contact persons.
  public static let contact = KindSet(rawValue: 1)
  /// Private customers.
  public static let `private` = KindSet(rawValue: 2)
  /// Both.
  public static let both: KindSet = [.contact, .private]

  /// Whether the kind is in the set.
  @inlinable
  public func contains(_ kind: PersonKind) -> Bool { rawValue & kind.rawValue != 0 }
}

/// A rule of the policy: a job role may (or, denied, may not) do this to that, for these purposes, within this scope.
public struct Grant: Hashable, Sendable {
  /// Names the rule in `policy.explain` and in its row.
  public var id: ID<Grant>
  /// Whose rule it is.
  public var role: JobRole
  /// What it is about.
  public var object: PolicyObject
  /// What may be done.
  public var action: PolicyAction
  /// An explicit deny wins over every allow.
  public var isDeny: Bool
  /// The kinds of persons it reaches.
  public var kinds: KindSet
  /// The fields it reaches; for objects that are no category, none.
  public var fields: FieldSet
  /// The purposes it holds for; where empty, it needs none.
  public var purposes: PurposeSet
  /// Whose customers it reaches.
  public var scope: PolicyScope

  /// A rule.
  public init(
    id: ID<Grant> = .new(), role: JobRole, object: PolicyObject, action: PolicyAction, isDeny: Bool = false,
    kinds: KindSet = .both, fields: FieldSet? = nil, purposes: PurposeSet, scope: PolicyScope = .all
  ) {
    self.id = id
    self.role = role
    self.object = object
    self.action = action
    self.isDeny = isDeny
    self.kinds = kinds
    self.fields = fields ?? object.category.map { FieldSet(in: CategorySet($0)) } ?? []
    self.purposes = purposes
    self.scope = scope
  }
}

extension Grant {
  /// Whether the rule can be at all: an administrator and an auditor never reach persons, nobody who does ever
  /// rules over accounts, rights and keys, and an auditor changes none of them (separation of duties).
  public var isAllowed: Bool {
    if isDeny { return true }
    switch object {
    case .session: return true
    case .users, .roles, .policy, .server, .keys, .sessions, .deputies, .ruleReview:
      return role == .administrator || role == .auditor && action != .write
    case .log, .logReview: return role == .auditor || role == .privacyOfficer
    case .accessHistory: return role == .privacyOfficer
    case .reassign: return role != .auditor
    default: return !role.standsApart
    }
  }
}
