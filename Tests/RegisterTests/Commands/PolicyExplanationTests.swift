import Custody
import Model
import Testing

@testable import Register

struct PolicyExplanationTests {
  private let seller = Employee(id: .new(), name: "seller", roles: [.sales])
  private let server = Employee(id: .new(), name: "server", roles: [.customerService])
  private let officer = Employee(id: .new(), name: "officer", roles: [.privacyOfficer])
  private let closed = Employee(id: .new(), name: "closed", isDisabled: true, roles: [.sales])
  private let both = Employee(id: .new(), name: "both", roles: [.sales, .administrator])
  private let fresh = Employee(id: .new(), name: "fresh", roles: [])

  private func rules(_ more: [Grant] = []) -> AccessRules {
    AccessRules(
      epoch: 1, employees: [seller, server, officer, closed, both, fresh], grants: ShippedPolicy.grants + more)
  }

  private func spec(
    _ permission: Permission, _ purpose: PurposeRule = .required, approval: CommandSpec.ApprovalRule = .never
  ) -> CommandSpec {
    CommandSpec(
      verb: "a.b", summary: Text(en: "", fi: "", sv: ""), parameters: [], columns: [], permission: permission,
      purpose: purpose, effect: .read, log: .one, approval: approval, timeLimitMilliseconds: 1)
  }

  private var contact: CommandSpec { spec(.persons(CategorySet(.contact), .read)) }

  private func person(_ kind: PersonKind = .private, manager: UserID? = nil, marks: Marks = []) -> PersonHeader {
    PersonHeader(id: .new(), kind: kind, status: .customer, marks: marks, manager: manager)
  }

  @Test func anAllowedCommandNamesItsRule() throws {
    let rules = rules()
    let explanation = PolicyExplanation(rules, contact, user: server.id, purpose: .customerService)
    #expect(explanation.isAllowed)
    let grant = try #require(rules.grants.first { $0.id.description == explanation.rule })
    #expect(grant.role == .customerService)
    #expect(grant.object == .contact)
    #expect(explanation.because.en.contains("customer service"))
    #expect(explanation.because.fi.contains("asiakaspalvelu"))
    #expect(explanation.because.sv.contains("kundservice"))
    #expect(explanation.categories == nil)
  }

  @Test func refusalsSayWhichKindTheyAre() {
    let rules = rules()
    func rule(_ user: UserID, _ spec: CommandSpec, _ purpose: Purpose?) -> String {
      let explanation = PolicyExplanation(rules, spec, user: user, purpose: purpose)
      #expect(!explanation.isAllowed)
      return explanation.rule
    }
    #expect(rule(closed.id, contact, .sales) == "disabled")
    #expect(rule(.new(), contact, .sales) == "disabled")
    #expect(rule(both.id, contact, .sales) == "separation")
    #expect(rule(fresh.id, contact, .sales) == "no-role")
    #expect(rule(seller.id, contact, nil) == "no-purpose")
    #expect(rule(seller.id, contact, .research) == "no-purpose")
    #expect(rule(seller.id, spec(.object(.users, .read), .none), nil) == "no-rule")
  }

  @Test func aMissingPurposeIsToldWithThoseThatFit() {
    let explanation = PolicyExplanation(rules(), contact, user: seller.id, purpose: nil)
    #expect(explanation.because.en.contains("sales"))
    #expect(explanation.because.en.contains("customer care"))
    #expect(!explanation.because.en.contains("marketing"))
  }

  @Test func anExplicitDenialNamesItself() {
    let denial = Grant(
      role: .customerService, object: .contact, action: .read, isDeny: true, purposes: [])
    let explanation = PolicyExplanation(rules([denial]), contact, user: server.id, purpose: .customerService)
    #expect(!explanation.isAllowed)
    #expect(explanation.rule == denial.id.description)
  }

  @Test func theSessionsOwnCommandsNeedNoRule() {
    let explanation = PolicyExplanation(rules(), spec(.object(.session, .read), .none), user: seller.id, purpose: nil)
    #expect(explanation.isAllowed)
    #expect(explanation.rule == "session")
  }

  @Test func aSellerReachesOnlyTheirOwnCustomersContactData() {
    let own = PolicyExplanation(
      rules(), contact, user: seller.id, purpose: .sales, person: person(manager: seller.id))
    #expect(own.isAllowed)
    #expect(own.categories?.contains(.contact) == true)
    #expect(own.because.en.contains("seller is the person's account manager"))
    let other = PolicyExplanation(rules(), contact, user: seller.id, purpose: .sales, person: person())
    #expect(other.because.en.contains("no account manager"))
    #expect(!other.isAllowed)
    #expect(other.categories == [])
  }

  @Test func aRestrictedPersonIsReachedForTheirRightsOnly() {
    let restricted = person(marks: .restricted)
    let service = PolicyExplanation(
      rules(), contact, user: server.id, purpose: .customerService, person: restricted)
    #expect(!service.isAllowed)
    #expect(service.because.en.contains("restricted"))
    let rights = PolicyExplanation(
      rules(), contact, user: officer.id, purpose: .dataSubjectRights, person: restricted)
    #expect(rights.isAllowed)
  }

  @Test func aCommandThatIsNotAboutPersonsSaysSo() {
    let explanation = PolicyExplanation(
      rules(), spec(.object(.organisation, .read), .none), user: seller.id, purpose: nil, person: person())
    #expect(explanation.isAllowed)
    #expect(explanation.because.en.contains("not about single persons"))
  }

  @Test func anApprovalIsTold() {
    let explanation = PolicyExplanation(
      rules(), spec(.persons(CategorySet(.contact), .read), approval: .always(.given)), user: server.id,
      purpose: .customerService)
    #expect(explanation.because.en.contains("Another person must approve"))
  }

  @Test func anApproverIsNamedByRole() {
    let explanation = PolicyExplanation(
      rules(), spec(.object(.merge, .write), approval: .always(.given)), user: officer.id, purpose: .dataSubjectRights)
    #expect(explanation.because.en.contains("who holds the role “privacy officer”"))
    #expect(explanation.because.fi.contains("tietosuojavastaava"))
    #expect(explanation.because.sv.contains("dataskyddsombud"))
  }

  @Test func aWholeSentenceSaysWhatMayBeDoneOfWhomAndByWhichRule() {
    let named = Employee(id: .new(), name: "maija", fullName: "Maija Malli", roles: [.customerService])
    let grant = Grant(
      role: .customerService, object: .contact, action: .read, purposes: PurposeSet([.customerService]))
    let rules = AccessRules(epoch: 1, employees: [named], grants: [grant])
    let because = PolicyExplanation(rules, contact, user: named.id, purpose: .customerService).because
    #expect(
      because.en.hasPrefix(
        "Maija Malli may run a.b for the purpose “customer service”, because the role “customer service” may read "
          + "contact data of all customers, by the rule “allow customer-service read contact purposes=customer-service”."
      ))
    #expect(
      because.fi.hasPrefix(
        "Maija Malli saa suorittaa komennon a.b käyttötarkoitukseen ”asiakaspalvelu”, koska työnkuva ”asiakaspalvelu” "
          + "saa lukea yhteystietoja kaikista asiakkaista säännöllä ”allow"))
    #expect(
      because.sv.hasPrefix(
        "Maija Malli får köra a.b för ändamålet ”kundservice”, eftersom rollen ”kundservice” får läsa kontaktuppgifter "
          + "om alla kunder enligt regeln ”allow"))
  }

  @Test func aMissingRuleSaysWhoseItIs() {
    let explanation = PolicyExplanation(
      rules(), spec(.object(.users, .write), .none), user: seller.id, purpose: nil)
    #expect(explanation.because.en.contains("“sales” has no rule that allows to add and change accounts"))
    #expect(explanation.because.en.contains("administrator"))
  }

  private func reach(
    _ scope: PolicyScope, deputies: [Deputy] = [], marks: Marks = [], manager: UserID?, kinds: KindSet = .both,
    more: [Grant] = [], purpose: Purpose = .sales
  ) -> PolicyExplanation {
    var own = seller
    own.team = "pohjoinen"
    var colleague = server
    colleague.team = "pohjoinen"
    colleague.fullName = "Saara Sola"
    let grant = Grant(
      role: .sales, object: .contact, action: .read, kinds: kinds, purposes: PurposeSet([.sales]), scope: scope)
    let rules = AccessRules(
      epoch: 1, employees: [own, colleague, officer], grants: [grant] + more, deputies: deputies)
    return PolicyExplanation(
      rules, contact, user: seller.id, purpose: purpose, person: person(manager: manager, marks: marks))
  }

  @Test func aDeputyIsToldWithTheLastDay() {
    let until = Day(number: Day.today().number + 5)
    let deputy = Deputy(employee: server.id, deputy: seller.id, from: .today(), until: until)
    let explanation = reach(.assigned, deputies: [deputy], manager: server.id)
    #expect(explanation.isAllowed)
    #expect(explanation.because.en.contains("stands in for the person's account manager Saara Sola until \(until)"))
    #expect(explanation.because.fi.contains("sijaisena"))
    let over = Deputy(
      employee: server.id, deputy: seller.id, from: Day(number: 1), until: Day(number: Day.today().number - 1))
    let ended = reach(.assigned, deputies: [over], manager: server.id)
    #expect(!ended.isAllowed)
    #expect(ended.because.en.contains("account manager is Saara Sola"))
  }

  @Test func aTeamIsToldByName() {
    let near = reach(.team, manager: server.id)
    #expect(near.isAllowed)
    #expect(near.because.sv.contains("samma team, ”pohjoinen”"))
    let far = reach(.team, manager: officer.id)
    #expect(!far.isAllowed)
    #expect(far.because.en.contains("the team “pohjoinen” only"))
  }

  @Test func anotherKindADenialAndTurvakieltoAreTold() {
    #expect(reach(.all, manager: nil, kinds: .contact).because.en.contains("not about private customers"))
    let denial = Grant(
      role: .sales, object: .contact, action: .read, isDeny: true, kinds: .private, purposes: [])
    let denied = reach(.all, manager: nil, more: [denial])
    #expect(!denied.isAllowed)
    #expect(denied.because.en.contains("A denial wins"))
    let protected = reach(.all, marks: .protected, manager: nil)
    #expect(protected.isAllowed)
    #expect(protected.because.en.contains("non-disclosure order"))
    #expect(protected.because.fi.contains("turvakielto"))
  }

  @Test func anEmergencyReadIsTold() {
    let now = Instant.now()
    let glass = BreakGlass(
      id: .new(), user: seller.id, session: .new(), takenAt: now.adding(seconds: -5), until: now.adding(seconds: 600),
      dueAt: now.adding(seconds: 90_000), reason: .gone)
    func explained(_ glasses: [BreakGlass]) -> PolicyExplanation {
      let rules = AccessRules(
        epoch: 1, employees: [seller], grants: ShippedPolicy.grants, breakGlasses: glasses)
      return PolicyExplanation(rules, contact, user: seller.id, purpose: .sales, person: person(), at: now)
    }
    let without = explained([])
    #expect(!without.isAllowed)
    #expect(without.because.en.contains("after breakglass.take"))
    let within = explained([glass])
    #expect(within.isAllowed)
    #expect(within.categories?.contains(.contact) == true)
    #expect(within.because.en.contains("until \(glass.until)"))
    #expect(within.because.en.contains("In other sessions not"))
  }
}
