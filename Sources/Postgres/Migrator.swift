public import Logging
import Model

/// One step of the schema.
public struct Migration: Sendable {
  /// Its place: 1, 2, 3 … without gaps.
  public let number: Int
  /// What it does, in a word or two.
  public let name: String
  /// Its statements, run in one transaction by the simple protocol.
  public let sql: String
  /// A hash of its text (SHA-256 in hexadecimal), made by the caller: an applied migration never changes.
  public let hash: String

  /// A migration from its parts.
  public init(number: Int, name: String, sql: String, hash: String) {
    self.number = number
    self.name = name
    self.sql = sql
    self.hash = hash
  }
}

/// Why the schema was not brought up to date. Migrations applied before stay.
public enum MigrationError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The given migrations are not numbered 1, 2, 3 …
  case gap(expected: Int, found: Int)
  /// An applied migration has another text or name than the program's.
  case changed(number: Int, name: String)
  /// The database has migrations that the program does not know.
  case newerSchema(database: Int, program: Int)
  /// The statements of a migration failed.
  case failed(number: Int, name: String, PostgresError)

  /// The error in words.
  public var description: String {
    switch self {
    case .gap(let expected, let found): "migration \(expected) is missing: found \(found)"
    case .changed(let number, let name): "migration \(number) (\(name)) was changed after it had been applied"
    case .newerSchema(let database, let program):
      "the database has schema \(database), this program knows only \(program): use a newer program"
    case .failed(let number, let name, let error): "migration \(number) (\(name)) failed: \(error)"
    }
  }
}

/// Brings a database's schema up to date, one transaction a migration, one program at a time.
public struct Migrator: Sendable {
  /// The advisory lock that is held meanwhile.
  public static let lockKey: Int64 = 0x7265_6b6d_6967_7261
  private let configuration: ConnectionConfiguration
  private let logger: Logger

  /// A migrator for a database. It connects as `configuration` says, but without time limits for statements.
  public init(configuration: ConnectionConfiguration, logger: Logger = Logger(label: "postgres")) {
    var unlimited = configuration
    unlimited.statementTimeoutMilliseconds = 0
    unlimited.lockTimeoutMilliseconds = 0
    unlimited.idleInTransactionTimeoutMilliseconds = 0
    self.configuration = unlimited
    self.logger = logger
  }

  /// Applies what is missing and returns the numbers applied now.
  /// - Throws: `MigrationError`, or `PostgresError` where the database cannot be asked.
  @discardableResult
  public func migrate(_ migrations: [Migration]) async throws -> [Int] {
    for (index, migration) in migrations.enumerated() where migration.number != index + 1 {
      throw MigrationError.gap(expected: index + 1, found: migration.number)
    }
    let connection = try await Connection.connect(configuration)
    do {
      // Held by the session: closing the connection gives it back.
      _ = try await connection.query("SELECT pg_advisory_lock(\(Self.lockKey))")
      let missing = try await missing(of: migrations, on: connection)
      for migration in missing { try await apply(migration, on: connection) }
      await connection.close()
      return missing.map(\.number)
    } catch {
      await connection.close()
      throw error
    }
  }

  /// The number of the newest migration applied; 0 in an empty database.
  public func version() async throws -> Int {
    let connection = try await Connection.connect(configuration)
    let exists = try await connection.query("SELECT to_regclass('schema_migration') IS NOT NULL").single().bool(0)
    guard exists else { return 0 }
    return try await connection.query("SELECT coalesce(max(number), 0) FROM schema_migration").single().int(0)
  }

  private func missing(of migrations: [Migration], on connection: Connection) async throws -> ArraySlice<Migration> {
    try await connection.script(
      """
      CREATE TABLE IF NOT EXISTS schema_migration (
        number integer PRIMARY KEY,
        name text NOT NULL,
        sha256 text NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT now()
      )
      """)
    let applied = try await connection.query("SELECT number, name, sha256 FROM schema_migration ORDER BY number")
    for (index, row) in applied.enumerated() {
      let number = try row.int(0)
      guard number == index + 1 else { throw MigrationError.gap(expected: index + 1, found: number) }
      guard index < migrations.count else { continue }
      guard try row.string(1) == migrations[index].name, try row.string(2) == migrations[index].hash else {
        throw MigrationError.changed(number: number, name: migrations[index].name)
      }
    }
    guard applied.count <= migrations.count else {
      throw MigrationError.newerSchema(database: applied.count, program: migrations.count)
    }
    return migrations[applied.count...]
  }

  private func apply(_ migration: Migration, on connection: Connection) async throws {
    do {
      _ = try await connection.committing { transaction in
        try await transaction.script(migration.sql)
        _ = try await transaction.query(
          """
          INSERT INTO schema_migration (number, name, sha256)
          VALUES (\(migration.number), \(migration.name), \(migration.hash))
          """)
      }
    } catch let error as PostgresError {
      throw MigrationError.failed(number: migration.number, name: migration.name, error)
    }
    logger.info("schema migrated", metadata: ["number": "\(migration.number)", "name": "\(migration.name)"])
  }
}
