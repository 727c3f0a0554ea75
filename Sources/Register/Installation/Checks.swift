public import Custody
public import Postgres
public import Sealing

/// What `rekisterid check` looks at in the database and the key store, each with a plain verdict.
public enum Checks {
  /// One thing looked at.
  public struct Verdict: Sendable {
    /// What was looked at.
    public let name: String
    /// What is wrong with it; nil where it is in order.
    public let problem: String?

    /// A verdict.
    public init(name: String, problem: String?) {
      self.name = name
      self.problem = problem
    }
  }

  /// Looks at the schema, the stored rules, the log, every entry and tile of its tree, and the keys.
  public static func run(
    pool: Pool, keys: KeyStore, log: LogIdentity, progress: (Int64) -> Void = { _ in }
  ) async -> [Verdict] {
    var verdicts: [Verdict] = []
    func look(_ name: String, _ body: () async throws -> String?) async {
      do {
        verdicts.append(Verdict(name: name, problem: try await body()))
      } catch {
        verdicts.append(Verdict(name: name, problem: "\(error)"))
      }
    }
    await look("database") {
      try await Schema.ensureCurrent(pool)
      return nil
    }
    await look("rules") {
      try await Installation.ensurePrepared(pool)
      guard let fault = try await Custody.ruleFault(pool: pool, keys: keys) else { return nil }
      return explained(fault)
    }
    await look("log") { try await Custody.logProblem(pool) }
    await look("log tree") { try await Custody.treeProblem(pool: pool, keys: keys, identity: log, progress: progress) }
    await look("keys") {
      let report = try await Blocking.run { try keys.verify(progress: { _, _ in }) }
      return report.damaged == 0 ? nil : "\(report.damaged) slots of the key store are damaged"
    }
    return verdicts
  }

  /// The rows that are not as this register's server left them, and how to go on.
  private static func explained(_ fault: RuleFault) -> String {
    let rows = fault.rows.map { "\n  \($0)" }.joined()
    return """
      stored rules were changed by something else than this register's server:\(rows)
      The server serves nothing until they are in order. Find out who did it, and put the rows back from a backup; or, \
      where they are to stand as they are now, start it with --review-rules: two administrators and the auditor then \
      give policy.accept.
      """
  }
}
