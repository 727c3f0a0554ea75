import Model
import Testing

@testable import Custody
@testable import Register

/// Whose customers an employee reaches: their own, those of whom they stand in for, the team's, everybody's.
@Suite struct ScopeTests {
  private let contact = PersonHeader(id: .new(), kind: .private, status: .customer, manager: Account.saara.id)

  private func fields(_ rules: AccessRules, on day: Day, _ person: PersonHeader) -> FieldSet {
    Policy(rules: rules).reach(of: .sales, .sales, user: Account.sami.id, on: day).fields(of: person, .read)
  }

  @Test func aDeputyReachesTheColleaguesCustomersFromDayToDay() throws {
    let today = Day.today()
    let deputy = Deputy(
      employee: Account.saara.id, deputy: Account.sami.id, from: today, until: Day(number: today.number + 2))
    let base = Account.rules()
    let rules = AccessRules(
      epoch: 1, employees: Array(base.employees.values), grants: base.grants, deputies: [deputy])
    for (offset, reaches) in [(-1, false), (0, true), (2, true), (3, false)] {
      let shown = fields(rules, on: Day(number: today.number + offset), contact)
      #expect(shown.contains(.phone) == reaches, "\(offset)")
    }
    // Standing in goes one way.
    var own = contact
    own.manager = Account.sami.id
    let other = Policy(rules: rules).reach(of: .sales, .sales, user: Account.saara.id, on: today)
    #expect(!other.fields(of: own, .read).contains(.phone))
  }

  @Test func aTeamsRuleReachesTheTeamsCustomersAndNoOthers() {
    var employees = Account.rules().employees
    employees[Account.sami.id]?.team = "itä"
    employees[Account.saara.id]?.team = "itä"
    let team = Grant(role: .sales, object: .contact, action: .read, purposes: PurposeSet([.sales]), scope: .team)
    let rules = AccessRules(epoch: 1, employees: Array(employees.values), grants: [team])
    #expect(fields(rules, on: .today(), contact).contains(.phone))
    var stranger = contact
    stranger.manager = Account.maija.id
    #expect(!fields(rules, on: .today(), stranger).contains(.phone))
    stranger.manager = nil
    #expect(!fields(rules, on: .today(), stranger).contains(.phone))
    stranger.manager = Account.sami.id
    #expect(fields(rules, on: .today(), stranger).contains(.phone))
  }

  @Test func aBreakGlassWidensReadingForItsSessionAndTimeOnly() {
    let now = Instant.now()
    let session = SessionID.new()
    let glass = BreakGlass(
      id: .new(), user: Account.sami.id, session: session, takenAt: now, until: now.adding(seconds: 60),
      dueAt: now.adding(seconds: 600), reason: .gone)
    let base = Account.rules()
    let rules = AccessRules(
      epoch: 1, employees: Array(base.employees.values), grants: base.grants, breakGlasses: [glass])
    #expect(rules.breakGlass(of: Account.sami.id, session: session, at: now) != nil)
    #expect(rules.breakGlass(of: Account.sami.id, session: .new(), at: now) == nil)
    #expect(rules.breakGlass(of: Account.saara.id, session: session, at: now) == nil)
    #expect(rules.breakGlass(of: Account.sami.id, session: session, at: now.adding(seconds: 60)) == nil)
    let policy = Policy(rules: rules)
    let wide = policy.reach(of: .sales, .sales, user: Account.sami.id, on: now.day, isBreakingGlass: true)
    #expect(wide.fields(of: contact, .read).contains(.phone))
    #expect(!wide.fields(of: contact, .write).contains(.phone))
    var hidden = contact
    hidden.marks.insert(.protected)
    #expect(!wide.fields(of: hidden, .read).contains(.phone))
  }

  @Test func administratorsAndAuditorsNeverReachPersonsWhateverTheRulesSay() {
    for role in [JobRole.administrator, .auditor] {
      for object in [PolicyObject.identity, .contact, .merge, .personImport, .breakGlass, .segments] {
        for action in PolicyAction.allCases {
          #expect(!Grant(role: role, object: object, action: action, purposes: []).isAllowed)
        }
      }
      let grant = Grant(role: role, object: .identity, action: .read, purposes: PurposeSet([.customerCare]))
      let rules = AccessRules(
        epoch: 1, employees: Array(Account.rules().employees.values), grants: ShippedPolicy.grants + [grant])
      let decision = Policy(rules: rules).decide(
        user: Account.of(role).id, permission: .persons(CategorySet(.identity), .read), purposeRule: .required,
        purpose: .customerCare)
      guard case .refused = decision else {
        Issue.record("\(role.name) reaches persons")
        continue
      }
    }
    for role in JobRole.allCases where !role.standsApart {
      for object in [PolicyObject.users, .roles, .policy, .keys, .server, .ruleReview] {
        #expect(!Grant(role: role, object: object, action: .write, purposes: []).isAllowed)
      }
    }
  }

  @Test func aSessionThatActedAsAnAdministratorNeverActsAsAReader() throws {
    let acted = ActedRoles()
    let session = SessionID.new()
    try acted.act(.administrator, in: session) { _ in true }
    try acted.act(.administrator, in: session) { _ in true }
    #expect(throws: RegisterError.deniedRole) { try acted.act(.sales, in: session) { _ in true } }
    try acted.act(.sales, in: .new()) { _ in true }
  }
}
