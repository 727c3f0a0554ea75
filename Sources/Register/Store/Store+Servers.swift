import Model
import Postgres

extension Store {
  /// Where servers tell each other that the rules changed.
  static let rulesChannel = "rekisteri_rules"
  /// Where servers tell each other that persons or organisations changed.
  static let directoryChannel = "rekisteri_directory"

  /// Says that this server lives, and removes what no server needs any more.
  func beat(_ server: ServerID) async throws {
    _ = try await pool.run(
      [
        """
        INSERT INTO server_instance (server) VALUES (\(server)) ON CONFLICT (server) DO UPDATE SET seen_at = now()
        """,
        "DELETE FROM server_instance WHERE seen_at < now() - interval '1 day'",
        "DELETE FROM directory_change WHERE at < now() - interval '1 day'",
      ], deadline: Tick.now().adding(milliseconds: 5000))
  }

  /// Tells every server, after a commit; NOTIFY within a transaction would make commits wait for each other.
  func tell(_ channel: String, _ payload: String = "") async {
    _ = try? await pool.query(
      "SELECT pg_notify(\(channel), \(payload))", deadline: Tick.now().adding(milliseconds: 2000))
  }
}
