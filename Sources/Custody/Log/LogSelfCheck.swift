import Model
import Postgres

/// Whether the database would really keep what is written to the log: asked at start and every minute.
enum LogSelfCheck {
  /// The tables of the log, and what the server must not be able to do with them.
  static let tables = ["access_intake", "integrated", "checkpoint", "access_entry", "log_tile", "cosignature"]

  /// Nil where all is in order, else the first thing that is not.
  static func problem(_ pool: Pool) async throws -> String? {
    let deadline = Tick.now().adding(milliseconds: Limits.receiptMilliseconds)
    let settings = try await pool.query(
      """
      SELECT name, setting FROM pg_settings
      WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit', 'log_statement', 'log_min_duration_statement',
        'log_parameter_max_length', 'log_parameter_max_length_on_error', 'log_min_error_statement', 'track_activities')
      """, deadline: deadline)
    for row in settings {
      if let problem = setting(try row.string(0), try row.string(1)) { return problem }
    }
    let rows = try await pool.query(
      """
      SELECT t.name, c.oid IS NOT NULL, coalesce(c.relpersistence = 'p', false),
        NOT EXISTS (SELECT FROM pg_rewrite r WHERE r.ev_class = c.oid),
        NOT EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = c.oid AND NOT g.tgisinternal),
        coalesce(has_table_privilege(c.oid, 'INSERT') AND has_table_privilege(c.oid, 'SELECT'), false),
        coalesce(has_table_privilege(c.oid, 'UPDATE') OR has_table_privilege(c.oid, 'DELETE')
          OR has_table_privilege(c.oid, 'TRUNCATE') OR pg_has_role(c.relowner, 'MEMBER'), false)
      FROM unnest(\(tables)) AS t (name) LEFT JOIN pg_class c ON c.oid = to_regclass(t.name)
      """, deadline: deadline)
    for row in rows {
      let name = try row.string(0)
      guard try row.bool(1) else { return "the table \(name) is missing" }
      // A partitioned parent keeps nothing itself; its persistence is its partitions'.
      guard try row.bool(2) else { return "the table \(name) is not persistent" }
      guard try row.bool(3) else { return "the table \(name) has a rule" }
      guard try row.bool(4) else { return "the table \(name) has a trigger" }
      guard try row.bool(5) else { return "the server may not write the table \(name)" }
      guard try !row.bool(6) else { return "the server may change or delete rows of the table \(name)" }
    }
    let parts = try await pool.query(
      """
      SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent = to_regclass('access_entry') AND (c.relpersistence <> 'p'
        OR EXISTS (SELECT FROM pg_rewrite r WHERE r.ev_class = c.oid)
        OR EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = c.oid AND NOT g.tgisinternal))
      """, deadline: deadline)
    if let part = parts.first { return "the log's month \(try part.string(0)) is not as it was made" }
    return nil
  }

  private static func setting(_ name: String, _ value: String) -> String? {
    let isGood =
      switch name {
      case "fsync", "full_page_writes": value == "on"
      case "synchronous_commit": value != "off" && value != "local"
      case "log_statement": value == "none"
      case "log_min_duration_statement": value == "-1"
      case "log_parameter_max_length", "log_parameter_max_length_on_error": value == "0"
      case "log_min_error_statement": value == "panic" || value == "fatal"
      default: true
      }
    return isGood ? nil : "the database's setting \(name) is \(value)"
  }
}
