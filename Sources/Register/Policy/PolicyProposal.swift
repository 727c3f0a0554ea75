import Custody
import Model
import Wire

/// A policy's text held against the rules in force: what is wrong with it, and what it would change. Pure.
struct PolicyProposal: Sendable {
  /// Why it cannot be put in force; empty where it can.
  let problems: [PolicyProblem]
  /// What whoever sets it should know.
  let warnings: [Text]
  /// The rules wanted.
  let grants: [Grant]
  /// What it changes.
  let difference: PolicyDifference

  /// Reads and checks a text.
  init(_ text: String, under rules: AccessRules) {
    let (lines, unreadable) = PolicyParser.parse(text)
    grants = lines.map(\.grant)
    difference = PolicyDifference(from: rules.grants, to: grants)
    guard unreadable.isEmpty else {
      problems = unreadable
      warnings = []
      return
    }
    let check = PolicyCheck(lines, employees: Array(rules.employees.values))
    problems = check.problems
    warnings = check.warnings
  }

  /// How many rows it is told in.
  var rowCount: Int { difference.added.count + difference.removed.count + warnings.count }

  /// The difference line by line, then the warnings.
  func rows(_ language: Language) -> [JSONObject] {
    difference.rows + warnings.map { ["warning": .string($0[language])] }
  }

  /// How many rules come, go and stay.
  var summary: JSONObject {
    [
      "rows": .int(Int64(rowCount)), "added": .int(Int64(difference.added.count)),
      "removed": .int(Int64(difference.removed.count)), "kept": .int(Int64(difference.kept.count)),
    ]
  }

  /// What the approver is shown: the difference as lines with their sign, the counts and the warnings.
  func showing(_ language: Language) -> JSONObject {
    let lines = difference.rows.compactMap { row -> String? in
      guard let sign = row["change"]?.string, let line = row["line"]?.string else { return nil }
      return sign + " " + line
    }
    var showing: JSONObject = ["difference": .names(lines)]
    for member in summary where member.key != "rows" { showing[member.key] = member.value }
    if !warnings.isEmpty { showing["warnings"] = .names(warnings.map { $0[language] }) }
    return showing
  }
}
