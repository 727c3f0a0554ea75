import AccessLog
import Custody
import Model
import Postgres

extension Store {
  /// The newest time step whose one-time password an employee has used.
  func lastOneTimeStep(of user: UserID, in transaction: Transaction) async throws -> Int64? {
    try await transaction.query("SELECT max(step) FROM one_time_used WHERE employee = \(user)")
      .first?.get(0, as: Int64?.self)
  }

  /// Uses a time step up; false where somebody was faster.
  func useOneTimeStep(_ step: Int64, of user: UserID, in transaction: Transaction) async throws -> Bool {
    try await transaction.query(
      "INSERT INTO one_time_used (employee, step) VALUES (\(user), \(step)) ON CONFLICT DO NOTHING"
    ).affected == 1
  }

  /// An account's wrong one-time passwords.
  func oneTimeGuesses(of user: UserID) async throws -> OneTimeGuesses {
    let rows = try await pool.query(
      "SELECT guesses, locked_until FROM one_time_guess WHERE employee = \(user)",
      deadline: Tick.now().adding(milliseconds: Limits.receiptMilliseconds))
    return try rows.first.map(Self.guesses) ?? OneTimeGuesses()
  }

  /// The same, held until the transaction ends: no other server judges a code of the account meanwhile.
  func lockGuesses(of user: UserID, in transaction: Transaction) async throws -> OneTimeGuesses {
    let results = try await transaction.run([
      "INSERT INTO one_time_guess (employee) VALUES (\(user)) ON CONFLICT DO NOTHING",
      "SELECT guesses, locked_until FROM one_time_guess WHERE employee = \(user) FOR UPDATE",
    ]).results
    guard results.count == 2 else { throw RegisterError.internal }
    return try Self.guesses(try results[1].single())
  }

  private static func guesses(_ row: Row) throws -> OneTimeGuesses {
    OneTimeGuesses(guesses: try row.get(0, as: [Instant].self), lockedUntil: try row.get(1, as: Instant?.self))
  }

  /// Keeps an account's wrong one-time passwords.
  func keep(_ guesses: OneTimeGuesses, of user: UserID, in transaction: Transaction) async throws {
    _ = try await transaction.query(
      """
      UPDATE one_time_guess SET guesses = \(guesses.guesses), locked_until = \(guesses.lockedUntil)
      WHERE employee = \(user)
      """)
  }

  /// Forgets an account's wrong one-time passwords, the lock too; false where there were none.
  static func clearGuesses(of user: UserID, in transaction: Transaction) async throws -> Bool {
    try await transaction.query("DELETE FROM one_time_guess WHERE employee = \(user)").affected == 1
  }

  /// The newest tries to log in of employees that are in the log's order, the newest first.
  func logInTries(of users: [UserID], each limit: Int) async throws -> [UserID: [Entry]] {
    let rows = try await pool.query(
      """
      SELECT u.id, e.entry FROM unnest(\(users)) AS u (id) CROSS JOIN LATERAL
        (SELECT index, entry FROM access_entry WHERE employee = u.id AND verb = 'auth'
          ORDER BY index DESC LIMIT \(Int64(limit))) e
      ORDER BY u.id, e.index DESC
      """, deadline: Tick.now().adding(milliseconds: 1000))
    var tries: [UserID: [Entry]] = [:]
    for row in rows { tries[try row.id(0), default: []].append(try Entry.decode(try row.bytes(1))) }
    return tries
  }
}
