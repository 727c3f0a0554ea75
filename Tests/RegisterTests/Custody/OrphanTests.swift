import AccessLog
import Foundation
import Model
import Postgres
import Sealing
import Synchronization
import Testing
import Wire

@testable import Custody
@testable import Register

/// Keys that no row names: overwritten, but never those of a write under way.
@Suite struct OrphanTests {
  private struct GivenUp: Error {}

  private func seal(_ register: TestRegister, in change: Change) async throws -> PersonID {
    let header = PersonHeader(id: .new(), kind: .private, status: .prospect)
    let name = Datum(field: .lastName, entry: 1, value: "Orpo", source: .subject, at: .today())
    try await change.insert([Change.NewPerson(header: header, data: [name])])
    return header.id
  }

  private func liveKeys(_ register: TestRegister) throws -> [Int64] {
    try (KeyStore.firstPersonSlot..<(try register.keys.endSlot)).filter {
      try register.keys.state(slot: $0).contains(.live)
    }
  }

  @Test func theKeysOfAnAbortedWriteAreOverwritten() async throws {
    try await withRegister { register in
      await #expect(throws: RegisterError.self) {
        _ = try await register.custody.commit(try register.permit(.maija, "person.add"), deadline: soon()) { change in
          _ = try await seal(register, in: change)
          throw GivenUp()
        }
      }
      #expect(await eventually { try liveKeys(register).isEmpty })
      let persons = try await register.database.count("person")
      #expect(persons == 0)
    }
  }

  @Test func keysThatNoRowNamesAreSwept() async throws {
    try await withRegister(runs: false) { register in
      let person = try await register.addPerson()
      // As a server leaves them that was killed within a write.
      for _ in 0..<3 {
        let slot = try await register.database.query("SELECT nextval('key_slot')").single().int64(0)
        _ = try register.keys.allocate(slot: slot, person: .new(), category: .identity)
      }
      try register.keys.sync()
      #expect(try liveKeys(register).count == 4)
      #expect(try await register.custody.keyFate.sweepOrphans(patienceSeconds: 60) == 3)
      #expect(
        try await register.register.store.persons([person], .all).persons.flatMap(\.parts).map(\.slot)
          == liveKeys(register))
    }
  }

  /// A long import, with or without other writes that end meanwhile; transaction ids are the whole cluster's.
  @Test(arguments: [false, true]) func theKeysOfARunningWriteAreNeverSwept(othersWrite: Bool) async throws {
    try await withCluster(runs: false) { _, register in
      let gate = Mutex<[CheckedContinuation<Void, Never>]>([])
      let running = Task {
        try await register.custody.commit(try register.permit(.maija, "person.add"), deadline: soon()) { change in
          let id = try await seal(register, in: change)
          await withCheckedContinuation { continuation in gate.withLock { $0.append(continuation) } }
          return Custody.Answer(object: ["id": .string(id.description)])
        }.answer.object["id"]?.string
      }
      #expect(await eventually { gate.withLock { !$0.isEmpty } })
      if othersWrite { _ = try await register.run(.mikko, "organisation.add name=Muu") }
      _ = try await register.custody.keyFate.sweepOrphans(patienceSeconds: 1)
      #expect(try liveKeys(register).count == 1, "the key of a write under way was overwritten")
      for continuation in gate.withLock({ $0 }) { continuation.resume() }
      let id = try await running.value ?? ""
      let show = try await register.run(.maija, "person.show id=\(id) purpose=customer-care")
      #expect(show.code == "done")
    }
  }
}
