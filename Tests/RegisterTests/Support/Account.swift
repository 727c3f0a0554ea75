import Model
import Postgres
import Sealing

@testable import Custody

/// The employees of the tests; nobody logs in, so they have no passwords.
enum Account: String, CaseIterable, Sendable {
  case maija, mikko, sami, saara, marko, aino, pirkko, paavo, ada, aarne, auli, kaksi, dora, none

  var roles: [JobRole] {
    switch self {
    case .maija, .mikko, .dora: [.customerService]
    case .sami, .saara: [.sales]
    case .marko: [.marketing]
    case .aino: [.analyst]
    case .pirkko, .paavo: [.privacyOfficer]
    case .ada, .aarne: [.administrator]
    case .auli: [.auditor]
    case .kaksi: [.customerService, .marketing]
    case .none: []
    }
  }

  /// Always the same, so that tests can name an employee without asking.
  var id: UserID { UserID(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0000 | UInt64(ordinal + 1)) }

  private var ordinal: Int { Account.allCases.firstIndex(of: self) ?? 0 }

  var principal: Principal {
    Principal(user: id, name: rawValue, session: SessionID(high: 7, low: UInt64(ordinal)), address: "test")
  }

  /// The employee who stands for a role where a test runs over all of them.
  static func of(_ role: JobRole) -> Account {
    switch role {
    case .customerService: .maija
    case .sales: .sami
    case .marketing: .marko
    case .analyst: .aino
    case .privacyOfficer: .pirkko
    case .administrator: .ada
    case .auditor: .auli
    }
  }

  /// The first rules of a test register.
  static func prepare(_ keys: KeyStore, in transaction: Transaction) async throws {
    let change = try await RuleChange.first(try Custody.ruleStore(keys), in: transaction)
    for account in allCases {
      try await change.put(
        Employee(
          id: account.id, name: account.rawValue, fullName: account.rawValue, isDisabled: account == .dora,
          roles: account.roles), .init())
      for role in account.roles { try await change.grant(role, to: account.id) }
    }
    try await change.put(ShippedPolicy.grants)
    try await change.end(by: nil)
  }

  /// Rules with these employees and the shipped policy, without a database.
  static func rules(adding grants: [Grant] = []) -> AccessRules {
    AccessRules(
      epoch: 1,
      employees: allCases.map {
        Employee(id: $0.id, name: $0.rawValue, isDisabled: $0 == .dora, roles: $0.roles)
      }, grants: ShippedPolicy.grants + grants)
  }
}
