import Custody
import Model
import Postgres
import Sealing

/// A session, as lists show it.
struct SessionRows: Sendable, Equatable {
  let session: SessionID
  let user: UserID
  let address: String
  let since: Instant
  /// Whether it has a connection now.
  let isOpen: Bool
  /// Until when it can be resumed; nil where it has no token.
  let expires: Instant?

  /// The sessions of an employee or of all that are open on any server or can be resumed, the oldest first.
  static func all(of user: UserID?, _ call: Call, in transaction: Transaction? = nil) async throws -> [SessionRows] {
    let key = try TokenRow.key(call.custody.keys)
    let idleMinutes = call.services.settings.authentication.tokenIdleMinutes
    let tokens = try await call.store.resumable(of: user, idleMinutes: idleMinutes, in: transaction)
      .filter { $0.row.isGenuine($0.mac, key) }.map(\.row)
    let elsewhere = try await call.store.openSessions(of: user, in: transaction)
    let here = call.services.sessions.list(of: user)
    // Their connections close in this moment.
    let ended = Set(try await call.store.ended(among: here.map(\.id)))
    return merged(here: here.filter { !ended.contains($0.id) }, elsewhere: elsewhere, tokens: tokens)
  }

  /// One row a session, of its connections on all servers and its token.
  static func merged(here: [Sessions.Open], elsewhere: [OpenSession], tokens: [TokenRow]) -> [SessionRows] {
    let open =
      here.map { OpenSession(session: $0.id, user: $0.user, address: $0.address, since: $0.since) } + elsewhere
    let expiring = Dictionary(tokens.map { ($0.session, $0.expiresAt) }) { first, _ in first }
    var rows: [SessionID: SessionRows] = [:]
    for one in open where rows[one.session] == nil {
      rows[one.session] = SessionRows(
        session: one.session, user: one.user, address: one.address, since: one.since, isOpen: true,
        expires: expiring[one.session])
    }
    for token in tokens where rows[token.session] == nil {
      rows[token.session] = SessionRows(
        session: token.session, user: token.user, address: token.address, since: token.since, isOpen: false,
        expires: token.expiresAt)
    }
    return rows.values.sorted { ($0.since, $0.session) < ($1.since, $1.session) }
  }
}
