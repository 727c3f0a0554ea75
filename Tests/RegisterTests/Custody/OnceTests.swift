import AccessLog
import Model
import Postgres
import Testing
import Wire

@testable import Custody
@testable import Register

/// A write with the client's own key takes effect once, however often it comes.
@Suite struct OnceTests {
  private let line = "person.add kind=private last-name=Kerta email=kerta@example.fi purpose=customer-care once=avain-1"

  @Test func theSameKeyTwiceIsOneEffectAndTheSameAnswer() async throws {
    try await withRegister { register in
      let first = try await register.run(.maija, line)
      let second = try await register.run(.maija, line)
      #expect(first.code == "done" && second.code == "done")
      #expect(first.rows == second.rows)
      #expect(try await register.database.count("person") == 1)
      let entries = try await register.entries(of: second)
      #expect(entries.map(\.code) == ["repeated"])
    }
  }

  @Test func theOrderOfTheParametersDoesNotMatter() async throws {
    try await withRegister { register in
      let first = try await register.run(.maija, line)
      let second = try await register.run(
        .maija, "person.add once=avain-1 purpose=customer-care email=kerta@example.fi kind=private last-name=Kerta")
      #expect(first.rows == second.rows)
      #expect(try await register.database.count("person") == 1)
    }
  }

  @Test func otherParametersWithTheSameKeyAreAConflict() async throws {
    try await withRegister { register in
      _ = try await register.run(.maija, line)
      for other in [line.replacing("Kerta ", with: "Toinen "), "organisation.add name=X once=avain-1"] {
        let answer = try await register.run(.maija, other)
        #expect(answer.code == "conflict/state")
        #expect(try await register.entries(of: answer).map(\.outcome) == [.failed])
      }
      #expect(try await register.database.count("person") == 1)
      #expect(try await register.database.count("organisation") == 0)
    }
  }

  @Test func aKeyIsItsEmployeesOwn() async throws {
    try await withRegister { register in
      let one = try await register.run(.maija, line)
      let two = try await register.run(.mikko, line)
      #expect(one.code == "done" && two.code == "done")
      #expect(one.ids != two.ids)
    }
  }

  @Test func twoAtOnceOnTwoConnectionsAreOneEffect() async throws {
    try await withRegister { register in
      let answers = try await withThrowingTaskGroup(of: Answered.self) { group in
        for _ in 0..<6 { group.addTask { try await register.run(.maija, line) } }
        return try await group.reduce(into: [Answered]()) { $0.append($1) }
      }
      #expect(answers.allSatisfy { $0.code == "done" })
      #expect(Set(answers.flatMap(\.ids)).count == 1)
      #expect(try await register.database.count("person") == 1)
    }
  }

  @Test func aKeyIsForgottenAfterADay() async throws {
    try await withRegister { register in
      let first = try await register.run(.maija, line)
      try await register.database.script("UPDATE once SET at = at - interval '23 hours'")
      #expect(try await register.run(.maija, line).ids == first.ids)
      try await register.database.script("UPDATE once SET at = at - interval '2 hours'")
      let later = try await register.run(.maija, line)
      #expect(later.code == "done")
      #expect(later.ids != first.ids)
    }
  }

  @Test func aRefusedWriteDoesNotUseUpItsKey() async throws {
    try await withRegister { register in
      let person = try await register.addPerson()
      let wrong = try await register.run(
        .maija, "person.edit id=\(person) rev=7 last-name=A purpose=customer-care once=k")
      #expect(wrong.code == "conflict/rev")
      let right = try await register.run(
        .maija, "person.edit id=\(person) rev=1 last-name=A purpose=customer-care once=k")
      #expect(right.code == "done")
    }
  }

  @Test func whoLostTheRightMeanwhileDoesNotGetTheAnswerAgain() async throws {
    try await withRegister { register in
      let line = line.replacing("avain-1", with: "avain-2")
      #expect(try await register.run(.mikko, line).code == "done")
      _ = try await register.run(.ada, "role.revoke user=mikko role=customer-service")
      let again = try await register.run(.mikko, line)
      #expect(again.code == "denied/role")
      #expect(again.rows.isEmpty)
    }
  }

  @Test func theKeptOutcomeHoldsNoPersonalData() async throws {
    try await withRegister { register in
      _ = try await register.run(.maija, line)
      let kept = try await register.database.query("SELECT outcome, digest FROM once").single()
      let text = String(decoding: try kept.bytes(0), as: UTF8.self)
      #expect(!text.contains("Kerta") && !text.contains("example"))
    }
  }
}
