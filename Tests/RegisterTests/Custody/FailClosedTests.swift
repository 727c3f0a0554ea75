import AccessLog
import Foundation
import Model
import Postgres
import Synchronization
import Testing
import Wire

@testable import Custody
@testable import Register

/// A command's time, and some for a machine that stands still itself.
private let inTimeMilliseconds = Limits.commandMilliseconds + 5000

/// Where the log cannot be written durably no row leaves and nothing changes; afterwards it goes on by itself.
@Suite(.serialized) struct FailClosedTests {
  /// A fault of the log: statements of the superuser that make it, and that undo it.
  struct Fault: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let make: [String]
    let undo: [String]
  }

  // Returns once they have ended: until then they go on as they began.
  private static let endSessions =
    "SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity WHERE datname = '%' AND usename = 'rekisteri_server'"

  static let faults: [Fault] = [
    Fault(
      testDescription: "the right to insert revoked", make: ["REVOKE INSERT ON access_intake FROM rekisteri_server"],
      undo: ["GRANT INSERT ON access_intake TO rekisteri_server"]),
    Fault(
      testDescription: "the table renamed", make: ["ALTER TABLE access_intake RENAME TO access_intake_away"],
      undo: ["ALTER TABLE access_intake_away RENAME TO access_intake"]),
    Fault(
      testDescription: "a trigger that drops the row",
      make: [
        "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "CREATE TRIGGER nothing BEFORE INSERT ON access_intake FOR EACH ROW EXECUTE FUNCTION nothing()",
      ], undo: ["DROP TRIGGER nothing ON access_intake", "DROP FUNCTION nothing()"]),
    Fault(
      testDescription: "a trigger that deletes the row again",
      make: [
        """
        CREATE FUNCTION away() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
          AS 'BEGIN DELETE FROM access_intake WHERE id = NEW.id; RETURN NULL; END'
        """,
        "CREATE TRIGGER away AFTER INSERT ON access_intake FOR EACH ROW EXECUTE FUNCTION away()",
      ], undo: ["DROP TRIGGER away ON access_intake", "DROP FUNCTION away()"]),
    Fault(
      testDescription: "a rule that does nothing instead",
      make: ["CREATE RULE nothing AS ON INSERT TO access_intake DO INSTEAD NOTHING"],
      undo: ["DROP RULE nothing ON access_intake"]),
    Fault(
      testDescription: "a table that is not kept over a crash", make: ["ALTER TABLE access_intake SET UNLOGGED"],
      undo: ["ALTER TABLE access_intake SET LOGGED"]),
    Fault(
      testDescription: "commits that do not wait for the disk",
      make: ["ALTER ROLE rekisteri_server IN DATABASE % SET synchronous_commit = off", endSessions],
      undo: ["ALTER ROLE rekisteri_server IN DATABASE % RESET synchronous_commit", endSessions]),
  ]

  /// What a register holds, to see that nothing of it changed.
  private func state(_ database: TestDatabase) async throws -> String {
    try await database.query(
      """
      SELECT concat_ws(' ', (SELECT md5(string_agg(p::text, ',' ORDER BY id)) FROM person p),
        (SELECT md5(string_agg(p::text, ',' ORDER BY slot)) FROM person_part p), (SELECT count(*) FROM key_fate),
        (SELECT count(*) FROM organisation), (SELECT max(epoch) FROM access_epoch), (SELECT count(*) FROM once),
        (SELECT count(*) FROM person_history), (SELECT count(*) FROM directory_change))
      """
    ).single().string(0)
  }

  private func lines(_ person: PersonID) -> [(account: Account, line: String)] {
    [
      (.maija, "person.show id=\(person) purpose=customer-care"),
      (.maija, "person.find text=Virtanen purpose=customer-care"), (.maija, "organisation.list"),
      (.ada, "user.list"), (.ada, "role.revoke user=mikko role=customer-service"),
      (.maija, "person.edit id=\(person) rev=1 last-name=Toinen purpose=customer-care"),
      (.maija, "person.add kind=private last-name=Uusi purpose=customer-care once=k1"),
      (.maija, "organisation.add name=Uusi"),
    ]
  }

  /// Every line is refused, in time and with the right code, and shows nothing.
  private func expectNothing(_ register: TestRegister, _ person: PersonID) async throws {
    for (account, line) in lines(person) {
      let started = Tick.now()
      let answer = try await register.run(account, line)
      let taken = Tick.now().milliseconds(since: started)
      #expect(answer.rows.isEmpty, "\(line)")
      #expect(["unavailable/log", "unavailable/db"].contains(answer.code), "\(line): \(answer.code)")
      #expect(taken <= inTimeMilliseconds, "\(line): \(taken) ms")
    }
  }

  /// Waits until reads and writes go well again.
  private func expectToComeBack(_ register: TestRegister, _ person: PersonID) async {
    let last = Mutex("")
    let isBack = await eventually(seconds: 60) {
      let show = try await register.run(.maija, "person.show id=\(person) purpose=customer-care")
      let write = try await register.run(.maija, "organisation.add name=Taas")
      last.withLock { $0 = "\(show.code), \(write.code), \(register.custody.ledger.blockedReasons)" }
      return show.rows.count == 1 && write.code == "done"
    }
    #expect(isBack, "it did not come back by itself: \(last.withLock { $0 })")
  }

  @Test(arguments: faults) func nothingLeavesAndNothingChangesWhileTheLogCannotBeKept(_ fault: Fault) async throws {
    try await withRegister { register in
      let person = try await register.addPerson()
      let name = register.database.name
      let before = try await state(register.database)
      for statement in fault.make { try await register.database.script(statement.replacing("%", with: name)) }
      try await expectNothing(register, person)
      #expect(try await state(register.database) == before)
      for statement in fault.undo { try await register.database.script(statement.replacing("%", with: name)) }
      await expectToComeBack(register, person)
    }
  }

  @Test func aLockOnTheLogIsARefusalInTime() async throws {
    try await withRegister { register in
      let person = try await register.addPerson()
      let before = try await state(register.database)
      let locker = try await Connection.connect(register.database.configuration())
      try await locker.script("BEGIN; LOCK TABLE access_intake IN ACCESS EXCLUSIVE MODE")
      for (account, line) in [lines(person)[0], lines(person)[6]] {
        let started = Tick.now()
        let answer = try await register.run(account, line)
        let taken = Tick.now().milliseconds(since: started)
        #expect(answer.rows.isEmpty, "\(line)")
        #expect(["unavailable/log", "unavailable/db"].contains(answer.code), "\(line): \(answer.code)")
        #expect(taken <= inTimeMilliseconds, "\(line): \(taken) ms")
      }
      try await locker.script("ROLLBACK")
      await locker.close()
      #expect(try await state(register.database) == before)
      await expectToComeBack(register, person)
    }
  }

  @Test func aRegisterDoesNotOpenWhereTheLogCannotBeKept() async throws {
    for fault in Self.faults {
      try await withRegister(runs: false) { register in
        let name = register.database.name
        for statement in fault.make { try await register.database.script(statement.replacing("%", with: name)) }
        await #expect(throws: (any Error).self, "\(fault.testDescription)") {
          _ = try await register.another(runs: false)
        }
        for statement in fault.undo { try await register.database.script(statement.replacing("%", with: name)) }
      }
    }
  }
}

/// The same with the whole of PostgreSQL gone, on a cluster of its own.
@Suite(.serialized) struct DatabaseLossTests {
  private func expectUnavailable(_ register: TestRegister, _ person: PersonID) async throws {
    for line in [
      "person.show id=\(person) purpose=customer-care", "organisation.list", "organisation.add name=Uusi",
      "person.find text=Virtanen purpose=customer-care", "whoami",
    ] {
      let started = Tick.now()
      let answer = try await register.run(.maija, line)
      let taken = Tick.now().milliseconds(since: started)
      #expect(answer.rows.isEmpty, "\(line)")
      #expect(["unavailable/log", "unavailable/db", "timeout"].contains(answer.code), "\(line): \(answer.code)")
      #expect(answer.code != "timeout", "\(line): \(answer.code)")
      #expect(taken <= inTimeMilliseconds, "\(line): \(taken) ms")
    }
  }

  @Test func aKilledDatabaseShowsNothingAndIsUsedAgainWhenItIsBack() async throws {
    try await withCluster { cluster, register in
      let person = try await register.addPerson()
      let process = try #require(await cluster.processID)
      let sessions = children(of: process)
      kill(process, SIGKILL)
      // A session that has not noticed yet would answer as before.
      #expect(await eventually { !sessions.contains(where: isAlive) })
      try await expectUnavailable(register, person)
      await cluster.stop()
      try await cluster.start()
      #expect(
        await eventually(seconds: 60) {
          try await register.run(.maija, "person.show id=\(person) purpose=customer-care").rows.count == 1
        }, "it did not come back by itself")
      #expect(try await register.run(.maija, "organisation.add name=Uusi").code == "done")
      let persons = try await register.entries().compactMap(\.person)
      #expect(persons.contains(person))
    }
  }

  @Test func aDatabaseThatStandsStillShowsNothingAndIsUsedAgainWhenItGoesOn() async throws {
    try await withCluster { cluster, register in
      let person = try await register.addPerson()
      let process = try #require(await cluster.processID)
      // First the one that makes new sessions.
      kill(process, SIGSTOP)
      let all = [process] + children(of: process)
      for process in all { kill(process, SIGSTOP) }
      try await expectUnavailable(register, person)
      for process in all { kill(process, SIGCONT) }
      #expect(
        await eventually(seconds: 60) {
          try await register.run(.maija, "person.show id=\(person) purpose=customer-care").rows.count == 1
        }, "it did not come back by itself")
    }
  }

  private func children(of parent: Int32) -> [Int32] {
    let text = (try? String(contentsOfFile: "/proc/\(parent)/task/\(parent)/children", encoding: .utf8)) ?? ""
    return text.split(separator: " ").compactMap { Int32($0) }
  }

  /// Whether a process is there and not only its remains.
  private func isAlive(_ process: Int32) -> Bool {
    let text = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
    return text.split(separator: ")").last?.hasPrefix(" Z") == false
  }
}
