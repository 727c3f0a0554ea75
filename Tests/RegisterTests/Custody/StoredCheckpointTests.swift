import AccessLog
import Model
import Postgres
import Testing

@testable import Custody
@testable import Register

/// The chain of stored checkpoints, and what witnesses signed of it.
@Suite struct StoredCheckpointTests {
  /// Signs ten checkpoints, of entries that are `days` old.
  private func checkpoints(_ register: TestRegister, days: Int64 = 0) async throws {
    for _ in 0..<10 {
      let entry = Entry(
        at: .now().adding(seconds: -days * 86_400), user: Account.maija.id, role: .customerService,
        purpose: .customerCare, verb: "test.event", outcome: .ok, request: .new(), epoch: 1)
      try await register.custody.ledger.record([entry])
      try await register.custody.sequencer.catchUp(deadline: soon())
    }
  }

  private func problem(_ register: TestRegister, witnesses: [VerifierKey] = []) async throws -> String? {
    let pool = Pool(configuration: register.database.configuration(user: "rekisteri_server"), size: 1, logger: quiet)
    var identity = register.custody.logTree.identity
    identity.witnesses = witnesses
    let problem = try await Custody.treeProblem(pool: pool, keys: register.custody.keys, identity: identity)
    await pool.close()
    return problem
  }

  private func sizes(_ register: TestRegister) async throws -> [Int64] {
    try await register.database.query("SELECT size FROM checkpoint ORDER BY size").map { try $0.int64(0) }
  }

  @Test(arguments: [1, 5, 8]) func aYoungOneThatIsMissingIsFound(_ position: Int) async throws {
    try await withRegister(runs: false) { register in
      try await checkpoints(register)
      let sizes = try await sizes(register)
      let missing = sizes[sizes.count - 10 + position]
      try await register.database.script("DELETE FROM checkpoint WHERE size = \(missing)")
      let last = try #require(sizes.last { $0 < missing })
      #expect(try await problem(register)?.contains("first bad index is \(last)") == true)
    }
  }

  @Test func theFirstOfAllIsMissed() async throws {
    try await withRegister(runs: false) { register in
      try await checkpoints(register)
      try await register.database.script("DELETE FROM checkpoint WHERE size = 0")
      #expect(try await problem(register)?.contains("first bad index is 0") == true)
    }
  }

  @Test func whatUpkeepThinsOutIsNotMissed() async throws {
    try await withRegister(runs: false) { register in
      try await checkpoints(register, days: 3)
      try await register.database.script("UPDATE checkpoint SET at = at - interval '3 days' WHERE size > 0")
      let before = try await sizes(register)
      try await checkpoints(register)
      try await register.database.script("SELECT log_checkpoint_prune()")
      let after = try await sizes(register)
      // One an hour is kept; the ten may lie on both sides of a full one.
      #expect((11...12).contains(after.count - (before.first == 0 ? 1 : 0)), "\(before) \(after)")
      #expect(try await problem(register) == nil)
      try await register.database.script("DELETE FROM checkpoint WHERE size = \(after[after.count - 3])")
      #expect(try await problem(register)?.contains("first bad index is \(after[after.count - 4])") == true)
    }
  }

  @Test func aCosignatureThatIsNoneIsFound() async throws {
    try await withRegister(runs: false) { register in
      try await checkpoints(register)
      let witness = try #require(NoteSigner.generate(name: "witness.example"))
      let (checkpoint, _) = try await register.custody.logTree.checkpoint()
      let good = try #require(witness.sign(checkpoint.text).split(separator: "\n").last)
      let bad = try #require(witness.sign(checkpoint.text + "more\n").split(separator: "\n").last)
      func store(_ line: Substring) async throws {
        try await register.database.script(
          """
          DELETE FROM cosignature; INSERT INTO cosignature (size, name, key_hash, line)
          VALUES (\(checkpoint.size), 'witness.example', '\\x00', '\(line)')
          """)
      }
      try await store(good)
      #expect(try await problem(register, witnesses: [witness.verifierKey]) == nil)
      for line in [bad, "no line"] {
        try await store(line)
        let found = try await problem(register, witnesses: [witness.verifierKey])
        #expect(found?.contains("cosignature of the checkpoint of size \(checkpoint.size)") == true)
      }
      // Without the key nothing can be said about it.
      try await store(bad)
      #expect(try await problem(register) == nil)
    }
  }
}
