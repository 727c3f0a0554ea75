import Model
import Postgres

/// A connection of a session, as every server can see it.
struct OpenSession: Sendable {
  let session: SessionID
  let user: UserID
  let address: String
  let since: Instant
}

extension Store {
  /// Where servers tell each other that sessions were ended.
  static let sessionsChannel = "rekisteri_sessions"
  /// A connection that its server has not renewed for so long counts no more.
  static let sessionSeenSeconds: Int32 = 60

  private static var tokenColumns: SQL {
    "session, employee, secret_hash, address, certificate, credentials, since, made_at, used_at, expires_at, mac"
  }

  private static func token(_ row: Row) throws -> (row: TokenRow, mac: [UInt8]) {
    let token = TokenRow(
      session: try row.id(0), user: try row.id(1), secretHash: try row.bytes(2), address: try row.string(3),
      certificate: try row.bytes(4), credentials: try row.bytes(5), since: try row.instant(6),
      madeAt: try row.instant(7), usedAt: try row.instant(8), expiresAt: try row.instant(9))
    return (token, try row.bytes(10))
  }

  private static func soon() -> Tick { Tick.now().adding(milliseconds: Limits.receiptMilliseconds) }

  // MARK: Tokens

  /// Keeps a session's token in place of any before.
  static func keep(_ token: TokenRow, mac: [UInt8], in transaction: Transaction) async throws {
    _ = try await transaction.query(
      """
      INSERT INTO session_token (\(tokenColumns))
      VALUES (\(token.session), \(token.user), \(token.secretHash), \(token.address), \(token.certificate),
        \(token.credentials), \(token.since), \(token.madeAt), \(token.usedAt), \(token.expiresAt), \(mac))
      ON CONFLICT (session) DO UPDATE SET employee = EXCLUDED.employee, secret_hash = EXCLUDED.secret_hash,
        address = EXCLUDED.address, certificate = EXCLUDED.certificate, credentials = EXCLUDED.credentials,
        since = EXCLUDED.since, made_at = EXCLUDED.made_at, used_at = EXCLUDED.used_at,
        expires_at = EXCLUDED.expires_at, mac = EXCLUDED.mac
      """)
  }

  /// A session's token; nil where there is none, or the session was ended.
  func token(of session: SessionID) async throws -> (row: TokenRow, mac: [UInt8])? {
    try await pool.query(
      """
      SELECT \(Self.tokenColumns) FROM session_token t WHERE session = \(session)
        AND NOT EXISTS (SELECT FROM session_end e WHERE e.session = t.session)
      """, deadline: Self.soon()
    ).first.map(Self.token)
  }

  /// The tokens of sessions.
  func tokens(of sessions: [SessionID]) async throws -> [(row: TokenRow, mac: [UInt8])] {
    try await pool.query(
      "SELECT \(Self.tokenColumns) FROM session_token WHERE session = ANY (\(sessions))", deadline: Self.soon()
    ).map(Self.token)
  }

  /// Notes when sessions were last open; a row that changed meanwhile is left.
  func note(_ used: [(session: SessionID, mac: [UInt8], usedAt: Instant, newMAC: [UInt8])]) async throws {
    guard !used.isEmpty else { return }
    _ = try await pool.query(
      """
      UPDATE session_token t SET used_at = u.used_at, mac = u.new_mac
      FROM unnest(\(used.map(\.session)), \(used.map(\.mac)), \(used.map(\.usedAt)), \(used.map(\.newMAC)))
        AS u (session, mac, used_at, new_mac)
      WHERE t.session = u.session AND t.mac = u.mac
      """, deadline: Self.soon())
  }

  // MARK: Open sessions

  /// Writes that a server has these connections, and no longer those.
  func note(open: [Sessions.Open], closed: [SessionID], on server: ServerID) async throws {
    guard !open.isEmpty || !closed.isEmpty else { return }
    _ = try await pool.run(
      [
        "DELETE FROM session_open WHERE connection = ANY (\(closed))",
        """
        INSERT INTO session_open (connection, session, employee, server, address, since)
        SELECT connection, session, employee, \(server), address, since
        FROM unnest(\(open.map(\.connection)), \(open.map(\.id)), \(open.map(\.user)), \(open.map(\.address)),
          \(open.map(\.since))) AS u (connection, session, employee, address, since)
        ON CONFLICT (connection) DO UPDATE SET seen_at = now()
        """,
      ], deadline: Self.soon())
  }

  /// Removes a server's connections: it stops.
  func forgetConnections(of server: ServerID) async throws {
    _ = try await pool.query(
      "DELETE FROM session_open WHERE server = \(server)", deadline: Tick.now().adding(milliseconds: 500))
  }

  /// Removes what no server needs any more.
  func sweepSessions() async throws {
    _ = try await pool.run(
      [
        "DELETE FROM session_open WHERE seen_at < now() - interval '10 minutes'",
        "DELETE FROM session_end WHERE at < now() - interval '1 day'",
        "DELETE FROM session_token WHERE expires_at < now() - interval '1 hour'",
        "DELETE FROM one_time_guess WHERE guesses = '{}' AND locked_until IS NULL",
      ], deadline: Self.soon())
  }

  /// Asks within a transaction, or by itself.
  private func query(_ statement: SQL, in transaction: Transaction?) async throws -> Rows {
    if let transaction { return try await transaction.query(statement) }
    return try await pool.query(statement, deadline: Self.soon())
  }

  /// The sessions that are open on the servers that live, of one employee or of all; one row a connection.
  func openSessions(of user: UserID?, in transaction: Transaction? = nil) async throws -> [OpenSession] {
    let statement: SQL = """
      SELECT session, employee, address, since FROM session_open o
      WHERE seen_at > now() - make_interval(secs => \(Double(Self.sessionSeenSeconds)))
        AND (\(user) IS NULL OR employee = \(user))
        AND NOT EXISTS (SELECT FROM session_end e WHERE e.session = o.session)
      ORDER BY since LIMIT 10000
      """
    let rows = try await query(statement, in: transaction)
    return try rows.map {
      OpenSession(
        session: try $0.id(0), user: try $0.id(1), address: try $0.string(2), since: try $0.instant(3))
    }
  }

  /// The tokens by which sessions can be resumed, of one employee or of all.
  func resumable(of user: UserID?, idleMinutes: Int, in transaction: Transaction? = nil) async throws -> [(
    row: TokenRow, mac: [UInt8]
  )] {
    let statement: SQL = """
      SELECT \(Self.tokenColumns) FROM session_token t
      WHERE (\(user) IS NULL OR employee = \(user)) AND expires_at > now()
        AND used_at > now() - make_interval(mins => \(Int32(clamping: idleMinutes)))
        AND NOT EXISTS (SELECT FROM session_end e WHERE e.session = t.session)
      ORDER BY since LIMIT 10000
      """
    let rows = try await query(statement, in: transaction)
    return try rows.map(Self.token)
  }

  // MARK: Ending

  /// Ends sessions wherever they are, their tokens too; `tell` the channel after the commit.
  static func end(_ sessions: [SessionID], in transaction: Transaction) async throws {
    guard !sessions.isEmpty else { return }
    _ = try await transaction.run(endStatements(sessions))
  }

  /// The same at once, and every token of an employee.
  func end(_ sessions: [SessionID], andTokensOf user: UserID) async throws {
    _ = try await pool.run(
      Self.endStatements(sessions) + ["DELETE FROM session_token WHERE employee = \(user)"], deadline: Self.soon())
    await tell(Self.sessionsChannel)
  }

  private static func endStatements(_ sessions: [SessionID]) -> [SQL] {
    [
      "INSERT INTO session_end (session) SELECT unnest(\(sessions)) ON CONFLICT DO NOTHING",
      "DELETE FROM session_token WHERE session = ANY (\(sessions))",
    ]
  }

  /// Whether a session was ended.
  static func isEnded(_ session: SessionID, in transaction: Transaction) async throws -> Bool {
    try await !transaction.query("SELECT FROM session_end WHERE session = \(session)").isEmpty
  }

  /// Which of these sessions were ended.
  func ended(among sessions: [SessionID]) async throws -> [SessionID] {
    guard !sessions.isEmpty else { return [] }
    return try await pool.query(
      "SELECT session FROM session_end WHERE session = ANY (\(sessions))", deadline: Self.soon()
    ).map { try $0.id(0) }
  }
}
