import Custody
import Model
import Testing

@testable import Register

/// Which policies can stand.
@Suite struct PolicyCheckTests {
  static let staff: [Employee] = [
    Employee(id: .new(), name: "ada", fullName: "Ada A", roles: [.administrator]),
    Employee(id: .new(), name: "aarne", fullName: "Aarne B", roles: [.administrator]),
    Employee(id: .new(), name: "auli", fullName: "Auli C", roles: [.auditor]),
    Employee(id: .new(), name: "maija", fullName: "Maija D", roles: [.customerService]),
  ]

  private func check(_ more: [String], without: (Grant) -> Bool = { _ in false }, staff: [Employee] = staff)
    -> PolicyCheck
  {
    let shipped = PolicyText.sorted(ShippedPolicy.grants.filter { !without($0) }).map(PolicyText.line)
    let (lines, problems) = PolicyParser.parse((more + shipped).joined(separator: "\n"))
    #expect(problems.isEmpty, "\(problems)")
    return PolicyCheck(lines, employees: staff)
  }

  @Test(arguments: [
    "allow administrator read identity purposes=security", "allow auditor read contact purposes=security",
    "allow administrator write merge purposes=security", "allow auditor read policy-for-person",
    "allow administrator break-glass-read identity purposes=security", "allow administrator write break-glass",
    "allow auditor write person-import purposes=security", "allow sales write users",
    "allow customer-service write policy",
    "allow privacy-officer approve roles", "allow sales read keys", "allow sales read session",
    "allow sales read identity", "allow sales write merge", "allow sales read identity kinds=none purposes=sales",
    "allow sales read identity fields=none purposes=sales", "deny sales read identity fields=none",
    "allow sales write organisation scope=assigned purposes=sales",
    "allow customer-service write person-import kinds=private purposes=customer-care",
  ])
  func aRuleThatCannotBeIsRefusedWithItsLine(_ line: String) {
    let check = check([line])
    #expect(check.problems.map(\.line) == [1], "\(line): \(check.problems)")
  }

  @Test(arguments: [
    "deny administrator read identity", "deny sales read identity scope=assigned",
    "allow marketing read identity purposes=marketing", "allow sales read contact scope=team purposes=sales",
    "allow sales write merge scope=assigned purposes=sales", "deny auditor read log purposes=security",
  ])
  func aRuleThatCanBeIsTaken(_ line: String) {
    let check = check([line])
    #expect(check.problems.isEmpty, "\(line): \(check.problems)")
  }

  @Test func aRuleGivenTwiceIsRefusedAndTheFirstIsNamed() {
    let check = check(["# twice", PolicyText.short(ShippedPolicy.grants[0])])
    #expect(check.problems.count == 1)
    #expect(check.problems.first?.reason.en.contains("line 2") == true)
    #expect((check.problems.first?.line ?? 0) > 2)
  }

  @Test func somebodyMustBeLeftWhoSetsItRight() {
    for object in [PolicyObject.policy, .users, .roles] {
      let check = check([]) { $0.object == object && $0.action == .write }
      #expect(check.problems.map(\.line) == [nil], "\(object)")
    }
    #expect(!check(["deny administrator write policy"]).problems.isEmpty)
    var disabled = Self.staff
    for index in disabled.indices where disabled[index].roles == [.administrator] { disabled[index].isDisabled = true }
    #expect(!check([], staff: disabled).problems.isEmpty)
  }

  @Test func somebodyElseMustBeLeftWhoApproves() {
    let alone = check([]) { $0.object == .policy && $0.action == .approve && $0.role == .auditor }
    #expect(alone.problems.isEmpty, "\(alone.problems)")
    #expect(!check([]) { $0.object == .policy && $0.action == .approve }.problems.isEmpty)
    // Two accounts of one human being do not approve each other.
    let same = [
      Employee(id: .new(), name: "ada", fullName: "Ada A", roles: [.administrator]),
      Employee(id: .new(), name: "ada2", fullName: "ada  A", roles: [.administrator]),
    ]
    #expect(!check([], staff: same).problems.isEmpty)
  }

  @Test func anEmptyPolicyIsRefused() {
    #expect(PolicyCheck([], employees: Self.staff).problems == [PolicyProblem(line: nil, reason: PolicyReasons.empty)])
  }

  @Test func aRoleWithoutRulesIsWarnedOf() {
    let check = check([]) { $0.role == .analyst }
    #expect(check.problems.isEmpty)
    #expect(check.warnings.count == 1)
    #expect(check.warnings.first?.fi.contains("analyytikko") == true)
  }
}
