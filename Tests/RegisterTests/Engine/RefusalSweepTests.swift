import AccessLog
import Model
import Testing
import Wire

@testable import Custody
@testable import Register

/// Every command, by every role that may not: refused with the right code, and one entry each.
@Suite struct RefusalSweepTests {
  @Test func everyCommandByEveryRoleThatMayNotIsRefusedWithOneEntry() async throws {
    try await withRegister { register in
      let policy = Policy(rules: register.custody.currentRules)
      var expected: [RequestID: (line: String, code: String, account: Account)] = [:]
      for spec in Catalogue.commands.map({ $0.spec }) {
        for role in JobRole.allCases {
          let account = Account.of(role)
          let takesPurpose = spec.purpose != .none
          let purposes: [Purpose?] =
            takesPurpose ? [nil, .customerCare, .marketing, .dataSubjectRights, .security] : [nil]
          for purpose in purposes {
            let code = PolicyTests.decided(policy, spec, account.id, purpose)
            guard code != "allowed" else { continue }
            let line = spec.verb + (purpose.map { " purpose=\($0.name)" } ?? "")
            let answer = try await register.run(account, line)
            #expect(answer.status == .no, "\(role.name) \(line)")
            #expect(answer.code == code, "\(role.name) \(line)")
            #expect(["denied/role", "denied/purpose"].contains(answer.code), "\(role.name) \(line)")
            #expect(answer.rows.isEmpty)
            if let request = answer.request { expected[request] = (line, code, account) }
          }
        }
      }
      #expect(expected.count > 300)
      let entries = Dictionary(grouping: try await register.entries(), by: \.request)
      for (request, want) in expected {
        let found = entries[request] ?? []
        #expect(found.count == 1, "\(want.account) \(want.line)")
        #expect(found.first?.outcome == .denied && found.first?.code == want.code, "\(want.account) \(want.line)")
        #expect(found.first?.user == want.account.id)
      }
    }
  }

  @Test func whatAlwaysNeedsAnApprovalIsPutAsideForThoseWhoMayAskForIt() async throws {
    try await withRegister { register in
      for (account, line) in [
        (Account.ada, "user.reset id=\(Account.maija.id)"), (.ada, "role.grant user=none role=sales"),
      ] {
        let answer = try await register.run(account, line)
        #expect(answer.code == "pending/approval", "\(line)")
        #expect(try await register.entries(of: answer).map(\.code) == ["pending/approval"])
      }
      #expect(try await register.database.count("approval") == 2)
    }
  }
}
