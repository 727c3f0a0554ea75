import AccessLog
import Foundation
import Model
import Postgres
import Sealing
import Wire

@testable import Custody
@testable import Register

/// An open register on a database of a test's own.
final class TestRegister: Sendable {
  let register: Register
  let database: TestDatabase
  let keyFiles: [String]
  let master: MasterKey
  private let upkeep: Task<Void, Never>?

  var custody: Custody { register.custody }
  var keys: KeyStore { register.custody.keys }

  init(
    _ database: TestDatabase, keyFiles: [String], master: MasterKey, settings: ServerSettings = ServerSettings(),
    runs: Bool = true, poolSize: Int = 4
  ) async throws {
    self.database = database
    self.keyFiles = keyFiles
    self.master = master
    register = try await Register.open(
      database: database.configuration(user: "rekisteri_server"),
      keys: try KeyStore.open(mirrors: keyFiles, master: master), settings: settings, poolSize: poolSize, logger: quiet)
    let register = register
    upkeep = runs ? Task { await register.run() } : nil
  }

  func close() async {
    upkeep?.cancel()
    await upkeep?.value
    await register.close()
  }

  /// Another server on the same database and key store.
  func another(runs: Bool = true) async throws -> TestRegister {
    try await TestRegister(database, keyFiles: keyFiles, master: master, runs: runs)
  }

  // MARK: Commands

  /// Runs a command line of somebody, as it would come over the wire.
  @discardableResult
  func run(
    _ account: Account, _ line: String, language: Language = .english, port: FakePort = FakePort()
  ) async throws -> Answered {
    let request = try RequestParser.parse(Array("t \(line)".utf8))
    guard case .command(let command) = request.body else { throw RegisterError.internal }
    let final = await register.engine.run(
      CommandLine(
        command: command, principal: account.principal, language: language, purpose: nil, caseReference: ""),
      port: port)
    return Answered(status: final.status, code: final.code, object: final.object, rows: port.rows)
  }

  /// Adds a private customer as customer service.
  func addPerson(_ data: String = #"first-name="Mei" last-name="Virtanen""#) async throws -> PersonID {
    try await run(.maija, "person.add kind=private \(data) purpose=customer-care").id()
  }

  /// Adds an organisation.
  func addOrganisation(_ name: String = "Testi Oy") async throws -> OrganisationID {
    try await run(.maija, "organisation.add name=\"\(name)\"").id()
  }

  /// The revision of a person.
  func rev(_ person: PersonID) async throws -> Int32 {
    try await database.query("SELECT rev FROM person WHERE id = \(person)").single().int32(0)
  }

  /// Writes marks as the server would; marks are no rule and carry no MAC.
  func mark(_ person: PersonID, _ marks: Marks) async throws {
    try await database.query(
      "UPDATE person SET marks = \(Int16(bitPattern: marks.rawValue)) WHERE id = \(person)")
  }

  func setManager(_ person: PersonID, _ account: Account) async throws {
    try await database.query("UPDATE person SET manager = \(account.id) WHERE id = \(person)")
  }

  // MARK: The log

  /// Every entry that was written before, in the log's order.
  func entries() async throws -> [Entry] {
    try await custody.sequencer.catchUp(deadline: soon())
    return try await integrated()
  }

  /// What is in the log now.
  func integrated() async throws -> [Entry] {
    try await database.query("SELECT entry FROM access_entry ORDER BY index").map { try Entry.decode($0.bytes(0)) }
  }

  /// The entries of one command.
  func entries(of answer: Answered) async throws -> [Entry] {
    try await entries().filter { $0.request == answer.request }
  }

  /// A writing command's permit; for tests below the engine.
  func permit(_ account: Account, _ verb: String, purpose: Purpose? = .customerCare) throws -> Permit {
    guard let spec = Catalogue.find(verb)?.spec else { throw RegisterError.internal }
    return try custody.permit(
      CommandContext(
        principal: account.principal, verb: verb, purpose: purpose, caseReference: "", language: .english,
        deadline: soon()), permission: spec.permission, purposeRule: spec.purpose)
  }
}

extension ServerSettings {
  /// The log of the tests; the same for all, so that one can be opened again.
  static let testLog = NoteSigner.generate(name: "test.example/log").map { LogIdentity(signer: $0) }

  /// The defaults, with the log of the tests.
  init() {
    guard let log = Self.testLog else { preconditionFailure("the name of the tests' log is no name") }
    self.init(log: log)
  }
}

/// Runs a test on a register of its own, and removes it afterwards.
func withRegister(
  mirrors: Int = 1, runs: Bool = true, settings: ServerSettings = ServerSettings(),
  _ body: (TestRegister) async throws -> Void
) async throws {
  await Turns.shared.take()
  let outcome: Result<Void, any Error>
  do {
    try await withTurn(mirrors: mirrors, runs: runs, settings: settings, body)
    outcome = .success(())
  } catch {
    outcome = .failure(error)
  }
  await Turns.shared.give()
  try outcome.get()
}

private func withTurn(
  mirrors: Int, runs: Bool, settings: ServerSettings, _ body: (TestRegister) async throws -> Void
) async throws {
  let (database, files) = try await TestServer.newRegister(mirrors: mirrors)
  let master = try await TestServer.template().master
  let register = try await TestRegister(database, keyFiles: files, master: master, settings: settings, runs: runs)
  let outcome: Result<Void, any Error>
  do {
    try await body(register)
    outcome = .success(())
  } catch {
    outcome = .failure(error)
  }
  await register.close()
  try? await TestDatabase(cluster: database.cluster, name: "postgres").script(
    "DROP DATABASE IF EXISTS \(database.name) WITH (FORCE)")
  for file in files { try? FileManager.default.removeItem(atPath: file) }
  try outcome.get()
}

/// Runs a test on a cluster of its own, for what would disturb others or be disturbed by them.
func withCluster(runs: Bool = true, _ body: (Cluster, TestRegister) async throws -> Void) async throws {
  let folder = temporaryFolder + "/own-\(UInt32.random(in: 0...UInt32.max))"
  let cluster = try Cluster(directory: folder, settings: testClusterSettings)
  try await cluster.start()
  let template = try await TestServer.prepare(cluster, keyFile: folder + "-keys")
  let database = TestDatabase(cluster: cluster, name: TestServer.templateName)
  let register = try await TestRegister(
    database, keyFiles: [template.keyFile], master: template.master, runs: runs)
  let outcome: Result<Void, any Error>
  do {
    try await body(cluster, register)
    outcome = .success(())
  } catch {
    outcome = .failure(error)
  }
  await register.close()
  await cluster.stop()
  try? FileManager.default.removeItem(atPath: folder)
  try outcome.get()
}

/// Tries until it is so; false where it never was.
func eventually(seconds: Int = 20, _ condition: () async throws -> Bool) async -> Bool {
  let end = Tick.now().adding(milliseconds: seconds * 1000)
  while Tick.now() < end {
    if (try? await condition()) == true { return true }
    try? await Task.sleep(for: .milliseconds(20))
  }
  return false
}

func soon(_ milliseconds: Int = 20_000) -> Tick { Tick.now().adding(milliseconds: milliseconds) }
