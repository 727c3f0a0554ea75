import Custody
import Model
import Testing

@testable import Register

/// The policy as text, written and read back.
@Suite struct PolicyTextTests {
  private func read(_ lines: [String]) -> [PolicyLine] {
    let (read, problems) = PolicyParser.parse(lines.joined(separator: "\n"))
    #expect(problems.isEmpty, "\(problems)")
    return read
  }

  @Test func aPolicyReadBackIsExactlyTheSame() {
    for seed in 0..<300 {
      var making = PolicyMaking(UInt64(seed))
      let grants = making.grants(1 + seed % 60)
      for language in Language.allCases {
        let lines = PolicyText.lines(grants, epoch: Int64(seed), language)
        #expect(Set(read(lines).map(\.grant)) == Set(grants.map(\.content)), "seed \(seed)")
      }
    }
  }

  @Test func theTextDoesNotDependOnTheOrderOrTheIdsOfTheRules() {
    var making = PolicyMaking(1)
    for _ in 0..<100 {
      let grants = making.grants(40)
      let again = grants.shuffled(using: &making).map { grant in
        var grant = grant
        grant.id = .new()
        return grant
      }
      #expect(PolicyText.lines(grants, epoch: 1, .finnish) == PolicyText.lines(again, epoch: 1, .finnish))
    }
  }

  @Test func theShippedPolicyIsReadBackAndCanStand() {
    let grants = ShippedPolicy.grants
    let lines = read(PolicyText.lines(grants, epoch: 1, .english))
    #expect(Set(lines.map(\.grant)) == Set(grants.map(\.content)))
    #expect(lines.count == Set(grants.map(\.content)).count)
    let check = PolicyCheck(lines, employees: PolicyCheckTests.staff)
    #expect(check.problems.isEmpty, "\(check.problems)")
    #expect(check.warnings.isEmpty, "\(check.warnings)")
  }

  @Test func theUsualIsLeftOutAndTheRestIsSpeltOut() {
    let plain = Grant(role: .sales, object: .identity, action: .read, purposes: PurposeSet([.sales]))
    #expect(PolicyText.short(plain) == "allow sales read identity purposes=sales")
    let narrow = Grant(
      role: .sales, object: .contact, action: .write, isDeny: true, kinds: .private,
      fields: FieldSet([.phone, .email]), purposes: [], scope: .assigned)
    #expect(PolicyText.short(narrow) == "deny sales write contact kinds=private fields=phone,email scope=assigned")
    #expect(
      PolicyText.line(plain)
        == "allow  sales             read              identity             purposes=sales")
  }

  @Test func columnsStandBelowEachOther() {
    let lines = PolicyText.lines(ShippedPolicy.grants, epoch: 1, .english).filter { $0.hasPrefix("allow") }
    // Only lines with kinds, fields or a scope have their purposes further to the right.
    let plain = lines.filter { !$0.contains("kinds=") && !$0.contains("scope=") && !$0.contains("fields=") }
    let starts = plain.filter { $0.contains("purposes=") }.map { $0.split(separator: "purposes=")[0].utf8.count }
    #expect(Set(starts).count == 1 && starts.count > 20)
    #expect(lines.allSatisfy { !$0.hasSuffix(" ") })
  }

  @Test func everyRoleStandsUnderItsTitle() {
    let lines = PolicyText.lines([], epoch: 7, .swedish)
    for role in JobRole.allCases { #expect(lines.contains { $0.contains(role.title.sv) }) }
    #expect(lines.allSatisfy { $0.isEmpty || $0.hasPrefix("#") })
    let one = PolicyText.lines(ShippedPolicy.grants, epoch: 7, roles: [.auditor], .english)
    #expect(one.contains { $0.contains("auditor") } && !one.contains { $0.contains("sales") })
  }

  @Test func everyObjectAndActionHasWordsInEveryLanguage() {
    for object in PolicyObject.allCases {
      #expect(PolicyWords.nouns[object.rawValue] != nil, "\(object)")
      for action in PolicyAction.allCases {
        let phrase = PolicyWords.phrase(object, action)
        for language in Language.allCases { #expect(!phrase[language].isEmpty) }
      }
    }
    for action in PolicyAction.allCases { #expect(PolicyWords.verbs[action.rawValue] != nil, "\(action)") }
    let known = Set(
      PolicyAction.allCases.flatMap { action in PolicyObject.allCases.map { "\(action.rawValue) \($0.rawValue)" } })
    #expect(known.isSuperset(of: PolicyWords.phrases.keys))
    #expect(Set(PolicyObject.allCases.map(\.rawValue)).isSuperset(of: PolicyWords.nouns.keys))
  }
}
