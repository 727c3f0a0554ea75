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
      group.addTask { await self.ruleChecks() }
      group.addTask { await self.treeChecks() }
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
      } catch {
        seconds = 2
      }
      try? await Task.sleep(for: .seconds(seconds))
    }
  }

  /// Rules that other servers changed are told at once; what was changed by hand is found here.
  private func ruleChecks() async {
    while !Task.isCancelled {
      try? await reloadRules()
      try? await Task.sleep(for: .seconds(5))
    }
  }

  private func destructions() async {
    while !Task.isCancelled {
      do {
        try await tidyRules()
        try await keyFate.run()
        _ = try await pool.query("SELECT log_intake_prune(), log_checkpoint_prune()")
        try await LogRetention.run(self)
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

extension Custody {
  /// Gives up what served its time: requests that ran out or ended long ago, raised numbers of days gone by, reasons that
  /// were reviewed a year ago. One new epoch where there is anything.
  func tidyRules() async throws {
    guard !Worn(currentRules, at: .now()).isEmpty else { return }
    try await pool.transaction(deadline: Tick.now().adding(milliseconds: Limits.commandMilliseconds)) { transaction in
      let change = try await RuleChange.begin(self.ruleStore, in: transaction)
      let worn = Worn(change.stored.rules, at: .now())
      guard !worn.isEmpty else { return }
      for var approval in worn.ranOut {
        _ = try await transaction.run([KeyFate.end(approval.request, of: approval.id.retyped())])
        approval.request = .gone
        try await change.put(approval)
      }
      try await change.remove(worn.endedApprovals)
      for var glass in worn.reviewed {
        _ = try await transaction.run([KeyFate.end(glass.reason, of: glass.id.retyped())])
        glass.reason = .gone
        try await change.put(glass)
      }
      if worn.hasOldQuotas { try await change.removeQuotas(before: .today()) }
      try await change.end(by: nil)
    }
    try await reloadRules()
  }
}

/// What of the rules served its time.
private struct Worn {
  let ranOut: [Approval]
  let endedApprovals: [ID<Approval>]
  let reviewed: [BreakGlass]
  let hasOldQuotas: Bool

  init(_ rules: AccessRules, at now: Instant) {
    let approvals = rules.approvals.values
    let forgotten = now.adding(seconds: -Int64(Limits.approvalKeptDays) * 86_400)
    let kept = now.adding(seconds: -Int64(Limits.breakGlassKeptDays) * 86_400)
    ranOut = approvals.filter { !$0.isOpen(at: now) && !$0.request.isGone }
    endedApprovals = approvals.filter { $0.expiresAt < forgotten && $0.request.isGone }.map(\.id)
    reviewed = rules.breakGlasses.values.filter { !$0.reason.isGone && $0.reviewedAt.map { $0 < kept } == true }
    hasOldQuotas = rules.quotas.contains { $0.day < now.day }
  }

  var isEmpty: Bool { ranOut.isEmpty && endedApprovals.isEmpty && reviewed.isEmpty && !hasOldQuotas }
}
