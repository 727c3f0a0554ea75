import Model
import Postgres
import Sealing
import Testing

@testable import Custody
@testable import Register

/// More persons in one write than are sealed at a time.
@Suite struct ManyPersonsTests {
  private static let count = 2500

  private func persons() -> [Change.NewPerson] {
    (0..<Self.count).map { number in
      let header = PersonHeader(id: .new(), kind: .private, status: .prospect)
      var data = [Datum(field: .lastName, entry: 1, value: "Nro\(number)", source: .subject, at: .today())]
      if number % 2 == 0 {
        data.append(Datum(field: .email, entry: 1, value: "n\(number)@example.fi", source: .subject, at: .today()))
      }
      return Change.NewPerson(header: header, data: data)
    }
  }

  private func liveKeys(_ register: TestRegister) throws -> [Int64] {
    try (KeyStore.firstPersonSlot..<(try register.keys.endSlot)).filter {
      try register.keys.state(slot: $0).contains(.live)
    }
  }

  private func insert(
    _ persons: [Change.NewPerson], _ register: TestRegister, with others: (ArraySlice<Change.NewPerson>) -> [SQL]
  ) async throws -> [Int] {
    var told: [Int] = []
    _ = try await register.custody.commit(try register.permit(.maija, "person.add"), deadline: soon()) { change in
      try await change.insert(persons, with: others) { told.append($0) }
      return Custody.Answer()
    }
    return told
  }

  @Test func allAreStoredUnderKeysOfTheirOwnThoughNumbersAreTaken() async throws {
    try await withRegister { register in
      _ = try await register.addPerson()
      try await register.database.script("SELECT setval('key_slot', 128, false)")
      let persons = persons()
      var given: [PersonID] = []
      let told = try await insert(persons, register) { part in
        given += part.map(\.header.id)
        return []
      }
      #expect(told == [1000, 2000, 2500])
      #expect(given == persons.map(\.header.id))
      let stored = try await register.register.store.persons(given, .all).persons
      #expect(stored.count == Self.count)
      let opened = try Dictionary(
        uniqueKeysWithValues: stored.map { person in
          (person.header.id, try person.parts.flatMap { try register.custody.vault.open($0, of: person.header.id) })
        })
      for person in persons { #expect(opened[person.header.id]?.map(\.value) == person.data.map(\.value)) }
      let slots = try await register.database.query("SELECT slot FROM person_part ORDER BY slot").map {
        try $0.int64(0)
      }
      #expect(slots == Array(Set(slots)).sorted())
      #expect(try liveKeys(register) == slots)
    }
  }

  @Test func afterAFailureInTheMiddleNobodyIsStoredAndNoKeyStays() async throws {
    try await withRegister { register in
      await #expect(throws: RegisterError.self) {
        _ = try await insert(persons(), register) { $0.startIndex == 1000 ? ["SELECT 1 / 0"] : [] }
      }
      let stored = try await register.database.count("person")
      #expect(stored == 0)
      #expect(await eventually { try liveKeys(register).isEmpty })
    }
  }
}
