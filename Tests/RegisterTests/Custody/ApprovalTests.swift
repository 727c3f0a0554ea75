import AccessLog
import Model
import Postgres
import Sealing
import Testing
import Wire

@testable import Custody
@testable import Register

/// Four eyes: asked, sealed, agreed to by another human being, decided anew and used up once.
@Suite struct ApprovalTests {
  private func ask(_ register: TestRegister, _ account: Account, _ line: String) async throws -> String {
    let answer = try await register.run(account, line)
    #expect(answer.code == "pending/approval", "\(line): \(answer.code)")
    return answer.object["approval"]?.string ?? ""
  }

  @Test func whatIsGivenIsExecutedOnceAndInTheLogOfBoth() async throws {
    try await withRegister { register in
      let id = try await ask(register, .ada, "role.grant user=none role=sales")
      #expect(try await ask(register, .ada, "role.grant role=sales user=none") == id)
      #expect(try await register.run(.ada, "approval.give id=\(id)").code == "denied/approval")
      let given = try await register.run(.aarne, "approval.give id=\(id)")
      #expect(given.code == "done" && given.rows.first?["state"]?.string == "executed")
      #expect(register.custody.currentRules.employees[Account.none.id]?.roles == [.sales])
      #expect(try await register.run(.aarne, "approval.give id=\(id)").code == "denied/approval")
      let entries = try await register.entries(of: given)
      #expect(Set(entries.map(\.verb)) == ["approval.give", "role.grant"])
      #expect(Set(entries.compactMap(\.user)) == [Account.ada.id, Account.aarne.id])
    }
  }

  @Test func twoAtOnceExecuteItOnce() async throws {
    try await withRegister { register in
      for _ in 0..<5 {
        let id = try await ask(register, .ada, "role.grant user=none role=sales")
        async let one = register.run(.aarne, "approval.give id=\(id)")
        async let two = register.run(.aarne, "approval.give id=\(id)")
        let codes = try await [one.code, two.code]
        #expect(codes.count { $0 == "done" } == 1, "\(codes)")
        #expect(try await register.run(.ada, "role.revoke user=none role=sales").code == "done")
      }
    }
  }

  @Test func whatIsSentAgainMustBeTheSameByTheSameAndOnce() async throws {
    try await withRegister { register in
      let reset = "user.reset id=\(Account.maija.id)"
      let id = try await ask(register, .ada, reset)
      #expect(try await register.run(.ada, "\(reset) approval=\(id)").code == "denied/approval")
      #expect(try await register.run(.aarne, "approval.give id=\(id)").code == "done")
      let other = try await register.run(.ada, "user.reset id=\(Account.mikko.id) approval=\(id)")
      #expect(other.code == "denied/approval", "\(other)")
      #expect(try await register.run(.aarne, "\(reset) approval=\(id)").code == "denied/approval")
      #expect(try await register.run(.ada, "\(reset) case=T-1 approval=\(id)").code == "denied/approval")
      let done = try await register.run(.ada, "\(reset) approval=\(id)")
      #expect(done.code == "done" && done.rows.first?["password"]?.string != nil)
      #expect(try await register.run(.ada, "\(reset) approval=\(id)").code == "denied/approval")
    }
  }

  @Test func theRequestIsSealedAndItsKeyEndsWithIt() async throws {
    try await withRegister { register in
      let id = try await ask(register, .ada, #"user.add name=uusi full-name="Merkillinen Nimi" roles=sales"#)
      let stored = try await register.database.query("SELECT sealed, slot FROM approval").single()
      let text = String(decoding: try stored.bytes(0), as: UTF8.self)
      #expect(!text.contains("Merkillinen"))
      let slot = try stored.int64(1)
      #expect(try register.keys.state(slot: slot) == [.live])
      let shown = try await register.run(.aarne, "approval.list")
      #expect(shown.rows.first?["parameters"]?["full-name"]?.string == "Merkillinen Nimi")
      #expect(try await register.run(.aarne, "approval.refuse id=\(id)").code == "done")
      try await register.custody.keyFate.run()
      #expect(try register.keys.state(slot: slot) == [.destroyed])
    }
  }

  @Test func aRightThatWasLostMeanwhileCounts() async throws {
    try await withRegister { register in
      let id = try await ask(register, .ada, "role.grant user=none role=sales")
      #expect(try await register.run(.aarne, "user.disable id=\(Account.ada.id)").code == "done")
      #expect(try await register.run(.aarne, "approval.give id=\(id)").code == "denied/role")
      #expect(register.custody.currentRules.employees[Account.none.id]?.roles == [])
    }
  }

  @Test func itRunsOut() async throws {
    var settings = ServerSettings()
    settings.access.approvalSeconds = 1
    try await withRegister(settings: settings) { register in
      let id = try await ask(register, .ada, "role.grant user=none role=sales")
      let until = register.custody.currentRules.approvals.values.first?.expiresAt ?? .now()
      while Instant.now() <= until { try await Task.sleep(for: .milliseconds(20)) }
      #expect(try await register.run(.aarne, "approval.give id=\(id)").code == "denied/approval")
      #expect(try await register.run(.aarne, "approval.list").rows.isEmpty)
      try await register.custody.tidyRules()
      #expect(try await register.database.query("SELECT sealed FROM approval").single().bytes(0).isEmpty)
    }
  }

  @Test func aSecondAccountOfTheSameHumanBeingIsNobodyElse() {
    let twin = Employee(id: .new(), name: "ada2", fullName: "  ADA ", roles: [.administrator])
    let ada = Employee(id: Account.ada.id, name: "ada", fullName: "Ada", roles: [.administrator])
    let linked = Employee(id: .new(), name: "x", fullName: "Somebody", roles: [.administrator], sameAs: ada.id)
    let other = Employee(id: .new(), name: "y", fullName: "Other", roles: [.administrator])
    let rules = AccessRules(epoch: 1, employees: [ada, twin, linked, other], grants: ShippedPolicy.grants)
    let approval = Approval(
      id: .new(), requester: ada.id, action: .roles, verb: "role.grant", digest: [], barred: nil, request: .gone,
      state: .waiting, createdAt: .now(), expiresAt: .now().adding(seconds: 60))
    let policy = Policy(rules: rules)
    #expect(policy.refusalToApprove(approval, by: twin.id) != nil)
    #expect(policy.refusalToApprove(approval, by: linked.id) != nil)
    #expect(policy.refusalToApprove(approval, by: other.id) == nil)
  }

  @Test func theAuditorApprovesOnlyWhereNoOtherAdministratorCan() {
    func refusal(disabled: Bool) -> RegisterError? {
      var rules = Account.rules().employees
      rules[Account.aarne.id]?.isDisabled = disabled
      let policy = Policy(
        rules: AccessRules(epoch: 1, employees: Array(rules.values), grants: ShippedPolicy.grants))
      let approval = Approval(
        id: .new(), requester: Account.ada.id, action: .users, verb: "user.reset", digest: [], barred: nil,
        request: .gone, state: .waiting, createdAt: .now(), expiresAt: .now().adding(seconds: 60))
      return policy.refusalToApprove(approval, by: Account.auli.id)
    }
    #expect(refusal(disabled: false)?.code == "denied/approval")
    #expect(refusal(disabled: true) == nil)
  }
}
