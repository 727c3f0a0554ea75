import AccessLog
import Model
import Postgres
import Synchronization
import Testing
import Wire

@testable import Custody
@testable import Register

/// The log's order: without gaps, each entry once, and nothing taken that is not as the server wrote it.
@Suite struct SequencerTests {
  private func indexes(_ register: TestRegister) async throws -> [Int64] {
    try await register.database.query("SELECT index FROM access_entry ORDER BY index").map { try $0.int64(0) }
  }

  private func expectGapFree(_ register: TestRegister) async throws {
    let indexes = try await indexes(register)
    #expect(indexes == Array(0..<Int64(indexes.count)))
    let size = try await register.database.query("SELECT max(size) FROM checkpoint").single().int64(0)
    #expect(size == Int64(indexes.count))
    let entries = try await register.integrated()
    #expect(Set(entries.map(\.salt)).count == entries.count)
  }

  private func event(_ register: TestRegister, _ verb: String = "test.event") async throws {
    _ = try await register.custody.recordEvent(verb: verb, outcome: .ok)
  }

  private func wouldRelease(_ register: TestRegister) -> Bool {
    do { try register.custody.ledger.ensureOpen() } catch { return false }
    return true
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

  // MARK: Tampering

  /// What somebody with the database in hand may do to rows that are not in the log yet.
  static let tamperings: [String] = [
    // A row in the middle of the chain is removed.
    "DELETE FROM access_intake WHERE id = (SELECT id FROM access_intake ORDER BY id DESC OFFSET 1 LIMIT 1)",
    // Its bytes are changed.
    """
    UPDATE access_intake SET bytes = set_byte(bytes, 40, get_byte(bytes, 40) # 1)
    WHERE id = (SELECT max(id) FROM access_intake)
    """,
    // Its header is changed.
    """
    UPDATE access_intake SET header = set_byte(header, 49, get_byte(header, 49) # 1)
    WHERE id = (SELECT max(id) FROM access_intake)
    """,
    // Its HMAC is another's.
    """
    UPDATE access_intake SET mac = (SELECT mac FROM access_intake ORDER BY id LIMIT 1)
    WHERE id = (SELECT max(id) FROM access_intake)
    """,
    // Two rows change places.
    """
    UPDATE access_intake a SET header = b.header, bytes = b.bytes, mac = b.mac FROM access_intake b
    WHERE (a.id, b.id) IN (SELECT x.m, x.n FROM (SELECT max(id) AS m, max(id) - 1 AS n FROM access_intake) x
      UNION ALL SELECT x.n, x.m FROM (SELECT max(id) AS m, max(id) - 1 AS n FROM access_intake) x)
    """,
    // A row is written twice.
    """
    INSERT INTO access_intake (kind, server, chain, counter, entries, bytes, header, mac)
    SELECT kind, server, chain, counter, entries, bytes, header, mac FROM access_intake ORDER BY id DESC LIMIT 1
    """,
    // A row of one's own.
    """
    INSERT INTO access_intake (kind, server, chain, counter, entries, bytes, header, mac)
    SELECT 2, server, gen_random_uuid(), 0, entries, bytes, header, sha256('guess') FROM access_intake
    ORDER BY id DESC LIMIT 1
    """,
  ]

  @Test(arguments: tamperings) func aRowThatWasTamperedWithIsRefusedAndBlocksEveryRelease(_ statement: String)
    async throws
  {
    try await withRegister(runs: false) { register in
      let person = try await register.addPerson()
      try await register.custody.sequencer.catchUp(deadline: soon())
      await register.custody.ledger.flushNames()
      try await register.custody.sequencer.catchUp(deadline: soon())
      let size = try await register.integrated().count
      for _ in 0..<4 { try await event(register) }
      try await register.database.script(statement)
      await register.custody.sequencer.pass()
      #expect(try await register.integrated().count == size)
      #expect(register.custody.ledger.blockedReasons.count == 1)
      #expect(register.custody.ledger.blockedReasons.allSatisfy { $0.contains("intake row") })
      let answer = try await register.run(.maija, "person.show id=\(person) purpose=customer-care")
      #expect(answer.code == "unavailable/log")
      #expect(answer.rows.isEmpty)
    }
  }

  @Test func aWriteRowThatWasNamedAndThenDeletedIsNoticed() async throws {
    try await withRegister(runs: false) { register in
      _ = try await register.addPerson()
      // The next batch names the write's row.
      try await event(register)
      try await register.database.script("DELETE FROM access_intake WHERE kind = 2")
      await register.custody.sequencer.pass()
      #expect(register.custody.ledger.blockedReasons.contains { $0.contains("missing or another") })
    }
  }

  @Test func aWriteIsNamedAtTheNextBeatEvenWhereNobodyReads() async throws {
    try await withRegister(runs: false) { register in
      _ = try await register.addPerson()
      await register.custody.ledger.flushNames()
      try await register.database.script("DELETE FROM access_intake WHERE kind = 2")
      await register.custody.sequencer.pass()
      #expect(register.custody.ledger.blockedReasons.count == 1)
    }
  }

  @Test func aBlockOfTheSequencerIsNotLiftedByAPassThatDidNothing() async throws {
    try await withRegister(runs: false) { register in
      for _ in 0..<3 { try await event(register) }
      try await register.database.script(Self.tamperings[0])
      await register.custody.sequencer.pass()
      #expect(!wouldRelease(register))
      // Another server integrates just now, or hangs while it does: this pass looks at nothing.
      let other = try await Connection.connect(register.database.configuration())
      _ = try await other.query("SELECT pg_advisory_lock(\(Sequencer.lock))")
      await register.custody.sequencer.pass()
      #expect(!wouldRelease(register))
      await other.close()
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
      try await register.database.script(Self.tamperings[0])
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

  // MARK: Rights

  @Test func theServersRoleCanNeitherChangeNorDeleteWhatIsInTheLog() async throws {
    try await withRegister { register in
      try await event(register)
      try await register.custody.sequencer.catchUp(deadline: soon())
      let month = try await register.database.query(
        "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'access_entry'::regclass LIMIT 1"
      ).single().string(0)
      for table in ["access_intake", "integrated", "checkpoint", "access_entry", month] {
        let column = table.hasPrefix("access_entry") ? "verb = 'x'" : table == "checkpoint" ? "size = 0" : "mac = ''"
        for statement in [
          "UPDATE \(table) SET \(column)", "DELETE FROM \(table)", "TRUNCATE \(table)", "DROP TABLE \(table)",
          "ALTER TABLE \(table) DISABLE TRIGGER ALL", "ALTER TABLE \(table) ADD COLUMN x int",
        ] {
          await #expect(throws: PostgresError.self, "\(statement)") {
            try await register.database.query(SQL(raw: statement), user: "rekisteri_server")
          }
        }
      }
      for statement in [
        "UPDATE access_epoch SET digest = ''", "DELETE FROM access_epoch", "DELETE FROM employee",
        "DELETE FROM policy_grant", "SET ROLE rekisteri_owner", "CREATE TABLE x (y int)",
        "SELECT log_month_add('1999-01-01')", "SELECT log_month_add((now() + interval '1 year')::date)",
      ] {
        await #expect(throws: PostgresError.self, "\(statement)") {
          try await register.database.query(SQL(raw: statement), user: "rekisteri_server")
        }
      }
    }
  }

  @Test func theAuditorsRoleReadsTheLogAndNoPerson() async throws {
    try await withRegister { register in
      try await event(register)
      try await register.custody.sequencer.catchUp(deadline: soon())
      for table in ["access_entry", "checkpoint", "access_intake", "policy_grant", "access_epoch"] {
        _ = try await register.database.query("SELECT * FROM \(raw: table)", user: "rekisteri_auditor")
      }
      for table in [
        "person", "person_part", "affiliation", "person_history", "organisation", "employee", "key_fate", "once",
      ] {
        await #expect(throws: PostgresError.self, "\(table)") {
          try await register.database.query("SELECT * FROM \(raw: table)", user: "rekisteri_auditor")
        }
      }
      await #expect(throws: PostgresError.self) {
        try await register.database.query("SELECT log_intake_prune()", user: "rekisteri_auditor")
      }
    }
  }
}
