import AccessLog
import Model
import Postgres
import Synchronization
import Testing
import Wire

@testable import Custody
@testable import Register

/// What the database's roles may do with the log and with persons.
@Suite struct LogRightsTests {
  private func event(_ register: TestRegister) async throws {
    _ = try await register.custody.recordEvent(verb: "test.event", outcome: .ok)
  }

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
