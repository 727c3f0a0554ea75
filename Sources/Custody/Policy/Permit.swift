public import Model

/// Leave to run one command, under one epoch of the rules. Only `Policy` makes one; it is used up by what it leads to.
public struct Permit: ~Copyable, Sendable {
  /// The command it is for.
  public let context: CommandContext
  /// The job role acted in.
  public let role: JobRole
  /// The epoch of the rules it was decided under.
  public let epoch: Int64
  /// What the role reaches of persons.
  public let reach: Reach
  /// The wider read that it is given under, if any.
  public let breakGlass: ID<BreakGlass>?
  /// The request that a second person agreed to, if it is run with one.
  public let approval: Approval?

  init(
    context: CommandContext, role: JobRole, epoch: Int64, reach: Reach, breakGlass: ID<BreakGlass>? = nil,
    approval: Approval? = nil
  ) {
    self.context = context
    self.role = role
    self.epoch = epoch
    self.reach = reach
    self.breakGlass = breakGlass
    self.approval = approval
  }

  /// The same leave, to use an agreement up in the transaction of the log's first entries.
  borrowing func again() -> Permit {
    Permit(context: context, role: role, epoch: epoch, reach: reach, breakGlass: breakGlass, approval: approval)
  }

  /// The fields of a person that this permit reaches; none where the person must not even be known of.
  public func fields(of person: PersonHeader, _ action: PolicyAction) -> FieldSet {
    if person.marks.contains(.restricted), !servesRestricted { return [] }
    return reach.fields(of: person, action)
  }

  /// Whether an object that is no category is reached for this person.
  public func reaches(_ object: PolicyObject, _ action: PolicyAction, of person: PersonHeader) -> Bool {
    if person.marks.contains(.restricted), !servesRestricted { return false }
    return reach.reaches(object, action, of: person)
  }

  /// Restricted data is stored and not otherwise used, but for the person's own rights and the law (Art. 18(2)).
  fileprivate var servesRestricted: Bool {
    context.purpose == .dataSubjectRights || context.purpose == .legalObligation
  }
}

extension Permit {
  /// Whether restricted persons may be known of.
  public var reachesRestricted: Bool { servesRestricted }

  /// Whether address and phone of persons under turvakielto may be seen.
  public var reachesProtected: Bool { reach.reaches(.protectedContact, .read) }
}
