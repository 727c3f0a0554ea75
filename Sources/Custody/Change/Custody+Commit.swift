import AccessLog
import Logging
public import Model
import Postgres
import Sealing
public import Wire

extension Custody {
  /// The client's own key of a write, with the keyed hash of the request it goes with.
  public struct Once: Sendable {
    /// The key.
    public let key: String
    /// HMAC-SHA256 of verb and parameters.
    public let digest: [UInt8]
    /// Whose key it is, where that is not who runs the write.
    public var user: UserID?
    /// What is kept of a write's answer.
    public var keeping: @Sendable (Answer) -> Answer = { $0 }

    /// A key with its request's hash.
    public init(key: String, digest: [UInt8]) {
      self.key = key
      self.digest = digest
    }
  }

  /// What a write answers with: ids, revisions and counts, never personal data.
  public struct Answer: Sendable {
    /// The rows.
    public var rows: [JSONObject]
    /// What the final line says.
    public var object: JSONObject
    /// The final line's code.
    public var code: String

    /// An answer.
    public init(rows: [JSONObject] = [], object: JSONObject = [:], code: String = "done") {
      self.rows = rows
      self.object = object
      self.code = code
    }
  }

  /// A write that is committed.
  public struct Written: ~Copyable, Sendable {
    /// What to answer.
    public let answer: Answer
    /// The receipt to answer with.
    public let receipt: Receipt
    /// What the directory must take in before the final line.
    public let directory: [DirectoryRecord]
  }

  /// Runs a writing command in one transaction together with its log entries. The receipt exists only after COMMIT.
  ///
  /// - Throws: `RegisterError`; with `isUnknown` where the commit's outcome is not known.
  public func commit(
    _ permit: consuming Permit, once: Once? = nil, deadline: Tick, _ body: (Change) async throws -> Answer
  ) async throws -> Written {
    let context = permit.context
    let epoch = permit.epoch
    var slots: [Int64] = []
    var shelf: Permit? = permit
    do {
      let done = try await pool.committing(deadline: deadline) { transaction in
        guard let permit = shelf.take() else { throw RegisterError.internal }
        try await self.checkEpoch(epoch, transaction)
        if let once { try await self.claim(once, user: once.user ?? context.principal.user, transaction) }
        let change = Change(permit, transaction: transaction, vault: self.vault)
        defer { slots = change.slots }
        let answer = try await body(change)
        if let use = context.approval { try await self.spend(use, change) }
        if let once {
          try await self.keep(once.keeping(answer), once, user: once.user ?? context.principal.user, transaction)
        }
        let row = try await self.log(change, transaction)
        return (answer, change.directory, row)
      }
      // Committed, but perhaps not on the standby that it was to wait for.
      guard done.notices.isEmpty else { throw RegisterError.unavailableLog.withUnknownOutcome }
      let (answer, directory, row) = done.value
      ledger.committed(intake: row.id, mac: row.mac)
      return Written(answer: answer, receipt: Receipt(named: [], request: context.request), directory: directory)
    } catch let replay as Replay {
      return try await recordRepeat(replay.answer, context, epoch: epoch)
    } catch let stale as StaleEpoch {
      abandon(slots)
      throw stale
    } catch let needed as ApprovalNeeded {
      abandon(slots)
      throw needed
    } catch let fault as RuleFault {
      abandon(slots)
      ledger.block("rules", fault.description)
      throw RegisterError.unavailableLog
    } catch {
      let error = Self.registerError(error)
      if !error.isUnknown { abandon(slots) }
      throw error
    }
  }

  private func log(_ change: Change, _ transaction: Transaction) async throws -> (id: Int64, mac: [UInt8]) {
    change.noteIfNone()
    let row = ledger.row(of: change.entries)
    do {
      let result = try await transaction.run([row.statement])
      guard result.notices.isEmpty, let rows = result.results.first else { throw LogFault(reason: "a warning came") }
      return (try IntakeStatement.written(rows), row.mac)
    } catch let error as PostgresError where error.kind != .server {
      throw error
    } catch {
      logger.error("access log not written", metadata: ["reason": "\(error)"])
      throw RegisterError.unavailableLog
    }
  }

  private func checkEpoch(_ epoch: Int64, _ transaction: Transaction) async throws {
    try ledger.ensureOpen()
    let rows = try await transaction.query("SELECT max(epoch) FROM access_epoch")
    let current = try rows.first?.int64(0) ?? 0
    if current != epoch { throw StaleEpoch(current: current) }
  }

  /// The outcome of a write that was committed before under the same key, permitted and put into the log anew; nil where
  /// there is none.
  ///
  /// - Throws: `conflict/state` where another write was.
  public func repeated(_ once: Once, _ permit: borrowing Permit) async throws -> Written? {
    let context = permit.context
    let found = try await pool.query(
      """
      SELECT digest, outcome FROM once WHERE employee = \(context.principal.user) AND key = \(once.key)
        AND at >= now() - make_interval(hours => \(Int32(Limits.onceHours)))
      """, deadline: context.deadline)
    guard let row = found.first else { return nil }
    return try await recordRepeat(try once.outcome(row), context, epoch: permit.epoch)
  }

  private func recordRepeat(_ answer: Answer, _ context: CommandContext, epoch: Int64) async throws(RegisterError)
    -> Written
  {
    let entry = Entry(
      at: .now(), user: context.principal.user, role: nil, purpose: context.purpose,
      caseReference: context.caseReference, verb: context.verb, outcome: .ok, code: "repeated",
      session: context.principal.session, address: context.principal.address, request: context.request, epoch: epoch)
    try await ledger.record([entry])
    return Written(answer: answer, receipt: Receipt(named: [], request: context.request), directory: [])
  }

  /// Keys of a transaction that certainly did not commit: nobody can need them.
  private func abandon(_ slots: [Int64]) {
    guard !slots.isEmpty else { return }
    let keys = keys
    Task { try? await Blocking.run { try keys.destroyMany(slots.filter { try keys.state(slot: $0).contains(.live) }) } }
  }

  /// The register's error for whatever was thrown.
  public static func registerError(_ error: any Error) -> RegisterError {
    switch error {
    case let error as RegisterError: return error
    case let error as PostgresError:
      var result: RegisterError
      switch error.kind {
      case .timeout: result = .timeout
      case .cancelled: result = .cancelled
      case .connectionLost, .cannotConnect, .poolExhausted: result = .unavailableDatabase
      case .decoding: result = .internal
      case .server:
        result =
          error.isRetryable || error.sqlstate.map { $0.hasPrefix("53") || $0.hasPrefix("57") || $0 == "25006" } == true
          ? .unavailableDatabase : .internal
      }
      result.isUnknown = error.outcomeUnknown
      return result
    case is LogFault: return .unavailableLog
    case is CancellationError: return .cancelled
    case is KeyFault, is KeyStoreError: return .unavailableKeys
    default: return .internal
    }
  }
}
