import Custody
import Model
import Wire

/// Reads a policy's text: comments after `#` and blank lines are left out, any white space stands between words.
enum PolicyParser {
  /// The rules and what could not be read; at most `Limits.policyProblemsMax` problems, one a line.
  static func parse(_ text: String) -> (lines: [PolicyLine], problems: [PolicyProblem]) {
    guard text.utf8.count <= Limits.policyBytesMax else {
      return ([], [PolicyProblem(line: nil, reason: PolicyReasons.tooLong)])
    }
    var lines: [PolicyLine] = []
    var problems: [PolicyProblem] = []
    let scalars = text.unicodeScalars.first == "\u{FEFF}" ? text.unicodeScalars.dropFirst() : text.unicodeScalars[...]
    let parts = scalars.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, part) in parts.enumerated() where problems.count < Limits.policyProblemsMax {
      do throws(Unreadable) {
        guard let grant = try rule(part.last == "\r" ? part.dropLast() : part) else { continue }
        guard lines.count < Limits.policyRulesMax else { throw Unreadable(reason: PolicyReasons.tooMany) }
        lines.append(PolicyLine(number: index + 1, grant: grant))
      } catch {
        problems.append(PolicyProblem(line: index + 1, reason: error.reason))
        if error.reason == PolicyReasons.tooMany { break }
      }
    }
    return (lines, problems)
  }

  /// Why a line is no rule.
  private struct Unreadable: Error { let reason: Text }

  private static func rule(_ line: Substring.UnicodeScalarView) throws(Unreadable) -> Grant? {
    let words = words(line.prefix { $0 != "#" })
    guard !words.isEmpty else { return nil }
    guard words.allSatisfy({ SafeText.isSafe($0) }) else { throw Unreadable(reason: PolicyReasons.hidden) }
    let effect = try word(words, 0, PolicyReasons.effect, ["allow", "deny"]) { $0 }
    let role = try word(words, 1, PolicyReasons.role, JobRole.allCases.map(\.name)) { JobRole(name: $0) }
    let action = try word(words, 2, PolicyReasons.action, PolicyAction.allCases.map(\.rawValue)) {
      PolicyAction(rawValue: $0)
    }
    let object = try word(words, 3, PolicyReasons.object, PolicyObject.allCases.map(\.rawValue)) {
      PolicyObject(rawValue: $0)
    }
    var grant = Grant(
      id: ID<Grant>(high: 0, low: 0), role: role, object: object, action: action, isDeny: effect == "deny",
      purposes: [])
    try details(words.dropFirst(4), &grant)
    return grant
  }

  private static func words(_ line: Substring.UnicodeScalarView) -> [String] {
    line.split { $0.properties.isWhitespace }.map { String($0) }
  }

  private static func word<Value>(
    _ words: [String], _ index: Int, _ what: Text, _ known: [String], _ make: (String) -> Value?
  ) throws(Unreadable) -> Value {
    guard index < words.count else { throw Unreadable(reason: PolicyReasons.missing(what, known)) }
    guard let value = known.contains(words[index]) ? make(words[index]) : nil else {
      throw Unreadable(reason: PolicyReasons.unknown(what, known, meant: NearestWord.of(words[index], in: known)))
    }
    return value
  }

  // MARK: Details

  private static func details(_ words: ArraySlice<String>, _ grant: inout Grant) throws(Unreadable) {
    var given: Set<String> = []
    for word in words {
      guard let sign = word.firstIndex(of: "=") else { throw Unreadable(reason: PolicyReasons.noDetail) }
      let name = String(word[..<sign])
      let value = String(word[word.index(after: sign)...])
      guard ["kinds", "fields", "scope", "purposes"].contains(name) else {
        throw Unreadable(reason: PolicyReasons.noDetail)
      }
      guard given.insert(name).inserted else { throw Unreadable(reason: PolicyReasons.twice(name)) }
      try set(name, value, &grant)
    }
  }

  private static func set(_ name: String, _ value: String, _ grant: inout Grant) throws(Unreadable) {
    switch name {
    case "kinds":
      let kinds = try list(value, PolicyReasons.kind, PersonKind.allCases.map(\.name)) { PersonKind(name: $0) }
      grant.kinds = kinds.reduce(into: []) { $0.formUnion(KindSet(rawValue: $1.rawValue)) }
    case "fields":
      guard grant.object.category != nil else { throw Unreadable(reason: PolicyReasons.fieldsElsewhere) }
      let known = grant.usualFields.members.map(\.name)
      grant.fields = FieldSet(try list(value, PolicyReasons.field, known) { Field(name: $0) })
    case "scope":
      let known = PolicyScope.allCases.map(\.name)
      let found = PolicyScope.allCases.first { $0.name == value }
      guard let found else {
        throw Unreadable(
          reason: PolicyReasons.unknown(PolicyReasons.scope, known, meant: NearestWord.of(value, in: known)))
      }
      grant.scope = found
    default:
      grant.purposes = PurposeSet(
        try list(value, PolicyReasons.purpose, Purpose.allCases.map(\.name)) { Purpose(name: $0) })
    }
  }

  private static func list<Value>(_ value: String, _ what: Text, _ known: [String], _ make: (String) -> Value?)
    throws(Unreadable) -> [Value]
  {
    if value == PolicyText.none { return [] }
    var result: [Value] = []
    for word in value.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
      guard let item = known.contains(word) ? make(word) : nil else {
        throw Unreadable(reason: PolicyReasons.unknown(what, known, meant: NearestWord.of(word, in: known)))
      }
      result.append(item)
    }
    return result
  }
}

/// Finds the word that somebody most likely meant.
enum NearestWord {
  /// The only known word that is at most two edits away (Levenshtein), letter case apart; nil where there is none.
  static func of(_ word: String, in known: [String]) -> String? {
    guard word.utf8.count <= 64 else { return nil }
    let letters = Array(word.lowercased().utf8)
    let near = known.map { (word: $0, edits: edits(letters, Array($0.utf8))) }.filter { $0.edits <= 2 }
    guard let best = near.map(\.edits).min() else { return nil }
    let found = near.filter { $0.edits == best }
    return found.count == 1 && best * 2 < letters.count ? found.first?.word : nil
  }

  private static func edits(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var row = Array(0...right.count)
    for (index, byte) in left.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for column in right.indices {
        let replaced = diagonal + (byte == right[column] ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(replaced, row[column] + 1, diagonal + 1)
      }
    }
    return row[right.count]
  }
}
