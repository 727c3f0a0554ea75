import AccessLog
import Logging
import Model
public import Postgres
public import Sealing

extension Custody {
  /// The newest entries that are looked at one by one before serving; the others are in the first hours of serving.
  static let startEntries: Int64 = 100_000

  /// The newest checkpoints whose signatures are looked at before serving, and each time while serving.
  static let startCheckpoints: Int64 = 1000
  static let lookCheckpoints: Int64 = 64

  /// Why the stored log is not the one that was signed; nil where it is. The newest `entries` are looked at one by one.
  public static func treeProblem(
    pool: Pool, keys: KeyStore, identity: LogIdentity, entries: Int64 = .max, progress: (Int64) -> Void = { _ in }
  ) async throws -> String? {
    let check = TreeCheck(pool: pool, identity: identity, key: try keys.serviceKey(.logChain))
    do {
      let (size, isSigned) = try await check.head()
      try await check.outside()
      if isSigned {
        try await check.upperTiles()
        try await check.entries(max(0, size - min(size, entries))..<size, of: size, progress: progress)
        try await check.checkpoints(newest: entries == .max ? .max : Self.startCheckpoints)
      }
      try await check.intake()
    } catch let fault as LogFault {
      return await check.named(fault).reason
    }
    return nil
  }

  /// The first entry of a new origin: it holds the checkpoint that the log goes on from.
  func continueLog(_ identity: LogIdentity) async throws {
    guard let old = identity.continued, try await logTree.checkpoint().checkpoint.origin != identity.origin else {
      return
    }
    let entry = Entry(
      at: .now(), user: nil, role: nil, purpose: .security,
      caseReference: String("\(old.origin) \(old.size)".suffix(255)), verb: "log.continue", outcome: .ok,
      rows: UInt32(clamping: old.size), request: .new(), epoch: currentRules.epoch, textHash: old.root.bytes)
    try await ledger.record([entry])
    try await sequencer.catchUp(deadline: Tick.now().adding(milliseconds: 60_000))
  }

  /// Looks at the log's end every few seconds, and goes through all of it step by step; what is not as it was signed
  /// blocks every release until it is.
  func treeChecks() async {
    let check = TreeCheck(pool: pool, identity: logTree.identity, key: sequencer.key)
    var walk = TreeWalk(check: check)
    var known: LogFault?
    while !Task.isCancelled {
      do {
        try await walk.look()
        ledger.block("tree", nil)
        known = nil
      } catch let fault as LogFault {
        ledger.block("tree", known?.reason ?? fault.reason)
        if known == nil {
          // Nothing is released while it is looked for.
          known = await check.named(fault)
          ledger.block("tree", known?.reason)
        }
      } catch {
        logger.debug("the log's tree could not be looked at", metadata: ["reason": "\(error)"])
      }
      try? await Task.sleep(for: .seconds(5))
    }
  }
}

/// Goes through the whole log again and again, and over its end each time.
private struct TreeWalk {
  /// The entries of each look at the end, and of each step through all of it.
  private static let tailEntries: Int64 = 512
  private static let stepEntries: Int64 = 20_480
  /// Looks between two steps.
  private static let looksBetween = 12

  let check: TreeCheck
  private var next: Int64 = 0
  private var looks = 0
  /// From which transaction on intake rows are to be looked at.
  private var since = TransactionID(0)

  init(check: TreeCheck) { self.check = check }

  /// One look; a step that found something is taken again next time.
  mutating func look() async throws {
    let (size, isSigned) = try await check.head()
    since = try await check.intake(since: since)
    guard isSigned else { return }
    try await check.checkpoints(newest: Custody.lookCheckpoints)
    try await check.entries(max(0, size - Self.tailEntries)..<size, of: size)
    if looks == 0 {
      if next == 0 { try await check.upperTiles() }
      try await check.entries(next..<min(size, next + Self.stepEntries), of: size)
      next = next + Self.stepEntries < size ? next + Self.stepEntries : 0
    }
    looks = (looks + 1) % Self.looksBetween
  }
}
