public import Model
import Synchronization
public import Wire

/// The sessions that are open on this server.
public final class Sessions: Sendable {
  /// An open session.
  public struct Open: Sendable {
    /// Its id.
    public let id: SessionID
    /// Whose it is.
    public let user: UserID
    /// The client's address.
    public let address: String
    /// When it was authenticated.
    public let since: Instant
    /// Ends it: no command of it starts any more, and its connection closes.
    let end: @Sendable () -> Void
    /// Sends it an event, where it watches.
    let notify: @Sendable (JSONObject) -> Void
  }

  private let open = Mutex<[SessionID: Open]>([:])

  /// An empty registry.
  public init() {}

  /// Adds a session that was just authenticated.
  public func add(
    _ id: SessionID, user: UserID, address: String, end: @escaping @Sendable () -> Void,
    notify: @escaping @Sendable (JSONObject) -> Void
  ) {
    open.withLock {
      $0[id] = Open(id: id, user: user, address: address, since: .now(), end: end, notify: notify)
    }
  }

  /// Removes a session whose connection is gone.
  public func remove(_ id: SessionID) { open.withLock { _ = $0.removeValue(forKey: id) } }

  /// The open sessions, of one employee or of all, the oldest first.
  public func list(of user: UserID? = nil) -> [Open] {
    open.withLock { Array($0.values) }.filter { user == nil || $0.user == user }.sorted { $0.since < $1.since }
  }

  /// Ends a session; false where there is none such.
  public func end(_ id: SessionID, of user: UserID? = nil) -> Bool {
    guard let session = open.withLock({ $0[id] }), user == nil || session.user == user else { return false }
    session.end()
    return true
  }

  /// Ends every session of an employee.
  public func endAll(of user: UserID) { for session in list(of: user) { session.end() } }
}
