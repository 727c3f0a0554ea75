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
