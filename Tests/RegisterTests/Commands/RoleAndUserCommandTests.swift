import Custody
import Model
import Testing
import Wire

@testable import Register

struct RoleAndUserCommandTests {
  private let seller = Employee(id: .new(), name: "seller", roles: [.sales])
  private let closed = Employee(id: .new(), name: "closed", isDisabled: true, roles: [])

  private var rules: AccessRules {
    AccessRules(epoch: 1, employees: [seller, closed], grants: ShippedPolicy.grants)
  }

  private func arguments(_ parameters: (String, String)...) -> Arguments {
    Arguments(parameters.map { Parameter(name: $0.0, value: $0.1) })
  }

  @Test func aGrantThatCannotBeMadeIsRefusedBeforeAnyApproval() throws {
    #expect(code { try RoleGrant.check(.name("nobody"), .sales, rules) } == "notfound")
    #expect(code { try RoleGrant.check(.id(seller.id), .auditor, rules) } == "conflict/state")
    #expect(code { try RoleGrant.check(.id(seller.id), .sales, rules) } == "conflict/state")
    #expect(code { try RoleGrant.check(.id(closed.id), .sales, rules) } == "conflict/state")
    try RoleGrant.check(.name("seller"), .marketing, rules)
  }

  @Test func aNewAccountIsCheckedInWhole() {
    func add(_ parameters: (String, String)...) -> String {
      code {
        var arguments = Arguments(parameters.map { Parameter(name: $0.0, value: $0.1) })
        _ = try UserAdd(&arguments)
      }
    }
    #expect(add(("name", "maija"), ("full-name", "Maija Meri")) == "")
    #expect(add(("full-name", "Maija Meri")) == "invalid/name")
    #expect(add(("name", "maija")) == "invalid/full-name")
    #expect(add(("name", "maija"), ("full-name", "Maija\u{202E}")) == "invalid/full-name")
    #expect(add(("name", "maija"), ("full-name", "M"), ("roles", "sales,king")) == "invalid/roles")
    #expect(add(("name", "maija"), ("full-name", "M"), ("roles", "sales,auditor")) == "invalid/roles")
    #expect(add(("name", "maija"), ("full-name", "M"), ("password", "short")) == "invalid/password")
    let twelve = "äkkö-rysä-vú"
    #expect(add(("name", "maija"), ("full-name", "M"), ("password", twelve)) == "invalid/password")
    #expect(add(("name", "maija"), ("full-name", "M"), ("password", twelve), ("otp", "true")) == "")
    #expect(add(("name", "maija"), ("full-name", "M"), ("otp", "maybe")) == "invalid/otp")
  }

  @Test func anEditChangesSomething() {
    var nothing = arguments(("id", seller.id.description), ("rev", "1"))
    #expect(code { _ = try UserEdit(&nothing) } == "invalid/full-name")
    var something = arguments(("id", seller.id.description), ("rev", "1"), ("unix-user", ""))
    #expect(code { _ = try UserEdit(&something) } == "")
  }

  @Test func pagesOfAccountsGoOnAfterAName() {
    let employees = (0..<25).map { Employee(id: .new(), name: "user-\($0)", roles: []) }
    let rules = AccessRules(epoch: 1, employees: employees, grants: [])
    var names: [String] = []
    var after: String? = ""
    while let from = after {
      let page = UserList.page(rules, after: from, limit: 7)
      names += page.employees.map(\.name)
      after = page.next
    }
    #expect(names == employees.map(\.name).sorted())
  }

  @Test func aRolesPurposesAreThoseOfItsRules() {
    #expect(rules.purposes(of: .sales) == ShippedPolicy.purposes(of: .sales))
    #expect(rules.purposes(of: .auditor).members.isEmpty)
    #expect(rules.holders(of: .sales) == [seller])
  }

  @Test func rulesAreInTheOrderOfRolesAndKeepAllOfThem() {
    let sorted = GrantRow.sorted(ShippedPolicy.grants.shuffled())
    #expect(sorted.count == ShippedPolicy.grants.count)
    #expect(sorted.map(\.role.rawValue) == sorted.map(\.role.rawValue).sorted())
    for grant in sorted { #expect(GrantRow.row(grant).keys == GrantRow.columns.map(\.name)) }
  }

  @Test func useTakesAPurposeOrACaseAndNothingElse() {
    var none = arguments()
    #expect(code { _ = try Use(&none) } == "invalid/purpose")
    var wrong = arguments(("purpose", "fun"))
    #expect(code { _ = try Use(&wrong) } == "invalid/purpose")
    var away = arguments(("purpose", ""))
    #expect(code { _ = try Use(&away) } == "")
    #expect(Use.spec.takes("purpose"))
  }

  @Test func aNewPasswordDiffersFromTheOldOne() {
    let password = "correct horse battery"
    var same = arguments(("old", password), ("new", password))
    #expect(code { _ = try SessionPassword(&same) } == "invalid/new")
    var short = arguments(("old", password), ("new", "short"))
    #expect(code { _ = try SessionPassword(&short) } == "invalid/new")
    var missing = arguments(("new", password))
    #expect(code { _ = try SessionPassword(&missing) } == "invalid/old")
  }
}
