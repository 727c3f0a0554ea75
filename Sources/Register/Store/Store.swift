import Custody
public import Logging
import Model
public import Postgres

/// The domain's SQL. Every query of the register is a function here, by area in `Store+….swift`.
public final class Store: Sendable {
  /// Connections as the server's role.
  let pool: Pool
  /// What is counted of the log.
  let tallies: LogTallies
  /// The connection that fetches persons for all sessions, always by index.
  let lane: Lane
  private let fetches: Batcher<PersonFetch.Request, PersonFetch.Response>

  /// A store.
  ///
  /// - Parameters:
  ///   - lane: For the connection that fetches persons for all sessions.
  ///   - logBlockEntries: How many entries of the log are counted as one block.
  public init(pool: Pool, lane: ConnectionConfiguration, logBlockEntries: Int64 = 4096, logger: Logger) {
    self.pool = pool
    // Few enough to read the blocks that hold something rare, many enough that the blocks are few.
    tallies = LogTallies(blockEntries: logBlockEntries)
    // By index, also while nothing has counted the rows of a register that was just filled.
    var byIndex = lane
    for plan in ["seqscan", "bitmapscan", "hashjoin", "mergejoin", "sort"] {
      byIndex.settings["enable_\(plan)"] = "off"
    }
    byIndex.settings["max_parallel_workers_per_gather"] = "0"
    let lane = Lane(configuration: byIndex, logger: logger)
    self.lane = lane
    fetches = Batcher(sizeMax: 512) { requests in await PersonFetch.run(requests, lane) }
  }

  /// A person with some categories sealed, and the rules' epoch at the fetch. Batched with all other sessions' fetches.
  func person(_ id: PersonID, _ categories: CategorySet) async throws -> (person: SealedPerson?, epoch: Int64) {
    try await fetches.submit(PersonFetch.Request(person: id, categories: categories)).get()
  }

  /// Persons with some categories sealed, in the order of the ids; those that are not there are left out.
  func persons(_ ids: [PersonID], _ categories: CategorySet) async throws -> (persons: [SealedPerson], epoch: Int64) {
    guard !ids.isEmpty else { return ([], try await epoch()) }
    let results = try await PersonFetch.results(
      ids.map { PersonFetch.Request(person: $0, categories: categories) },
      { try await self.pool.run($0, deadline: Tick.now().adding(milliseconds: Limits.queryMilliseconds)).results })
    return (results.compactMap(\.person), results.first?.epoch ?? 0)
  }

  /// Runs statements as one transaction.
  func run(_ statements: [SQL]) async throws -> [Rows] {
    try await pool.run(statements, deadline: Tick.now().adding(milliseconds: Limits.queryMilliseconds)).results
  }

  /// Closes the connection for fetches.
  func close() async { await lane.close() }

  /// The rules' epoch in the database.
  func epoch() async throws -> Int64 {
    try await pool.query("SELECT max(epoch) FROM access_epoch", deadline: Tick.now().adding(milliseconds: 5000)).first?
      .int64(0) ?? 0
  }

  /// Persons whose rows this transaction locks, with categories sealed.
  func lock(
    _ id: PersonID, _ categories: CategorySet, for strength: LockStrength, in transaction: Transaction
  ) async throws -> SealedPerson? {
    _ = try await transaction.query("SELECT FROM person WHERE id = \(id) \(raw: strength.rawValue)")
    return try await PersonFetch.results(
      [PersonFetch.Request(person: id, categories: categories)], { try await transaction.run($0).results }
    ).first?.person
  }

  /// How a row is locked.
  enum LockStrength: String {
    /// For sealing something new: no destruction meanwhile.
    case share = "FOR SHARE"
    /// For changing or destroying.
    case update = "FOR UPDATE"
  }
}
