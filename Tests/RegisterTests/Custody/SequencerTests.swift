import AccessLog
import Model
import Postgres
import Synchronization
import Testing
import Wire

@testable import Custody
@testable import Register

/// The log's order: without gaps, and each entry once, whoever writes and integrates.
@Suite struct SequencerTests {
  private func expectGapFree(_ register: TestRegister) async throws {
    // In one snapshot: the register's own events go on coming in.
    let rows = try await register.database.query(
      "SELECT index, (SELECT max(size) FROM checkpoint) FROM access_entry ORDER BY index")
    let indexes = try rows.map { try $0.int64(0) }
    #expect(indexes == Array(0..<Int64(indexes.count)))
    #expect(try rows.first?.int64(1) == Int64(indexes.count))
    let entries = try await register.integrated()
    #expect(Set(entries.map(\.salt)).count == entries.count)
  }

  private func event(_ register: TestRegister, _ verb: String = "test.event") async throws {
    _ = try await register.custody.recordEvent(verb: verb, outcome: .ok)
  }

  @Test func indexesHaveNoGapsUnderManyWritersAtOnce() async throws {
    try await withRegister { register in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<40 {
          group.addTask {
            if number % 4 == 0 {
              try await register.run(.maija, "organisation.add name=O\(number)")
            } else {
              for _ in 0..<10 { try await self.event(register) }
            }
          }
        }
        try await group.waitForAll()
      }
      try await register.custody.sequencer.catchUp(deadline: soon())
      try await expectGapFree(register)
      let entries = try await register.integrated()
      #expect(entries.count { $0.verb == "test.event" } == 300)
      #expect(entries.count { $0.verb == "organisation.add" } == 10)
    }
  }

  @Test func aWriteThatCommitsLateFollowsWithoutAGapAndHoldsNobodyUp() async throws {
    try await withRegister(runs: false) { register in
      let gate = Mutex<[CheckedContinuation<Void, Never>]>([])
      let late = Task {
        try await register.custody.commit(try register.permit(.maija, "organisation.add"), deadline: soon()) { change in
          // It has its transaction id early, as a long import has.
          _ = try await change.transaction.query("SELECT pg_current_xact_id()")
          await withCheckedContinuation { continuation in gate.withLock { $0.append(continuation) } }
          return Custody.Answer()
        }.answer.code
      }
      #expect(await eventually { gate.withLock { !$0.isEmpty } })
      for _ in 0..<5 {
        try await event(register)
        try await register.custody.sequencer.catchUp(deadline: soon())
      }
      #expect(try await register.integrated().count { $0.verb == "test.event" } == 5)
      for continuation in gate.withLock({ $0 }) { continuation.resume() }
      #expect(try await late.value == "done")
      try await register.custody.sequencer.catchUp(deadline: soon())
      #expect(try await register.integrated().last?.verb == "organisation.add")
      try await expectGapFree(register)
    }
  }

  @Test func twoServersBringNoEntryInTwice() async throws {
    try await withRegister { one in
      let two = try await one.another()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for register in [one, two] {
          for _ in 0..<20 {
            group.addTask { for _ in 0..<10 { try await self.event(register) } }
            group.addTask { await register.custody.sequencer.pass() }
          }
        }
        try await group.waitForAll()
      }
      try await two.custody.sequencer.catchUp(deadline: soon())
      #expect(try await one.integrated().count { $0.verb == "test.event" } == 400)
      try await expectGapFree(one)
      #expect(one.custody.ledger.blockedReasons.isEmpty && two.custody.ledger.blockedReasons.isEmpty)
      await two.close()
    }
  }

  @Test func moreRowsThanOnePassTakesAreAllBroughtIn() async throws {
    try await withRegister(runs: false) { register in
      for _ in 0..<(Sequencer.rowsMax + 40) { try await event(register) }
      await register.custody.sequencer.pass()
      #expect(try await register.integrated().count { $0.verb == "test.event" } == Sequencer.rowsMax + 40)
      try await expectGapFree(register)
    }
  }

  @Test func catchUpWaitsForEverythingThatWasWrittenBefore() async throws {
    try await withRegister { register in
      for round in 0..<20 {
        try await event(register, "test.round\(round)")
        try await register.custody.sequencer.catchUp(deadline: soon())
        #expect(try await register.integrated().contains { $0.verb == "test.round\(round)" })
      }
    }
  }

  @Test func catchUpEndsWithAnErrorWhereTheLogIsRefused() async throws {
    try await withRegister(runs: false) { register in
      for _ in 0..<3 { try await event(register) }
      try await register.database.script(SequencerTamperingTests.tamperings[0])
      await #expect(throws: RegisterError.self) { try await register.custody.sequencer.catchUp(deadline: soon(3000)) }
    }
  }

  @Test func aNewServerGoesOnWhereTheLastOneEnded() async throws {
    try await withRegister { one in
      for _ in 0..<5 { try await event(one) }
      let two = try await one.another()
      for _ in 0..<5 { try await event(two) }
      try await two.custody.sequencer.catchUp(deadline: soon())
      await two.close()
      let three = try await one.another(runs: false)
      for _ in 0..<5 { try await event(three) }
      try await three.custody.sequencer.catchUp(deadline: soon())
      #expect(try await three.integrated().count { $0.verb == "test.event" } == 15)
      try await expectGapFree(three)
      #expect(three.custody.ledger.blockedReasons.isEmpty)
      await three.close()
    }
  }

  @Test func pruningKeepsTheHeadOfEachChain() async throws {
    try await withRegister(runs: false) { register in
      _ = try await register.addPerson()
      for _ in 0..<5 { try await event(register) }
      try await register.custody.sequencer.catchUp(deadline: soon())
      try await register.database.script("UPDATE access_intake SET at = at - interval '2 hours'")
      try await event(register)
      _ = try await register.database.query("SELECT log_intake_prune()", user: "rekisteri_server")
      // What is not in the log yet stays, and what follows still finds its chain.
      #expect(try await register.database.count("access_intake") == 1)
      try await event(register)
      try await register.custody.sequencer.catchUp(deadline: soon())
      #expect(try await register.integrated().count { $0.verb == "test.event" } == 7)
      #expect(register.custody.ledger.blockedReasons.isEmpty)
      try await expectGapFree(register)
    }
  }

  @Test func aMonthWhoseFirstEntriesWereNotCommittedIsMadeAgain() async throws {
    try await withRegister(runs: false) { register in
      // As a database that is lost at the end of the first integration.
      try await register.database.script(
        """
        CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''lost''; END';
        CREATE CONSTRAINT TRIGGER lose AFTER INSERT ON integrated DEFERRABLE INITIALLY DEFERRED
          FOR EACH ROW EXECUTE FUNCTION lose();
        """)
      try await event(register)
      await register.custody.sequencer.pass()
      #expect(try await register.integrated().isEmpty)
      try await register.database.script("DROP TRIGGER lose ON integrated; DROP FUNCTION lose()")
      try await register.custody.sequencer.catchUp(deadline: soon(5000))
      #expect(try await register.integrated().contains { $0.verb == "test.event" })
      try await expectGapFree(register)
    }
  }
}
