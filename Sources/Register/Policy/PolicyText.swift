import Custody
import Model

/// The policy as text that people read and edit: one rule a line, in columns, grouped by job role.
///
/// ```
/// allow  sales             read             contact              scope=assigned  purposes=customer-care,sales
/// ```
///
/// What is left out means all: both kinds of persons, every field of the category, every customer. Purposes are always
/// spelt out; a rule without them needs none. A line depends on its rule only, so that two texts can be compared line
/// by line; `PolicyParser` reads back exactly the same rules.
enum PolicyText {
  private static let roleWidth = width(JobRole.allCases.map(\.name))
  private static let actionWidth = width(PolicyAction.allCases.map(\.rawValue))
  private static let objectWidth = width(PolicyObject.allCases.map(\.rawValue))
  private static let effectWidth = 5

  private static func width(_ words: [String]) -> Int { words.map(\.utf8.count).max() ?? 0 }

  /// A rule's line, its words in columns.
  static func line(_ grant: Grant) -> String {
    let columns = [
      padded(grant.isDeny ? "deny" : "allow", effectWidth), padded(grant.role.name, roleWidth),
      padded(grant.action.rawValue, actionWidth), padded(grant.object.rawValue, objectWidth),
    ]
    let line = (columns + details(grant)).joined(separator: "  ")
    return String(line.prefix(through: line.lastIndex { $0 != " " } ?? line.startIndex))
  }

  /// The same with single spaces, to stand in a sentence.
  static func short(_ grant: Grant) -> String {
    ([grant.isDeny ? "deny" : "allow", grant.role.name, grant.action.rawValue, grant.object.rawValue] + details(grant))
      .joined(separator: " ")
  }

  /// The lines of rules: a comment on how to read them, then each role's under a comment with its title.
  static func lines(_ grants: [Grant], epoch: Int64, roles: [JobRole] = JobRole.allCases, _ language: Language)
    -> [String]
  {
    var lines = PolicyWords.heading(epoch: epoch).map { "# " + $0[language] }
    for role in roles {
      let own = sorted(grants.filter { $0.role == role })
      lines += ["", "# " + (own.isEmpty ? PolicyWords.withoutRules(role) : role.title)[language]]
      var last: Grant?
      for grant in own where grant.content != last?.content {
        lines.append(line(grant))
        last = grant
      }
    }
    return lines
  }

  /// Rules by role, then object, then action, denials last; rules of the same content stand together.
  static func sorted(_ grants: [Grant]) -> [Grant] {
    grants.map { (key: key($0), grant: $0) }.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.grant)
  }

  /// What rules are sorted by: two have the same key just where their content is the same.
  static func key(_ grant: Grant) -> [UInt64] {
    let object = PolicyObject.allCases.firstIndex(of: grant.object) ?? 0
    let action = PolicyAction.allCases.firstIndex(of: grant.action) ?? 0
    return [
      UInt64(grant.role.rawValue), UInt64(object), UInt64(action), grant.isDeny ? 1 : 0, UInt64(grant.kinds.rawValue),
      UInt64(grant.scope.rawValue), grant.fields.rawValue, UInt64(grant.purposes.rawValue),
    ]
  }

  /// What a rule says besides the usual.
  private static func details(_ grant: Grant) -> [String] {
    var details: [String] = []
    if grant.kinds != .both {
      details.append("kinds=" + list(PersonKind.allCases.filter(grant.kinds.contains).map(\.name)))
    }
    if grant.fields != grant.usualFields { details.append("fields=" + list(grant.fields.members.map(\.name))) }
    if grant.scope != .all { details.append("scope=" + grant.scope.name) }
    if !grant.purposes.isEmpty { details.append("purposes=" + list(grant.purposes.members.map(\.name))) }
    return details
  }

  private static func list(_ names: [String]) -> String { names.isEmpty ? none : names.joined(separator: ",") }

  /// Stands for an empty list.
  static let none = "none"

  private static func padded(_ word: String, _ width: Int) -> String {
    word + String(repeating: " ", count: max(0, width - word.utf8.count))
  }
}

extension Grant {
  /// The rule without its id: two rules are alike where their contents are equal.
  var content: Grant {
    var content = self
    content.id = ID<Grant>(high: 0, low: 0)
    return content
  }

  /// The fields that the rule reaches where it names none.
  var usualFields: FieldSet { object.category.map { FieldSet(in: CategorySet($0)) } ?? [] }
}
