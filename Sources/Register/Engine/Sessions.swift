public import Model
import Synchronization
public import Wire

/// The sessions that are open on this server, a connection each; one that was resumed can have several.
public final class Sessions: Sendable {
  /// A connection of a session.
  public struct Open: Sendable {
    /// The session's id.
    public let id: SessionID
    /// The connection's own id: that of the session that it would have opened.
    public let connection: SessionID
    /// Whose it is.
    public let user: UserID
    /// The client's address.
    public let address: String
    /// What a token of the session is bound to.
    public let binding: Binding
    /// When the session was authenticated.
    public let since: Instant
    /// Ends it: no command of it starts any more, and its connection closes.
    let end: @Sendable () -> Void
    /// Sends it an event, where it watches.
    let notify: @Sendable (JSONObject) -> Void
  }

  /// What a client cannot take elsewhere.
  public struct Binding: Sendable, Hashable {
    /// Its address, or its account on the Unix socket.
    public let place: String
    /// SHA-256 of its certificate (DER); empty where it showed none.
    public let certificate: [UInt8]

    /// A binding.
    public init(place: String, certificate: [UInt8] = []) {
      self.place = place
      self.certificate = certificate
    }
  }

  private struct State {
    var open: [SessionID: Open] = [:]
    /// Connections that the database does not know of yet, and those that it should forget.
    var added: Set<SessionID> = []
    var closed: [SessionID: SessionID] = [:]
  }

  /// This server, among those on one database.
  let server: ServerID
  private let state = Mutex(State())
  private let changes: AsyncStream<Void>.Continuation
  /// Something is to be told to the database, or asked of it; read by one task.
  let wakeups: AsyncStream<Void>

  /// An empty registry.
  public init(server: ServerID = .new()) {
    self.server = server
    (wakeups, changes) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Adds a connection that was just authenticated.
  public func add(
    _ id: SessionID, connection: SessionID, user: UserID, address: String, binding: Binding, since: Instant,
    end: @escaping @Sendable () -> Void, notify: @escaping @Sendable (JSONObject) -> Void
  ) {
    state.withLock {
      $0.open[connection] = Open(
        id: id, connection: connection, user: user, address: address, binding: binding, since: since, end: end,
        notify: notify)
      $0.added.insert(connection)
    }
    wake()
  }

  /// Removes a connection that is gone.
  public func remove(connection: SessionID) {
    let wasOpen = state.withLock { state in
      guard let open = state.open.removeValue(forKey: connection) else { return false }
      state.added.remove(connection)
      state.closed[connection] = open.id
      return true
    }
    if wasOpen { wake() }
  }

  /// Has the database told and asked now.
  func wake() { changes.yield() }

  /// The open connections, of one employee or of all, the oldest first.
  public func list(of user: UserID? = nil) -> [Open] {
    state.withLock { Array($0.open.values) }.filter { user == nil || $0.user == user }.sorted { $0.since < $1.since }
  }

  /// A connection of a session; nil where it is not open here.
  public func find(_ id: SessionID) -> Open? { state.withLock { $0.open.values.first { $0.id == id } } }

  /// Ends a session here; false where there is none such.
  public func end(_ id: SessionID, of user: UserID? = nil) -> Bool {
    let found = list(of: user).filter { $0.id == id }
    for connection in found { connection.end() }
    return !found.isEmpty
  }

  /// Ends every session of an employee here.
  public func endAll(of user: UserID) { for session in list(of: user) { session.end() } }

  /// Sends an event to every session of an employee here that watches.
  func notify(_ user: UserID, _ event: JSONObject) { for session in list(of: user) { session.notify(event) } }

  // MARK: For the database

  /// What the database is to be told; `put` gives it back where that failed.
  struct Changes: Sendable {
    var added: [Open]
    /// The sessions of connections that are gone, by connection.
    var closed: [SessionID: SessionID]
  }

  /// Takes what is to be told.
  func takeChanges() -> Changes {
    state.withLock { state in
      let changes = Changes(added: state.added.compactMap { state.open[$0] }, closed: state.closed)
      state.added = []
      state.closed = [:]
      return changes
    }
  }

  /// Gives back what could not be told.
  func put(_ changes: Changes) {
    state.withLock { state in
      for open in changes.added where state.open[open.connection] != nil { state.added.insert(open.connection) }
      state.closed.merge(changes.closed) { first, _ in first }
    }
  }
}
