import Model
import Postgres

extension Store {
  /// The newest time step whose one-time password an employee has used.
  func lastOneTimeStep(of user: UserID) async throws -> Int64? {
    try await pool.query(
      "SELECT max(step) FROM one_time_used WHERE employee = \(user)",
      deadline: Tick.now().adding(milliseconds: Limits.receiptMilliseconds)
    ).first?.get(0, as: Int64?.self)
  }

  /// Uses a time step up; false where somebody was faster.
  func useOneTimeStep(_ step: Int64, of user: UserID) async throws -> Bool {
    try await pool.query(
      "INSERT INTO one_time_used (employee, step) VALUES (\(user), \(step)) ON CONFLICT DO NOTHING",
      deadline: Tick.now().adding(milliseconds: Limits.receiptMilliseconds)
    ).affected == 1
  }
}
