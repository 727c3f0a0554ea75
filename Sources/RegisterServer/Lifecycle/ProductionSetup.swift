import Glibc
import Logging
import Model
import Postgres
import Register
import Sealing

/// The steps before a server can serve: the schema, the keys, the first administrators.
struct ProductionSetup {
  private static let administrators = 2

  private let configuration: ServerConfiguration
  private let logger = Logger(label: "rekisterid")

  /// Reads the settings of a file.
  init(file: String) throws { configuration = try ServerConfiguration.load(file) }

  /// Brings the schema up to date; gives the numbers of what was applied.
  func migrate() async throws -> [Int] {
    guard let owner = configuration.database.owner else { throw ServerFault("database.owner is missing") }
    return try await Migrator(configuration: ConnectionConfiguration(owner), logger: logger)
      .migrate(Schema.migrations())
  }

  /// Writes the shipped policy and the first administrators into an empty register.
  func initialise(createsKeys: Bool, passwordFile: String?) async throws {
    let accounts = try accounts(passwordFile)
    if createsKeys { try createKeys() }
    let keys = try configuration.keys.open()
    let pool = Pool(
      configuration: ConnectionConfiguration(configuration.database.server), size: 1, logger: logger)
    do {
      try await Installation.prepare(pool: pool, keys: keys, accounts: accounts)
    } catch {
      await pool.close()
      throw error
    }
    await pool.close()
    Console.note("the register has its policy and its first administrators")
  }

  /// Makes the master key, the key store and the log's key, each where it is missing.
  private func createKeys() throws {
    if let file = configuration.keys.masterKeyFile, !PrivateFiles.exists(file) {
      _ = try MasterKey.create(file: file)
      Console.note("made the master key \(file)")
    }
    if !configuration.keys.mirrors.contains(where: PrivateFiles.exists) {
      try KeyStore.create(mirrors: configuration.keys.mirrors, master: try configuration.keys.masterKey())
      Console.note("made the key store")
    }
    try configuration.log.makeKey()
  }

  /// Begins a new origin of the log, where the database was put back to an older state.
  func continueLog(as origin: String?) throws {
    guard let file = configuration.log.signingKeyFile else {
      throw ServerFault(
        "the log's key is a credential: supply a new one, and name the old checkpoint's file in log.continues")
    }
    let name = try LogKeyFiles(key: file).continueLog(as: origin, copies: configuration.log.outside.copies)
    Console.note("the log goes on as \(name) at the next start")
  }

  // MARK: Administrators

  private func accounts(_ passwordFile: String?) throws -> [Installation.NewAccount] {
    let pairs = try passwordFile.map { try Self.pairs(file: $0) } ?? Self.askForPairs()
    guard pairs.count >= Self.administrators, Set(pairs.map(\.name)).count == pairs.count else {
      throw ServerFault("two administrators with different names are needed")
    }
    return try pairs.map { name, password in
      if let refusal = Installation.refusal(ofPassword: password, name: name) {
        throw ServerFault("the password of \(name) will not do: \(refusal.en)")
      }
      return Installation.NewAccount(name: name, fullName: name, roles: [.administrator], password: password)
    }
  }

  /// Lines `name:password`, from a file that nobody else may read.
  static func pairs(file: String) throws(ServerFault) -> [(name: String, password: String)] {
    var status = stat()
    guard stat(file, &status) == 0, status.st_mode & 0o077 == 0 else {
      throw ServerFault("\(file) must be there and be readable by its owner only")
    }
    let text = String(decoding: try PrivateFiles.read(file, bytesMax: 65_536), as: UTF8.self)
    var pairs: [(name: String, password: String)] = []
    for line in text.split(separator: "\n") {
      guard let colon = line.firstIndex(of: ":"), isName(line[..<colon]) else {
        throw ServerFault("\(file): lines name:password are needed; a name is up to 32 of a-z, 0-9, - and .")
      }
      pairs.append((String(line[..<colon]), String(line[line.index(after: colon)...])))
    }
    return pairs
  }

  private static func isName(_ name: some StringProtocol) -> Bool {
    (1...32).contains(name.utf8.count)
      && name.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x2E }
  }

  private static func askForPairs() throws(ServerFault) -> [(name: String, password: String)] {
    var pairs: [(name: String, password: String)] = []
    while pairs.count < administrators {
      guard let name = Console.ask("administrator \(pairs.count + 1), name: ", isSecret: false),
        let password = Console.ask("password: ", isSecret: true),
        let again = Console.ask("again: ", isSecret: true)
      else { throw ServerFault("there is no terminal to ask on: use --password-file") }
      if !isName(name) {
        Console.note("a name is up to 32 of a-z, 0-9, - and .")
      } else if password != again {
        Console.note("the two are not the same")
      } else if let refusal = Installation.refusal(ofPassword: password, name: name) {
        Console.note(refusal.en)
      } else {
        pairs.append((name, password))
      }
    }
    return pairs
  }
}
