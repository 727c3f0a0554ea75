public import Custody
public import Model
public import Sealing
import Wire

/// One run of one command: its context, its way back to the client, and the services of the register.
public struct Call: Sendable {
  /// Who, what, why and until when.
  public let context: CommandContext
  /// The way back to the client.
  public let port: any ReplyPort
  /// The register's services.
  public let services: Services
  let spec: CommandSpec
  let once: Custody.Once?
  /// The line that asked for it.
  let asked: AskedCommand
  /// What was fed to a command that a second person has executed now.
  var approvedInput: [UInt8]?

  /// The store of the domain.
  public var store: Store { services.store }
  /// Custody.
  public var custody: Custody { services.custody }
  /// The directory.
  public var directory: Directory { services.directory }

  /// Runs a write in one transaction with its log entries, brings the directory up to date, and answers.
  public func commit(_ permit: consuming Permit, _ body: (Change) async throws -> Custody.Answer) async throws
    -> Reply.Final
  {
    try await commitWithOrganisations(permit) { (try await body($0), []) }
  }

  /// The same for a write that changes organisations too; the body returns them as they will be.
  func commitWithOrganisations(
    _ permit: consuming Permit, _ body: (Change) async throws -> (Custody.Answer, [Organisation])
  ) async throws -> Reply.Final {
    var announced: [Int64] = []
    var organisations: [Organisation] = []
    let written = try await custody.commit(permit, once: once, deadline: context.deadline) { change in
      let (answer, changed) = try await body(change)
      announced = try await Store.announce(
        persons: change.changedPersons, organisations: changed.map(\.id), in: change.transaction)
      organisations = changed
      return answer
    }
    directory.apply(written.directory, organisations: organisations, announced: announced)
    if !announced.isEmpty { await store.tell(Store.directoryChannel) }
    if context.approval != nil { await takeRules() }
    return await answer(written)
  }

  /// Answers a write that is committed. A client that takes no row any more changes nothing of that.
  func answer(_ written: borrowing Custody.Written) async -> Reply.Final {
    for row in written.answer.rows { try? await port.send(Reply.row(row, written.receipt)) }
    return Reply.done(written.answer.object, code: written.answer.code, written.receipt)
  }

  /// A permit anew, for the next batch of a command that goes on.
  public func permitAgain() throws(RegisterError) -> Permit {
    try custody.permit(context, permission: spec.permission, purposeRule: spec.purpose)
  }
}

/// What commands work with.
public final class Services: Sendable {
  /// Permits, receipts, the ledger.
  public let custody: Custody
  /// The domain's SQL.
  public let store: Store
  /// The search index.
  public let directory: Directory
  /// The sessions that are open on this server.
  public let sessions: Sessions
  /// What the register was started with, for `server.health` and `server.settings`.
  public let settings: ServerSettings
  /// How the places outside are doing that the log is brought to.
  public let outside: OutsideHealth

  /// The services of a register.
  public init(
    custody: Custody, store: Store, directory: Directory, sessions: Sessions, settings: ServerSettings,
    outside: OutsideHealth
  ) {
    self.custody = custody
    self.store = store
    self.directory = directory
    self.sessions = sessions
    self.settings = settings
    self.outside = outside
  }
}

/// What the operator set, as far as commands go by it.
public struct ServerSettings: Sendable {
  /// Who signs the access log, and what is kept of it outside.
  public var log: LogIdentity
  /// How long the access log's entries are kept.
  public var logRetentionYears = 5
  /// An import that changes more persons than this needs an approval.
  public var importApprovalAbove = 1000
  /// The daily number, how long approvals wait, and when reviews are due.
  public var access = AccessSettings()
  /// Whether to start also where stored rules do not verify, for their review and nothing else.
  public var reviewsRules = false
  /// From where on something in the access log stands out.
  public var anomalies = AnomalySettings()
  /// How sessions are resumed.
  public var authentication = AuthenticationSettings()
  /// What `server.settings` shows, by name.
  public var shown: [(name: String, value: String)] = []
  /// When the server started.
  public var startedAt: Instant = .now()
  /// Where `keys.rotate` gets the next master key from; nil where there is none to be had.
  public var masterKeys: (any MasterKeySupply)?

  /// The defaults, for a log.
  public init(log: LogIdentity) { self.log = log }
}

/// Where the next master key comes from, and where the old one ends.
public protocol MasterKeySupply: Sendable {
  /// The next master key, made or supplied by the operator; nil where the operator has supplied none yet.
  func next() throws -> MasterKey?

  /// Whether the old master key is ours to overwrite; else the operator removes it.
  var overwritesOld: Bool { get }

  /// Called when no key is under the old master key any more: overwrites it, where it is ours to overwrite.
  func retire() throws
}
