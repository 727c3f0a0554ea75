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

  init() {}

  mutating func add(_ grant: Grant) {
    let rule = Rule(
      object: grant.object, action: grant.action, kinds: grant.kinds, fields: grant.fields, scope: grant.scope)
    if grant.isDeny { denies.append(rule) } else { allows.append(rule) }
  }

  /// The fields of a person that may be read or written in this way by this employee.
  func fields(of person: PersonHeader, _ action: PolicyAction, user: UserID) -> FieldSet {
    let isOwn = person.manager == user
    var fields: FieldSet = []
    for rule in allows where rule.action == action && rule.kinds.contains(person.kind) {
      if rule.scope == .all || isOwn { fields.formUnion(rule.fields) }
    }
    for rule in denies where rule.action == action && rule.kinds.contains(person.kind) {
      if rule.scope == .all || isOwn { fields.subtract(rule.fields) }
    }
    if person.marks.contains(.protected), !reaches(.protectedContact, action) {
      fields.subtract(Reach.protectedFields)
    }
    return fields.intersection(FieldSet(heldOn: person.kind))
  }

  /// Whether an object that is no category is reached for this person.
  func reaches(_ object: PolicyObject, _ action: PolicyAction, of person: PersonHeader? = nil, user: UserID? = nil)
    -> Bool
  {
    func hit(_ rule: Rule) -> Bool {
      rule.object == object && rule.action == action && (person.map { rule.kinds.contains($0.kind) } ?? true)
        && (rule.scope == .all || (person != nil && person?.manager == user))
    }
    return allows.contains(where: hit) && !denies.contains(where: hit)
  }

  /// The fields that may be searched in for every customer, and those for own customers only.
  public func searchable() -> (all: FieldSet, own: FieldSet) {
    var all: FieldSet = []
    var own: FieldSet = []
    for rule in allows where rule.action == .read {
      if rule.scope == .all { all.formUnion(rule.fields) } else { own.formUnion(rule.fields) }
    }
    for rule in denies where rule.action == .read {
      all.subtract(rule.fields)
      own.subtract(rule.fields)
    }
    return (all, own.union(all))
  }

  /// Where someone under turvakielto can be found.
  static let protectedFields = FieldSet([.phone, .street, .postcode, .town, .country])
}
