import Custody
import Model
import Testing
import Wire

@testable import Register

/// What a new policy changes, and the request that waits for it.
@Suite struct PolicyDifferenceTests {
  @Test func whatGoesAndComesMakesTheNewOfTheOld() {
    for seed in 0..<300 {
      var making = PolicyMaking(UInt64(seed))
      let present = making.grants(20)
      let wanted = (present.filter { _ in making.next() % 3 != 0 } + making.grants(6)).map(\.content)
      let difference = PolicyDifference(from: present, to: wanted)
      #expect(Set(difference.result.map(\.content)) == Set(wanted))
      #expect(Set(difference.kept.map(\.id)).isSubset(of: present.map(\.id)))
      #expect(Set(difference.removed.map(\.id)).isSubset(of: present.map(\.id)))
      #expect(Set(difference.added.map(\.id)).isDisjoint(with: present.map(\.id)))
      #expect(Set(difference.added.map(\.content)).isDisjoint(with: present.map(\.content)))
      #expect(difference.rows.count == difference.added.count + difference.removed.count)
      #expect(difference.isEmpty == (Set(present.map(\.content)) == Set(wanted)))
    }
  }

  @Test func aChangedRuleIsShownAsGoingAndThenComing() throws {
    let old = Grant(role: .sales, object: .contact, action: .read, purposes: PurposeSet([.sales]), scope: .assigned)
    var new = old.content
    new.scope = .team
    let rows = PolicyDifference(from: [old], to: [new]).rows
    #expect(rows.map { $0["change"]?.string } == ["-", "+"])
    #expect(rows.first?["line"]?.string?.contains("scope=assigned") == true)
    #expect(rows.last?["line"]?.string?.contains("scope=team") == true)
  }

  @Test func aRequestIsKeptWholeAndIsTheSameForTheSameRules() throws {
    var making = PolicyMaking(9)
    for _ in 0..<100 {
      let present = making.grants(10)
      let wanted = making.grants(10).map(\.content)
      let request = PolicyRequest(for: wanted, against: present)
      #expect(PolicyRequest(request.bytes) == request)
      #expect(PolicyRequest(for: wanted.shuffled(), against: present.shuffled()).bytes == request.bytes)
      #expect(Set(PolicyParser.parse(request.text).lines.map(\.grant)) == Set(wanted))
      #expect(request.stands(against: present.shuffled()))
      #expect(!request.stands(against: present.dropLast()))
      #expect(!request.stands(against: present + [making.grant()]))
    }
  }

  @Test func whatIsNoRequestIsNone() {
    for bytes in [[], Array("allow".utf8), Array("# against x".utf8), [0xFF, 0x0A], Array("# again x\n".utf8)]
      as [[UInt8]]
    {
      #expect(PolicyRequest(bytes) == nil)
    }
  }

  @Test func aProposalTellsProblemsOrTheDifference() {
    let rules = AccessRules(epoch: 1, employees: PolicyCheckTests.staff, grants: ShippedPolicy.grants)
    let lines = PolicyText.lines(ShippedPolicy.grants, epoch: 1, .english)
    #expect(PolicyProposal(lines.joined(separator: "\n"), under: rules).difference.isEmpty)
    let more = PolicyProposal(
      (lines + ["allow sales read contact scope=team purposes=sales"]).joined(separator: "\n"), under: rules)
    #expect(more.problems.isEmpty)
    #expect(more.summary["added"]?.int == 1 && more.summary["removed"]?.int == 0)
    #expect(more.showing(.english)["difference"]?.array?.count == 1)
    let bad = PolicyProposal((["x"] + lines).joined(separator: "\n"), under: rules)
    #expect(bad.problems.map(\.line) == [1])
    let fewer = PolicyProposal(lines.filter { !$0.contains(" analyst ") }.joined(separator: "\n"), under: rules)
    #expect(fewer.problems.isEmpty, "\(fewer.problems)")
    #expect(fewer.warnings.count == 1)
    #expect(fewer.rows(.finnish).last?["warning"]?.string?.contains("analyytikko") == true)
  }
}
