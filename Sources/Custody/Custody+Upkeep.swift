import Logging
import Model
import Postgres
import Sealing

extension Custody {
  /// Closes the ledger's connection.
  public func close() async { await ledger.close() }

  /// Runs what must go on while the server runs: sequencing, self-checks, reloading rules, destroying keys.
  public func run() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.sequencer.run() }
      group.addTask { await self.selfChecks() }
      group.addTask { await self.destructions() }
    }
  }

  private func selfChecks() async {
    while !Task.isCancelled {
      var seconds = 60
      do {
        let problem = try await LogSelfCheck.problem(pool)
        ledger.block("self-check", problem)
        if problem != nil { seconds = 2 }
        try await reloadRules()
      } catch {
        seconds = 2
      }
      try? await Task.sleep(for: .seconds(seconds))
    }
  }

  private func destructions() async {
    while !Task.isCancelled {
      do {
        try await keyFate.run()
        _ = try await pool.query("SELECT log_intake_prune()")
        let keys = keys
        let oldest = SearchWords.month(of: .now()) - Limits.searchHashMonths
        _ = try await Blocking.run { try keys.expireSearchKeys(before: oldest) }
        _ = try await pool.query(
          "DELETE FROM once WHERE at < now() - make_interval(hours => \(Int32(Limits.onceHours)))")
      } catch {
        logger.warning("upkeep", metadata: ["reason": "\(Self.registerError(error).code)"])
      }
      try? await Task.sleep(for: .seconds(60))
    }
  }
}
