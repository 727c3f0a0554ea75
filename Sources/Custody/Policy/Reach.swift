public import Model

/// What a role reaches of persons' data for one purpose: its rules, laid out for a quick check row by row.
public struct Reach: Sendable {
  struct Rule: Sendable {
    let object: PolicyObject
    let action: PolicyAction
    let kinds: KindSet
    let fields: FieldSet
    let scope: PolicyScope
  }

  private(set) var allows: [Rule] = []
  private(set) var denies: [Rule] = []
  /// Whose customers are one's own: the employee's, and those of whom they stand in for.
  private let own: [UserID]
  /// Whose customers are the team's.
  private let team: [UserID]

  init(own: [UserID], team: [UserID]) {
    self.own = own
    self.team = team
  }

  mutating func add(_ grant: Grant, as action: PolicyAction, scope: PolicyScope) {
    let rule = Rule(
      object: grant.object, action: action, kinds: grant.kinds, fields: grant.fields, scope: scope)
    if grant.isDeny { denies.append(rule) } else { allows.append(rule) }
  }

  /// How near a manager's customers are.
  public func nearness(of manager: UserID?) -> PolicyScope {
    guard let manager else { return .all }
    if own.contains(manager) { return .assigned }
    return team.contains(manager) ? .team : .all
  }

  /// The fields of a person that may be read or written in this way.
  func fields(of person: PersonHeader, _ action: PolicyAction) -> FieldSet {
    let nearness = nearness(of: person.manager)
    var fields: FieldSet = []
    for rule in allows where rule.action == action && rule.kinds.contains(person.kind) {
      if rule.scope.includes(nearness) { fields.formUnion(rule.fields) }
    }
    for rule in denies where rule.action == action && rule.kinds.contains(person.kind) {
      if rule.scope.includes(nearness) { fields.subtract(rule.fields) }
    }
    if person.marks.contains(.protected), !reaches(.protectedContact, action) {
      fields.subtract(Reach.protectedFields)
    }
    return fields.intersection(FieldSet(heldOn: person.kind))
  }

  /// Whether an object that is no category is reached, for this person where one is given.
  func reaches(_ object: PolicyObject, _ action: PolicyAction, of person: PersonHeader? = nil) -> Bool {
    let nearness = person.map { self.nearness(of: $0.manager) } ?? PolicyScope.all
    func hit(_ rule: Rule) -> Bool {
      rule.object == object && rule.action == action && (person.map { rule.kinds.contains($0.kind) } ?? true)
        && rule.scope.includes(nearness)
    }
    return allows.contains(where: hit) && !denies.contains(where: hit)
  }

  /// The fields that may be searched in, by how near the person's manager is and by the person's kind.
  public func searchable(_ nearness: PolicyScope, _ kind: PersonKind) -> FieldSet {
    var fields: FieldSet = []
    for rule in allows where rule.action == .read && rule.kinds.contains(kind) && rule.scope.includes(nearness) {
      fields.formUnion(rule.fields)
    }
    for rule in denies where rule.action == .read && rule.kinds.contains(kind) && rule.scope.includes(nearness) {
      fields.subtract(rule.fields)
    }
    return fields
  }

  /// Where someone under turvakielto can be found.
  static let protectedFields = FieldSet([.phone, .street, .postcode, .town, .country])
}

extension PolicyScope {
  /// Whether a rule of this scope holds for a customer who is so near.
  func includes(_ nearness: PolicyScope) -> Bool { rawValue <= nearness.rawValue }
}
