import Logging
import Model
import Postgres
import Register

/// The parts of a server that run, and their end in the right order.
actor RunningServer {
  private var cluster: Cluster?
  private var register: Register?
  private var upkeep: Task<Void, Never>?
  private var followers: [Task<Void, Never>] = []
  private var listener: Listener?
  private var isStopping = false

  /// Starts an embedded PostgreSQL.
  func start(_ cluster: Cluster) async throws {
    try check()
    self.cluster = cluster
    try await cluster.start()
    try check()
  }

  /// Takes the register on and begins its upkeep.
  func run(_ register: Register) throws {
    try check()
    self.register = register
    upkeep = Task { await register.run() }
  }

  /// Begins something that follows the log outside of the database. It ends before the register does.
  func follow(_ body: @escaping @Sendable () async -> Void) throws {
    try check()
    followers.append(Task { await body() })
  }

  /// Takes the listener on, which is to be stopped first.
  func run(_ listener: Listener) throws {
    try check()
    self.listener = listener
  }

  /// Stops accepting, lets running commands end for two seconds, then everything below them.
  func stop() async {
    isStopping = true
    await listener?.stop()
    listener = nil
    for follower in followers { follower.cancel() }
    for follower in followers { await follower.value }
    followers = []
    upkeep?.cancel()
    upkeep = nil
    await register?.close()
    register = nil
    await cluster?.stop()
    cluster = nil
  }

  private func check() throws {
    if isStopping { throw CancellationError() }
  }
}
