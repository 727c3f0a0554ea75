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

/// Keys of replaced and erased data: they end, in every mirror, and none ends whose row is there.
@Suite struct KeyTests {
  private func parts(_ register: TestRegister, _ person: PersonID) async throws -> [SealedPart] {
    try await register.register.store.persons([person], .all).persons.first?.parts ?? []
  }

  private func slots(_ register: TestRegister, state: Int16) async throws -> [Int64] {
    try await register.database.query("SELECT slot FROM key_fate WHERE state = \(state) ORDER BY slot").map {
      try $0.int64(0)
    }
  }

  private func edit(_ register: TestRegister, _ person: PersonID, _ change: String) async throws -> Answered {
    try await register.run(
      .maija, "person.edit id=\(person) rev=\(try await register.rev(person)) \(change) purpose=customer-care")
  }

  private func makeDue(_ register: TestRegister) async throws {
    try await register.database.script("UPDATE key_fate SET due_at = now() - interval '1 second' WHERE state < 3")
  }

  @Test func anEditMovesTheCategoryToANewKeyAndTheOldOneWaits() async throws {
    try await withRegister(mirrors: 2, runs: false) { register in
      let person = try await register.addPerson(#"first-name=A last-name=B email=a@example.fi"#)
      let before = try await parts(register, person)
      #expect(try await edit(register, person, "last-name=C").code == "done")
      let after = try await parts(register, person)
      func slot(_ parts: [SealedPart], _ category: Model.Category) -> Int64? {
        parts.first { $0.category == category }?.slot
      }
      #expect(slot(before, .contact) == slot(after, .contact))
      #expect(slot(before, .identity) != slot(after, .identity))
      #expect(try await slots(register, state: 1) == [slot(before, .identity)])
      // Not before its time.
      try await register.custody.keyFate.run()
      #expect(try register.keys.state(slot: #require(slot(before, .identity))) == [.live, .live])
      try await makeDue(register)
      #expect(try await register.custody.keyFate.run() == 1)
      #expect(try await slots(register, state: 3) == [slot(before, .identity)])
      #expect(try register.keys.state(slot: #require(slot(before, .identity))) == [.destroyed, .destroyed])
      #expect(try register.keys.state(slot: #require(slot(after, .identity))) == [.live, .live])
    }
  }

  @Test func theBytesOfAReplacedValueCannotBeOpenedOnceItsKeyIsGone() async throws {
    try await withRegister { register in
      let person = try await register.addPerson()
      let old = try #require(try await parts(register, person).first { $0.category == .identity })
      #expect(try register.custody.vault.open(old, of: person).contains { $0.value == "Virtanen" })
      _ = try await edit(register, person, "last-name=Uusi")
      try await makeDue(register)
      try await register.custody.keyFate.run()
      #expect(throws: RegisterError.notFound) { try register.custody.vault.open(old, of: person) }
      let show = try await register.run(.maija, "person.show id=\(person) purpose=customer-care")
      #expect(show.rows.first?["identity"]?["last-name"]?["value"]?.string == "Uusi")
    }
  }

  @Test func anEditThatChangesNothingKeepsItsKey() async throws {
    try await withRegister { register in
      let person = try await register.addPerson()
      #expect(try await edit(register, person, "last-name=Virtanen").code == "done")
      #expect(try await slots(register, state: 1).isEmpty)
    }
  }

  @Test func removingTheLastDatumOfACategoryEndsItsKeyWithoutANewOne() async throws {
    try await withRegister { register in
      let person = try await register.addPerson(#"last-name=B email=a@example.fi"#)
      let contact = try #require(try await parts(register, person).first { $0.category == .contact })
      #expect(try await edit(register, person, #"email="""#).code == "done")
      #expect(try await parts(register, person).map(\.category) == [.identity])
      #expect(try await slots(register, state: 1) == [contact.slot])
    }
  }

  @Test func whatWasMarkedAndThenCutOffIsFinishedAtStart() async throws {
    try await withRegister(mirrors: 2, runs: false) { register in
      let person = try await register.addPerson(#"last-name=B email=a@example.fi"#)
      let all = try await parts(register, person)
      let pool = register.register.store.pool
      try await pool.transaction { transaction in
        _ = try await transaction.query("SELECT FROM person WHERE id = \(person) FOR UPDATE")
        try await KeyFate.mark(person, .all, in: transaction)
      }
      #expect(try await parts(register, person).isEmpty)
      #expect(try await slots(register, state: 2).count == all.count)
      // One was overwritten already when the server died.
      try register.keys.destroy(slot: all[0].slot)
      let next = try await register.another(runs: false)
      #expect(try await slots(register, state: 3) == all.map(\.slot).sorted())
      for part in all { #expect(try next.keys.state(slot: part.slot) == [.destroyed, .destroyed]) }
      await next.close()
    }
  }

  @Test func markingTakesReplacedKeysThatWaitAlong() async throws {
    try await withRegister(runs: false) { register in
      let person = try await register.addPerson()
      _ = try await edit(register, person, "last-name=Toinen")
      try await register.register.store.pool.transaction { transaction in
        _ = try await transaction.query("SELECT FROM person WHERE id = \(person) FOR UPDATE")
        try await KeyFate.mark(person, .all, in: transaction)
      }
      #expect(try await register.custody.keyFate.run() == 2)
      #expect(try await slots(register, state: 3).count == 2)
    }
  }

  /// Whatever the interleaving: a row has a live key, and a live key has a row or waits for its end.
  private func expectKeysAndRowsToAgree(_ register: TestRegister) async throws {
    let used = try await register.database.query("SELECT slot FROM person_part").map { try $0.int64(0) }
    let fated = try await register.database.query("SELECT slot, state FROM key_fate").reduce(into: [Int64: Int16]()) {
      $0[try $1.int64(0)] = try $1.int16(1)
    }
    for slot in used {
      #expect(try register.keys.state(slot: slot) == [.live], "the row's key \(slot) is gone")
      #expect(fated[slot] == nil)
    }
    for (slot, state) in fated where state == 3 { #expect(try register.keys.state(slot: slot) == [.destroyed]) }
    for slot in KeyStore.firstPersonSlot..<(try register.keys.endSlot)
    where try register.keys.state(slot: slot).contains(.live) {
      #expect(used.contains(slot) || fated[slot].map { $0 < 3 } == true, "the live key \(slot) has no row")
    }
  }

  @Test func anEditAndADestructionAtOnceLeaveNoKeyWithoutARowAndNoRowWithoutAKey() async throws {
    try await withRegister(runs: false) { register in
      for round in 0..<40 {
        let person = try await register.addPerson("first-name=A last-name=R\(round) email=r\(round)@example.fi")
        async let edited = edit(register, person, "last-name=Uusi email=uusi\(round)@example.fi")
        async let marked: Void = register.register.store.pool.transaction { transaction in
          _ = try await transaction.query("SELECT FROM person WHERE id = \(person) FOR UPDATE")
          try await KeyFate.mark(person, .all, in: transaction)
        }
        async let ran = register.custody.keyFate.run()
        _ = try await (edited, marked, ran)
        _ = try await register.register.store.pool.transaction { transaction in
          _ = try await transaction.query("SELECT FROM person WHERE id = \(person) FOR UPDATE")
          try await KeyFate.mark(person, .all, in: transaction)
        }
        try await register.custody.keyFate.run()
        #expect(try await parts(register, person).isEmpty)
      }
      #expect(
        await eventually {
          let waiting = try await register.database.count("key_fate", "state < 3")
          return waiting == 0
        })
      try await expectKeysAndRowsToAgree(register)
    }
  }

  @Test func editsOfOnePersonAtOnceLeaveOneKeyACategory() async throws {
    try await withRegister { register in
      let person = try await register.addPerson()
      for _ in 0..<5 {
        let rev = try await register.rev(person)
        let codes = try await withThrowingTaskGroup(of: String.self) { group in
          for number in 0..<4 {
            group.addTask {
              try await register.run(
                .maija, "person.edit id=\(person) rev=\(rev) last-name=N\(number)x\(rev) purpose=customer-care"
              ).code
            }
          }
          return try await group.reduce(into: [String]()) { $0.append($1) }
        }
        #expect(codes.count { $0 == "done" } == 1)
        #expect(codes.count { $0 == "conflict/rev" } == 3)
      }
      try await makeDue(register)
      try await register.custody.keyFate.run()
      try await expectKeysAndRowsToAgree(register)
    }
  }

  // MARK: Restores

  @Test func aSequenceThatIsOlderThanTheKeyStoreIsMovedPastIt() async throws {
    try await withRegister { register in
      let persons = [try await register.addPerson("last-name=Yksi"), try await register.addPerson("last-name=Kaksi")]
      let before = try await parts(register, persons[0]) + parts(register, persons[1])
      try await register.database.script("SELECT setval('key_slot', 128, false)")
      let answer = try await register.run(.maija, "person.add kind=private last-name=Kolme purpose=customer-care")
      #expect(answer.code == "done")
      let third: PersonID = try answer.id()
      let new = try await parts(register, third)
      #expect(Set(new.map(\.slot)).isDisjoint(with: before.map(\.slot)))
      for person in persons + [third] {
        let show = try await register.run(.maija, "person.show id=\(person) purpose=customer-care")
        #expect(show.rows.count == 1)
      }
    }
  }

  @Test func aWriteThatFailsAfterMeetingTakenNumbersLeavesTheirKeysAlone() async throws {
    try await withRegister { register in
      let persons = [try await register.addPerson("last-name=Yksi"), try await register.addPerson("last-name=Kaksi")]
      try await register.database.script(
        "SELECT setval('key_slot', 128, false); REVOKE INSERT ON person_history FROM rekisteri_server")
      let failed = try await register.run(.maija, "person.add kind=private last-name=Kolme purpose=customer-care")
      #expect(failed.code != "done")
      // What the failed write took is overwritten in the background.
      try await Task.sleep(for: .milliseconds(500))
      for person in persons {
        let show = try await register.run(.maija, "person.show id=\(person) purpose=customer-care")
        #expect(show.rows.count == 1)
      }
    }
  }

  @Test func yesterdaysCopyOfTheDatabaseWithTodaysKeysBringsNobodyBack() async throws {
    try await withRegister { register in
      let erased = try await register.addPerson(#"first-name=Poistettu last-name=Henkinen email=p@example.fi"#)
      let edited = try await register.addPerson(#"last-name=Vanha"#)
      let stays = try await register.addPerson(#"last-name=Pysyvä"#)
      try await register.database.script(
        "CREATE TABLE copy_part AS TABLE person_part; CREATE TABLE copy_person AS TABLE person")
      _ = try await edit(register, edited, "last-name=Uusi")
      try await register.register.store.pool.transaction { transaction in
        _ = try await transaction.query("SELECT FROM person WHERE id = \(erased) FOR UPDATE")
        try await KeyFate.mark(erased, .all, in: transaction)
        _ = try await transaction.query("DELETE FROM person WHERE id = \(erased)")
      }
      try await makeDue(register)
      try await register.custody.keyFate.run()
      // The old rows come back as from a backup.
      try await register.database.script(
        """
        DELETE FROM person_part; DELETE FROM key_fate; DELETE FROM person_history; DELETE FROM person;
        INSERT INTO person SELECT * FROM copy_person; INSERT INTO person_part SELECT * FROM copy_part;
        SELECT setval('key_slot', 128, false)
        """)
      let restored = try await register.another(runs: false)
      for person in [erased, edited] {
        let show = try await restored.run(.maija, "person.show id=\(person) purpose=customer-care")
        #expect(show.rows.isEmpty)
        #expect(show.code == "notfound")
      }
      #expect(
        try await restored.run(.maija, "person.find text=Poistettu purpose=customer-care").rows.isEmpty)
      #expect(try await restored.run(.maija, "person.show id=\(stays) purpose=customer-care").rows.count == 1)
      await restored.close()
    }
  }

  @Test func aKeyThatIsDamagedIsAnAlarmAndNotAnErasure() async throws {
    try await withRegister(runs: false) { register in
      let person = try await register.addPerson()
      let part = try #require(try await parts(register, person).first)
      let handle = try #require(FileHandle(forUpdatingAtPath: register.keyFiles[0]))
      try handle.seek(toOffset: UInt64(part.slot) * 64 + 20)
      try handle.write(contentsOf: [UInt8](repeating: 0xA5, count: 16))
      try handle.close()
      let show = try await register.run(.maija, "person.show id=\(person) purpose=customer-care")
      #expect(show.rows.isEmpty)
      #expect(show.code == "internal" || show.code == "unavailable/keys")
      #expect(show.code != "notfound")
    }
  }
}
