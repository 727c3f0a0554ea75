import AccessLog
import Model
import Testing
import Wire

@testable import Custody
@testable import Register

/// The table of REGISTER.md section 4 written down again, apart from the code, against what the policy decides.
@Suite struct PolicyTests {
  /// The purposes of each role, and for each command the roles that may.
  static let purposes: [JobRole: Set<Purpose>] = [
    .customerService: [.customerCare, .customerService, .feedback], .sales: [.sales, .customerCare],
    .marketing: [.marketing, .communication], .analyst: [.analysis, .research],
    .privacyOfficer: [.dataSubjectRights, .legalObligation], .administrator: [], .auditor: [],
  ]

  private enum Need { case none, optional, required }

  private static let everybody = Set(JobRole.allCases)
  private static let staff: Set<JobRole> = [.customerService, .sales, .marketing, .analyst, .privacyOfficer]
  private static let readers: Set<JobRole> = [.customerService, .sales, .privacyOfficer]
  private static let rules: Set<JobRole> = [.administrator, .auditor]

  private static let table: [(verbs: String, need: Need, roles: Set<JobRole>)] = [
    ("whoami use watch session.list session.end session.password session.otp session.token", .none, everybody),
    ("approval.list approval.show approval.give approval.refuse", .none, everybody),
    ("breakglass.take breakglass.end quota.raise", .none, staff),
    ("breakglass.list breakglass.review", .none, [.privacyOfficer]),
    ("customer.reassign", .optional, [.customerService, .administrator]),
    ("deputy.list", .none, rules), ("deputy.add deputy.remove user.unlock", .none, [.administrator]),
    ("policy.set", .none, [.administrator]), ("policy.accept", .none, rules),
    ("organisation.show organisation.find organisation.list", .optional, staff),
    ("organisation.add organisation.edit", .optional, [.customerService, .sales]),
    ("person.show person.find person.list person.history", .required, readers),
    ("person.add person.edit person.contact.add person.contact.remove", .required, readers),
    ("person.affiliation.add person.affiliation.remove person.mark person.inform", .required, readers),
    ("person.import", .required, [.customerService]),
    ("person.merge", .required, [.privacyOfficer]),
    ("person.export", .required, [.marketing]),
    ("user.list role.list role.show policy.show", .none, rules),
    ("policy.explain", .none, rules.union([.privacyOfficer])),
    ("user.add user.edit user.disable user.reset role.grant role.revoke", .none, [.administrator]),
    ("log.find log.show log.count log.hash log.checkpoint log.prove log.consistency", .none, [.auditor]),
    ("log.export log.person log.viewers log.viewed", .none, [.auditor]),
    ("log.anomaly.dispose", .none, [.auditor]),
    ("log.anomalies log.anomaly.summary log.anomaly.settings log.anomaly.sign", .none, [.auditor, .privacyOfficer]),
    ("person.accesses", .required, [.privacyOfficer]),
    ("server.health server.settings keys.verify keys.rotate", .none, [.administrator]),
  ]

  private static func expected(_ role: JobRole, _ need: Need, _ roles: Set<JobRole>, _ purpose: Purpose?) -> String {
    guard roles.contains(role) else { return "denied/role" }
    switch (need, purpose) {
    case (.none, _), (.optional, nil): return "allowed"
    case (.required, nil): return "denied/purpose"
    case (_, let purpose?): return purposes[role]?.contains(purpose) == true ? "allowed" : "denied/purpose"
    }
  }

  static func decided(_ policy: Policy, _ spec: CommandSpec, _ user: UserID, _ purpose: Purpose?) -> String {
    switch policy.decide(user: user, permission: spec.permission, purposeRule: spec.purpose, purpose: purpose) {
    case .allowed: "allowed"
    case .refused(let error): error.code
    }
  }

  @Test func everyRoleCommandAndPurposeIsDecidedAsTheTableSays() {
    let policy = Policy(rules: Account.rules())
    var seen: Set<String> = []
    for (verbs, need, roles) in Self.table {
      for verb in verbs.split(separator: " ").map(String.init) {
        guard let spec = Catalogue.find(verb)?.spec else {
          Issue.record("\(verb) is no command")
          continue
        }
        seen.insert(verb)
        for role in JobRole.allCases {
          for purpose in [nil] + Purpose.allCases.map({ $0 as Purpose? }) {
            #expect(
              Self.decided(policy, spec, Account.of(role).id, purpose) == Self.expected(role, need, roles, purpose),
              "\(role.name) \(verb) \(purpose?.name ?? "-")")
          }
        }
      }
    }
    let missing = Set(Catalogue.commands.map { $0.spec.verb }).subtracting(seen)
    #expect(missing.isEmpty, "not in the table: \(missing.sorted())")
  }

  // MARK: Fields

  private enum Right { case no, own, all }

  /// Read and write, for contact persons; demographic and professional data are theirs only.
  private static let fields: [(role: JobRole, category: Category, read: Right, write: Right)] = [
    (.customerService, .identity, .all, .all), (.customerService, .contact, .all, .all),
    (.customerService, .demographic, .all, .all), (.customerService, .professional, .all, .all),
    (.customerService, .other, .all, .all),
    (.sales, .identity, .all, .own), (.sales, .contact, .own, .own), (.sales, .demographic, .own, .no),
    (.sales, .professional, .own, .own), (.sales, .other, .own, .own),
    (.privacyOfficer, .identity, .all, .all), (.privacyOfficer, .contact, .all, .all),
    (.privacyOfficer, .demographic, .all, .all), (.privacyOfficer, .professional, .all, .all),
    (.privacyOfficer, .other, .all, .all),
  ]

  @Test func everyRoleReachesExactlyTheFieldsOfTheTable() {
    let policy = Policy(rules: Account.rules())
    for role in JobRole.allCases {
      let account = Account.of(role)
      for kind in PersonKind.allCases {
        for isOwn in [false, true] {
          for purpose in Purpose.allCases {
            let person = PersonHeader(
              id: .new(), kind: kind, status: .customer, manager: isOwn ? account.id : Account.saara.id)
            for action in [PolicyAction.read, .write] {
              let holds = Self.purposes[role]?.contains(purpose) == true
              var fields: FieldSet = []
              for line in Self.fields where line.role == role && holds {
                let contactOnly = line.category == .demographic || line.category == .professional
                let right = action == .read ? line.read : line.write
                guard right == .all || right == .own && isOwn, kind == .contact || !contactOnly else { continue }
                fields.formUnion(FieldSet(in: CategorySet(line.category)))
              }
              // A business id is a sole trader's; a contact person has none.
              if kind == .contact { fields.remove(FieldSet(.businessID)) }
              let reached = policy.fields(of: person, action, user: account.id, role: role, purpose: purpose)
              #expect(
                reached == fields,
                "\(role.name) \(action.rawValue) \(kind.name) \(isOwn ? "own" : "other") \(purpose.name)")
            }
          }
        }
      }
    }
  }

  @Test func marketingReachesPersonsByListAndSegmentOnly() {
    let policy = Policy(rules: Account.rules())
    let person = PersonHeader(id: .new(), kind: .contact, status: .customer)
    func reached(_ action: PolicyAction) -> FieldSet {
      policy.fields(of: person, action, user: Account.marko.id, role: .marketing, purpose: .marketing)
    }
    let names = FieldSet([.firstName, .lastName])
    #expect(reached(.read).isEmpty && reached(.write).isEmpty)
    #expect(reached(.readByList) == names.union(FieldSet([.email, .street, .postcode, .town, .country])))
    #expect(reached(.readBySegment) == names.union(FieldSet([.title, .position])))
  }

  // MARK: Denying

  private func deny(_ role: JobRole, _ object: PolicyObject, fields: FieldSet? = nil, scope: PolicyScope = .all)
    -> Grant
  {
    Grant(role: role, object: object, action: .read, isDeny: true, fields: fields, purposes: [], scope: scope)
  }

  @Test func anExplicitDenyWinsOverEveryAllow() {
    let spec = PersonShow.spec
    for extra in [0, 3] {
      var grants = [deny(.customerService, .identity)]
      for _ in 0..<extra {
        grants.append(
          Grant(
            role: .customerService, object: .identity, action: .read,
            purposes: ShippedPolicy.purposes(of: .customerService)))
      }
      let policy = Policy(rules: Account.rules(adding: grants))
      #expect(Self.decided(policy, spec, Account.maija.id, .customerCare) == "denied/role")
      let person = PersonHeader(id: .new(), kind: .private, status: .customer)
      let reached = policy.fields(
        of: person, .read, user: Account.maija.id, role: .customerService, purpose: .customerCare)
      #expect(reached.isDisjoint(with: FieldSet([.firstName, .lastName])))
    }
  }

  @Test func aDenyOfSomeFieldsTakesThoseAndNoOther() {
    let policy = Policy(rules: Account.rules(adding: [deny(.customerService, .contact, fields: FieldSet(.phone))]))
    let person = PersonHeader(id: .new(), kind: .private, status: .customer)
    let reached = policy.fields(
      of: person, .read, user: Account.maija.id, role: .customerService, purpose: .customerCare)
    #expect(!reached.contains(.phone))
    #expect(reached.contains(.email) && reached.contains(.lastName))
  }

  @Test func aDeniedFieldIsNotSearchedInEither() async throws {
    let denies = [deny(.sales, .contact, fields: FieldSet(.email), scope: .assigned)]
    let policy = Policy(rules: Account.rules(adding: denies))
    let reach = policy.reach(of: .sales, .sales, user: Account.sami.id, on: .today())
    let (all, own) = (reach.searchable(.all, .private), reach.searchable(.assigned, .private))
    #expect(!all.contains(.email) && !own.contains(.email))
    #expect(own.contains(.phone) && !all.contains(.phone))
  }

  // MARK: Duties apart

  @Test func nobodyHoldsAdministratorOrAuditorTogetherWithAnotherRole() {
    for apart in [JobRole.administrator, .auditor] {
      for other in JobRole.allCases where other != apart {
        let both = Employee(id: .new(), name: "x", roles: [apart, other])
        let policy = Policy(rules: AccessRules(epoch: 1, employees: [both], grants: ShippedPolicy.grants))
        for command in Catalogue.commands {
          for purpose in [nil] + Purpose.allCases.map({ $0 as Purpose? }) {
            #expect(Self.decided(policy, command.spec, both.id, purpose) == "denied/role")
          }
        }
      }
    }
  }

  @Test func rolesThatDoNotFitTogetherCannotBeGranted() async throws {
    try await withRegister { register in
      for (user, role) in [("maija", "auditor"), ("maija", "administrator"), ("auli", "sales"), ("ada", "auditor")] {
        let answer = try await register.run(.aarne, "role.grant user=\(user) role=\(role)")
        #expect(answer.status == .no, "\(user) \(role)")
        #expect(answer.code != "denied/approval", "\(user) \(role) must not even wait for an approval")
      }
      #expect(try await register.database.count("access_epoch") == 1)
    }
  }

  @Test func anUnknownADisabledAndARolelessUserMayNothing() {
    let policy = Policy(rules: Account.rules())
    for command in Catalogue.commands {
      for user in [UserID.new(), Account.dora.id, Account.none.id] {
        #expect(Self.decided(policy, command.spec, user, .customerCare) == "denied/role")
      }
    }
  }
}
