import Crypto
import Custody
import Logging
import Model
import Postgres

/// Keeps the database's list of open sessions and the times of their tokens right, and ends what was ended elsewhere.
struct SessionKeeper: Sendable {
  /// How often connections are renewed.
  private static let renewSeconds = 20
  /// How often all that stays is looked at, where nothing woke the keeper.
  private static let beatSeconds = 2

  let sessions: Sessions
  let custody: Custody
  let store: Store
  let logger: Logger

  /// Until the task is cancelled.
  func run() async {
    let sessions = sessions
    let ticking = Task {
      while !Task.isCancelled {
        try? await Task.sleep(for: .seconds(Self.beatSeconds))
        sessions.wake()
      }
    }
    var renewAt = Tick.now()
    for await _ in sessions.wakeups {
      if Task.isCancelled { break }
      let isDue = renewAt <= Tick.now()
      if isDue { renewAt = Tick.now().adding(milliseconds: Self.renewSeconds * 1000) }
      await round(renewing: isDue)
    }
    ticking.cancel()
  }

  /// Removes this server's connections from the list.
  func close() async { try? await store.forgetConnections(of: sessions.server) }

  /// One look: tells the database, then ends what was ended.
  func round(renewing: Bool) async {
    let changes = sessions.takeChanges()
    do {
      let open = renewing ? sessions.list() : changes.added
      try await store.note(open: open, closed: Array(changes.closed.keys), on: sessions.server)
      try await noteUse(renewing ? sessions.list().map(\.id) : [], and: Array(changes.closed.values))
      // After the list has them: who ends a session either finds it there or is found here.
      try await endEnded()
      if renewing { try await store.sweepSessions() }
    } catch {
      sessions.put(changes)
      logger.warning("sessions not kept", metadata: ["reason": "\(Custody.registerError(error).code)"])
    }
    endDisabled()
  }

  /// Tokens count their idle time from when their session was last open.
  private func noteUse(_ open: [SessionID], and closed: [SessionID]) async throws {
    let ids = Array(Set(open + closed))
    guard !ids.isEmpty else { return }
    let key = try TokenRow.key(custody.keys)
    let now = Instant.now()
    let used = try await store.tokens(of: ids).compactMap { token, mac in
      guard token.isGenuine(mac, key), token.usedAt < now else { return nil as Used? }
      var changed = token
      changed.usedAt = now
      return (token.session, mac, now, changed.mac(key))
    }
    try await store.note(used)
  }

  private typealias Used = (session: SessionID, mac: [UInt8], usedAt: Instant, newMAC: [UInt8])

  private func endEnded() async throws {
    for session in try await store.ended(among: Array(Set(sessions.list().map(\.id)))) { _ = sessions.end(session) }
  }

  /// Revoking an account closes its connections on every server.
  private func endDisabled() {
    let employees = custody.currentRules.employees
    for open in sessions.list() where employees[open.user]?.isDisabled != false { open.end() }
  }
}

extension Call {
  /// Ends every session of an employee on every server, and all their tokens; one may stay open.
  ///
  /// For a change that is committed already. Where the database fails now nothing is lost: tokens of another password let
  /// nobody in, and a disabled account can do nothing.
  func endSessions(of user: UserID, besides kept: SessionID? = nil) async {
    let local = Set(services.sessions.list(of: user).map(\.id)).filter { $0 != kept }
    for session in local { _ = services.sessions.end(session, of: user) }
    let remote = Set((try? await store.openSessions(of: user))?.map(\.session) ?? [])
    try? await store.end(Array(local.union(remote).filter { $0 != kept }), andTokensOf: user)
  }
}
