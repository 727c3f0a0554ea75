import AccessLog
import Model
import Postgres
import Synchronization
import Testing
import Wire

@testable import Custody
@testable import Register

/// Nothing is taken into the log that is not as the server wrote it, and what is missing is noticed.
@Suite struct SequencerTamperingTests {
  private func event(_ register: TestRegister) async throws {
    _ = try await register.custody.recordEvent(verb: "test.event", outcome: .ok)
  }

  private func wouldRelease(_ register: TestRegister) -> Bool {
    do { try register.custody.ledger.ensureOpen() } catch { return false }
    return true
  }

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
}
