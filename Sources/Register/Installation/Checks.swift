import Custody
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

  /// Looks at the schema, the stored rules, the log and the keys.
  public static func run(pool: Pool, keys: KeyStore) async -> [Verdict] {
    var verdicts: [Verdict] = []
    func look(_ name: String, _ body: () async throws -> String?) async {
      do {
        verdicts.append(Verdict(name: name, problem: try await body()))
      } catch {
        verdicts.append(Verdict(name: name, problem: "\(error)"))
      }
    }
    await look("database") {
      let rows = try await pool.query("SELECT coalesce(max(number), 0) FROM schema_migration")
      let version = try rows.first?.int(0) ?? 0
      let wanted = Schema.migrations().count
      return version == wanted
        ? nil : "the schema is at \(version), the program needs \(wanted): run rekisterid migrate"
    }
    await look("rules") {
      guard try await Installation.isPrepared(pool) else { return "there are no accounts yet: run rekisterid init" }
      _ = try await Custody.ruleStore(keys).load { try await pool.run($0).results }
      return nil
    }
    await look("log") { try await Custody.logProblem(pool) }
    await look("keys") {
      let report = try await Blocking.run { try keys.verify(progress: { _, _ in }) }
      return report.damaged == 0 ? nil : "\(report.damaged) slots of the key store are damaged"
    }
    return verdicts
  }
}
