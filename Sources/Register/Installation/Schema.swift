import CSchema
import Crypto
public import Postgres

/// The SQL that the program carries: roles and migrations (`sql/`).
public enum Schema {
  /// The migrations in the order of their numbers.
  public static func migrations() -> [Migration] {
    (0..<rekisteri_migration_count()).map { index in
      let migration = rekisteri_migration_at(index)
      let sql = String(cString: migration.sql)
      let hash = SHA256.hash(data: Array(sql.utf8)).map { byte in
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
      return Migration(
        number: Int(migration.number), name: String(cString: migration.name), sql: sql, hash: hash.joined())
    }
  }

  /// The statements that make the database roles; run by a superuser before the first migration.
  public static var rolesSQL: String { String(cString: rekisteri_roles()) }
}

/// A database that is not ready for the program, and what to do about it.
public struct SchemaFault: Error, CustomStringConvertible {
  /// In words for the operator.
  public let description: String
}

extension Schema {
  /// Says what to do where a database's schema is not the program's.
  ///
  /// - Throws: `SchemaFault`, `PostgresError`.
  static func ensureCurrent(_ pool: Pool) async throws {
    let number = try await version(pool)
    let wanted = migrations().count
    if number < wanted {
      throw SchemaFault(
        description: "the database's schema is at \(number), the program needs \(wanted): run rekisterid migrate")
    }
    if number > wanted {
      throw SchemaFault(
        description: "the database's schema is at \(number), the program knows \(wanted): it is an older program")
    }
  }

  /// The number of the newest migration that was applied; 0 in an empty database.
  private static func version(_ pool: Pool) async throws -> Int {
    let isThere = try await !pool.query("SELECT WHERE to_regclass('schema_migration') IS NOT NULL").isEmpty
    guard isThere else { return 0 }
    return try await pool.query("SELECT coalesce(max(number), 0) FROM schema_migration").first?.int(0) ?? 0
  }
}
