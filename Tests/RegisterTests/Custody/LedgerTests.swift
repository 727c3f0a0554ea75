import AccessLog
import Model
import Postgres
import Synchronization
import Testing
import Wire

@testable import Custody
@testable import Register

/// Entries are durable before anything leaves, each once, however many are under way.
@Suite struct LedgerTests {
  /// How many entries of a command are committed, as another connection sees it.
  private static func committed(_ database: TestDatabase, verb: String) async throws -> Int {
    let rows = try await database.query("SELECT bytes FROM access_intake")
    return try rows.reduce(0) { count, row in
      try count + EntryBundle.split(row.bytes(0)).count { try Entry.decode($0).verb == verb }
    }
  }

  @Test func theEntriesAreCommittedBeforeTheFirstRowLeaves() async throws {
    try await withRegister { register in
      for number in 0..<5 { _ = try await register.addPerson("first-name=A last-name=Nimi\(number)") }
      let seen = Mutex<[Int]>([])
      let port = FakePort(onRow: { _ in
        let count = try await Self.committed(register.database, verb: "person.list")
        seen.withLock { $0.append(count) }
      })
      #expect(try await register.run(.maija, "person.list purpose=customer-care", port: port).rows.count == 5)
      #expect(seen.withLock { $0 } == [5, 5, 5, 5, 5])
    }
  }

  @Test func aWriteAndItsEntryAreCommittedBeforeItsRowLeaves() async throws {
    try await withRegister { register in
      let seen = Mutex<[Int]>([])
      let port = FakePort(onRow: { _ in
        let entries = try await Self.committed(register.database, verb: "person.add")
        let persons = try await register.database.count("person")
        seen.withLock { $0 += [entries, persons] }
      })
      let answer = try await register.run(
        .maija, "person.add kind=private last-name=Uusi purpose=customer-care", port: port)
      #expect(answer.code == "done")
      #expect(seen.withLock { $0 } == [1, 1])
    }
  }

  @Test func ofManyReadsAtOnceEveryEntryIsInTheLogOnce() async throws {
    try await withRegister { register in
      let persons = [try await register.addPerson(), try await register.addPerson("first-name=B last-name=C")]
      let requests = try await withThrowingTaskGroup(of: RequestID?.self) { group in
        for number in 0..<400 {
          group.addTask {
            let answer = try await register.run(
              .maija, "person.show id=\(persons[number % 2]) purpose=customer-care")
            return answer.rows.count == 1 ? answer.request : nil
          }
        }
        return try await group.reduce(into: [RequestID?]()) { $0.append($1) }
      }
      #expect(requests.count == 400 && requests.allSatisfy { $0 != nil })
      let shown = try await register.entries().filter { $0.verb == "person.show" }
      #expect(shown.count == 400)
      #expect(Set(shown.map(\.request)) == Set(requests.compactMap { $0 }))
      // They went in batches: far fewer rows than entries.
      let batches = try await register.database.count("access_intake", "kind = 1 AND entries > 0")
      #expect(batches < 400)
      #expect(Set(shown.map(\.salt)).count == 400)
    }
  }

  @Test func readsAndWritesTogetherLoseNoEntry() async throws {
    try await withRegister { register in
      let person = try await register.addPerson()
      let codes = try await withThrowingTaskGroup(of: String.self) { group in
        for number in 0..<60 {
          group.addTask {
            number % 3 == 0
              ? try await register.run(
                .mikko, "person.add kind=private last-name=Uusi\(number) purpose=customer-care"
              ).code : try await register.run(.maija, "person.show id=\(person) purpose=customer-care").code
          }
        }
        return try await group.reduce(into: [String]()) { $0.append($1) }
      }
      #expect(codes.allSatisfy { $0 == "done" })
      let entries = try await register.entries()
      #expect(entries.count { $0.verb == "person.show" } == 40)
      #expect(entries.count { $0.verb == "person.add" } == 21)
      #expect(await eventually { try await register.entries().count == register.integrated().count })
      #expect(register.custody.ledger.blockedReasons.isEmpty)
    }
  }

  @Test func aLineWithAnUnknownVerbOrParameterLeavesNoEntry() async throws {
    try await withRegister { register in
      let before = try await register.entries().filter { $0.user != nil }.count
      #expect(try await register.run(.maija, "person.nothing purpose=customer-care").status == .bad)
      #expect(try await register.run(.maija, "person.list purpose=customer-care colour=red").status == .bad)
      #expect(try await register.entries().filter { $0.user != nil }.count == before)
    }
  }

  @Test func aWrongValueLeavesOneFailedEntry() async throws {
    try await withRegister { register in
      let answer = try await register.run(.maija, "person.list limit=9999 purpose=customer-care")
      #expect(answer.code == "invalid/limit")
      #expect(try await register.entries(of: answer).map(\.outcome) == [.failed])
    }
  }
}
