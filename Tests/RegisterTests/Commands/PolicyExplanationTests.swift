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
    let explanation = PolicyExplanation(rules(), Whoami.spec, user: seller.id, purpose: nil)
    #expect(explanation.isAllowed)
    #expect(explanation.rule == "session")
  }

  @Test func aSellerReachesOnlyTheirOwnCustomersContactData() {
    let own = PolicyExplanation(
      rules(), contact, user: seller.id, purpose: .sales, person: person(manager: seller.id))
    #expect(own.isAllowed)
    #expect(own.categories?.contains(.contact) == true)
    let other = PolicyExplanation(rules(), contact, user: seller.id, purpose: .sales, person: person())
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
      rules(), spec(.persons(CategorySet(.contact), .read), approval: .always), user: server.id,
      purpose: .customerService)
    #expect(explanation.because.en.contains("Another person must approve"))
  }
}
