import Model
import Postgres
import Sealing
import Testing
import Wire

@testable import Custody
@testable import Register

/// What the tests of merges share.
enum Merging {
  /// Asks for a merge; gives what the second privacy officer runs to carry it out, or the refusal.
  static func ask(_ register: TestRegister, _ stays: PersonID, _ goes: PersonID, _ more: String = "") async throws
    -> (line: String?, answer: Answered)
  {
    let line = "person.merge id=\(stays) other=\(goes) purpose=data-subject-rights" + (more.isEmpty ? "" : " " + more)
    let answer = try await register.run(.pirkko, line)
    guard answer.code == "pending/approval", let id = answer.object["approval"]?.string else { return (nil, answer) }
    return ("approval.give id=\(id)", answer)
  }

  static func merge(_ register: TestRegister, _ stays: PersonID, _ goes: PersonID, _ more: String = "") async throws
    -> Answered
  {
    let asked = try await ask(register, stays, goes, more)
    guard let line = asked.line else { return asked.answer }
    return try await register.run(.paavo, line)
  }

  /// The row that the merge itself answered; before it comes that of the approval.
  static func row(_ answer: Answered) -> JSON? { answer.rows.last }

  static func dropped(_ answer: Answered) -> [String] {
    (row(answer)?["dropped"]?.array ?? []).compactMap(\.string)
  }

  static func show(_ register: TestRegister, _ person: PersonID) async throws -> Answered {
    try await register.run(.pirkko, "person.show id=\(person) purpose=data-subject-rights")
  }

  static func values(_ row: JSON?, _ category: String, _ field: String) -> Set<String> {
    let value = row?[category]?[field]
    if let array = value?.array { return Set(array.compactMap { $0["value"]?.string }) }
    return Set([value?["value"]?.string].compactMap { $0 })
  }

  static func parts(_ register: TestRegister, _ person: PersonID) async throws -> [SealedPart] {
    try await register.register.store.persons([person], .all).persons.first?.parts ?? []
  }

  /// Whatever the interleaving: a row has a live key, and a live key has a row or waits for its end.
  static func expectKeysAndRowsToAgree(_ register: TestRegister) async throws {
    let used = try await register.database.query("SELECT slot FROM person_part").map { try $0.int64(0) }
    let fated = try await register.database.query("SELECT slot, state FROM key_fate").reduce(into: [Int64: Int16]()) {
      $0[try $1.int64(0)] = try $1.int16(1)
    }
    for slot in used {
      #expect(try register.keys.state(slot: slot) == [.live], "the row's key \(slot) is gone")
      #expect(fated[slot] == nil)
    }
    for (slot, state) in fated {
      #expect(try register.keys.state(slot: slot) == [state == 3 ? .destroyed : .live], "key \(slot) in \(state)")
    }
  }

  static func find(_ register: TestRegister, _ text: String) async throws -> [String] {
    try await register.run(.pirkko, "person.find text=\"\(text)\" purpose=data-subject-rights").ids
  }

  static func finish(_ register: TestRegister, _ asked: (line: String?, answer: Answered)) async throws -> Answered {
    guard let line = asked.line else { return asked.answer }
    return try await register.run(.paavo, line)
  }

  static func keysWithoutRows(_ register: TestRegister) async throws -> Int {
    let used = try await register.database.query("SELECT slot FROM person_part").map { try $0.int64(0) }
    let live = try (KeyStore.firstPersonSlot..<register.keys.endSlot).filter {
      try register.keys.state(slot: $0).contains(.live)
    }
    return Set(live).subtracting(used).count
  }
}
