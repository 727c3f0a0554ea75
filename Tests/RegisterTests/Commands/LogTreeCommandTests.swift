import AccessLog
import Model
import Postgres
import Testing
import Wire

@testable import Custody
@testable import Register

/// `log.checkpoint`, `log.prove` and `log.consistency`, verified as anybody would.
struct LogTreeCommandTests {
  private func checkpoint(_ answer: Answered, column: String = "note") throws -> Checkpoint {
    let note = try SignedNote(try #require(answer.rows.first?[column]?.string))
    let key = try #require(ServerSettings.testLog?.verifierKey)
    #expect(try note.verify([key]) == [key])
    return try Checkpoint(note.text)
  }

  private func hashes(_ answer: Answered) throws -> [TreeHash] {
    try #require(answer.rows.first?["hashes"]?.array).map { try #require($0.string.flatMap { TreeHash(base64: $0) }) }
  }

  private func fill(_ register: TestRegister, _ count: Int) async throws {
    for _ in 0..<count { _ = try await register.run(.auli, "log.count by=verb") }
  }

  @Test func aCheckpointIsSignedAndCoversWhatWasAskedBefore() async throws {
    try await withRegister { register in
      let before = try await register.run(.auli, "policy.show")
      let answer = try await register.run(.auli, "log.checkpoint")
      #expect(answer.code == "done")
      let checkpoint = try checkpoint(answer)
      let entries = try await register.entries()
      #expect(entries.prefix(Int(checkpoint.size)).contains { $0.request == before.request })
      #expect(!entries.prefix(Int(checkpoint.size)).contains { $0.request == answer.request })
      let row = try #require(answer.rows.first)
      #expect(row["origin"] == .string(checkpoint.origin))
      #expect(row["size"] == .int(checkpoint.size))
      #expect(row["root"] == .string(checkpoint.root.base64))
      #expect(row["key"]?.string.flatMap { VerifierKey($0) } == ServerSettings.testLog?.verifierKey)
      #expect(row["at"]?.string.flatMap { Instant($0) } != nil)
      #expect(row["cosignatures"] == 0)
      #expect(try await register.entries(of: answer).map(\.verb) == ["log.checkpoint"])
    }
  }

  @Test func everyEntryIsProvenInEveryLaterTree() async throws {
    try await withRegister { register in
      try await fill(register, 12)
      let size = Int64(try await register.entries().count)
      for index in 0..<size {
        for of in [index + 1, (index + size) / 2 + 1, size] {
          let answer = try await register.run(.auli, "log.prove index=\(index) size=\(of)")
          let proof = try TlogProof(try #require(answer.rows.first?["proof"]?.string))
          let signed = try Checkpoint(try SignedNote(proof.checkpoint).text)
          let entry = try #require(answer.rows.first?["entry"]?.string.flatMap { Base64.decode($0) })
          #expect(signed.size == of && proof.index == index)
          #expect(try hashes(answer) == proof.hashes)
          #expect(answer.rows.first?["root"] == .string(signed.root.base64))
          #expect(
            Merkle.verifyInclusion(
              leaf: TreeHash.leaf(entry), index: index, size: of, proof: proof.hashes, root: signed.root))
          #expect(
            !Merkle.verifyInclusion(
              leaf: TreeHash.leaf(entry + [0]), index: index, size: of, proof: proof.hashes, root: signed.root))
        }
      }
    }
  }

  @Test func everyTreeIsProvenToGoOnFromEveryEarlierOne() async throws {
    try await withRegister { register in
      try await fill(register, 12)
      let size = Int64(try await register.entries().count)
      for from in 0...size {
        for to in [from, (from + size) / 2, size] where from <= to {
          let answer = try await register.run(.auli, "log.consistency from=\(from) to=\(to)")
          let row = try #require(answer.rows.first)
          let old = try #require(row["root-from"]?.string.flatMap { TreeHash(base64: $0) })
          let new = try checkpoint(answer)
          #expect(row["root-to"] == .string(new.root.base64))
          #expect(new.size == to)
          let proof = try hashes(answer)
          #expect(proof.isEmpty == (from == 0 || from == to))
          #expect(Merkle.verifyConsistency(from: from, fromRoot: old, to: to, toRoot: new.root, proof: proof))
        }
      }
    }
  }

  @Test func aTreeOverManyTilesIsProvenToo() async throws {
    try await withRegister { register in
      let lines = (0..<700).map { "Etu\($0);Suku\($0);nro\($0)@example.fi" }
      let port = FakePort(
        feed: [.string("Etunimi;Sukunimi;Sähköposti\n"), .string(lines.joined(separator: "\n") + "\n")])
      let line = "person.import format=csv source=subject purpose=customer-care"
      let done = try await register.run(.maija, line, port: port)
      #expect(done.status == .ok, "\(done.code)")
      let size = Int64(try await register.entries().count)
      try #require(size > 600)
      for index in [0, 1, 254, 255, 256, 257, 511, 512, size - 1] {
        let answer = try await register.run(.auli, "log.prove index=\(index)")
        let proof = try TlogProof(try #require(answer.rows.first?["proof"]?.string))
        let signed = try Checkpoint(try SignedNote(proof.checkpoint).text)
        let entry = try #require(answer.rows.first?["entry"]?.string.flatMap { Base64.decode($0) })
        #expect(
          Merkle.verifyInclusion(
            leaf: TreeHash.leaf(entry), index: index, size: signed.size, proof: proof.hashes, root: signed.root))
      }
      // Of what was given up the hashes are left, and prove it to whoever kept its bytes.
      let kept = try await register.run(.auli, "log.prove index=5")
      try await register.database.query("DELETE FROM access_entry WHERE index = 5")
      let gone = try await register.run(.auli, "log.prove index=5")
      #expect(gone.rows.first?["entry"] == .null)
      let proof = try TlogProof(try #require(gone.rows.first?["proof"]?.string))
      let bytes = try #require(kept.rows.first?["entry"]?.string.flatMap { Base64.decode($0) })
      let root = try Checkpoint(try SignedNote(proof.checkpoint).text)
      #expect(
        Merkle.verifyInclusion(
          leaf: TreeHash.leaf(bytes), index: 5, size: root.size, proof: proof.hashes, root: root.root))
      for (from, to) in [(1, 256), (255, 256), (256, 257), (256, 512), (100, 600), (257, 513), (512, size)] {
        let answer = try await register.run(.auli, "log.consistency from=\(from) to=\(to)")
        let old = try #require(answer.rows.first?["root-from"]?.string.flatMap { TreeHash(base64: $0) })
        let new = try checkpoint(answer)
        #expect(
          Merkle.verifyConsistency(
            from: Int64(from), fromRoot: old, to: Int64(to), toRoot: new.root, proof: try hashes(answer)))
      }
    }
  }

  @Test(arguments: [
    ("log.prove", "invalid/index"), ("log.prove index=-1", "invalid/index"), ("log.prove index=x", "invalid/index"),
    ("log.prove index=9223372036854775807", "invalid/index"), ("log.prove index=1000000", "notfound"),
    ("log.prove index=9223372036854775806", "notfound"), ("log.prove index=0 size=0", "invalid/size"),
    ("log.prove index=0 size=1000000", "notfound"), ("log.prove index=2 size=2", "invalid/size"),
    ("log.prove index=0 size=9223372036854775808", "invalid/size"),
    ("log.consistency", "invalid/from"), ("log.consistency from=-1", "invalid/from"),
    ("log.consistency from=3 to=2", "invalid/from"), ("log.consistency from=1000000", "notfound"),
    ("log.consistency from=1 to=1000000", "notfound"), ("log.consistency from=1 to=x", "invalid/to"),
    ("log.consistency from=9223372036854775807 to=9223372036854775807", "notfound"),
  ])
  func whatIsNotInTheLogIsRefused(_ line: String, _ code: String) async throws {
    try await withRegister { register in
      try await fill(register, 2)
      let answer = try await register.run(.auli, line)
      #expect(answer.code == code)
      #expect(answer.rows.isEmpty)
      #expect(try await register.entries(of: answer).map(\.outcome) == [.failed])
    }
  }

  @Test func anEntryThatWasChangedIsNotProvenForAnySize() async throws {
    try await withRegister { register in
      try await fill(register, 3)
      // Several entries under one checkpoint: sizes between have none of their own.
      for number in 0..<5 { _ = try await register.addPerson("last-name=Laine\(number)") }
      try await register.run(.maija, "person.list purpose=customer-care")
      let size = try await register.entries().count
      try await register.database.query(
        "UPDATE access_entry SET entry = set_byte(entry, 40, (get_byte(entry, 40) + 1) % 256) WHERE index = 1")
      for line in ["log.prove index=1"] + (2...size).map({ "log.prove index=1 size=\($0)" }) {
        let answer = try await register.run(.auli, line)
        #expect(answer.code == "unavailable/log", "\(line)")
        #expect(answer.rows.isEmpty)
      }
      for line in (2..<size).map({ "log.consistency from=\($0) to=\($0)" }) + ["log.consistency from=2"] {
        let answer = try await register.run(.auli, line)
        let signed = answer.rows.first?["note"]?.string.flatMap { try? SignedNote($0) }
        let stored = try await register.database.count("checkpoint", "note = \(signed?.description ?? "")")
        #expect(answer.code == "unavailable/log" || stored == 1, "\(line)")
      }
      #expect(try await register.run(.auli, "log.prove index=0 size=1").code != "internal")
    }
  }

  @Test func onlyWhoMayReadTheLogProves() async throws {
    try await withRegister { register in
      for account in [Account.maija, .sami, .marko, .aino, .pirkko, .ada] {
        for line in ["log.checkpoint", "log.prove index=0", "log.consistency from=0"] {
          let answer = try await register.run(account, line)
          #expect(answer.code == "denied/role", "\(account) \(line)")
        }
      }
    }
  }
}
