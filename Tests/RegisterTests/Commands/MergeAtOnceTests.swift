import AccessLog
import Model
import Postgres
import Sealing
import Testing
import Wire

@testable import Custody
@testable import Register

/// Merges at once with others, and cut off: one record is left, nothing that was acknowledged is lost, and every key has
/// its row or its end.
@Suite struct MergeAtOnceTests {
  @Test func twoMergesOfTheSameTwoAtOnceLeaveOneRecord() async throws {
    try await withRegister(runs: false) { register in
      for round in 0..<8 {
        let one = try await register.addPerson("last-name=Yksi email=a\(round)@example.fi")
        let two = try await register.addPerson("last-name=Yksi email=b\(round)@example.fi")
        let lines = [try await Merging.ask(register, one, two), try await Merging.ask(register, two, one)]
        async let first = Merging.finish(register, lines[0])
        async let second = Merging.finish(register, lines[1])
        let codes = try await [first.code, second.code].sorted()
        #expect(codes == ["done", "notfound"])
        let left = try await register.database.query("SELECT id FROM person WHERE id = ANY (\([one, two]))")
        #expect(left.count == 1)
        let shown = try await Merging.show(register, try left.single().id(0)).rows.first
        #expect(Merging.values(shown, "contact", "email") == ["a\(round)@example.fi", "b\(round)@example.fi"])
      }
      try await Merging.expectKeysAndRowsToAgree(register)
    }
  }

  @Test func twoRecordsMergedIntoOneAtOnceAreBothKept() async throws {
    try await withRegister(runs: false) { register in
      for round in 0..<8 {
        let stays = try await register.addPerson("last-name=Yksi")
        let one = try await register.addPerson("last-name=Yksi email=a\(round)@example.fi")
        let two = try await register.addPerson("last-name=Yksi email=b\(round)@example.fi")
        let lines = [try await Merging.ask(register, stays, one), try await Merging.ask(register, stays, two)]
        async let first = Merging.finish(register, lines[0])
        async let second = Merging.finish(register, lines[1])
        let codes = try await [first.code, second.code]
        #expect(codes == ["done", "done"])
        let shown = try await Merging.show(register, stays).rows.first
        #expect(Merging.values(shown, "contact", "email") == ["a\(round)@example.fi", "b\(round)@example.fi"])
      }
      try await Merging.expectKeysAndRowsToAgree(register)
    }
  }

  @Test func anEditAtOnceIsKeptOrToldThatTheRecordIsGone() async throws {
    try await withRegister(runs: false) { register in
      for round in 0..<12 {
        let stays = try await register.addPerson("last-name=Yksi")
        let goes = try await register.addPerson("last-name=Yksi")
        let asked = try await Merging.ask(register, stays, goes)
        let edited = round.isMultiple(of: 2) ? stays : goes
        async let merged = Merging.finish(register, asked)
        async let edit = register.run(
          .maija, "person.edit id=\(edited) rev=1 email=muutos\(round)@example.fi purpose=customer-care")
        let (mergeCode, editCode) = try await (merged.code, edit.code)
        #expect(mergeCode == "done")
        #expect(["done", "conflict/rev", "notfound"].contains(editCode))
        let shown = try await Merging.show(register, stays).rows.first
        let kept = Merging.values(shown, "contact", "email") == ["muutos\(round)@example.fi"]
        #expect(kept == (editCode == "done"), "\(editCode)")
        #expect(try await Merging.show(register, goes).code == "notfound")
      }
      try await Merging.expectKeysAndRowsToAgree(register)
    }
  }

  @Test func cutOffBetweenTheCommitAndTheOverwritingItIsFinishedAtTheNextStart() async throws {
    try await withRegister(mirrors: 2, runs: false) { register in
      let stays = try await register.addPerson("last-name=Yksi")
      let goes = try await register.addPerson("last-name=Yksi email=a@example.fi")
      let slots = try await Merging.parts(register, goes).map(\.slot)
      let store = register.register.store
      let permit = try register.permit(.pirkko, "person.merge", purpose: .dataSubjectRights)
      let written = try await register.custody.commit(permit, deadline: soon()) { change in
        let (one, two) = try await store.lockPair(stays, goes, in: change.transaction)
        let plan = try change.plan(#require(one), joining: #require(two))
        _ = try await change.transaction.run(Store.join(goes, to: plan.header))
        try await change.merge(plan)
        return .init()
      }
      _ = written.answer
      // The server dies here: the rows are gone, and the keys are marked and still there.
      #expect(try await register.database.count("key_fate", "person = \(goes) AND state = 2") == slots.count)
      for slot in slots { #expect(try register.keys.state(slot: slot) == [.live, .live]) }
      let next = try await register.another(runs: false)
      #expect(try await next.database.count("key_fate", "person = \(goes) AND state = 3") == slots.count)
      for slot in slots { #expect(try next.keys.state(slot: slot) == [.destroyed, .destroyed]) }
      #expect(try await Merging.show(next, goes).code == "notfound")
      #expect(try await Merging.find(next, "a@example.fi") == [stays.description])
      await next.close()
    }
  }

  @Test func aMergeThatFailsOnTheWayChangesNothing() async throws {
    try await withRegister(runs: false) { register in
      let stays = try await register.addPerson("last-name=Yksi")
      let goes = try await register.addPerson("last-name=Kaksi email=a@example.fi")
      let store = register.register.store
      await #expect(throws: RegisterError.cancelled) {
        let permit = try register.permit(.pirkko, "person.merge", purpose: .dataSubjectRights)
        _ = try await register.custody.commit(permit, deadline: soon()) { change in
          let (one, two) = try await store.lockPair(stays, goes, in: change.transaction)
          try await change.merge(change.plan(#require(one), joining: #require(two)))
          throw RegisterError.cancelled
        }.answer
      }
      #expect(try await Merging.show(register, goes).rows.count == 1)
      #expect(try await Merging.show(register, stays).rows.first?["rev"]?.int == 1)
      #expect(try await register.database.count("key_fate") == 0)
      #expect(await eventually { try await Merging.keysWithoutRows(register) == 0 })
    }
  }

}
