import AccessLog
import Model
import Postgres
import Testing

@testable import Custody
@testable import Register

/// The tree over the access log: what is signed is what is stored.
@Suite struct TreeTests {
  private func events(_ count: Int, _ register: TestRegister, at: Instant = .now()) async throws {
    let entries = (0..<count).map { _ in
      Entry(
        at: at, user: Account.maija.id, role: .customerService, purpose: .customerCare, verb: "test.event",
        outcome: .ok, person: PersonID(high: 1, low: .random(in: 0...UInt64.max)), request: .new(), epoch: 1)
    }
    try await register.custody.ledger.record(entries)
    try await register.custody.sequencer.catchUp(deadline: soon())
  }

  private func problem(_ register: TestRegister, _ identity: LogIdentity? = nil) async throws -> String? {
    let pool = Pool(configuration: register.database.configuration(user: "rekisteri_server"), size: 1, logger: quiet)
    let identity = identity ?? register.custody.logTree.identity
    let problem = try await Custody.treeProblem(
      pool: pool, keys: register.custody.keys, identity: identity)
    await pool.close()
    return problem
  }

  private func leaves(_ register: TestRegister) async throws -> [TreeHash] {
    try await register.database.query("SELECT entry FROM access_entry ORDER BY index").map {
      TreeHash.leaf(try $0.bytes(0))
    }
  }

  /// The root by the definition of RFC 6962, section 2.1.
  private func root(_ leaves: ArraySlice<TreeHash>) -> TreeHash {
    guard leaves.count > 1 else { return leaves.first ?? .ofEmptyTree }
    var half = 1
    while half * 2 < leaves.count { half *= 2 }
    return .node(root(leaves.prefix(half)), root(leaves.dropFirst(half)))
  }

  @Test func everyCheckpointIsSignedOverTheEntriesBelowIt() async throws {
    try await withRegister(runs: false) { register in
      for count in [1, 3, 250, 2, 600, 1] { try await events(count, register) }
      let leaves = try await leaves(register)
      let identity = register.custody.logTree.identity
      let rows = try await register.database.query(
        "SELECT size, root, note FROM checkpoint WHERE size > 0 ORDER BY size")
      #expect(rows.count >= 6)
      for row in rows {
        let size = try row.int(0)
        let checkpoint = try identity.checkpoint(try row.string(2))
        #expect(checkpoint.size == Int64(size))
        #expect(checkpoint.root.bytes == (try row.bytes(1)))
        #expect(checkpoint.root == root(leaves.prefix(size)))
      }
      #expect(try await problem(register) == nil)
      let tiles = try await register.database.query("SELECT count(*) FROM log_tile WHERE level = 0").single().int(0)
      #expect(tiles == leaves.count / 256)
    }
  }

  @Test func proofsOfEveryEntryVerify() async throws {
    try await withRegister(runs: false) { register in
      try await events(700, register)
      let leaves = try await leaves(register)
      let size = Int64(leaves.count)
      let (checkpoint, _) = try await register.custody.logTree.note(size: size)
      for index in stride(from: Int64(0), to: size, by: 37) {
        let nodes = try #require(Merkle.inclusionNodes(index: index, size: size))
        let hashes = try await register.custody.logTree.hashes(nodes, size: size)
        let proof = Merkle.inclusionProof(index: index, size: size) { hashes[$0] ?? .ofEmptyTree } ?? []
        #expect(
          Merkle.verifyInclusion(
            leaf: leaves[Int(index)], index: index, size: size, proof: proof, root: checkpoint.root))
      }
      for from in [Int64(1), 255, 256, 257, 512, size - 1] {
        let nodes = try #require(Merkle.consistencyNodes(from: from, to: size))
        let hashes = try await register.custody.logTree.hashes(nodes, size: size)
        let proof = Merkle.consistencyProof(from: from, to: size) { hashes[$0] ?? .ofEmptyTree } ?? []
        #expect(
          Merkle.verifyConsistency(
            from: from, fromRoot: root(leaves.prefix(Int(from))), to: size, toRoot: checkpoint.root, proof: proof))
        #expect(try await register.custody.logTree.note(size: from).checkpoint.root == root(leaves.prefix(Int(from))))
      }
    }
  }

  @Test func serversOnOneDatabaseExtendOneTree() async throws {
    try await withRegister(runs: false) { register in
      let other = try await register.another(runs: false)
      for _ in 0..<5 {
        try await events(120, register)
        try await events(90, other)
      }
      #expect(try await problem(register) == nil)
      await other.close()
      try await events(10, register)
      #expect(try await problem(register) == nil)
    }
  }

  @Test func aServerTakesOverWithinSecondsWhenTheOneThatSequencedIsGone() async throws {
    try await withRegister(runs: false) { register in
      let other = try await register.another(runs: true)
      try await events(5, other)
      try await events(5, register)
      // The first has sequenced last and does nothing any more; the second one's own beat takes over.
      try await other.custody.ledger.record([
        Entry(
          at: .now(), user: nil, role: nil, purpose: .security, verb: "test.last", outcome: .ok, request: .new(),
          epoch: 1)
      ])
      let isThere = await eventually(seconds: 10) {
        try await register.database.query("SELECT FROM access_entry WHERE verb = 'test.last'").count == 1
      }
      #expect(isThere)
      await other.close()
    }
  }

  @Test func aLogThatIsOlderThanItsTreeGetsOne() async throws {
    try await withRegister(runs: false) { register in
      try await events(600, register)
      try await register.database.script("UPDATE checkpoint SET root = NULL, note = NULL; DELETE FROM log_tile")
      let later = try await register.another(runs: false)
      try await events(3, later)
      #expect(try await problem(later) == nil)
      #expect(try await later.custody.logTree.checkpoint().checkpoint.root == root(try await leaves(later)[...]))
      await later.close()
    }
  }

  @Test func aDatabaseFromAClusterWithGreaterTransactionNumbersGoesOn() async throws {
    try await withRegister(runs: false) { register in
      try await events(5, register)
      try await register.database.script(
        "UPDATE checkpoint SET xmin_next = '900000000000'; UPDATE access_intake SET xid = '900000000000'")
      let later = try await register.another(runs: false)
      for _ in 0..<3 { try await events(4, later) }
      #expect(try await later.integrated().filter { $0.verb == "test.event" }.count == 17)
      #expect(try await problem(later) == nil)
      await later.close()
    }
  }

  /// What somebody with the database in hand may do, and the first bad index that must be told.
  static let tamperings: [(statement: String, index: Int64?)] = [
    ("UPDATE access_entry SET entry = set_byte(entry, 20, get_byte(entry, 20) # 1) WHERE index = 300", 300),
    ("UPDATE access_entry SET entry = set_byte(entry, 20, get_byte(entry, 20) # 1) WHERE index = 709", 709),
    ("UPDATE access_entry SET person = gen_random_uuid() WHERE index = 300", 300),
    ("UPDATE access_entry SET employee = NULL WHERE index = 700", 700),
    ("UPDATE access_entry SET outcome = 2 WHERE index = 301", 301),
    ("DELETE FROM access_entry WHERE index = 400", 400),
    ("DELETE FROM access_entry WHERE index = (SELECT max(index) FROM access_entry)", nil),
    ("INSERT INTO access_entry SELECT * FROM access_entry WHERE index = 10", 10),
    (
      "INSERT INTO access_entry SELECT 9999, at, employee, person, role, purpose, outcome, verb, entry FROM access_entry WHERE index = 10",
      nil
    ),
    ("UPDATE access_entry a SET entry = b.entry FROM access_entry b WHERE (a.index, b.index) IN ((5, 6), (6, 5))", 5),
    ("DELETE FROM access_entry WHERE index BETWEEN 100 AND 120", 100),
    ("TRUNCATE access_entry", nil),
    ("DELETE FROM log_tile WHERE index = 1", 256),
    ("DELETE FROM log_tile", 0),
    ("UPDATE log_tile SET hashes = set_byte(hashes, 33, get_byte(hashes, 33) # 1) WHERE index = 0", 0),
    ("UPDATE log_tile SET root = sha256('x') WHERE index = 1", 256),
    ("INSERT INTO log_tile SELECT level, 2, root, hashes FROM log_tile WHERE index = 1", 512),
    ("UPDATE checkpoint SET root = sha256('x') WHERE size = (SELECT max(size) FROM checkpoint)", nil),
    ("UPDATE checkpoint SET note = replace(note, 'a', 'b') WHERE size = (SELECT max(size) FROM checkpoint)", nil),
    ("UPDATE checkpoint SET note = NULL, root = NULL WHERE size = (SELECT max(size) FROM checkpoint)", nil),
    ("UPDATE checkpoint SET size = size + 5 WHERE size = (SELECT max(size) FROM checkpoint)", nil),
    ("DELETE FROM checkpoint WHERE size = (SELECT max(size) FROM checkpoint)", nil),
  ]

  @Test(arguments: tamperings) func whatIsChangedInTheDatabaseIsFoundAndTold(
    _ tampering: (statement: String, index: Int64?)
  ) async throws {
    try await withRegister(runs: false) { register in
      try await events(400, register)
      try await events(300, register)
      for _ in 0..<10 { try await events(1, register) }
      #expect(try await problem(register) == nil)
      try await register.database.script(tampering.statement)
      let found = try #require(try await problem(register), "\(tampering.statement)")
      if let index = tampering.index { #expect(found.contains("first bad index is \(index)"), "\(found)") }
      await #expect(throws: LogUnusable.self, "a server starts all the same") {
        let other = try await register.another(runs: false)
        await other.close()
      }
    }
  }

  @Test func aRunningServerReleasesNothingOverALogThatWasCut() async throws {
    try await withRegister(runs: true) { register in
      try await events(40, register)
      try await register.database.script("DELETE FROM access_entry WHERE index > 30")
      let blocks = await eventually { !register.custody.ledger.blockedReasons.isEmpty }
      #expect(blocks)
      #expect(try await register.run(.auli, "log.find").code == "unavailable/log")
    }
  }

  @Test func anOlderDatabaseIsRefusedWhereACheckpointIsKeptOutside() async throws {
    try await withRegister(runs: false) { register in
      try await events(20, register)
      let identity = register.custody.logTree.identity
      var kept = identity
      let newest = try await register.custody.logTree.checkpoint()
      kept.outside = [newest.note]
      #expect(try await problem(register, kept) == nil)
      kept.outside = [identity.sign(size: newest.checkpoint.size + 7, root: newest.checkpoint.root)]
      #expect(try await problem(register, kept)?.contains("older state") == true)
      kept.outside = [identity.sign(size: 3, root: newest.checkpoint.root)]
      #expect(try await problem(register, kept)?.contains("not the one") == true)
    }
  }

  @Test func aNewOriginGoesOnFromTheOldCheckpoint() async throws {
    try await withRegister(runs: false) { register in
      try await events(20, register)
      let old = register.custody.logTree.identity
      let lost = Checkpoint(origin: old.origin, size: 900, root: TreeHash.leaf([1]))
      var next = LogIdentity(signer: try #require(NoteSigner.generate(name: "test.example/log-2")))
      next.former = [old.verifierKey]
      next.outside = [old.sign(size: lost.size, root: lost.root)]
      // Without the word of the operator nothing is signed under another name.
      #expect(try await problem(register, next)?.contains("log-continue") == true)
      next.continued = lost
      var settings = ServerSettings()
      settings.log = next
      let later = try await TestRegister(
        register.database, keyFiles: register.keyFiles, master: register.master, settings: settings, runs: false)
      try await events(2, later)
      let first = try #require(try await later.integrated().first { $0.verb == "log.continue" })
      #expect(first.textHash == lost.root.bytes)
      #expect(first.caseReference == "\(lost.origin) \(lost.size)")
      #expect(try await later.custody.logTree.checkpoint().checkpoint.origin == next.origin)
      next.continued = nil
      #expect(try await problem(later, next) == nil)
      await later.close()
    }
  }

  @Test func monthsPastTheRetentionGoAndTheRestStillVerifies() async throws {
    try await withRegister(runs: false) { register in
      let old = Instant.now().adding(seconds: -7 * 366 * 86_400)
      try await events(600, register, at: old)
      try await events(300, register)
      try await LogRetention.run(register.custody)
      let rows = try await register.database.query("SELECT FROM access_entry WHERE at < now() - interval '6 years'")
      #expect(rows.isEmpty)
      let kept = try await register.integrated()
      let said = try #require(kept.first { $0.verb == LogRetention.verb })
      #expect(said.rows == 600)
      #expect(try await problem(register) == nil)
      try await events(5, register)
      // What the log does not say is missed.
      let first = try #require(LogRetention.lastIndex(said)) + 1
      try await register.database.script("DELETE FROM access_entry WHERE index = \(first + 3)")
      #expect(try await problem(register)?.contains("first bad index is \(first + 3)") == true)
    }
  }

  @Test func theMonthOfTheUnfinishedTileStays() async throws {
    try await withRegister(runs: false) { register in
      try await events(20, register, at: Instant.now().adding(seconds: -7 * 366 * 86_400))
      try await LogRetention.run(register.custody)
      #expect(try await register.integrated().filter { $0.verb == "test.event" }.count == 20)
    }
  }
}
