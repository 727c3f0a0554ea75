import Custody
import Model
import Wire

/// A rule of the policy as a row that people can read.
enum GrantRow {
  static let columns: [ColumnSpec] = [
    .init("object", personal: false), .init("action", personal: false), .init("effect", personal: false),
    .init("kinds", personal: false), .init("fields", personal: false), .init("purposes", personal: false),
    .init("scope", personal: false),
  ]

  /// What the rule says, without whose it is.
  static func row(_ grant: Grant) -> JSONObject {
    [
      "object": .string(grant.object.rawValue), "action": .string(grant.action.rawValue),
      "effect": .string(grant.isDeny ? "deny" : "allow"),
      "kinds": .names(PersonKind.allCases.filter(grant.kinds.contains).map(\.name)),
      "fields": .names(grant.fields.members.map(\.name)), "purposes": .names(grant.purposes.members.map(\.name)),
      "scope": .string(grant.scope.name),
    ]
  }

  /// Rules by role, then object, then action, denials last.
  static func sorted(_ grants: [Grant]) -> [Grant] {
    let objects = Dictionary(uniqueKeysWithValues: zip(PolicyObject.allCases, 0...))
    let actions = Dictionary(uniqueKeysWithValues: zip(PolicyAction.allCases, 0...))
    func key(_ grant: Grant) -> [Int] {
      [Int(grant.role.rawValue), objects[grant.object] ?? 0, actions[grant.action] ?? 0, grant.isDeny ? 1 : 0]
    }
    return grants.map { (key: key($0), grant: $0) }
      .sorted { left, right in
        left.key == right.key ? left.grant.id < right.grant.id : left.key.lexicographicallyPrecedes(right.key)
      }
      .map(\.grant)
  }
}

extension AccessRules {
  /// The purposes that a role works for: those of its rules.
  func purposes(of role: JobRole) -> PurposeSet {
    grants(of: role).filter { !$0.isDeny }.reduce(into: []) { $0.formUnion($1.purposes) }
  }

  /// Who holds a role, by log-in name.
  func holders(of role: JobRole) -> [Employee] {
    employees.values.filter { $0.roles.contains(role) }.sorted { $0.name < $1.name }
  }
}
